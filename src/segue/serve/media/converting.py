"""Sound that is made while it is listened to, and how much of that goes on at once.

Making MP3 costs a core two seconds a minute, and the browser takes it faster than it plays. Two
bounds keep the pages answering: `AT_ONCE` pieces are made at the same moment, and `OPEN` streams
are open, most of which only wait for their listener. A stream whose listener has gone is closed,
and its file with it.
"""

from __future__ import annotations

import threading
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from starlette.responses import StreamingResponse

from segue.audio.streaming import MEDIA_TYPE, stream
from segue.errors import CrowdedError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

AT_ONCE = 2
"""Pieces (of a second of sound) that are made at the same moment."""

OPEN = 24
"""Streams that may be open."""


class Conversions:
    """The streams of one server."""

    def __init__(self) -> None:
        self._making = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._open = 0

    @property
    def open(self) -> int:
        """Streams that are open now."""
        return self._open

    def begin(self, path: Path, *, start: float, most: int | None = None) -> Converted:
        """A response that sends the sound of a file, from `start` seconds on.

        `most` is as of `segue.audio.streaming.stream`.

        The first piece is made before this returns, so that a file that gives none is an error
        that can still be said.

        Raises
        ------
        CrowdedError
            Too many are open.
        BadRequestError, BadFileError, UnavailableError
            As `segue.audio.streaming.stream`.
        """
        with self._lock:
            if self._open >= OPEN:
                raise CrowdedError(
                    f"{OPEN} tracks are being converted already",
                    remedy="Try again in a moment",
                )
            self._open += 1
        pieces = self._pieces(path, start, most)
        try:
            return Converted(chain([next(pieces)], pieces), end=partial(self._end, pieces))
        except BaseException:
            self._end(pieces)
            raise

    def _pieces(self, path: Path, start: float, most: int | None) -> Generator[bytes]:
        making = stream(path, start=start, most=most)
        while True:
            with self._making:
                piece = next(making, None)
            if piece is None:
                return
            yield piece

    def _end(self, pieces: Generator[bytes]) -> None:
        pieces.close()
        with self._lock:
            self._open -= 1


class Converted(StreamingResponse):
    """Sends pieces as they are made, and ends them whatever becomes of the listener.

    Attributes
    ----------
    pieces
        What is sent.
    """

    def __init__(self, pieces: Iterator[bytes], *, end: Callable[[], None]) -> None:
        self.pieces, self._end = pieces, end
        self._closed = False
        headers = {"Cache-Control": "no-store", "Accept-Ranges": "none"}
        super().__init__(pieces, media_type=MEDIA_TYPE, headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send, and give the file back."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.close()

    def close(self) -> None:
        """Give the file and the place back; once."""
        if not self._closed:
            self._closed = True
            self._end()
