"""From a file to what Segue hears in it: its excerpt, described."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.audio.decode import audible, decode
from segue.descriptors.extract import describe
from segue.records import Attributes

if TYPE_CHECKING:
    from pathlib import Path

    from segue.types import Vector


@dataclass(frozen=True, slots=True)
class Hearing:
    """How files are heard.

    Attributes
    ----------
    seconds
        How much of a file is described; None for all of it.
    excerpts
        Into how many excerpts these seconds are divided: one from the middle, or several spread
        evenly over the file.
    """

    seconds: float | None = 30.0
    excerpts: int = 1

    @property
    def parameters(self) -> str:
        """The same as text: what is heard otherwise is other numbers."""
        length = "whole" if self.seconds is None else f"{self.seconds:g} s"
        return length if self.excerpts == 1 else f"{length} in {self.excerpts}"


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What was heard in one file.

    Attributes
    ----------
    vector
        All descriptors, shape (len(extract.NAMES),).
    estimates
        The musical attributes the signal itself gives: tempo, key and mode, None where unsure.
    duration
        Seconds of the whole file.
    warning
        A sentence when not all of the file could be used, else empty.
    """

    vector: Vector
    estimates: Attributes
    duration: float
    warning: str


def hear(path: Path, *, hearing: Hearing = Hearing(), content_hash: str = "") -> Heard:  # noqa: B008 (frozen)
    """Decode and describe one file.

    Parameters
    ----------
    path
        The file.
    hearing
        Which part of it.
    content_hash
        Of its bytes; empty when unknown.

    Raises
    ------
    InaudibleError
        It is silent or too short.
    BadFileError, NotFoundError, UnavailableError
        It is no audio, or cannot be read.
    """
    decoded = audible(decode(path, seconds=hearing.seconds), where=str(path))
    vector = describe(decoded.audio, rate=decoded.rate)
    return Heard(vector, Attributes(), decoded.duration, decoded.warning)
