"""How much sound may come, how fast, and from how many at once.

Sound comes as fast as it sounds. A program may be ahead of that by a minute, so that it can send a
whole excerpt at once; whoever goes on faster is let go.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from segue.errors import BadRequestError, CrowdedError, UnavailableError
from segue.serve.places import Places

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from segue.serve.access.caller import Caller

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
        How many at a time; 0 for nobody. One who is known may be half of them.
    """

    def __init__(self, most: int) -> None:
        self._places = Places(most, each=(most + 1) // 2)

    @property
    def inside(self) -> int:
        """How many are listened to."""
        return self._places.inside

    def entered(self, caller: Caller) -> AbstractContextManager[None]:
        """Be listened to while the block lasts; entering it raises `CrowdedError` without room.

        Raises
        ------
        UnavailableError
            Nobody is listened to here.
        """
        most, each = self._places.most, self._places.each
        if most == 0:
            raise UnavailableError(
                "live listening is switched off here", remedy="Upload a file instead"
            )
        listened = "one listener is" if most == 1 else f"{most} listeners are"
        full = CrowdedError(
            f"{listened} being listened to already",
            remedy="Try again when somebody has stopped, or upload a file",
        )
        enough = CrowdedError(
            f"you are being listened to at {each} {'place' if each == 1 else 'places'} already",
            remedy="Stop there first, or upload a file",
        )
        return self._places.entered(caller, full=full, enough=enough)
