"""A request that is sent twice under one key is done once (the header ``Idempotency-Key``).

Reference: The Idempotency-Key HTTP Header Field, draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Annotated

from fastapi import Header
from starlette.concurrency import run_in_threadpool

from segue.catalogue import once
from segue.errors import BusyError, SegueError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from segue.catalogue.database import Database
    from segue.catalogue.once import Claim

_log = logging.getLogger(__name__)

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
_RARELY_SECONDS = 1.0


async def answered_once(
    db: Database,
    key: str | None,
    *,
    listener: str,
    digest: str,
    answer: Callable[[Claim | None], Awaitable[str]],
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
        Does what is asked, and gives JSON; keeps it by `segue.catalogue.once.answered` in the
        transaction that does it, where it is given a claim. Where it fails, the key is free again.

    Raises
    ------
    KeyReusedError
        The key stands for another request.
    BusyError
        The same request is still being answered.
    """
    if key is None:
        return await answer(None)
    claim = await _claimed(db, key, listener=listener, digest=digest)
    if claim.answer is not None:
        return claim.answer
    try:
        return await answer(claim)
    except BaseException:
        try:
            await run_in_threadpool(once.give_up, db, claim)
        except SegueError as fault:
            _log.warning("the key of a request that failed is not free yet: %s", fault)
        raise


async def _claimed(db: Database, key: str, *, listener: str, digest: str) -> Claim:
    """A claim of one's own, or one that was answered; waits for whoever is at it by reading."""
    clock = asyncio.get_running_loop().time
    end, pause = clock() + _WAIT_SECONDS, _LOOK_SECONDS
    while True:
        claim = await run_in_threadpool(once.look, db, key, listener=listener, digest=digest)
        if claim is None:
            claim = await run_in_threadpool(once.claim, db, key, listener=listener, digest=digest)
        if claim.mine or claim.answer is not None:
            return claim
        if clock() > end:
            raise BusyError(
                "the same request is still being answered", remedy="Send it again in a moment"
            )
        await asyncio.sleep(pause)
        pause = min(2 * pause, _RARELY_SECONDS)
