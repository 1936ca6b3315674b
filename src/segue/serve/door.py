"""A door that lets only so many in at a time, and only so many wait before it.

Who comes when too many wait is told at once to come again, before any of what he brings is read.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from segue.errors import CrowdedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Door:
    """Lets `inside` requests in at a time; of others, `before` wait for at most `seconds`."""

    def __init__(self, *, inside: int = 4, before: int = 40, seconds: float = 30.0) -> None:
        self._room = asyncio.Semaphore(inside)
        self._inside, self._before, self._seconds = inside, before, seconds
        self._waiting = 0

    @asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        """Be inside while the block lasts.

        Raises
        ------
        CrowdedError
            Too many wait, or it took too long.
        """
        if self._room.locked():
            await self._wait()
        else:
            await self._room.acquire()
        try:
            yield
        finally:
            self._room.release()

    async def _wait(self) -> None:
        """Wait for room, and take it."""
        crowded = CrowdedError(
            f"{self._inside} files are being taken in and {self._waiting} wait",
            remedy="Send this one again in a few seconds",
        )
        if self._waiting >= self._before:
            raise crowded
        self._waiting += 1
        try:
            await asyncio.wait_for(self._room.acquire(), self._seconds)
        except TimeoutError:
            raise crowded from None
        finally:
            self._waiting -= 1
