"""Ratings as three columns, and the refusal of those that grade nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from segue.errors import BadTableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from segue.types import Floats, Rows


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Ratings in the order of one side: those of `s` are ``order[starts[s] : starts[s + 1]]``."""

    order: Rows
    starts: Rows

    def of(self, sides: Rows) -> tuple[Rows, Rows]:
        """All ratings of several sides, one side after the other.

        Returns
        -------
        which
            The place in `sides` each rating belongs to, shape (ratings,).
        ratings
            Their numbers, shape (ratings,).
        """
        begin, counts = self.starts[sides], self.counts(sides)
        which = np.repeat(np.arange(len(sides)), counts)
        within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        return which, self.order[begin[which] + within]

    def counts(self, sides: Rows) -> Rows:
        """How many ratings each of some sides has."""
        counted: Rows = self.starts[sides + 1] - self.starts[sides]
        return counted


@dataclass(frozen=True, eq=False)
class Ratings:
    """Who rated what how, one entry a rating, in the order in which they were given.

    Attributes
    ----------
    listeners, items
        Dense numbers from 0, shape (ratings,); no pair comes twice.
    values
        Shape (ratings,), finite.
    listener_count, item_count
        How many of each there are; some may have no rating.
    """

    listeners: Rows
    items: Rows
    values: Floats
    listener_count: int
    item_count: int

    @classmethod
    def of(
        cls,
        listeners: Sequence[int] | Rows,
        items: Sequence[int] | Rows,
        values: ArrayLike,
        *,
        listener_count: int | None = None,
        item_count: int | None = None,
    ) -> Self:
        """Ratings from columns, checked.

        Raises
        ------
        BadTableError
            There are none, one is no finite number, a pair comes twice, or all are equal: then
            they tell who met what, and nothing of how much.
        """
        who, what = (np.asarray(each, dtype=np.int64) for each in (listeners, items))
        marks: Floats = np.asarray(values, dtype=np.float64)
        _check(who, what, marks)
        return cls(
            who,
            what,
            marks,
            int(who.max()) + 1 if listener_count is None else listener_count,
            int(what.max()) + 1 if item_count is None else item_count,
        )

    def __len__(self) -> int:
        """How many ratings there are."""
        return len(self.values)

    @cached_property
    def mean(self) -> float:
        """Of all ratings."""
        # Listener by listener, as Surprise adds: a mean that differs in its last digit
        # would make ties of likeness fall otherwise.
        return float(np.mean(self.values[self.by_listener.order]))

    @cached_property
    def by_listener(self) -> Lines:
        """Ratings listener by listener, each listener's in the order given."""
        return _lines(self.listeners, self.listener_count)

    @cached_property
    def by_item(self) -> Lines:
        """Ratings item by item, each item's by the number of the listener."""
        ordered = np.argsort(self.listeners, kind="stable")
        lines = _lines(self.items[ordered], self.item_count)
        return Lines(ordered[lines.order], lines.starts)


def _lines(sides: Rows, count: int) -> Lines:
    counts = np.bincount(sides, minlength=count)
    return Lines(np.argsort(sides, kind="stable"), np.concatenate([[0], np.cumsum(counts)]))


def _check(listeners: Rows, items: Rows, values: Floats) -> None:
    if not len(values):
        raise BadTableError("there are no ratings", remedy="Give counts of plays, or marks")
    if not np.isfinite(values).all():
        raise BadTableError(
            f"rating {int(np.argmin(np.isfinite(values))) + 1} is no finite number",
            remedy="Leave out what nobody rated",
        )
    pairs = np.column_stack([listeners, items])
    if len(np.unique(pairs, axis=0)) < len(pairs):
        raise BadTableError(
            "a listener rates the same thing twice", remedy="Give one rating for each of the two"
        )
    if values.min() == values.max():
        raise BadTableError(
            f"all {len(values):,} ratings are {values[0]:g}: they say who met what, "
            "and nothing of how much, so neighbours by rating are all alike",
            remedy="What stands together without grades is the space `together`: "
            "`segue import playlists`, then `segue similar TRACK --lens together`",
        )
