"""Listening to a file that was sent: describe it, ask with it, speak of it by its sender's name.

Describing takes a second of a processor, so only a few files are listened to at a time; further
ones wait their turn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from segue.errors import SegueError
from segue.recommend.seeds import seed_from
from segue.serve.shelf import ask, need_engine
from segue.sources.credits import split_credit
from segue.sources.filenames import read_name

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping
    from pathlib import Path

    from segue.attributes.predictor import Interval
    from segue.library import Segue
    from segue.recommend.seeds import Seed
    from segue.records import Answer
    from segue.serve.questions import Question
    from segue.serve.uploads import Upload


@dataclass(frozen=True, slots=True)
class Heard:
    """A file that was listened to: what its sender calls it, and what is like it.

    `intervals` say between what its predicted attributes lie.
    """

    name: str
    answer: Answer
    intervals: Mapping[str, Interval]


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
    seed = listened(segue, upload.path, name=upload.name)
    answer = ask(segue, seed, question)
    return Heard(name=upload.name, answer=answer, intervals=segue.intervals(seed))


def listened(segue: Segue, path: Path, *, name: str) -> Seed:
    """Describe the file at `path`, which its sender calls `name`.

    Raises
    ------
    SegueError
        It cannot be described; speaks of it by its sender's name.
    """
    try:
        seed = segue.describe(path)
    except SegueError as error:
        raise renamed(error, path, name=name) from error
    description = seed.description
    if description is None or description.record.title != path.name:
        return seed
    # Its tags say nothing, so what its sender calls it does.
    said = read_name(PurePosixPath(name).stem)
    artists = description.record.artists or split_credit(said.artist)
    record = replace(description.record, title=said.title, artists=artists)
    return seed_from(replace(description, record=record))


def renamed(error: SegueError, path: Path, *, name: str) -> SegueError:
    """The same error, speaking of the file at `path` by the name its sender knows."""
    ours = str(path)
    return type(error)(
        error.what.replace(ours, name),
        where=name if error.where == path.name else error.where.replace(ours, name),
        remedy=error.remedy.replace(ours, name),
    )
