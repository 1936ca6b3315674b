"""Which targets a table has, and what its columns say of them.

Asked for nothing, a table is searched for the eleven of `segue.attributes.targets.MUSICAL`. Asked
for targets by name, each is one of the eleven or any other column, whose kind its cells show:

- numbers: a number, from 0 to 1 where all of them are, and without ends otherwise. It is learned as
  it is; only one from 0 to 1 that piles up at its ends is learned by rank;
- text: a class, with one label a different text, in the order of the alphabet.

Targets of other columns stand in one group a kind.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.attributes.targets import MUSICAL, Group, Target, TargetSet
from segue.errors import BadRequestError, BadTableError
from segue.sources import values
from segue.sources.number_columns import fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from segue.sources.example_tables import ExampleTable
    from segue.types import Floats

MOST_CLASSES = 50
"""How many different texts a column may hold and still be a class."""

NUMBERS, CLASSES = "numbers", "classes"
"""Names of the groups of targets that are none of the eleven."""

OWN = "own"
"""Name of a set that holds any other targets than the eleven."""

_KNOWN = {target.name: target for target in MUSICAL.targets}
_END, _PILE = 0.01, 0.25


@dataclass(frozen=True, slots=True)
class Asked:
    """Targets asked for by name, parted: fields of the attributes, and columns of the table.

    `attributes` is None where nothing was asked for: all there are.
    """

    attributes: tuple[str, ...] | None
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Targets with what is known of them.

    Attributes
    ----------
    targets
        What there is to learn.
    values
        By column, shape (rows,): numbers, or codes of classes; NaN where unknown.
    labels
        Names of classes by column, for columns that hold text.
    notes
        What else is worth knowing, as sentences.
    """

    targets: TargetSet
    values: Mapping[str, Floats]
    labels: Mapping[str, tuple[str, ...]]
    notes: tuple[str, ...] = ()


def parted(names: Sequence[str]) -> Asked:
    """Which fields and columns have to be read for targets of these names; () for the eleven.

    Raises
    ------
    BadRequestError
        A name is asked for twice.
    """
    twice = next((name for name, count in Counter(names).items() if count > 1), None)
    if twice is not None:
        raise BadRequestError(f"the target {twice!r} is asked for twice", remedy="Name it once")
    if not names:
        return Asked(None, ())
    fields = tuple(_KNOWN[name].column for name in names if name in _KNOWN)
    return Asked(fields, tuple(name for name in names if name not in _KNOWN))


def choose(
    table: ExampleTable, names: Sequence[str] = (), *, without: Sequence[str] = ()
) -> Chosen:
    """The targets of a table.

    Parameters
    ----------
    table
        Read with the columns that `parted` says.
    names
        What was asked for; empty for those of the eleven that the table has columns for.
    without
        What was left out of the table, so that nobody is told that it is missing.

    Raises
    ------
    BadTableError
        It has no column for a target that was asked for, or for none at all; or a column is
        neither a number nor a class.
    """
    _check_there(table, names)
    groups = list(musical(table.attributes, names).groups)
    held: dict[str, Floats] = dict(table.attributes)
    labels: dict[str, tuple[str, ...]] = {}
    by_kind: dict[str, list[Target]] = {NUMBERS: [], CLASSES: []}
    for column in (name for name in names if name not in _KNOWN):
        target, held[column] = _inferred(column, table.texts[column], where=str(table.path))
        by_kind[NUMBERS if target.kind == "number" else CLASSES].append(target)
        if target.kind == "class":
            labels[column] = target.labels
    groups += [Group(name, tuple(targets)) for name, targets in by_kind.items() if targets]
    _check_names(groups, where=str(table.path))
    notes = []
    if not names:
        lacking = [
            name
            for name, target in _KNOWN.items()
            if target.column not in held and not left_out(target, without)
        ]
        if lacking:
            notes.append(f"The table has no column for {', '.join(lacking)}.")
    name = MUSICAL.name if not any(by_kind.values()) else OWN
    return Chosen(TargetSet(name, tuple(groups)), held, labels, tuple(notes))


def known(targets: TargetSet, table: ExampleTable) -> Chosen:
    """What a table says of targets that are known already, as for judging a model.

    Columns that are not there are left out of the values, and noted; so is what a column holds
    that is no value of its target, and numbers beyond its ends.
    """
    held: dict[str, Floats] = {}
    notes = []
    for target in targets.targets:
        if target.column in table.attributes:
            held[target.column] = table.attributes[target.column]
        elif target.column in table.texts:
            held[target.column], strange = _read(target, table.texts[target.column])
            if strange:
                notes.append(
                    f"{strange:,} rows hold in {target.column!r} what is no value of the target;"
                    " they are not judged there."
                )
        if target.column in held and (beyond := _beyond(target, held[target.column])):
            notes.append(beyond)
    labels = {t.column: t.labels for t in targets.targets if t.column in table.texts and t.labels}
    return Chosen(targets, held, labels, tuple(notes))


