"""In whose name a program asks: its own, where it has said who it is; anybody's, where not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Path, Query, Request

from segue.serve.access.caller import caller_of, own
from segue.serve.parameters import Text

if TYPE_CHECKING:
    from pydantic import BaseModel

_NAMED = ("listener", "unheard_by")


def _listener(
    request: Request,
    listener: Annotated[
        Text, Query(description="Whose; who asks when left out, else the catalogue's owner.")
    ] = None,
) -> str:
    caller = caller_of(request)
    return caller.listener if listener is None else own(caller, listener)


Whose = Annotated[str, Depends(_listener)]
"""The listener that a request is about, as a parameter of a route."""


def _named(
    request: Request,
    name: Annotated[str, Path(description="Name of a listener.", max_length=300, examples=["Ada"])],
) -> str:
    return own(caller_of(request), name)


Named = Annotated[str, Depends(_named)]
"""The listener that an address names, as a parameter of a route."""


def need_own(request: Request, asked: BaseModel) -> None:
    """Refuse a body that names another listener than who asks.

    Queries are looked at on the way to every route (`segue.serve.whose.only_own`).

    Raises
    ------
    ForbiddenError
        It does, and who asks is known by an account or a key.
    """
    caller = caller_of(request)
    for name in _NAMED:
        if (listener := getattr(asked, name, None)) is not None:
            own(caller, listener)
