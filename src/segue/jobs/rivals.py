"""The contenders of a trial of spaces of sound: spaces as they answer, and what they have to beat.

Scores are raw cosines, as lenses of one space have them, or what stands for them in a baseline. A
track that was altered asks as a file from outside does: it is placed anew, among the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.evaluation import baselines
from segue.evaluation.audio import REFERENCE, Contender
from segue.recommend.lenses import LENSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from segue.jobs.reheard import Again
    from segue.recommend.lenses import Lens
    from segue.snapshot import Placed, Space
    from segue.types import Floats, Progress, Rows

_BLOCK = 64


def of_spaces(
    spaces: Mapping[str, Space], rows: Rows, again: Again, *, on_progress: Progress | None = None
) -> Iterator[Contender]:
    """Every space, and the lenses of several whose spaces are all there."""
    made: dict[str, Contender] = {}
    for done, (name, space) in enumerate(spaces.items(), start=1):
        scores, altered = _scores(space, rows), _altered(space, rows, again)
        made[name] = Contender(name, "space", scores, altered=altered)
        if on_progress is not None:
            on_progress(done, len(spaces), f"asking {name}")
        yield made[name]
    for lens in _fused_lenses():
        if lens.weights.keys() <= made.keys():
            yield _fused(lens, made)


def of_baselines(
    described: Placed | None, rows: Rows, again: Again, mel: Floats | str, bliss: Floats | str
) -> Iterator[Contender]:
    """What spaces have to beat, and chance.

    Parameters
    ----------
    described
        The catalogue's descriptors; None where they do not place all tracks.
    rows
        The tracks.
    again
        The altered ones among them.
    mel, bliss
        Numbers of every track, or why there are none.
    """
    if described is None:
        yield Contender("raw MFCC", "baseline", missing="not all tracks have been described")
    else:
        yield _cepstra(described, rows, again)
    if isinstance(mel, str):
        yield Contender("mel statistics", "baseline", missing=mel)
    else:
        yield _baseline("mel statistics", mel, again.mel, baselines.mel)
    for name, weighted in (("bliss", False), ("bliss, weighted", True)):
        if isinstance(bliss, str):
            yield Contender(name, "baseline", missing=bliss)
        else:
            yield Contender(name, "baseline", baselines.bliss(bliss, weighted=weighted))
    yield Contender("random", "chance", baselines.random(len(rows)))


def _cepstra(described: Placed, rows: Rows, again: Again) -> Contender:
    at = {row: place for place, row in enumerate(described.rows.tolist())}
    altered = {
        name: np.array([each.vectors[REFERENCE] for each in heard])
        for name, heard in again.described.items()
    }
    raw = described.vectors[[at[row] for row in rows.tolist()]]
    return _baseline("raw MFCC", raw, altered, baselines.mfcc)


def stored(name: str, space: Space) -> str:
    """The space whose stored vectors a space is made of: mostly its own."""
    return str(getattr(space, "stored", name))


def parts_of(name: str, spaces: Mapping[str, Space]) -> tuple[str, ...]:
    """The spaces whose stored vectors a contender is made of."""
    lens = next((each for each in _fused_lenses() if each.name == name), None)
    if lens is not None:
        return tuple(lens.weights)
    return (stored(name, spaces[name]),) if name in spaces else ()


def _fused_lenses() -> list[Lens]:
    """Lenses of several spaces that add raw cosines."""
    return [lens for lens in LENSES.values() if len(lens.weights) > 1 and not lens.calibrated]


def _scores(space: Space, rows: Rows) -> Floats:
    """Raw scores of every track to every track."""
    return _of_points(space, [space.point(row) for row in rows.tolist()], rows)


def _altered(space: Space, rows: Rows, again: Again) -> dict[str, Floats]:
    """The same of altered tracks; none where the space cannot place what is outside."""
    scores: dict[str, Floats] = {}
    for name, described in again.described.items():
        points = [space.place(each) for each in described]
        if any(point is None for point in points):
            return {}
        scores[name] = _of_points(space, points, rows)
    return scores


def _of_points(space: Space, points: Sequence[Any], rows: Rows) -> Floats:
    scores = np.empty((len(points), len(rows)))
    for begin in range(0, len(points), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        scores[block] = space.score(points[block], rows=rows)
    return scores


def _fused(lens: Lens, made: Mapping[str, Contender]) -> Contender:
    """A lens of several spaces: the weighted sum of their raw cosines."""
    parts = [made[space] for space in lens.weights]
    whole = all(part.altered for part in parts)

    def summed(scores: Iterable[Floats]) -> Floats:
        pairs = zip(lens.weights.values(), scores, strict=True)
        total: Floats = np.sum([weight * each for weight, each in pairs], axis=0)
        return total

    return Contender(
        lens.name,
        "fused",
        summed(part.scores for part in parts if part.scores is not None),
        altered={
            alteration: summed(part.altered[alteration] for part in parts)
            for alteration in (parts[0].altered if whole else ())
        },
    )


def _baseline(
    name: str,
    raw: NDArray[np.floating[Any]],
    altered: Mapping[str, NDArray[np.floating[Any]]],
    make: Callable[..., Floats],
) -> Contender:
    """A baseline from numbers of the tracks, and of altered ones placed among them."""
    n = len(raw)
    again = {}
    for alteration, numbers in altered.items():
        both = np.concatenate([raw, numbers])
        # Fitted to the tracks alone.
        fitted = {} if make is baselines.mfcc else {"folds": [(np.arange(n), np.arange(len(both)))]}
        again[alteration] = make(both, **fitted)[n:, :n]
    return Contender(name, "baseline", make(raw), altered=again)
