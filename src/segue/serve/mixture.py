"""A mix as its address says it, and the steps from one mix to the next.

The address holds everything: the tracks of the list in order (``track``), those to stay away from
(``less``), words, lens and filters. So a mix can be kept as a bookmark, sent to somebody, and gone
back from by the browser's own button. A **step** is what one button does (``add:ID``): the server
answers it with the address of the mix that comes of it, so that no page holds an address for each
of its buttons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from segue.errors import BadRequestError
from segue.recommend.journey.ordering import MOST
from segue.serve.failures import shorten
from segue.serve.parameters import (  # noqa: TC001 (pydantic reads annotations)
    Ids,
    Name,
    Number,
)
from segue.serve.questions import Question
from segue.serve.rendering import link

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

STEPS: dict[str, str] = {
    "add": "More like this: into the list",
    "less": "Less like this",
    "drop": "Out of the list",
    "forgive": "No longer away from it",
    "up": "One place up",
    "down": "One place down",
    "move": "To another place",
    "all": "All suggestions into the list",
    "order": "In order for listening",
    "clear": "Everything out",
}
"""What a step can be, and what it does."""

_OF_A_STEP = frozenset({"track", "less", "step", "q"})


class OfMix(Question):
    """What a mix is made of, and what goes with it."""

    track: Ids = Field((), description="Tracks of the list, by id, in order.")
    less: Ids = Field((), description="Tracks to stay away from, by id.")
    words: Annotated[str, Field(max_length=10_000)] = Field("", description="A description.")
    q: Name = Field("", description="Words of tracks that are looked for, to be added.")
    step: Annotated[str, Field(max_length=20_000)] = Field("", description="What a button does.")
    arc: Name = Field("", description="How energy goes when the list is put in order.")
    into: Number = Field(None, description="The playlist that is changed by this mix.")

    @property
    def empty(self) -> bool:
        """Whether nothing is named that an answer could go by."""
        return not (self.track or self.less or self.words.strip() or self.filtered)


def stepped(asked: OfMix) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The list, and what to stay away from, once a step is made.

    Parameters
    ----------
    asked
        With a step such as ``add:ID``, ``up:ID``, ``move:ID:PLACE`` (from 0) or ``all:ID;ID``.

    Raises
    ------
    BadRequestError
        There is no such step, or the list gets too long.
    """
    kind, _, which = asked.step.partition(":")
    kept, less = list(asked.track), list(asked.less)
    if kind == "clear":
        return (), ()
    if kind in {"add", "all"}:
        new = [each for each in which.split(";") if each and each not in kept]
        kept, less = kept + new, [each for each in less if each not in new]
    elif kind in {"less", "drop", "forgive"}:
        kept = kept if kind == "forgive" else [each for each in kept if each != which]
        less = [each for each in less if each != which] + ([which] if kind == "less" else [])
    elif kind in {"up", "down", "move"}:
        kept = _moved(kept, kind, which)
    else:
        raise BadRequestError(
            f"there is no step {shorten(asked.step)!r}", remedy=f"Use {', '.join(STEPS)}"
        )
    fitting(kept)
    return tuple(kept), tuple(less)


def fitting(ids: Sequence[str]) -> None:
    """BadRequestError for a list that is too long for an address and to be put in order."""
    if len(ids) > MOST:
        raise BadRequestError(
            f"the list would hold {len(ids):,} tracks",
            remedy=f"A mix holds at most {MOST:,}; save it, and begin another",
        )


def _moved(ids: list[str], kind: str, which: str) -> list[str]:
    """The list with one track at another place; as it was where it does not hold the track."""
    name, _, to = which.partition(":")
    if name not in ids:
        return ids
    at = ids.index(name)
    if kind == "move":
        if not to.isdecimal():
            raise BadRequestError(f"{shorten(to)!r} is no place of the list", remedy="Count from 0")
        target = int(to[:6])
    else:
        target = at + (1 if kind == "down" else -1)
    rest = [each for each in ids if each != name]
    place = min(max(target, 0), len(rest))
    return [*rest[:place], name, *rest[place:]]


def address(
    request: Request, *, tracks: Sequence[str], less: Sequence[str], page: str = "mix"
) -> str:
    """The address of a mix that is asked as `request` does, with another list."""
    others: dict[str, list[str]] = {}
    for name, value in request.query_params.multi_items():
        if name not in _OF_A_STEP and value.strip():
            others.setdefault(name, []).append(value)
    return link(page, track=tuple(tracks), less=tuple(less), **others)
