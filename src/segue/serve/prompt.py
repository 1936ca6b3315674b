"""Connections that are hung up on: those that do not say in time what they want.

Somebody may open many connections and send the head of a request a letter at a time. Each costs
little, but there are only so many. A head that is not whole after `HEAD_SECONDS` ends its
connection; so does one that never begins. Bodies may take longer: telephones send files slowly.

What is no HTTP at all is refused with the headers that every other answer has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from segue.serve.guard import HEADERS, UNKEPT

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

    def send_400_response(self, msg: str) -> None:
        """Refuse what cannot be read as a request, and hang up."""
        body = msg.encode("ascii", "replace")
        headers = [
            *((name.encode(), value.encode()) for name, value in HEADERS.items()),
            (b"cache-control", UNKEPT.encode()),
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

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
