"""A file from outside, as a file on disk, for as long as it is needed.

The bytes are counted while they come in: what is larger than the setting allows is refused, by
its announced length before anything is read, else at the byte that is too much. The sender's
name for the file is only ever shown; on disk it is called ``upload``.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from segue.errors import BadRequestError, TooLargeError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping

    from starlette.requests import Request

_MEGABYTE = 1_000_000
_FORM_BYTES = 64_000
"""What the form around the file may take: boundaries, headers, a few short fields."""

_DRAIN = 4
"""A body up to this many times the limit is read to its end, so that a browser shows the answer."""


STALL_SECONDS = 30.0
"""After so long without `PACE_BYTES` more, an upload has broken off."""

PACE_BYTES = 30_000
"""What the slowest connection sends in that time."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent: where it lies, what its sender calls it, the form's other fields."""

    path: Path
    name: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that was sent: its files, not empty, and its other fields by name."""

    files: tuple[UploadFile, ...]
    fields: Mapping[str, str]


@asynccontextmanager
async def sent(request: Request, *, megabytes: int, most: int) -> AsyncIterator[Sent]:
    """Take in the form of `request`; what it holds is gone when the block ends.

    Large files wait on disk without a name, so nothing stays of them however the process ends.

    Parameters
    ----------
    request
        A POST of ``multipart/form-data`` with files in the field ``file``.
    megabytes
        The largest form to take, in millions of bytes.
    most
        How many files it may hold.

    Raises
    ------
    TooLargeError
        The form is larger.
    BadRequestError
        The body is no such form, or holds no file, or too many.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise BadRequestError(
            "the body is not a form with a file",
            remedy="Send multipart/form-data with the audio in the field `file`",
        )
    body = _counted(request, megabytes=megabytes, several=most > 1)
    parser = MultiPartParser(request.headers, body, max_files=most, max_fields=20)
    try:
        form = await parser.parse()
    except MultiPartException as error:
        remedy = "Send one file" if most == 1 else f"Send {most} files at most"
        raise BadRequestError(
            f"the form cannot be read: {error.message}", remedy=f"{remedy} in the field `file`"
        ) from error
    try:
        files = tuple(
            one for one in form.getlist("file") if isinstance(one, UploadFile) and one.filename
        )
        if not files:
            raise BadRequestError("no file came with the form", remedy="Choose an audio file first")
        yield Sent(files, {name: text for name, text in form.items() if isinstance(text, str)})
    finally:
        await form.close()


@asynccontextmanager
async def received(request: Request, *, megabytes: int) -> AsyncIterator[Upload]:
    """Take in the one file of `request`, on disk; it is gone when the block ends.

    Parameters and errors as `sent`.
    """
    async with sent(request, megabytes=megabytes, most=1) as form:
        with tempfile.TemporaryDirectory(prefix="segue-upload-") as folder:
            path = Path(folder) / "upload"
            await run_in_threadpool(_copy, form.files[0].file, path)
            yield Upload(path=path, name=shown(form.files[0].filename), fields=form.fields)


async def _counted(
    request: Request, *, megabytes: int, several: bool
) -> AsyncGenerator[bytes, None]:
    """The body, as long as it stays within the limit."""
    limit = megabytes * _MEGABYTE + _FORM_BYTES
    error = TooLargeError(
        f"the file{', or all of them together,' if several else ''} is larger than the"
        f" {megabytes} MB this page takes",
        remedy="Send a smaller file, or raise the setting SEGUE_UPLOAD_MEGABYTES",
    )
    announced = request.headers.get("content-length", "")
    too_long = announced.isdecimal() and int(announced) > limit
    if too_long and int(announced) > limit * _DRAIN:
        raise error
    taken = 0
    try:
        async for chunk in _steady(request.stream()):
            taken += len(chunk)
            if taken > limit * _DRAIN:
                raise error
            if not too_long and taken <= limit:
                yield chunk
    except ClientDisconnect:
        raise BadRequestError("the upload broke off", remedy="Send the file again") from None
    if taken > limit:
        raise error


async def _steady(stream: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """What is sent, while at least `PACE_BYTES` come for each `STALL_SECONDS` of waiting for it.

    A telephone that goes out of reach says no word, and its connection stays open for ever.
    """
    clock = asyncio.get_running_loop().time
    waited, came = 0.0, 0
    while True:
        begun = clock()
        try:
            async with asyncio.timeout(STALL_SECONDS - waited):
                chunk = await anext(stream, None)
        except TimeoutError:
            raise BadRequestError(
                "the upload broke off: hardly anything came any more",
                remedy="Send the file again where the connection is better",
            ) from None
        if chunk is None:
            return
        waited, came = waited + clock() - begun, came + len(chunk)
        if came >= PACE_BYTES:
            waited, came = 0.0, 0
        yield chunk


def _copy(source: BinaryIO, target: Path) -> None:
    source.seek(0)
    with target.open("wb") as file:
        shutil.copyfileobj(source, file, 1024 * 1024)


def shown(name: str | None) -> str:
    """What to call the file on a page: its own last part, without what cannot be seen."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable()).strip()[:120] or "the file"
