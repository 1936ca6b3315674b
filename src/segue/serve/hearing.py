"""Listening to a file that was sent: describe it, ask with it, speak of it by its sender's name.

Describing takes a second of a processor, so only a few files are listened to at a time; further
ones wait their turn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from segue.errors import SegueError
from segue.serve.shelf import ask, need_engine

if TYPE_CHECKING:
    import asyncio

    from segue.library import Segue
    from segue.records import Answer
    from segue.serve.questions import Question
    from segue.serve.uploads import Upload


@dataclass(frozen=True, slots=True)
class Heard:
    """A file that was listened to: what its sender calls it, and what is like it."""

    name: str
    answer: Answer


AT_ONCE = 2
"""How many files are listened to at a time."""


async def hear(
    segue: Segue, upload: Upload, question: Question, *, room: asyncio.Semaphore
) -> Heard:
    """Describe the file and look for tracks like it.

    Raises
    ------
    WarmingUpError
        The engine is not there yet.
    BadFileError
        The file is no audio, is damaged from its start, silent or too short.
    BadRequestError
        The lens makes no sense, or the file stands in no space of it.
    """
    need_engine(segue)
    async with room:
        return await run_in_threadpool(_hear, segue, upload, question)


def _hear(segue: Segue, upload: Upload, question: Question) -> Heard:
    try:
        seed = segue.describe(upload.path)
    except SegueError as error:
        raise _renamed(error, upload) from error
    if seed.track.title in ("", upload.path.stem):
        stem = upload.name.rsplit(".", 1)[0]
        seed = replace(seed, track=replace(seed.track, title=stem))
    return Heard(name=upload.name, answer=ask(segue, seed, question))


def _renamed(error: SegueError, upload: Upload) -> SegueError:
    """The same error, speaking of the file by the name its sender knows."""
    for ours in (str(upload.path), upload.path.name):
        error = type(error)(
            error.what.replace(ours, upload.name),
            where=error.where.replace(ours, upload.name),
            remedy=error.remedy.replace(ours, upload.name),
        )
    return error
