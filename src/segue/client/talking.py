"""`Client`: all that can be asked of a server, in one class."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from segue.client.connection import SERVER
from segue.client.keeping import Keeping
from segue.errors import UnavailableError, WarmingUpError

if TYPE_CHECKING:
    from types import TracebackType


class Client(Keeping):
    """A server, as a program speaks with it. Use it in a ``with``, or close it.

    Parameters
    ----------
    address
        Of the server, with the path it lies under.
    key
        What the server knows the program by, where it asks for that (`segue key make`).
    timeout
        Seconds to wait for each answer.
    """

    def __init__(
        self, address: str = SERVER, *, key: str | None = None, timeout: float = 60.0
    ) -> None:
        super().__init__(address, key=key, timeout=timeout)

    def ready(self, *, seconds: float = 0.0) -> bool:
        """Whether questions can be answered; waits for it at most so many seconds."""
        end = time.monotonic() + seconds
        while True:
            try:
                return bool(self.send("GET", "/ready")["ready"])
            except (UnavailableError, WarmingUpError):
                if time.monotonic() >= end:
                    return False
            time.sleep(0.1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close, whatever happened."""
        self.close()