def among(targets: TargetSet, names: Iterable[str]) -> TargetSet:
    """Only the targets of these names; groups of which none is left fall away."""
    wanted = set(names)
    groups = (
        Group(group.name, tuple(each for each in group.targets if each.name in wanted))
        for group in targets.groups
    )
    return TargetSet(targets.name, tuple(group for group in groups if group.targets))


def left_out(target: Target, without: Sequence[str]) -> bool:
    """Whether a target, or its column, fits one of the patterns."""
    return fits(target.name, without) or fits(target.column, without)


def musical(attributes: Mapping[str, Floats], names: Sequence[str] = ()) -> TargetSet:
    """Those of the eleven that can be read from these attributes, or those of these names."""
    return among(
        MUSICAL,
        (
            name
            for name, target in _KNOWN.items()
            if target.column in attributes and (name in names or not names)
        ),
    )


def _check_there(table: ExampleTable, names: Sequence[str]) -> None:
    for name in names:
        if name in _KNOWN and _KNOWN[name].column not in table.attributes:
            raise BadTableError(
                f"no column says {_KNOWN[name].column}",
                where=str(table.path),
                remedy=f'Say which one does with --map {_KNOWN[name].column}="COLUMN"',
            )
    if not names and not any(target.column in table.attributes for target in _KNOWN.values()):
        raise BadTableError(
            "no column holds anything to be learned",
            where=str(table.path),
            remedy="Name the columns with --target, or say what they mean with --map; known by"
            f" their names are {', '.join(_KNOWN)}",
        )


def _check_names(groups: Sequence[Group], *, where: str) -> None:
    named: dict[str, str] = {}
    for target in (target for group in groups for target in group.targets):
        other = named.setdefault(target.name, target.column)
        if other != target.column:
            raise BadTableError(
                f"the columns {other!r} and {target.column!r} would both be called {target.name!r}",
                where=where,
                remedy="Rename one of them",
            )


def _inferred(column: str, cells: Sequence[str], *, where: str) -> tuple[Target, Floats]:
    """The target a column is, and its values."""
    name = "_".join(re.findall(r"\w+", column.casefold())) or "target"
    numbers, texts = _numbers(cells)
    found = numbers[~np.isnan(numbers)]
    if not texts and len(found):
        if found.min() >= 0 and found.max() <= 1:
            piled = float(np.mean((found <= _END) | (found >= 1 - _END))) >= _PILE
            scale = "rank" if piled else "plain"
            return Target(name, "number", column, scale=scale, low=0.0, high=1.0), numbers
        return Target(name, "number", column), numbers
    if len(found) > len(texts):
        raise BadTableError(
            f"the target {column!r} holds {values.shorten(texts[0])} among {len(found):,} numbers",
            where=where,
            remedy="Correct the cell, or leave it blank",
        )
    labels = tuple(sorted({text for text in map(_label, cells) if text}))
    if len(labels) > MOST_CLASSES:
        raise BadTableError(
            f"the target {column!r} holds {len(labels):,} different texts, too many for a class",
            where=where,
            remedy=f"Name a column of numbers, or one of at most {MOST_CLASSES} different texts",
        )
    target = Target(name, "class", column, labels=labels)
    return target, _read(target, cells)[0]


def _read(target: Target, cells: Sequence[str]) -> tuple[Floats, int]:
    """A column's values for a target, and how many cells hold something else."""
    if target.kind == "number":
        numbers, texts = _numbers(cells)
        return numbers, len(texts)
    code = {label: float(place) for place, label in enumerate(target.labels)}
    found = [_label(cell) for cell in cells]
    strange = sum(bool(each) and each not in code for each in found)
    return np.array([code.get(each, np.nan) for each in found], dtype=np.float64), strange


def _beyond(target: Target, numbers: Floats) -> str:
    """What is to be said of numbers that a target takes for unknown; empty where there are none."""
    count = int((~np.isnan(numbers) & np.isnan(target.read(numbers))).sum())
    if not count:
        return ""
    where = "none of its classes"
    if target.kind == "number":
        where = f"outside {target.low:g} to {target.high:g}"
    many = "value of {} is {} and counts" if count == 1 else "values of {} are {} and count"
    return f"{count:,} {many.format(target.name, where)} as unknown."


def _label(cell: str) -> str:
    """What a cell of a class says; empty where it says nothing."""
    stripped = cell.strip()
    return "" if stripped in {"nan", "NaN"} else stripped


def _numbers(cells: Sequence[str]) -> tuple[Floats, list[str]]:
    """Cells as finite numbers, NaN for those that are none; and those that hold text."""
    found = np.full(len(cells), np.nan)
    texts = []
    for row, cell in enumerate(cells):
        try:
            value = values.number(cell)
        except ValueError:
            texts.append(cell)
            continue
        if value is not None and np.isfinite(value):
            found[row] = value
    return found, texts
