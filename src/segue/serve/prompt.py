"""Connections that are hung up on: those that do not say in time what they want.

Somebody may open many connections and send the head of a request a letter at a time. Each costs
little, but there are only so many. A head that is not whole after `HEAD_SECONDS` ends its
connection; so does one that never begins. Bodies may take longer: telephones send files slowly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

HEAD_SECONDS = 20.0
"""How long the head of a request may take."""


class Prompt(H11Protocol):
    """uvicorn's HTTP/1.1, with an end to waiting for a head."""

    head_seconds = HEAD_SECONDS
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Stop waiting where the head is whole; go on where only a part of one is there."""
        super().data_received(data)
        if self.transport.is_closing() or not self._in_a_head():
            self._stop_waiting()
        elif self._late is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _in_a_head(self) -> bool:
        return self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])

    def _wait(self) -> None:
        self._late = self.loop.call_later(self.head_seconds, self._hang_up)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _hang_up(self) -> None:
        self._late = None
        if not self.transport.is_closing():
            self.transport.close()
