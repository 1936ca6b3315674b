"""What is asked: who asks, and the parameters, each read with what it may be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from segue.catalogue import feedback
from segue.errors import WarmingUpError
from segue.serve.subsonic.faults import GENERIC, FaultError, needed
from segue.serve.subsonic.written import FORMS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from segue.library import Segue
    from segue.serve.access.caller import Caller
    from segue.serve.subsonic.racks import Rack
    from segue.serve.subsonic.state import Players
    from segue.types import TrackId

MOST_VALUES = 20_000
"""Most parameters of one question: a playlist of ten thousand songs, and something beside."""

Values = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One thing that can be asked.

    Attributes
    ----------
    name
        What it is called in addresses, without ``.view``.
    answer
        Gives the tree it is answered with, or a response that is no tree.
    says
        What it does, in a few words.
    scope
        What a key must be allowed to (`segue.catalogue.keys.SCOPES`).
    changes
        Whether something is kept of it; then it must be said who asks.
    anybody
        Whether it is answered without asking who asks.
    """

    name: str
    answer: Callable[[Asked], Mapping[str, Any] | Response]
    says: str
    scope: str = "read"
    changes: bool = False
    anybody: bool = False


class Asked:
    """One question.

    Parameters
    ----------
    request
        As it came.
    values
        Parameters of the address and of the form that was sent, by name, in order.
    caller
        Who asks.
    """

    def __init__(self, request: Request, values: Values, caller: Caller) -> None:
        self.request = request
        self.caller = caller
        self._values = values

    @property
    def segue(self) -> Segue:
        """The library."""
        library: Segue = self.request.app.state.segue
        return library

    @property
    def players(self) -> Players:
        """What is remembered of players while the server runs."""
        players: Players = self.request.app.state.players
        return players

    @property
    def listener(self) -> str:
        """In whose name it is asked; "" is whoever owns the catalogue."""
        return self.caller.listener

    @cached_property
    def rack(self) -> Rack:
        """All that can be played.

        Raises
        ------
        WarmingUpError
            Nobody has looked yet what there is; that is under way.
        """
        shelves = self.segue.shelves_ready()
        if shelves is None:
            raise WarmingUpError(
                "Segue is getting to know the catalogue", remedy="Ask again in a moment"
            )
        return self.players.rack(shelves, database=self.segue.database)

    @cached_property
    def likes(self) -> dict[TrackId, float]:
        """The tracks that the listener likes, each with when that was said; the newest first."""
        said = feedback.of(self.segue.database, self.listener)
        return {each.track_id: each.at for each in said if each.kind == "like"}

    @cached_property
    def dislikes(self) -> frozenset[TrackId]:
        """The tracks that the listener never wants to be offered."""
        said = feedback.of(self.segue.database, self.listener)
        return frozenset(each.track_id for each in said if each.kind == "dislike")

    # -- parameters ---------------------------------------------------------------------------

    def text(self, name: str, default: str = "") -> str:
        """A text; the default where it is not given."""
        return self._values.get(name, [default])[0]

    def need(self, name: str) -> str:
        """A text that must be there, if only as an empty one; code 10 where it is not."""
        if name not in self._values:
            raise needed(name)
        return self._values[name][0]

    def many(self, name: str) -> list[str]:
        """All texts of this name, in order; none where it is not given."""
        return list(self._values.get(name, ()))

    def given(self, name: str) -> bool:
        """Whether it is given and not blank."""
        return bool(self.text(name).strip())

    def whole(
        self, name: str, default: int | None = None, *, least: int = 0, most: int = 2**53
    ) -> int:
        """A whole number, brought between `least` and `most`.

        Raises
        ------
        FaultError
            It is none (0), or not given and has no default (10).
        """
        if not self.given(name):
            if default is None:
                raise needed(name)
            return default
        text = self.text(name).strip()
        return min(max(number(name, text), least), most)

    def wholes(self, name: str) -> list[int]:
        """All whole numbers of this name."""
        return [number(name, each.strip()) for each in self.many(name)]

    def flag(self, name: str, *, default: bool) -> bool:
        """A truth value; anything but ``true`` and ``false`` is refused."""
        said = self.text(name).strip().lower()
        if said in {"", "true", "false"}:
            return default if not said else said == "true"
        raise FaultError(GENERIC, f"{name} is {said[:40]!r}", remedy="It is true or false")


def number(name: str, text: str) -> int:
    """A whole number that was written in digits; a `FaultError` for anything else."""
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 18:
        raise FaultError(GENERIC, f"{name} is {text[:40]!r}", remedy="It is a whole number")
    return int(text)


async def read(request: Request) -> Values:
    """The parameters of the address, then those of a form that was sent; by name, in order.

    Raises
    ------
    FaultError
        There are too many, or what was sent is no form.
    """
    pairs = list(request.query_params.multi_items())
    if request.method == "POST":
        body = await request.body()
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if body and kind != "application/x-www-form-urlencoded":
            raise FaultError(
                GENERIC,
                f"a body of the type {kind[:80]!r} was sent",
                remedy="Send parameters as application/x-www-form-urlencoded",
            )
        try:
            pairs += parse_qsl(
                body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=MOST_VALUES
            )
        except ValueError as error:
            raise _too_many() from error
    if len(pairs) > MOST_VALUES:
        raise _too_many()
    values: Values = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def form_of(values: Values) -> str:
    """In what form an answer is wanted.

    Raises
    ------
    FaultError
        In one that is not written.
    """
    form = values.get("f", ["xml"])[0].strip().lower() or "xml"
    if form not in FORMS:
        raise FaultError(
            GENERIC,
            f"answers are not written as {form[:40]!r}",
            remedy=f"Ask for f={' or f='.join(FORMS)}",
        )
    return form


def _too_many() -> FaultError:
    return FaultError(
        GENERIC, f"more than {MOST_VALUES:,} parameters were sent", remedy="Send fewer"
    )
