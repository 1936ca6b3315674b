"""How much sound may come, how fast, and from how many at once.

Sound comes as fast as it sounds. A program may be ahead of that by a minute, so that it can send a
whole excerpt at once; whoever goes on faster is let go.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from segue.errors import BadRequestError, CrowdedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AHEAD = 60.0
"""Seconds of sound that may have come before they can have sounded."""

FASTER = 1.05
"""Seconds of sound that may come in a second from then on: clocks differ a little."""

MESSAGES = 200
"""Messages that may come in a second on average, beside `AHEAD` times as many at once."""


class Pace:
    """How much has come since somebody began.

    Parameters
    ----------
    now
        A clock in seconds.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._began = now, now()
        self._sound, self._messages = 0.0, 0

    def take(self, seconds: float) -> None:
        """One message with so many seconds of sound, 0 for one without.

        Raises
        ------
        BadRequestError
            More has come than time has passed.
        """
        self._sound += seconds
        self._messages += 1
        passed = self._now() - self._began
        if self._sound > AHEAD + FASTER * passed:
            raise BadRequestError(
                f"{self._sound:.0f} seconds of sound came in {passed:.0f} seconds",
                remedy="Send sound as fast as it sounds; whole files belong to "
                "/recommend/from-audio",
            )
        if self._messages > MESSAGES * (AHEAD + passed):
            raise BadRequestError(
                f"{self._messages:,} messages came in {passed:.0f} seconds",
                remedy="Send a tenth of a second of sound, or more, in each",
            )


class Room:
    """Those who are listened to at a time.

    Parameters
    ----------
    most
        How many at a time; 0 for nobody.
    """

    def __init__(self, most: int) -> None:
        self._most, self.inside = most, 0

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Be listened to while the block lasts.

        Raises
        ------
        UnavailableError
            Nobody is listened to here.
        CrowdedError
            As many as may be are listened to already.
        """
        if self._most == 0:
            raise UnavailableError(
                "live listening is switched off here", remedy="Upload a file instead"
            )
        if self.inside >= self._most:
            listened = "one listener is" if self._most == 1 else f"{self._most} listeners are"
            raise CrowdedError(
                f"{listened} being listened to already",
                remedy="Try again when somebody has stopped, or upload a file",
            )
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1
