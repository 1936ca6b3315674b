"""Figures as they are measured, question by question, and the report that they become."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from segue.evaluation.overview.columns import COLUMNS
from segue.evaluation.overview.report import ORDER, SIMPLE, Cell, Evaluation, Method, Versus
from segue.recommend.lenses import BALANCED

if TYPE_CHECKING:
    from segue.evaluation.intervals import Interval
    from segue.evaluation.overview.measured import Measured
    from segue.evaluation.overview.report import Pattern, Role, Unasked

FEWEST = 20
"""Questions below which a figure does not compete: the next one could turn it round."""


@dataclass(slots=True)
class Gathering:
    """Figures as they are measured, question by question.

    `measured` are by column and method, `knows` says by column and method what is known before.
    """

    measured: dict[str, dict[str, Measured]] = field(default_factory=dict)
    knows: dict[tuple[str, str], str] = field(default_factory=dict)
    methods: dict[str, Method] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    patterns: list[Pattern] = field(default_factory=list)
    unasked: list[Unasked] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, column: str, method: Method, found: Measured, *, knows: str = "") -> None:
        """Take down one figure; nothing where it was not measured."""
        if not found.count or np.isnan(found.value):
            return
        self.methods.setdefault(method.name, method)
        self.measured.setdefault(column, {})[method.name] = found
        if knows:
            self.knows[column, method.name] = knows

    def note(self, text: str) -> None:
        """A sentence without the full stop, once."""
        if text not in self.notes:
            self.notes.append(text)

    def settled(
        self, *, source: str, quick: bool, seed: int, draws: int, seconds: float
    ) -> Evaluation:
        """The report: intervals, who is best, who is the base, who is ahead of it."""
        cells: dict[str, dict[str, Cell]] = {}
        best, base = {}, {}
        for name in COLUMNS:
            found = self.measured.get(name)
            if not found:
                continue
            simple = self._first(name, (*SIMPLE,))
            first = self._first(name)
            if first:
                best[name] = first
            if simple and COLUMNS[name].group != "search":
                base[name] = simple
            else:
                simple = ""
            cells[name] = {
                method: self._cell(name, method, found.get(simple) if simple != method else None)
                for method in found
            }
        return Evaluation(
            source=source,
            sizes=dict(self.sizes),
            quick=quick,
            seed=seed,
            draws=draws,
            methods=tuple(sorted(self.methods.values(), key=lambda each: ORDER.index(each.role))),
            cells=cells,
            best=best,
            base=base,
            versus=tuple(self._versus()),
            patterns=tuple(self.patterns),
            unasked=tuple(self.unasked),
            notes=tuple(self.notes),
            seconds=seconds,
        )

    def _first(self, column: str, roles: tuple[Role, ...] = ()) -> str:
        """The best method of a column, of some roles, that competes; "" where none does."""
        better = COLUMNS[column].better
        standing = {
            method: found.value * better if better else -abs(found.value)
            for method, found in self.measured[column].items()
            if (column, method) not in self.knows
            and found.count >= FEWEST
            and (not roles or self.methods[method].role in roles)
        }
        return max(standing, key=standing.__getitem__) if standing else ""

    def _cell(self, column: str, method: str, base: Measured | None) -> Cell:
        found = self.measured[column][method]
        told = found.interval()
        ahead = None if base is None else _ends(found.ahead(base))
        return Cell(
            told.value,
            told.low,
            told.high,
            found.count,
            self.knows.get((column, method), ""),
            ahead,
        )

    def _versus(self) -> list[Versus]:
        """``balanced`` beside every space, wherever playlists were asked."""
        found = []
        for column in COLUMNS.values():
            cells = self.measured.get(column.name, {})
            if not column.name.endswith("r_precision") or BALANCED not in cells:
                continue
            for method, one in cells.items():
                if self.methods[method].role == "space":
                    ends = _ends(cells[BALANCED].ahead(one))
                    found.append(Versus(column.name, BALANCED, method, *ends))
        return found


def _ends(told: Interval) -> tuple[float, float, float]:
    return float(told.value), float(told.low), float(told.high)
