"""The garbage collector, told when there is little for it to find.

A batch that is joined makes some hundred thousand small objects without a cycle among them. The
collector would walk them again and again to find nothing, for an eighth of an import's time.
Reference counting frees them as ever. The same is true of the modules that a program loads, a
fifth of whose time it takes, and of every list that an answer is made of.
"""

from __future__ import annotations

import gc
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SELDOM = 10_000
"""Objects that are made and not freed again before the collector looks; Python 3.11 takes 700."""

_lock = threading.Lock()
_silent = 0
_was_on = False


@contextmanager
def collector_silent() -> Iterator[None]:
    """No collection inside the block; all is as before after the last thread has left one."""
    global _silent, _was_on  # noqa: PLW0603
    with _lock:
        if _silent == 0:
            _was_on = gc.isenabled()
            gc.disable()
        _silent += 1
    try:
        yield
    finally:
        with _lock:
            _silent -= 1
            if _silent == 0 and _was_on:
                gc.enable()


def collect_seldom() -> None:
    """Look for cycles seldom, in a program that is ours from its beginning on."""
    gc.set_threshold(SELDOM)


def keep_for_good() -> None:
    """Never again walk what there is now: what a server is made of lives as long as it does.

    What is garbage by now stays as well: to look for it takes longer than it is worth.
    """
    gc.freeze()
