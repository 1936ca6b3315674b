"""Coroutines run to their end beside whatever the thread of the tests is at.

A browser that was opened by an earlier test keeps a loop running in that thread, where
`asyncio.run` refuses to begin another.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")


def finished(work: Coroutine[Any, Any, T]) -> T:
    """What `work` gives, from a loop in a thread of its own."""
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(asyncio.run, work).result()
