"""One file of the web: asked for once, its bytes written down as they come.

What came of a file that broke off is kept beside its place (``.part``), and the next request asks
for the rest (``Range``, RFC 9110 section 14) where the server names a validator by which it can say
that the file is still the same (``If-Range``, 13.1.5). At its place a file appears whole or not at
all.
"""

from __future__ import annotations

import io
import json
import os
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError

from segue.sources import web
from segue.sources.formats import complaint, sniff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.client import HTTPResponse
    from pathlib import Path

PART, NOTES = ".part", ".json"
"""Endings of what came so far, and of what is known of it."""

_CHUNK = 1 << 16
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_GONE = frozenset({404, 410})
_RANGE_UNMET = 416
_PARTIAL = 206
_SOUNDING = ("audio/", "video/")
_VAGUE = frozenset({"application/octet-stream", "binary/octet-stream", "application/ogg"})
_DIGITS = 18
_YEAR = 366 * 86_400.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may take.

    Attributes
    ----------
    silence
        Seconds without a byte after which a server counts as silent.
    longest
        Seconds in all.
    most_bytes
        The largest file.
    """

    silence: float = 20.0
    longest: float = 300.0
    most_bytes: int = 100_000_000


class RefusedError(Exception):
    """There is no use in asking again; `reason` is a sentence about the file."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BusyError(RefusedError):
    """The server may give the file later; `seconds` is how long it asks to wait, if it says so."""

    def __init__(self, reason: str, *, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


def fetch(
    url: str,
    path: Path,
    *,
    limits: Limits,
    sounding: bool = True,
    told: Callable[[int, int | None], None] | None = None,
) -> None:
    """Ask for a file once.

    Parameters
    ----------
    url
        As `segue.sources.web.address` gives it.
    path
        Its place, in a folder that is there.
    limits
        What it may take.
    sounding
        Whether it must be audio.
    told
        Told now and then how many bytes have come, and of how many where the server says so.

    Raises
    ------
    RefusedError, BusyError
        It did not come.
    OSError
        The folder cannot be written to.
    """
    part = _Part(path)
    headers = {"Accept": "audio/*, */*;q=0.1" if sounding else "*/*"}
    if part.size and part.validator:
        headers |= {"Range": f"bytes={part.size}-", "If-Range": part.validator}
    with closing(_ask(url, headers, part, limits)) as answer:
        _receive(answer, part, limits, sounding=sounding, told=told)
    os.replace(part.path, path)
    part.forget()


def _ask(url: str, headers: dict[str, str], part: _Part, limits: Limits) -> HTTPResponse:
    try:
        return web.ask(url, headers=headers, seconds=limits.silence)
    except HTTPError as error:
        error.close()
        if error.code == _RANGE_UNMET:
            part.forget()
        raise _answered(error) from error
    except URLError as error:
        raise _unreached(error.reason) from error
    except web.FAULTS as error:
        raise _unreached(error) from error


def _receive(
    answer: HTTPResponse,
    part: _Part,
    limits: Limits,
    *,
    sounding: bool,
    told: Callable[[int, int | None], None] | None,
) -> None:
    """Write down what comes, behind what came before where the server goes on from there."""
    goes_on = answer.status == _PARTIAL and _start(answer) == part.size
    if answer.status == _PARTIAL and not goes_on:
        part.forget()
        raise BusyError("the server gave another part of the file than was asked for", seconds=0)
    have = part.size if goes_on else 0
    announced = answer.headers.get("Content-Length", "")[:_DIGITS]
    whole = have + int(announced) if announced.isdecimal() else None
    _check_size(whole or 0, limits)
    chunks = _chunks(answer, limits)
    first = next(chunks, b"")
    if not goes_on:
        _check_kind(answer, first, sounding=sounding)
        part.begin(answer)
    with part.path.open("ab" if goes_on else "wb") as out:
        have += out.write(first)
        for chunk in chunks:
            have += out.write(chunk)
            _check_size(have, limits)
            if told is not None:
                told(have, whole)
    if whole is not None and have < whole:
        raise BusyError(f"the server broke off after {have:,} of {whole:,} bytes")
    if part.path.stat().st_size != have:  # another program wrote to it meanwhile
        part.forget()
        raise BusyError("another program is fetching it too")


def _chunks(answer: HTTPResponse, limits: Limits) -> Iterator[bytes]:
    """The body in chunks; filling one, a server that drips is watched with every piece."""
    began = time.monotonic()
    chunk = b""
    while piece := _piece(answer, _CHUNK - len(chunk)):
        if time.monotonic() - began > limits.longest:
            raise RefusedError(f"it took longer than {limits.longest:g} s to fetch")
        chunk += piece
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = b""
    if chunk:
        yield chunk


def _piece(answer: HTTPResponse, most: int) -> bytes:
    """What has come of the body, at least one byte; empty at its end."""
    try:
        return answer.read1(most)
    except web.FAULTS as error:
        raise _unreached(error) from error


class _Part:
    """What came of a file so far: its bytes, and by what the server knows that it is unchanged."""

    def __init__(self, path: Path) -> None:
        self.path = path.with_suffix(PART)
        self._notes = path.with_suffix(NOTES)
        self.size, self.validator = 0, ""
        with suppress(OSError, ValueError, KeyError, TypeError):
            self.validator = str(json.loads(self._notes.read_text(encoding="utf-8"))["validator"])
            self.size = self.path.stat().st_size

    def begin(self, answer: HTTPResponse) -> None:
        """Begin anew, with the validator of this answer (a weak one says too little)."""
        tag = answer.headers.get("ETag", "")
        named = tag if tag and not tag.startswith("W/") else ""
        self.validator = named or answer.headers.get("Last-Modified", "")
        self._notes.write_text(json.dumps({"validator": self.validator}), encoding="utf-8")

    def forget(self) -> None:
        """Let go of it."""
        self.path.unlink(missing_ok=True)
        self._notes.unlink(missing_ok=True)


def _start(answer: HTTPResponse) -> int:
    """Where in the file a part begins; -1 where the server does not say."""
    unit, _, span = answer.headers.get("Content-Range", "").partition(" ")
    first = span.partition("-")[0][:_DIGITS]
    return int(first) if unit == "bytes" and first.isdecimal() else -1


def _check_size(size: int, limits: Limits) -> None:
    if size > limits.most_bytes:
        raise RefusedError(f"it is larger than {limits.most_bytes / 1e6:,.3g} MB")


def _check_kind(answer: HTTPResponse, head: bytes, *, sounding: bool) -> None:
    """Refuse what neither its type nor its first bytes call audio; the decoder judges the rest."""
    if not head:
        raise RefusedError("the file on the server is empty")
    if not sounding:
        return
    kind = answer.headers.get_content_type() if "Content-Type" in answer.headers else ""
    if not kind or kind.startswith(_SOUNDING) or kind in _VAGUE:
        return
    if not sniff(io.BytesIO(head), size=len(head)):
        raise RefusedError(f"the server sends {kind}: {complaint(head)}")


def _answered(error: HTTPError) -> RefusedError:
    """What another status than 2xx means."""
    if error.code in _BUSY:
        wait = seconds_asked(error.headers.get("Retry-After", ""))
        return BusyError(f"the server answers {error.code} ({error.reason})", seconds=wait)
    if error.code in _GONE:
        return RefusedError(f"the server has no such file ({error.code})")
    if error.code == _RANGE_UNMET:
        return BusyError("the server has another file than before", seconds=0.0)
    if 300 <= error.code < 400:
        return RefusedError(f"it leads on to where nothing is fetched ({error.code})")
    return RefusedError(f"the server refuses it ({error.code} {error.reason})")


def _unreached(problem: object) -> RefusedError:
    """What it means that no whole answer came."""
    import ssl

    if isinstance(problem, web.StrayError):
        return RefusedError(f"it {problem}")
    if isinstance(problem, ssl.SSLCertVerificationError):
        return RefusedError(f"the server's certificate is not valid ({problem.verify_message})")
    if isinstance(problem, ValueError):
        return RefusedError(f"the server gives an address or a header that is none ({problem})")
    if isinstance(problem, TimeoutError):
        return BusyError("the server is silent")
    return BusyError(f"the server cannot be reached or breaks off ({problem})")


def seconds_asked(text: str) -> float | None:
    """How long ``Retry-After`` asks to wait: seconds, or until a date; None where it says nothing.

    From 0 to a year.
    """
    plain = text.strip()
    if plain.isdecimal():
        return min(float(plain[:12]), _YEAR)
    try:
        ahead = parsedate_to_datetime(plain).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(ahead, 0.0), _YEAR)
