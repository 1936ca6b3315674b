"""Folds: how examples are parted so that nothing is judged on what it was fitted to.

With k folds every row stands in the test part of exactly one fold and in the training part of all
others. Three things can be asked of them at once:

- **an artist stands on one side only**: a model that knows the artist's other tracks is judged on
  its memory of the artist (the artist effect: Flexer and Schnitzer, Computer Music Journal 34(3),
  2010). Whole artists are dealt, the one with most tracks first, each to the fold that is
  smallest at that moment. An unknown artist ("") is taken for one of its own, track by track;
- **classes are spread evenly**: each class is dealt round the folds, so that two folds differ by
  at most one row of it. Whole artists go to the fold that holds least of what they bring, each
  class as a share of all its rows: minimise the sum of n[f, c] g[c] / N[c]² over classes c, where
  n[f, c] are rows already in fold f, g[c] those of the artist and N[c] all there are;
- **sizes are even**: with single rows they differ by at most one.

Who comes first among equals is drawn by the seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from segue.errors import BadRequestError, BadTableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segue.types import Floats, Rows

Folds: TypeAlias = "Sequence[tuple[Rows, Rows]]"
"""(train, test) of every fold."""

_UNKNOWN = -1


def folds(
    n: int,
    *,
    count: int = 5,
    seed: int = 42,
    artists: Sequence[str] | None = None,
    classes: NDArray[np.number] | None = None,
) -> tuple[tuple[Rows, Rows], ...]:
    """Part `n` rows into folds.

    Parameters
    ----------
    n
        How many rows.
    count
        How many folds, at least 2.
    seed
        Settles what is left to chance; the same rows and seed give the same folds.
    artists
        The artist of each row, "" where unknown; None where artists do not matter.
    classes
        Shape (n,): codes of classes to be spread evenly, NaN where unknown. A class may be the
        whole of one artist, and then stands in one test part and no training part of that fold.

    Returns
    -------
    tuple of (train, test)
        Row numbers, rising; no test part is empty.

    Raises
    ------
    BadRequestError
        `count` is below 2.
    BadTableError
        There are fewer rows, or fewer artists, than folds, or a class has only one row.
    """
    if count < 2:
        raise BadRequestError(
            f"{count} folds leave nothing to train on", remedy="Ask for two folds or more"
        )
    codes = _codes(n, classes)
    groups = np.arange(n) if artists is None else grouped(artists)
    artists_known = int(groups.max(initial=-1)) + 1
    if artists_known < count:
        one = "row" if artists is None else "artist"
        raise BadTableError(
            f"{artists_known} {one}{'' if artists_known == 1 else 's'} cannot be parted into "
            f"{count} folds",
            remedy=f"Add {one}s, or ask for fewer folds",
        )
    rng = np.random.default_rng(seed)
    alone = artists_known == n
    fold = _dealt(codes, count, rng) if alone else _balanced(groups, codes, count, rng)
    rows = np.arange(n)
    return tuple((rows[fold != each], rows[fold == each]) for each in range(count))


def of_group(folds: Folds | Mapping[str, Folds], name: str) -> Folds:
    """The folds of a group of targets: one for all, or by the name of the group."""
    return folds.get(name, ()) if isinstance(folds, Mapping) else folds


def grouped(artists: Sequence[str]) -> Rows:
    """A number for each row's artist, in the order of first appearance.

    Parameters
    ----------
    artists
        Keys; every "" is an artist of its own.

    Returns
    -------
    Rows
        Shape (n,), from 0 without gaps.
    """
    known: dict[str | int, int] = {}
    numbers = [known.setdefault(artist or row, len(known)) for row, artist in enumerate(artists)]
    return np.array(numbers, dtype=np.int64)


def _codes(n: int, classes: NDArray[np.number] | None) -> Rows:
    """Classes numbered from 0 without gaps, unknown ones as a class of their own; checked."""
    if classes is None:
        return np.zeros(n, dtype=np.int64)
    values: Floats = np.asarray(classes, dtype=np.float64)
    distinct, codes, counts = np.unique(
        np.where(np.isnan(values), _UNKNOWN, values), return_inverse=True, return_counts=True
    )
    for value, rows in zip(distinct.tolist(), counts.tolist(), strict=True):
        if rows == 1 and value != _UNKNOWN:
            raise BadTableError(
                f"class {value:g} has one member, which cannot be both learned from and judged on",
                remedy="Leave the class out, or add tracks of it",
            )
    return codes.astype(np.int64)


def _dealt(codes: Rows, count: int, rng: np.random.Generator) -> Rows:
    """The fold of each row: shuffled, laid out class by class, and dealt in turn."""
    shuffled = rng.permutation(len(codes))
    ordered = shuffled[np.argsort(codes[shuffled], kind="stable")]
    fold = np.empty(len(codes), dtype=np.int64)
    fold[ordered] = np.arange(len(codes)) % count
    return rng.permutation(count)[fold]


def _balanced(groups: Rows, codes: Rows, count: int, rng: np.random.Generator) -> Rows:
    """The fold of each row: whole groups, the largest first, to where least is of their kind."""
    held = np.zeros((groups.max() + 1, codes.max() + 1))
    np.add.at(held, (groups, codes), 1.0)
    sizes = held.sum(axis=1)
    # The size of a fold counts as one class more; with one class both say the same.
    held = np.column_stack([held, sizes])
    shares = held / np.square(held.sum(axis=0))
    order = rng.permutation(len(held))
    order = order[np.argsort(-sizes[order], kind="stable")]
    filled = np.zeros((count, held.shape[1]))
    fold = np.empty(len(held), dtype=np.int64)
    for group in order.tolist():
        # Rounded, so that folds that are alike are so whatever the order of the sums.
        chosen = int(np.round(filled @ shares[group], 12).argmin())
        fold[group] = chosen
        filled[chosen] += held[group]
    return rng.permutation(count)[fold][groups]
