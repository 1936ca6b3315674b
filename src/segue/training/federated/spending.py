"""What a catalogue has spent of its budget, and whether an update may be made.

Every update of the same playlists tells a little more, of whatever federation it is: strengths add
up as μ² (`segue.training.federated.privacy`). An update without noise tells what it tells; it is
counted beside, for no ε holds for it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from segue.catalogue import spent
from segue.errors import BadRequestError, UnavailableError
from segue.training.federated import privacy, steps
from segue.training.federated.plan import DELTA, Update

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.catalogue.database import Database
    from segue.catalogue.spent import Spent
    from segue.snapshot import Corpus
    from segue.training.federated.files import Named
    from segue.training.federated.plan import Round

_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent.

    Attributes
    ----------
    limit
        The most ε that all updates of the catalogue may reach together; None for that which the
        federation states.
    again
        Whether another update is made for a round that was answered.
    without_noise
        Whether the owner agrees to a federation without noise.
    """

    limit: float | None = None
    again: bool = False
    without_noise: bool = False


def epsilon(entries: Sequence[Spent], *, delta: float = DELTA) -> float:
    """ε at δ of all updates with noise together."""
    return privacy.epsilon_of(_together(entries), delta)


def answer(
    db: Database, corpus: Corpus, where: Named[Round], budget: Budget, *, seed: int | None = None
) -> Update:
    """An instance's update for a round; what it spends is written down first.

    Parameters
    ----------
    seed
        See `segue.training.federated.steps.moved`: for simulations alone.

    Raises
    ------
    BadRequestError
        The federation is finished or has no noise and nobody agreed to that; or the round was
        answered before.
    UnavailableError
        It would spend more than may be spent, or no playlist can take part.
    """
    here = where.held
    plan = here.plan
    if here.finished:
        raise BadRequestError(
            f"all {here.number} rounds are done",
            where=str(where.path),
            remedy="Use the model: `segue federate use FILE`",
        )
    if plan.strength is None and not budget.without_noise:
        raise BadRequestError(
            "this federation adds no noise: whoever gets the update can tell which artists your"
            " playlists hold",
            where=str(where.path),
            remedy="Say --without-noise if you trust all who will see it, or begin a federation"
            " with --epsilon",
        )
    # Before anything is spent: what cannot be made costs nothing.
    values = steps.moved(corpus, here, seed=seed)
    allowed = partial(_check, where, budget)
    entry = spent.spend(db, plan.federation, here.number, plan.strength, allowed=allowed)
    return Update(
        federation=plan.federation,
        number=here.number,
        answers=where.digest,
        instance=entry.instance,
        noise=plan.noise(here.number),
        values=values,
    )


def _check(where: Named[Round], budget: Budget, before: list[Spent]) -> None:
    plan, number = where.held.plan, where.held.number
    if not budget.again and any(
        (each.federation, each.number) == (plan.federation, number) for each in before
    ):
        raise BadRequestError(
            f"round {number} was answered already",
            where=str(where.path),
            remedy="Send the same file again, which tells nothing new; if it is lost, --again makes"
            " another and spends as much once more",
        )
    if plan.strength is None or plan.epsilon is None or plan.delta is None:
        return
    limit = plan.epsilon if budget.limit is None else budget.limit
    after = math.hypot(_together(before), plan.strength)
    reached = privacy.epsilon_of(after, plan.delta)
    if reached > limit * (1 + _ROUNDING):
        raise UnavailableError(
            f"with this update all that your playlists have told reaches ε = {reached:.2f} at δ ="
            f" {plan.delta:g}, more than {limit:g}; until now it is"
            f" {epsilon(before, delta=plan.delta):.2f}",
            where=str(where.path),
            remedy=f"Sit this federation out, or allow more: --limit {math.ceil(reached)}",
        )


def _together(entries: Sequence[Spent]) -> float:
    return math.sqrt(sum(each.strength**2 for each in entries if each.strength is not None))
