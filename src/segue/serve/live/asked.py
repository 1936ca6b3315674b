"""What a listener says while sound is sent: how the samples are written, the question, the end.

The first message is a text: a JSON object with the form of the samples and a question. Sound
follows as binary messages. A later text is another question about the same sound, or
``{"end": true}``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import numpy as np
from pydantic import Field, ValidationError

from segue.errors import BadFileError, BadRequestError, TooLargeError
from segue.serve.api.bodies import Narrowed
from segue.serve.failures import shorten

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATES = (8_000, 192_000)
"""Samples a second that are taken, from and to."""

LARGEST = 1_000_000
"""Most bytes of one message."""

LONGEST = 20_000
"""Most characters of a text."""

ROWS = 6
"""How many similar tracks are told when nobody says."""

_BYTES = {"s16": "<i2", "f32": "<f4"}


class Asking(Narrowed):
    """A question about what is heard: as one about a file, in JSON."""


class Beginning(Asking):
    """The first message: how the samples are written, and the first question."""

    rate: Annotated[int, Field(ge=RATES[0], le=RATES[1])]
    samples: Literal["s16", "f32"] = "s16"
    shown: Literal["data", "page"] = "data"

    def decoded(self, sent: bytes) -> NDArray[np.float32]:
        """Samples of one message: float32, shape (samples,), full scale 1.

        Raises
        ------
        TooLargeError
            It holds more than `LARGEST` bytes.
        BadFileError
            It is not a whole number of samples.
        """
        if len(sent) > LARGEST:
            raise TooLargeError(
                f"a message of {len(sent):,} bytes", remedy=f"Send at most {LARGEST:,} at a time"
            )
        kind = np.dtype(_BYTES[self.samples])
        if len(sent) % kind.itemsize:
            raise BadFileError(
                f"a message of {len(sent):,} bytes holds no whole number of {self.samples} samples",
                remedy="Send samples of one channel, little end first, none of them in two pieces",
            )
        found = np.frombuffer(sent, dtype=kind)
        if self.samples == "s16":
            return found.astype(np.float32) / np.float32(32_768)
        return found.astype(np.float32, copy=False)


A = TypeVar("A", bound=Asking)


def begun(text: str) -> Beginning:
    """The first message.

    Raises
    ------
    BadRequestError
        It is no JSON object, or says what makes no sense.
    """
    return _read(Beginning, _object(text))


def asked(text: str) -> Asking | None:
    """A later message: another question, or None where the sound has ended.

    Raises
    ------
    BadRequestError
        It is neither.
    """
    given = _object(text)
    if given == {"end": True}:
        return None
    return _read(Asking, given)


def _object(text: str) -> dict[str, Any]:
    if len(text) > LONGEST:
        raise BadRequestError(
            f"a text of {len(text):,} characters", remedy=f"Send at most {LONGEST:,}"
        )
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise BadRequestError(
            f"{shorten(repr(text))} is no JSON object",
            remedy='Begin with the form of the samples: {"rate": 44100, "samples": "s16"}',
        )
    return given


def _read(kind: type[A], given: dict[str, Any]) -> A:
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "the message"
        words = str(first["msg"]).removeprefix("Input ").removeprefix("Value error, ")
        said = "is missing" if first["type"] == "missing" else words
        raise BadRequestError(
            f"“{name}” {said}",
            remedy='Begin with the form of the samples: {"rate": 44100, "samples": "s16"}',
        ) from None
