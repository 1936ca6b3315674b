"""What came of asking every method every question: the record behind all that is printed.

**Best.** In each column the best figure is marked. Figures of methods that know the answer before
they are asked (`Cell.knows`: a space of words knows who the artist is) are told but do not compete.

**Base.** Every figure is set against the best *simple* method of its column, one that anybody could
make in an afternoon (`SIMPLE`), on the same draws. That one is chosen on these very figures, which
favours it; `ahead` is that much harder to earn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from segue.errors import BadFileError
from segue.evaluation.overview.columns import COLUMNS
from segue.evaluation.report import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.evaluation.overview.columns import Column

KIND = "evaluation"
"""What a report's JSON says it is."""

FORMAT = 1
"""Grows when a report's JSON changes its shape."""

Role = Literal["chance", "simple", "space", "lens", "predictor", "ablation"]

ORDER: tuple[Role, ...] = ("chance", "simple", "predictor", "space", "lens", "ablation")

SIMPLE: tuple[Role, ...] = ("chance", "simple")
"""Roles of methods that others are set against."""


@dataclass(frozen=True, slots=True)
class Method:
    """Who is judged: a name, what kind of method it is, and what it does, as a clause."""

    name: str
    role: Role
    words: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one method.

    Attributes
    ----------
    value, low, high
        The figure and the ends of its 95 % interval.
    count
        How many questions it was measured on.
    knows
        Why it cannot compete: what it knows of the answer before it is asked; "" where nothing.
    ahead
        By how much it is above the column's base (value, low, high); None for the base itself.
    """

    value: float
    low: float
    high: float
    count: int
    knows: str = ""
    ahead: tuple[float, float, float] | None = None

    @property
    def decided(self) -> bool:
        """Whether the interval of the difference from the base excludes 0."""
        return self.ahead is not None and bool(self.ahead[1] > 0 or self.ahead[2] < 0)


@dataclass(frozen=True, slots=True)
class Unasked:
    """A question that could not be asked: why, and what it would need."""

    group: str
    why: str
    needs: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """Tracks of a catalogue that stand in the same spaces of a lens.

    `spaces` are those spaces, `tracks` the share of the catalogue's placed tracks that they are,
    `slots` the share of all recommended rows that they get.
    """

    lens: str
    spaces: tuple[str, ...]
    tracks: float
    slots: float


@dataclass(frozen=True, slots=True)
class Versus:
    """By how much one method is above another in a column, on the same draws."""

    column: str
    first: str
    second: str
    value: float
    low: float
    high: float

    @property
    def decided(self) -> bool:
        """Whether the interval excludes 0."""
        return bool(self.low > 0 or self.high < 0)


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Everything that was found.

    Attributes
    ----------
    source
        What was judged, as a person would say it.
    sizes
        How large it is and the samples are: tracks, playlists, artists, seeds asked, ….
    quick
        Whether samples are small.
    seed, draws
        Of everything left to chance, and of the intervals.
    methods
        The rows, in order.
    cells
        By column and method.
    best, base
        By column: whose figure is best, and the simple method that others are set against.
    versus
        ``balanced`` against every single space, by column of playlists.
    patterns
        Which share of recommended rows each pattern of presence gets.
    unasked
        Questions that could not be asked.
    pictures
        File names of pictures that go with it.
    notes
        What a reader has to know, as sentences without the full stop.
    seconds
        How long it took.
    """

    source: str
    sizes: Mapping[str, int]
    quick: bool
    seed: int
    draws: int
    methods: tuple[Method, ...]
    cells: Mapping[str, Mapping[str, Cell]]
    best: Mapping[str, str]
    base: Mapping[str, str]
    versus: tuple[Versus, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    unasked: tuple[Unasked, ...] = ()
    pictures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    def columns(self) -> tuple[Column, ...]:
        """Those that were asked, in order."""
        return tuple(column for name, column in COLUMNS.items() if self.cells.get(name))

    def to_json(self) -> dict[str, Any]:
        """As a document of plain values; what is not defined is null."""
        document: dict[str, Any] = {
            "kind": KIND,
            "format": FORMAT,
            "source": self.source,
            "sizes": dict(self.sizes),
            "quick": self.quick,
            "seed": self.seed,
            "draws": self.draws,
            "methods": [vars_of(each) for each in self.methods],
            "cells": {
                column: {name: _cell(cell) for name, cell in cells.items()}
                for column, cells in self.cells.items()
            },
            "best": dict(self.best),
            "base": dict(self.base),
            "versus": [vars_of(each) | {"decided": each.decided} for each in self.versus],
            "patterns": [vars_of(each) for each in self.patterns],
            "unasked": [vars_of(each) for each in self.unasked],
            "pictures": list(self.pictures),
            "notes": list(self.notes),
            "seconds": round(self.seconds, 1),
        }
        return dict(plain(document))

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Evaluation:
        """The report a document holds.

        Raises
        ------
        BadFileError
            It is no report, or one of another format.
        """
        if document.get("kind") != KIND or document.get("format") != FORMAT:
            raise BadFileError(
                "this is no evaluation that this version can read",
                remedy="Write it again: `segue evaluate --out FOLDER`",
            )
        return cls(
            source=document["source"],
            sizes=document["sizes"],
            quick=document["quick"],
            seed=document["seed"],
            draws=document["draws"],
            methods=tuple(Method(**each) for each in document["methods"]),
            cells={
                column: {name: _read(cell) for name, cell in cells.items()}
                for column, cells in document["cells"].items()
            },
            best=document["best"],
            base=document["base"],
            versus=tuple(
                Versus(**{key: value for key, value in each.items() if key != "decided"})
                for each in document["versus"]
            ),
            patterns=tuple(
                Pattern(each["lens"], tuple(each["spaces"]), each["tracks"], each["slots"])
                for each in document["patterns"]
            ),
            unasked=tuple(Unasked(**each) for each in document["unasked"]),
            pictures=tuple(document["pictures"]),
            notes=tuple(document["notes"]),
            seconds=document["seconds"],
        )


def merged(reports: Sequence[Evaluation]) -> Evaluation:
    """Reports of one catalogue on different questions as one.

    Parameters
    ----------
    reports
        At least one; a column is taken from the first that has it.
    """
    first = reports[0]

    def union(name: str) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(each for one in reports for each in getattr(one, name)))

    def joined(name: str) -> dict[str, Any]:
        return {
            key: value for one in reversed(reports) for key, value in getattr(one, name).items()
        }

    named = {method.name: method for one in reversed(reports) for method in one.methods}
    return replace(
        first,
        sizes=joined("sizes"),
        methods=tuple(sorted(named.values(), key=lambda each: ORDER.index(each.role))),
        cells=joined("cells"),
        best=joined("best"),
        base=joined("base"),
        versus=union("versus"),
        patterns=union("patterns"),
        unasked=union("unasked"),
        pictures=(),
        notes=union("notes"),
        seconds=sum(one.seconds for one in reports),
    )


def with_pictures(report: Evaluation, names: Sequence[str]) -> Evaluation:
    """The same report, naming the pictures beside it."""
    return replace(report, pictures=tuple(names))


def vars_of(record: Any) -> dict[str, Any]:  # noqa: ANN401 (a dataclass with slots)
    """The fields of a record by name, not copied deeply."""
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def _cell(cell: Cell) -> dict[str, Any]:
    document: dict[str, Any] = {
        "value": cell.value,
        "low": cell.low,
        "high": cell.high,
        "count": cell.count,
    }
    if cell.knows:
        document["knows"] = cell.knows
    if cell.ahead is not None:
        document["ahead"] = list(cell.ahead)
        document["decided"] = cell.decided
    return document


def _read(document: Mapping[str, Any]) -> Cell:
    def number(value: float | None) -> float:
        return np.nan if value is None else value

    ahead = document.get("ahead")
    return Cell(
        number(document["value"]),
        number(document["low"]),
        number(document["high"]),
        document["count"],
        document.get("knows", ""),
        None if ahead is None else (number(ahead[0]), number(ahead[1]), number(ahead[2])),
    )
