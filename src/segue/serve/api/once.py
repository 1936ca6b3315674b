"""A request that is sent twice under one key is done once (the header ``Idempotency-Key``).

Reference: The Idempotency-Key HTTP Header Field, draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

from fastapi import Header
from starlette.concurrency import run_in_threadpool

from segue.catalogue import once
from segue.errors import BusyError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from segue.catalogue.database import Database

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="Any text of one's own: the same key again is answered by what was answered "
        "first, for a day, and nothing is done twice.",
        examples=["5f0c2a91-d7e3-4b68-9d0e-1f2a3b4c5d6e"],
    ),
]
"""The key of a request, as a parameter of a route."""

_WAIT_SECONDS = 60.0
_LOOK_SECONDS = 0.1


async def answered_once(
    db: Database,
    key: str | None,
    *,
    listener: str,
    digest: str,
    answer: Callable[[], Awaitable[str]],
) -> str:
    """What is answered to a request: by `answer`, once for each key.

    Parameters
    ----------
    key
        None does it each time.
    listener
        Whose key it is.
    digest
        Of the request.
    answer
        Does what is asked, and gives JSON. Where it fails, the key is free again.

    Raises
    ------
    KeyReusedError
        The key stands for another request.
    BusyError
        The same request is still being answered.
    """
    if key is None:
        return await answer()
    end = asyncio.get_running_loop().time() + _WAIT_SECONDS
    while True:
        claim = await run_in_threadpool(once.claim, db, key, listener=listener, digest=digest)
        if claim.answer is not None:
            return claim.answer
        if claim.mine:
            break
        if asyncio.get_running_loop().time() > end:
            raise BusyError(
                "the same request is still being answered", remedy="Send it again in a moment"
            )
        await asyncio.sleep(_LOOK_SECONDS)
    try:
        told = await answer()
    except BaseException:
        await run_in_threadpool(once.give_up, db, key, listener=listener)
        raise
    await run_in_threadpool(once.answered, db, key, listener=listener, answer=told)
    return told
