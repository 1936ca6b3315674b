"""The id of a request: taken from who sent it, or made here, and said in every line of the log.

A proxy or a program may send ``X-Request-Id``, so that its own log and ours can be laid side by
side. What it sends is taken where it is a plain word and made anew otherwise: an id stands in log
lines, and nobody may write lines of their own into them.
"""

from __future__ import annotations

import re
import secrets
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADER = "x-request-id"

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")

_CURRENT: ContextVar[str] = ContextVar("segue_request", default="")


def named(sent: str | None) -> str:
    """The id of a request that came with `sent` in its header, or with nothing.

    >>> named("check-17"), len(named(None)), len(named("two words"))
    ('check-17', 16, 16)
    """
    if sent is not None and _PLAIN.fullmatch(sent):
        return sent
    return secrets.token_hex(8)


def current() -> str:
    """The id of the request that is answered here and now, also in threads; "" beside requests."""
    return _CURRENT.get()


@contextmanager
def during(name: str) -> Iterator[None]:
    """Let everything within be said to belong to the request of this id."""
    before = _CURRENT.set(name)
    try:
        yield
    finally:
        _CURRENT.reset(before)
