"""Whether a graph fits its manifest: what it takes, what it gives, and that it can be run.

A graph states its shapes, but it need not state all of them, and what it states need not be true.
So it is looked at, and then tried with two windows of nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import BadFileError
from segue.models.graphs import run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_REMEDY = "Correct the manifest, or export the graph anew: docs/embedders.md says how they fit"


def takes_one(session: Any, shape: Sequence[int], where: str) -> bool:  # noqa: ANN401
    """Whether the graph takes one window at a time; else as many as there are.

    Parameters
    ----------
    session
        An InferenceSession.
    shape
        Of one window, as the front end makes it.

    Raises
    ------
    BadFileError
        It takes something else than such windows.
    """
    inputs = session.get_inputs()
    if len(inputs) != 1:
        raise _misfit(f"takes {len(inputs)} arrays, and windows are one", where)
    (taken,) = inputs
    if taken.type != "tensor(float)":
        raise _misfit(f"takes {taken.type}, and windows are tensor(float)", where)
    first, *stated = taken.shape or (None,)
    if len(stated) != len(shape) or not _may_be(stated, shape):
        raise _misfit(
            f"takes windows of shape {_shown(taken.shape)}, and the front end makes them of "
            f"{_shown(('windows', *shape))}",
            where,
        )
    if isinstance(first, int) and first != 1:
        raise _misfit(f"takes {first} windows at a time; it must be any number, or one", where)
    return first == 1


def check_outputs(session: Any, wanted: Mapping[str, int], where: str) -> None:  # noqa: ANN401
    """Refuse a graph that does not give rows of so many numbers under these names.

    Raises
    ------
    BadFileError
        Says which.
    """
    given = {each.name: each for each in session.get_outputs()}
    for name, width in wanted.items():
        if name not in given:
            raise _misfit(f"gives {', '.join(given)}, and no {name!r}", where)
        output = given[name]
        if output.type not in ("tensor(float)", "tensor(double)", "tensor(float16)"):
            raise _misfit(f"gives {output.type} as {name!r}, which are no numbers to use", where)
        _, *stated = output.shape or (None,)
        if len(stated) != 1 or not _may_be(stated, (width,)):
            raise _misfit(
                f"gives {name!r} of shape {_shown(output.shape)}, and the manifest means "
                f"{_shown(('windows', width))}",
                where,
            )


def attempt(
    session: Any,  # noqa: ANN401
    shape: tuple[int, ...],
    wanted: Mapping[str, int],
    where: str,
) -> None:
    """Run a graph on windows of nothing, and refuse it if it gives something else than it should.

    Parameters
    ----------
    shape
        Of all windows together.

    Raises
    ------
    BadFileError
        It cannot be run, or gives arrays of another shape.
    """
    try:
        found = run(session, np.zeros(shape, dtype=np.float32), names=tuple(wanted))
    except Exception as problem:  # each fault has a class of its own, and only Exception in common
        said = " ".join(str(problem).split())
        raise _misfit(f"cannot be run on {shape[0]} windows ({said})", where) from None
    for name, width in wanted.items():
        if found[name].shape != (shape[0], width):
            raise _misfit(
                f"gives {name!r} of shape {_shown(found[name].shape)} for {shape[0]} windows, and "
                f"the manifest means {_shown((shape[0], width))}",
                where,
            )


def _may_be(stated: Sequence[Any], shape: Sequence[int]) -> bool:
    """Whether lengths that a graph states, or leaves open, can be these."""
    return all(
        not isinstance(each, int) or each == length
        for each, length in zip(stated, shape, strict=True)
    )


def _shown(shape: Sequence[Any]) -> str:
    return f"({', '.join('?' if each is None else str(each) for each in shape)})"


def _misfit(why: str, where: str) -> BadFileError:
    return BadFileError(f"the graph {why}", where=where, remedy=_REMEDY)
