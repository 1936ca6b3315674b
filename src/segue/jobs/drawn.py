"""Spectrograms on disk while a network is trained: drawn once, whatever interrupts the drawing.

Two files of a work folder: ``spectrograms``, bytes of shape (all frames, 128) end to end, and
``drawn.jsonl``, a line a file: its key, the hash of its bytes, the first frame and how many frames.
The first line says how files were heard. A spectrogram is written before its line, so what a line
speaks of is there; what a killed program wrote without a line is cut off when it goes on.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from segue.embedding.windows import BANDS
from segue.errors import UnavailableError

if TYPE_CHECKING:
    from io import BufferedWriter
    from pathlib import Path
    from types import TracebackType

    from segue.embedding.material import Spectrogram

DATA, LIST = "spectrograms", "drawn.jsonl"
"""Names of the two files."""

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file's spectrogram lies, and the hash of the bytes it was drawn from."""

    content_hash: str
    first: int
    frames: int


class Drawn:
    """What has been drawn in a work folder, and the way to add to it. Use it in a ``with``.

    Parameters
    ----------
    folder
        Made where it is not there.
    heard
        How files are heard (`segue.descriptors.hearing.Hearing.parameters`).

    Raises
    ------
    UnavailableError
        It was drawn otherwise, by another version, or is no such folder; or it cannot be written.
    """

    def __init__(self, folder: Path, *, heard: str) -> None:
        self.folder = folder
        self.places: dict[str, Place] = {}
        self._head = {"format": FORMAT, "heard": heard, "bands": BANDS}
        self._frames = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            length = self._read()
            self._data, self._list = self._opened(length)
        except OSError as error:
            raise self._unwritable(error) from error

    @property
    def data(self) -> Path:
        """The file with all spectrograms."""
        return self.folder / DATA

    def __enter__(self) -> Self:
        """Nothing to do."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close; what was put stays."""
        for stream in (self._data, self._list):
            with suppress(OSError):  # a full disk takes the rest no better the second time
                stream.close()

    def put(self, key: str, content_hash: str, spectrogram: Spectrogram) -> None:
        """Keep what was drawn of a file.

        Raises
        ------
        UnavailableError
            It cannot be written: the disk is full, for one. What was put before stays.
        """
        place = Place(content_hash, self._frames, len(spectrogram))
        entry = {"key": key, "hash": content_hash, "first": place.first, "frames": place.frames}
        try:
            self._data.write(spectrogram.tobytes())
            self._data.flush()
            self._list.write(_line(entry))
            self._list.flush()
        except OSError as error:
            raise self._unwritable(error) from error
        self.places[key] = place
        self._frames += place.frames

    def _read(self) -> int:
        """Take in what is listed, as far as it is whole; how many bytes of the list that is."""
        path = self.folder / LIST
        if not path.exists():
            if any(self.folder.iterdir()):
                raise self._foreign("it is no folder of spectrograms")
            return 0
        size = self.data.stat().st_size if self.data.exists() else 0
        length = 0
        with path.open("rb") as stream:
            for number, line in enumerate(stream):
                said = _said(line)
                if number == 0 and line.endswith(b"\n"):
                    self._check_head(said or {})
                if said is None or (number and not self._take(said, size)):
                    break
                length += len(line)
        return length

    def _check_head(self, said: dict[str, Any]) -> None:
        """Refuse what was drawn otherwise, and files that are not ours."""
        if said == self._head:
            return
        heard = said.get("heard")
        if heard is None:
            raise self._foreign("it is no folder of spectrograms")
        if heard != self._head["heard"]:
            raise self._foreign(f"files were heard otherwise for it ({heard})")
        raise self._foreign("another version of Segue drew its spectrograms")

    def _take(self, said: dict[str, Any], size: int) -> bool:
        """Note down what a line speaks of; false where that is not there."""
        place = Place(said.get("hash", ""), said.get("first", -1), said.get("frames", 0))
        end = place.first + place.frames
        if place.first != self._frames or end * BANDS > size:
            return False
        self.places[said["key"]] = place
        self._frames = end
        return True

    def _opened(self, length: int) -> tuple[BufferedWriter, BufferedWriter]:
        """Both files, cut to what is whole, ready to be added to."""
        for path, size in ((self.data, self._frames * BANDS), (self.folder / LIST, length)):
            with path.open("ab"):
                pass
            os.truncate(path, size)
        data = self.data.open("ab")
        try:
            listed = (self.folder / LIST).open("ab")
            if length == 0:
                listed.write(_line(self._head))
                listed.flush()
        except BaseException:
            data.close()
            raise
        return data, listed

    def _foreign(self, what: str) -> UnavailableError:
        return UnavailableError(
            f"the work folder cannot be gone on with: {what}",
            where=str(self.folder),
            remedy="Delete it to begin anew, or name another folder with --out",
        )

    def _unwritable(self, error: OSError) -> UnavailableError:
        return UnavailableError(
            f"spectrograms cannot be written ({error.strerror})",
            where=str(self.folder),
            remedy="Make room, or name a folder on another disk with --out; what was drawn stays,"
            " and the same command goes on with it",
        )


def tidy(folder: Path) -> None:
    """Take a work folder away in which nothing was drawn; one with anything in it stays."""
    data, listed = folder / DATA, folder / LIST
    with suppress(OSError):  # it is not there, or may not be looked into
        ours = {each.name for each in folder.iterdir()} <= {DATA, LIST}
        if ours and data.exists() and not data.stat().st_size:
            data.unlink()
            listed.unlink(missing_ok=True)
            folder.rmdir()


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=True).encode() + b"\n"


def _said(line: bytes) -> dict[str, Any] | None:
    """What a line holds; None where it is torn or no line of ours."""
    if not line.endswith(b"\n"):
        return None
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None
