"""What an autoencoder learns from: facts of tracks, the words it will know, and who is kept aside.

A word (an artist, a genre, an emotion) becomes known when `least` of the tracks that are learned
from bear it; a word of one track says nothing of likeness. A number is taken when one track of
`SHARE` has it and it is not the same for all. The validation is disjoint by artist: all tracks of
some artists are kept aside, so that it judges what is said of artists nobody has heard.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from segue.errors import UnavailableError
from segue.latent.encoder import slots
from segue.latent.facts import Facts, known_numbers
from segue.latent.manifest import ARTISTS, GENRES
from segue.latent.numbers import NUMBERS
from segue.records import TrackRecord
from segue.sources.tables import read_tracks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from segue.training.latent.parameters import LatentParameters
    from segue.types import Floats, Frames, Mask, Progress, Rows

SHARE = 0.01
"""Part of the tracks that must have a number for it to be taken."""

FEWEST = 50
"""Tracks without which nothing is learned."""


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Tracks as arrays, in the order of the facts.

    Attributes
    ----------
    facts
        What is known; emotions filled in where a classifier could.
    guessed
        Which emotions are such guesses.
    numbers
        Names of the numbers that are taken.
    values
        Those numbers, shape (tracks, numbers); NaN for the unknown.
    mean, deviation
        Of the numbers, over the tracks that are learned from.
    artists, genres, emotions
        Words that are known.
    words
        Their places by track as the encoder takes them, shape (tracks, 6): artists, genres,
        emotion.
    training, validation
        Rows.
    """

    facts: Facts
    guessed: Mask
    numbers: tuple[str, ...]
    values: Frames
    mean: Floats
    deviation: Floats
    artists: tuple[str, ...]
    genres: tuple[str, ...]
    emotions: tuple[str, ...]
    words: NDArray[np.int64]
    training: Rows
    validation: Rows

    @classmethod
    def of(
        cls, facts: Facts, parameters: LatentParameters, *, guessed: Mask | None = None, seed: int
    ) -> Self:
        """What can be learned from `facts`.

        Parameters
        ----------
        guessed
            Which emotions a classifier named.

        Raises
        ------
        UnavailableError
            There are too few tracks, or nothing to tell them apart by.
        """
        training, validation = split(facts, parameters.validation, seed=seed)
        if len(training) < FEWEST:
            raise UnavailableError(
                f"{len(facts):,} tracks that anything is known of are too few to learn codes from",
                remedy=f"Import a table with at least {2 * FEWEST} tracks and their attributes",
            )
        learned = facts.take(training)
        taken = _taken(learned.values)
        values = facts.values[:, taken]
        mean, deviation = _moments(values[training])
        known = [
            _known(column, parameters.least)
            for column in (learned.artists, learned.genres, [(each,) for each in learned.emotions])
        ]
        if not len(taken) and not any(known):
            raise UnavailableError(
                "nothing is known of the tracks that codes could be made of",
                remedy="Import a table with attributes, artists or genres",
            )
        places = [{word: at for at, word in enumerate(words, start=1)} for words in known]
        words = np.concatenate(
            [
                slots(facts.artists, places[0], ARTISTS),
                slots(facts.genres, places[1], GENRES),
                slots([(each,) for each in facts.emotions], places[2], 1),
            ],
            axis=1,
        ).astype(np.int64)
        none = np.zeros(len(facts), dtype=np.bool_)
        return cls(
            facts,
            none if guessed is None else guessed,
            tuple(NUMBERS[column] for column in taken),
            values,
            mean,
            deviation,
            known[0],
            known[1],
            known[2],
            words,
            training,
            validation,
        )


def of_table(path: Path, *, on_progress: Progress | None = None) -> list[TrackRecord]:
    """The tracks of a table, each once: rows of the same id are one track, their genres joined.

    Raises
    ------
    NotFoundError, BadTableError, UnavailableError
        As of `segue.sources.tables.read_tracks`.
    """
    rows = read_tracks(path, on_progress=on_progress)
    return merged(row for row in rows if isinstance(row, TrackRecord))


def merged(records: Iterable[TrackRecord]) -> list[TrackRecord]:
    """Records of which each outside id comes once, with all its genres; the first one stands."""
    from dataclasses import replace

    found: dict[object, TrackRecord] = {}
    for record in records:
        key = record.outside_ids or (record.title, record.artists, record.album)
        held = found.get(key)
        genres = record.genres if held is None else (*held.genres, *record.genres)
        found[key] = replace(held or record, genres=tuple(dict.fromkeys(genres)))
    return list(found.values())


def split(facts: Facts, share: float, *, seed: int) -> tuple[Rows, Rows]:
    """Rows to learn from and rows kept aside: about `share` of the first artists, whole.

    Tracks without an artist are drawn one by one. Tracks of which nothing is known are in neither.
    """
    useful = np.flatnonzero(
        known_numbers(facts.values)
        | np.array([bool(a or g) for a, g in zip(facts.artists, facts.genres, strict=True)], bool)
    )
    first = [facts.artists[row][0] if facts.artists[row] else f"\0{row}" for row in useful.tolist()]
    names = sorted(set(first))
    generator = np.random.default_rng(seed)
    aside = set(np.array(names)[generator.random(len(names)) < share].tolist()) if names else set()
    kept = np.array([name in aside for name in first], dtype=np.bool_)
    return useful[~kept], useful[kept]


def _taken(values: Frames) -> Rows:
    """Columns with enough known numbers that are not all the same."""
    known = np.isfinite(values)
    low = np.where(known, values, np.inf).min(axis=0, initial=np.inf)
    high = np.where(known, values, -np.inf).max(axis=0, initial=-np.inf)
    return np.flatnonzero((known.mean(axis=0) >= SHARE) & (high > low))


def _moments(values: Frames) -> tuple[Floats, Floats]:
    """Mean and deviation of what is known, by column."""
    exact = values.astype(np.float64)
    mean = np.nanmean(exact, axis=0) if values.shape[1] else np.zeros(0)
    deviation = np.nanstd(exact, axis=0) if values.shape[1] else np.zeros(0)
    return mean, np.maximum(deviation, 1e-9 * (1.0 + np.abs(mean)))


def _known(column: Sequence[Sequence[str]], least: int) -> tuple[str, ...]:
    """Words that enough tracks bear, in the order of the alphabet."""
    counts = Counter(word for said in column for word in said if word)
    return tuple(sorted(word for word, count in counts.items() if count >= least))
