"""What all instances agree on before the first round, and how far they have come.

A federation has a number of **rounds**. Round 0 finds how often each feature is met in playlists,
by how long the rows of its sum are, and from then on features weigh less the more they are met;
the others turn the weights. Nobody serves anything: a round is a file, whoever merges writes the
next one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from segue.errors import BadRequestError
from segue.spaces import buckets
from segue.training.federated import privacy

if TYPE_CHECKING:
    from segue.types import Vectors

ROUNDS = 4

DELTA = 1e-5

MOST = 2_000
"""Playlists that an instance counts as at most. All of more take part, and their sum is brought to
the length that so many could make: none outweighs all."""

LENGTH = 0.4
"""C of every round but the first: what a playlist may move. Few are longer."""

FIRST_LENGTH = 1.2
"""C of the first round, in lengths that a random W gives a playlist."""

OPEN_DIMS, OPEN_ARTISTS, OPEN_RELEASES = 64, 16_384, 8_192
"""Without noise."""

NOISY_DIMS, NOISY_ARTISTS, NOISY_RELEASES = 32, 1_024, 0
"""With noise: the fewer numbers are sent, the less of it they bear."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What was agreed on.

    Attributes
    ----------
    federation
        Which one it is, 16 hexadecimal digits.
    rounds
        How often everybody sends an update.
    dims
        Columns of W.
    artists, releases
        Buckets of features (`segue.spaces.buckets.folded`).
    epsilon, delta
        What all updates of an instance together promise; None for a federation without noise.
    most
        See `MOST`.
    features
        Version of the features.
    """

    federation: str
    rounds: int
    dims: int
    artists: int
    releases: int
    epsilon: float | None
    delta: float | None
    most: int = MOST
    features: int = buckets.VERSION

    def __post_init__(self) -> None:
        """Refuse what nobody could do.

        Raises
        ------
        BadRequestError
            A number is out of range.
        """
        widths = (("artist", self.artists), ("release", self.releases))
        for name, width in widths:
            most = buckets.FIELDS[name].width
            if width and (width > most or width & (width - 1)):
                raise BadRequestError(
                    f"{width} buckets of {name}s cannot be made of {most:,}",
                    remedy="Take a power of two up to it, or 0 to leave them out",
                )
        if not 2 <= self.rounds <= 50:
            raise BadRequestError(
                f"{self.rounds} rounds find nothing" if self.rounds < 2 else "too many rounds",
                remedy="Take 2 to 50; 4 are enough",
            )
        if not 1 <= self.dims <= 256 or self.dims >= self.columns:
            raise BadRequestError(
                f"{self.dims} dimensions of {self.columns:,} features", remedy="Take 1 to 256"
            )
        if (self.epsilon is None) != (self.delta is None):
            raise BadRequestError("ε and δ go together", remedy="Give both, or neither")
        if self.epsilon is not None and self.delta is not None:
            privacy.check(self.epsilon, self.delta)
        if not 1 <= self.most <= 1_000_000:
            raise BadRequestError(f"{self.most} playlists an instance", remedy="Take at least 1")

    @property
    def columns(self) -> int:
        """How many features there are."""
        return buckets.width_of(self.artists, self.releases)

    @property
    def strength(self) -> float | None:
        """μ of one update (`segue.training.federated.privacy`); None without noise."""
        if self.epsilon is None or self.delta is None:
            return None
        return privacy.strength_of(self.epsilon, self.delta) / math.sqrt(self.rounds)

    @property
    def sigma(self) -> float:
        """σ: deviation of the noise in lengths; 0 without."""
        return 0.0 if self.strength is None else 1.0 / self.strength

    def length(self, number: int) -> float:
        """C of a round: what a playlist may change an update by at most."""
        return LENGTH if number else FIRST_LENGTH * math.sqrt(self.dims / self.columns)

    def noise(self, number: int) -> float:
        """Deviation of the noise in every number of an update."""
        return self.sigma * self.length(number)


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """Where a federation stands.

    Attributes
    ----------
    plan
        What was agreed on.
    number
        How many rounds are done; as many as the plan has when it is finished.
    weights
        W, shape (columns, dims), of orthonormal columns.
    scales
        What features weigh, shape (columns,).
    peers
        How many instances took part in each round that is done.
    heights
        How far each direction stood out in the last round, falling; none before the second.
    """

    plan: Plan
    number: int
    weights: Vectors
    scales: Vectors
    peers: tuple[int, ...] = ()
    heights: tuple[float, ...] = field(default=())

    @property
    def finished(self) -> bool:
        """Whether there is nothing more to send."""
        return self.number == self.plan.rounds


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """What one instance sends in one round.

    Attributes
    ----------
    federation, number, answers
        To which federation and round it belongs, and the digest of that round's file.
    instance
        Who sends it: 16 hexadecimal digits that say nothing and are other ones in each federation.
    noise
        Deviation of the noise that every number bears.
    values
        Where the weights would move, shape (columns, dims).
    """

    federation: str
    number: int
    answers: str
    instance: str
    noise: float
    values: Vectors


def begun(plan: Plan) -> Round:
    """Round 0: weights that know nothing, settled by the name of the federation."""
    rng = np.random.default_rng(int(plan.federation, 16))
    drawn = rng.normal(size=(plan.columns, plan.dims))
    weights = np.linalg.qr(drawn)[0].astype(np.float32)
    return Round(plan, 0, weights, np.ones(plan.columns, dtype=np.float32))
