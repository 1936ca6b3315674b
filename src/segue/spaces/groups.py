"""Groups of descriptors of two tracks side by side: timbre, brightness, loudness.

The distance of two tracks in a group is the root mean square of the differences of their clipped
z-scores over its columns; likeness is the share of random pairs of the catalogue that are further
apart, and 1 for the same. Words are relative to the catalogue: "dark" is darker than most of it.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.extract import COLUMNS, GROUPS
from segue.records import Comparison

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue.descriptors.family import Group
    from segue.types import Floats, Vector

    Write = Callable[[Vector], str]

PAIRS = 4096
SEED = 42

DISTINCT = 0.5
"""Standard deviations from the mean at which a sound is called by a word, and between two sounds
from which one is called more."""

LIKE = "of like "
"""How an agreement begins that has no word of its own."""

UNCLEAR = "unclear"
"""What is said in place of a number or a key that is not to be trusted."""

_PERCENT = 0.01

Described = tuple["Floats", "Floats"]
"""Descriptors of one track: raw, and as clipped z-scores."""


class Groups:
    """Comparisons by named group, with likeness measured against one catalogue.

    Parameters
    ----------
    scaled
        Clipped z-scores of the described tracks, shape (tracks, descriptors). Vectors of another
        length than today's descriptors have no names, and nothing is compared.
    """

    def __init__(self, scaled: Floats) -> None:
        self._columns: dict[str, list[int]] = {}
        self._spreads: dict[str, list[float]] = {}
        if scaled.shape[1] != len(COLUMNS):
            return
        generator = np.random.default_rng(SEED)
        first, second = generator.integers(len(scaled), size=(2, PAIRS))
        different = scaled[first[first != second]] - scaled[second[first != second]]
        for name, group in GROUPS.items():
            columns = self._columns[name] = [COLUMNS[column] for column in group.columns]
            self._spreads[name] = sorted(_length(different[:, columns]).tolist())

    def compare(self, seed: Described, track: Described) -> tuple[Comparison, ...]:
        """Every group, those with a word of their own first, the most telling of them in front.

        The fewer random pairs are as close, the more telling.
        """
        different = seed[1] - track[1]
        found: list[tuple[float, Comparison]] = []
        for name, columns in self._columns.items():
            spread = self._spreads[name]
            apart = float(_length(different[columns]))
            telling = 1 - bisect_right(spread, apart) / max(len(spread), 1)
            found.append((telling, _say(name, seed, track, telling if apart else 1.0)))
        found.sort(key=lambda pair: (pair[1].agreement.startswith(LIKE), -pair[0]))
        return tuple(comparison for _, comparison in found)


def _length(different: Floats) -> Floats:
    """Root mean square over the last axis."""
    lengths: Floats = np.sqrt(np.mean(np.square(different), axis=-1))
    return lengths


def _say(name: str, seed: Described, track: Described, likeness: float) -> Comparison:
    """One group of both: its shown column in numbers, and what it means in a word."""
    group, title = GROUPS[name], name.replace("_", " ")
    if group.write is not None:
        return _say_text(group, group.write, title, (seed, track), likeness)
    if not group.shown:
        return Comparison(title, "", "", likeness, LIKE + title)
    column = COLUMNS[group.shown]
    said = [told(group, each[0]) for each in (seed, track)]
    ours, theirs = (each or UNCLEAR for each in said)
    if not all(said):
        return Comparison(title, ours, theirs, likeness)
    mine, other = float(seed[1][column]), float(track[1][column])
    agreement = _word(group, mine, other) or LIKE + title
    contrast = f"{group.more if mine > other else group.less} ({title} {ours} against {theirs})"
    apart = abs(mine - other) >= DISTINCT
    return Comparison(title, ours, theirs, likeness, agreement, contrast if apart else "")


def told(group: Group, raw: Floats | Vector) -> str:
    """The shown number of one track, ready to read; empty where it is not to be trusted."""
    if group.trusted is not None:
        column, least = group.trusted
        if raw[COLUMNS[column]] < least:
            return ""
    return written(float(raw[COLUMNS[group.shown]]), group.unit)


def _say_text(
    group: Group, write: Write, title: str, both: tuple[Described, Described], likeness: float
) -> Comparison:
    """One group of both that is written out."""
    places = [COLUMNS[column] for column in group.columns]
    ours, theirs = (write(each[0][places].astype(np.float32)) for each in both)
    same = group.both.format(ours) if ours and ours == theirs else ""
    if ours or theirs:
        ours, theirs = ours or UNCLEAR, theirs or UNCLEAR
    return Comparison(title, ours, theirs, likeness, same)


def _word(group: Group, mine: float, other: float) -> str:
    """The word for both, where both are on one side of the mean; else empty."""
    if min(mine, other) >= DISTINCT:
        return group.high
    return group.low if max(mine, other) <= -DISTINCT else ""


def written(value: float, unit: str) -> str:
    """A shown number as a person reads it; shares (unit %) are in [0, 1]."""
    if unit == "%":
        return f"{value * 100:.{0 if value >= _PERCENT or value == 0 else 1}f} %"
    if unit in {"Hz", "BPM"}:
        return f"{value:,.0f} {unit}"
    return f"{value:.1f} {unit}".strip().replace("-", "−")
