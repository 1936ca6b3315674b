"""One conversation about a sound: ``/live/sound``, a WebSocket.

References: RFC 6455 (the WebSocket protocol, its close codes), and
https://fastapi.tiangolo.com/advanced/websockets/. Browsers let any page open a WebSocket to any
server; from where it was opened, and by whom, is looked at before (`segue.serve.guard`,
`segue.serve.access`).

Whatever is wrong is said twice: as a last message that people and programs can read, and as the
close code with its reason. Sound is described in a thread, a few listeners at a time as for files,
so that nobody who loads a page waits for it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, WebSocket
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocketDisconnect, WebSocketState

from segue.errors import (
    BadFileError,
    BadRequestError,
    CrowdedError,
    ForbiddenError,
    SegueError,
    TooLargeError,
    UnknownCallerError,
    UserError,
    WarmingUpError,
)
from segue.serve.access.caller import STILL_SECONDS, caller_of, need_known, own
from segue.serve.live.asked import asked, begun
from segue.serve.live.pace import Pace
from segue.serve.live.told import Begun, Teller, Trouble

if TYPE_CHECKING:
    from segue.library import Segue
    from segue.serve.live.asked import Asking, Beginning
    from segue.serve.live.pace import Room
    from segue.serve.schemas.model import Model

router = APIRouter()

_log = logging.getLogger(__name__)

EVERY = 1.0
"""Seconds from one answer to the next."""

IDLE = 30.0
"""Seconds without a message after which somebody is let go."""

BEGINNING = 10.0
"""The same before the first message."""

LONGEST = 4 * 3600.0
"""Seconds that one conversation may go on."""

READING = 10.0
"""Seconds in which a message must be taken, so that nobody keeps a place without listening."""

DONE, GOING, MISREAD, REFUSED, LARGE, BROKEN, LATER = 1000, 1001, 1007, 1008, 1009, 1011, 1013
"""Close codes, as RFC 6455 and IANA's registry name them."""

_CODES: dict[type[SegueError], int] = {
    CrowdedError: LATER,
    WarmingUpError: LATER,
    TooLargeError: LARGE,
    BadFileError: MISREAD,
    BadRequestError: REFUSED,
    ForbiddenError: REFUSED,
    UnknownCallerError: REFUSED,
}
_LOOK = 0.25
_REASON = 120


@router.websocket("/live/sound")
async def sound(websocket: WebSocket) -> None:
    """Take sound in, say what it is like, until it ends."""
    await websocket.accept()
    segue: Segue = websocket.app.state.segue
    room: Room = websocket.app.state.live
    try:
        with room.entered(caller_of(websocket)):
            await Conversation(websocket, segue).held()
    except (WebSocketDisconnect, ConnectionError):
        return
    except UserError as error:
        told = Teller(segue, websocket, drawn=False).trouble(error)
        await _leave(websocket, _code(error), told)
    except Exception:
        reference = secrets.token_hex(4)
        _log.exception("reference %s: a live conversation broke off", reference)
        await _leave(websocket, BROKEN, _unforeseen(reference))


