"""Whether examples can be learned from, or judged on: refused with the reason where they cannot.

What nobody could learn is said before anything is trained: features that are no numbers, a column
of a table that is the same everywhere, a target that is, or of which nothing is known, a class with
too few members, fewer rows (or artists) than folds, names that no model could hold. Each message
names the culprit and what to do.

**How many members a class needs.** Whichever fold is kept back, the others are parted once more,
and there each class must be learned from one side and judged on the other: two members at least.
Of m members parted evenly into k folds, m − ⌈m / k⌉ are left, so m is 3, and 4 with two folds; and
where artists are known, two have to be by others than the artist who has most of them.

**How much the rest needs.** The rest has rows, and artists, for as many folds again; and whatever
part of it is left out in turn, what remains says at least two different things of each target.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from segue.attributes.soundness import check_targets as check_sound
from segue.errors import BadFileError, BadRequestError, BadTableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.attributes.examples import Examples
    from segue.attributes.targets import Group, Target, TargetSet
    from segue.types import Floats, Rows

LEFT = 2
"""Members of a class that have to be left when a fold is kept back."""

_SHOWN = 5
_FEWER = "Add tracks, or ask for fewer with --folds"


def check_training(examples: Examples, targets: TargetSet, *, folds: int) -> None:
    """Refuse what cannot be learned from.

    Parameters
    ----------
    targets
        In the groups in which they are learned.
    folds
        In how many parts the examples are parted.

    Raises
    ------
    BadRequestError
        There are fewer than two folds.
    BadTableError
        The reason, naming the row, feature, target or class.
    """
    if folds < 2:
        raise BadRequestError(
            f"{folds} folds leave nothing to judge on", remedy="Ask for 2 or more"
        )
    check_features(examples)
    if examples.from_table:
        _check_constant(examples)
    for group in targets.groups:
        for target in group.targets:
            _check_target(examples, target, folds=folds, turned=is_turned(target, group))
        _check_rows(examples, group, folds=folds)


def check_features(examples: Examples) -> None:
    """Refuse features that are no finite numbers; for judging too.

    Raises
    ------
    BadTableError
        Naming the first row and feature, and how many there are.
    """
    finite = np.isfinite(examples.features)
    if finite.all():
        return
    row, column = (int(at) for at in np.argwhere(~finite)[0])
    value = float(examples.features[row, column])
    bad = int((~finite.all(axis=1)).sum())
    rest = "" if bad == 1 else f" ({bad:,} rows have such features)"
    raise BadTableError(
        f"the feature {examples.names[column]!r} of {examples.ids[row]} is {value:g}, which is no"
        f" number{rest}",
        where=examples.source,
        remedy="Correct the row, leave it out, or leave the feature out with --without",
    )


def known_rows(examples: Examples, group: Group) -> Rows:
    """Rows of which every target of a group is known: those it is learned from."""
    known = np.ones(len(examples), dtype=np.bool_)
    for target in group.targets:
        known &= ~np.isnan(_truth(examples, target))
    return np.flatnonzero(known)


def gaps(examples: Examples, targets: TargetSet) -> tuple[str, ...]:
    """A sentence for each group that is learned from fewer rows than there are."""
    found = []
    for group in targets.groups:
        rows = len(known_rows(examples, group))
        if rows < len(examples):
            names = ", ".join(target.name for target in group.targets)
            found.append(f"{names}: known of {rows:,} of {len(examples):,} rows.")
    return tuple(found)


def check_targets(targets: TargetSet, *, where: str) -> None:
    """Refuse targets that no model could hold: two of one name, or one too long for a file.

    Parameters
    ----------
    targets
        In the groups in which they are learned.
    where
        What they were read from.

    Raises
    ------
    BadTableError
        Says what is wrong.
    """
    try:
        check_sound(targets)
    except BadFileError as problem:
        raise BadTableError(
            f"no model can hold these targets: {problem.what}",
            where=where,
            remedy="Give each column a short name of its own, or name other targets (--target)",
        ) from None


def check_sides(examples: Examples, group: Group, parts: Sequence[tuple[Rows, Rows]]) -> None:
    """Refuse folds of which one leaves too little to learn from.

    `check_training` sees most of it coming; this sees how rows and artists really fell.

    Parameters
    ----------
    parts
        (train, test) of every fold, as rows of the examples. Each training side is parted into as
        many again.

    Raises
    ------
    BadTableError
        There are too few rows, artists or members of a class, or a number is the same everywhere;
        names the target.
    """
    for fold, (train, _) in enumerate(parts, start=1):
        when = f"when fold {fold} of {len(parts)} is kept back"
        _check_room(examples, group, train, folds=len(parts), when=when)
        for target in group.targets:
            truth = _truth(examples, target)[train]
            if target.kind == "number":
                _check_differs(examples, target, truth, when=when)
            elif not is_turned(target, group):
                _check_left(examples, target, truth, when=when)


def check_inner_sides(
    examples: Examples, group: Group, parts: Sequence[tuple[Rows, Rows]], *, fold: int
) -> None:
    """Refuse a training side of which one part leaves but one value of a target.

    A class that only one part lacks is none the worse for it: members say there that it is
    unlikely.

    Parameters
    ----------
    parts
        (train, test) of every part of the training side, as rows of the examples.
    fold
        Which fold is kept back, from 1.

    Raises
    ------
    BadTableError
        Naming the target and its value.
    """
    for target in group.targets:
        if is_turned(target, group):
            continue
        truth = _truth(examples, target)
        for part, (train, _) in enumerate(parts, start=1):
            when = f"when fold {fold} of {len(parts)} is kept back, and part {part} of the rest"
            _check_differs(examples, target, truth[train], when=when)


def is_turned(target: Target, group: Group) -> bool:
    """Whether a target is the key, learned together with the mode.

    Then what is heard is turned to all twelve keys, each track speaks for all of them, and none
    needs members of its own.
    """
    return target.name == "key" and "mode" in {each.name for each in group.targets}


def unlearnable(examples: Examples, target: Target, *, folds: int, turned: bool = False) -> str:
    """Why a target cannot be learned; empty where it can.

    A number needs two different values, and every class of a target enough members, unless it is
    a key that is `turned`.
    """
    truth = _truth(examples, target)
    known = np.flatnonzero(~np.isnan(truth))
    found = truth[known]
    if not len(found):
        return f"nothing is known of the target {target.name!r}"
    if target.kind == "number":
        same = bool((found == found[0]).all())
        return f"the target {target.name!r} is {found[0]:g} in every row" if same else ""
    counts = np.bincount(found.astype(np.int64), minlength=len(target.labels))
    if counts.max() == len(found):
        only = target.labels[int(counts.argmax())]
        return f"the target {target.name!r} is {only!r} in every row"
    if turned:
        return ""
    needed = fewest(folds)
    rare = [
        f"{target.labels[code]!r} has {_members(int(counts[code]))}"
        for code in np.flatnonzero(counts < needed).tolist()
    ]
    if rare:
        more = f", and {len(rare) - _SHOWN:,} more have too few" if len(rare) > _SHOWN else ""
        listed = ", ".join(rare[:_SHOWN])
        return f"every class of {target.name!r} needs {needed} members or more: {listed}{more}"
    return _of_one_artist(examples, target, known, found)


def fewest(folds: int) -> int:
    """Members that a class needs where examples are parted into so many folds."""
    return next(count for count in range(LEFT, 2 * LEFT + 1) if count - -(-count // folds) >= LEFT)


def _members(count: int) -> str:
    return ("none", "one")[count] if count < 2 else str(count)


def _of_one_artist(examples: Examples, target: Target, known: Rows, codes: Floats) -> str:
    """Why a class that has members enough cannot be learned: they are nearly all by one artist."""
    if examples.artists is None:
        return ""
    for code, label in enumerate(target.labels):
        rows = known[codes == code].tolist()
        named = Counter(examples.artists[row] for row in rows if examples.artists[row])
        (artist, most) = max(named.items(), key=lambda pair: pair[1], default=("", 0))
        if len(rows) - most < LEFT:
            return (
                f"{most} of {len(rows)} members of the class {label!r} of {target.name!r} are by"
                f" {artist!r}, and {LEFT} have to be by others"
            )
    return ""


def _truth(examples: Examples, target: Target) -> Floats:
    values = examples.values.get(target.column)
    if values is None:
        return np.full(len(examples), np.nan)
    return target.read(values)


def _check_constant(examples: Examples) -> None:
    """Refuse columns of a table that say the same of every row."""
    features = examples.features
    if len(features) < 2:
        return
    same = np.flatnonzero((features == features[0]).all(axis=0)).tolist()
    if not same:
        return
    shown = ", ".join(repr(examples.names[at]) for at in same[:_SHOWN])
    more = f" and {len(same) - _SHOWN:,} more" if len(same) > _SHOWN else ""
    first = examples.names[same[0]]
    one = len(same) == 1
    raise BadTableError(
        f"the column{'' if one else 's'} {shown}{more} hold{'s' if one else ''} the same in every"
        " row and can teach nothing",
        where=examples.source,
        remedy=f"Leave {'it' if one else 'them'} out: --without {first!r}",
    )


def _check_target(examples: Examples, target: Target, *, folds: int, turned: bool) -> None:
    reason = unlearnable(examples, target, folds=folds, turned=turned)
    if not reason:
        return
    raise BadTableError(
        reason,
        where=examples.source,
        remedy="Add tracks, leave its column out (--without), or name other targets (--target)",
    )


def _check_rows(examples: Examples, group: Group, *, folds: int) -> None:
    rows = known_rows(examples, group)
    names = ", ".join(target.name for target in group.targets)
    if len(rows) < folds:
        raise BadTableError(
            f"{names}: known of {len(rows):,} rows, which are fewer than {folds} folds",
            where=examples.source,
            remedy=_FEWER,
        )
    count = _artists(examples, rows)
    if count < folds:
        raise BadTableError(
            f"{names}: known of tracks by {count:,} artists, which are fewer than {folds} folds,"
            " and no artist may stand in two",
            where=examples.source,
            remedy=_FEWER,
        )


def _check_room(examples: Examples, group: Group, rows: Rows, *, folds: int, when: str) -> None:
    """Refuse a training side that cannot be parted once more."""
    names = ", ".join(target.name for target in group.targets)
    count, what = len(rows), "rows"
    if count >= folds:
        count, what = _artists(examples, rows), "artists"
    if count < folds:
        left = f"{count:,} {what} remain" if count != 1 else f"1 {what[:-1]} remains"
        raise BadTableError(
            f"{names}: {when}, {left}, too few to be parted into {folds} in turn",
            where=examples.source,
            remedy=f"Add {'tracks' if what == 'rows' else 'tracks by other artists'}, or ask for"
            " fewer with --folds",
        )


def _artists(examples: Examples, rows: Rows) -> int:
    """By how many artists rows are; one a row where it is unknown."""
    if examples.artists is None:
        return len(rows)
    named = [examples.artists[row] for row in rows.tolist()]
    return len(set(named) - {""}) + named.count("")


def _check_differs(examples: Examples, target: Target, truth: Floats, *, when: str) -> None:
    """Refuse a side on which a target has one value."""
    if (truth != truth[0]).any():
        return
    only = repr(target.labels[int(truth[0])]) if target.kind == "class" else f"{truth[0]:g}"
    raise BadTableError(
        f"{when}, the target {target.name!r} is {only} in every row that remains",
        where=examples.source,
        remedy="Add tracks of which something else is true, by other artists, ask for another"
        " number of folds (--folds), or name other targets (--target)",
    )


def _check_left(examples: Examples, target: Target, codes: Floats, *, when: str) -> None:
    """Refuse a side on which a class has too few members."""
    counts = np.bincount(codes.astype(np.int64), minlength=len(target.labels))
    least = int(counts.argmin())
    if counts[least] < LEFT:
        raise BadTableError(
            f"{when}, {target.labels[least]!r} of {target.name!r} has"
            f" {_members(int(counts[least]))} left to learn from, and needs {LEFT}",
            where=examples.source,
            remedy="Add tracks of it by other artists, leave these rows blank, or ask for another"
            " number of folds (--folds)",
        )