class Conversation:
    """One listener, from the first message to the last."""

    def __init__(self, websocket: WebSocket, segue: Segue) -> None:
        self._websocket, self._segue = websocket, segue
        self._state = websocket.app.state
        self._pace = Pace()
        self._turn = asyncio.Lock()
        self._over = asyncio.Event()
        self._asked: Asking
        self._begun: Beginning
        self._teller: Teller

    async def held(self) -> None:
        """Hold it.

        Raises
        ------
        SegueError
            What was sent makes no sense, or too much of it came.
        WebSocketDisconnect
            The listener went away.
        """
        self._begun = self._asked = await self._first()
        self._sound = await run_in_threadpool(self._segue.live, rate=self._begun.rate)
        self._teller = Teller(self._segue, self._websocket, drawn=self._begun.shown == "page")
        await self._send(Begun())
        tasks = [asyncio.create_task(work()) for work in (self._hear, self._answer, self._watch)]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            # Answers come to their end: their threads could not be stopped, and use the sound.
            self._over.set()
            tasks[0].cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if getattr(self._state, "ending", False):
            await _leave(self._websocket, GOING, _STOPPING)
            return
        async with self._turn:
            await run_in_threadpool(self._sound.finish)
        await self._tell(final=True)
        await self._websocket.close(DONE, "the sound has ended")

    async def _first(self) -> Beginning:
        message = await self._next(BEGINNING)
        if message.get("text") is None:
            raise BadRequestError(
                "sound came before it was said how it is written",
                remedy='Begin with the form of the samples: {"rate": 44100, "samples": "s16"}',
            )
        first = begun(message["text"])
        self._own(first)
        return first

    def _own(self, question: Asking) -> Asking:
        """A question that does not ask about somebody else; ForbiddenError otherwise."""
        if question.unheard_by:
            own(caller_of(self._websocket), question.unheard_by)
        return question

    async def _hear(self) -> None:
        """Take sound and questions, until the sound has ended; questions alone keep no place."""
        heard = time.monotonic()
        while True:
            message = await self._next(IDLE, since=heard)
            if (text := message.get("text")) is not None:
                self._pace.take(0.0)
                question = asked(text)
                if question is None:
                    return
                self._asked = self._own(question)
                continue
            samples = self._begun.decoded(message.get("bytes") or b"")
            self._pace.take(len(samples) / self._begun.rate)
            if len(samples):
                heard = time.monotonic()
                async with self._turn:
                    await run_in_threadpool(self._sound.feed, samples)

    async def _answer(self) -> None:
        """Say once a second what has become of it."""
        told = 0.0
        due = time.monotonic() + EVERY
        while not await self._rested(max(0.0, due - time.monotonic())):
            due = max(due, time.monotonic() - EVERY) + EVERY
            if self._sound.heard > told:
                told = self._sound.heard
                await self._tell()

    async def _watch(self) -> None:
        """Come back when the server is to stop.

        Raises
        ------
        UnknownCallerError
            The key was revoked meanwhile, or the browser was signed out.
        BadRequestError
            It has gone on for `LONGEST`.
        """
        began = looked = time.monotonic()
        while not getattr(self._state, "ending", False) and not await self._rested(_LOOK):
            now = time.monotonic()
            if now - began >= LONGEST:
                raise BadRequestError(
                    f"somebody was listened to for {LONGEST / 3600:.0f} hours",
                    remedy="Begin again, so that others have a turn",
                )
            if now - looked >= STILL_SECONDS:
                looked = now
                await run_in_threadpool(need_known, self._websocket)

    async def _rested(self, seconds: float) -> bool:
        """Wait so long; at once True when it is over."""
        try:
            await asyncio.wait_for(self._over.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def _tell(self, *, final: bool = False) -> None:
        async with self._state.room:
            async with self._turn:
                moment = await run_in_threadpool(self._sound.moment)
            words = await run_in_threadpool(self._teller.told, moment, self._asked, final=final)
        await self._send(words)

    async def _next(self, patience: float, *, since: float | None = None) -> dict[str, Any]:
        """The next message, within `patience` seconds `since` then on a clock, or from now on.

        Raises
        ------
        BadRequestError
            None came for too long.
        WebSocketDisconnect
            The listener went away.
        """
        now = time.monotonic()
        left = patience - (0.0 if since is None else now - since)
        try:
            message = await asyncio.wait_for(self._websocket.receive(), left)
        except TimeoutError:
            raise BadRequestError(
                f"nothing came for {patience:.0f} seconds", remedy="Begin again when there is sound"
            ) from None
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", DONE))
        return dict(message)

    async def _send(self, words: Model) -> None:
        try:
            sending = self._websocket.send_text(words.model_dump_json())
            await asyncio.wait_for(sending, READING)
        except TimeoutError:
            raise WebSocketDisconnect(BROKEN, "what was told was not taken") from None


_STOPPING = Trouble(
    kind="unavailable",
    title="It cannot be used as it is",
    detail="Segue is stopped.",
    remedy="Begin again when it runs.",
)


def _unforeseen(reference: str) -> Trouble:
    return Trouble(
        kind="internal",
        title="Something broke here",
        detail="The server met an error nobody foresaw.",
        remedy=f"Its log has the details under the reference {reference}; please report them.",
    )


def _code(error: SegueError) -> int:
    found = (code for kind, code in _CODES.items() if isinstance(error, kind))
    return next(found, BROKEN)


async def _leave(websocket: WebSocket, code: int, trouble: Trouble) -> None:
    """Say why, then close; whoever went away meanwhile is told nothing."""
    if websocket.client_state is not WebSocketState.CONNECTED:
        return
    try:
        async with asyncio.timeout(READING):
            await websocket.send_json({"kind": "ended", "trouble": trouble.model_dump()})
            await websocket.close(code, _short(trouble.detail))
    except (WebSocketDisconnect, RuntimeError, OSError):  # TimeoutError is one of these
        _log.debug("a live listener went away before the reason was said")


def _short(text: str) -> str:
    """A reason as long as the protocol lets it be."""
    return text.encode()[:_REASON].decode(errors="ignore")
