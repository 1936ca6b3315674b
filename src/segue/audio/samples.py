"""What samples are: full scale is 1, silence has no range, and not every number is a sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segue.errors import BadFileError

if TYPE_CHECKING:
    from segue.types import Audio

SILENCE = 2e-4
"""Peak to peak below which audio counts as silent: 80 dB under full scale."""

LOUDEST = 2.0**31
"""Beyond this a sample is no sound but bytes read as something they are not."""


def is_silent(audio: Audio) -> bool:
    """Whether there is nothing to hear; an even offset is silence too."""
    return len(audio) == 0 or float(np.ptp(audio)) < SILENCE


def check_samples(audio: Audio, *, where: str = "") -> None:
    """Let sound pass.

    Raises
    ------
    BadFileError
        Some samples are not numbers, or beyond `LOUDEST`.
    """
    # NaN fails every comparison, so this finds it too.
    if len(audio) and not (float(audio.min()) >= -LOUDEST and float(audio.max()) <= LOUDEST):
        raise BadFileError(
            "it holds samples that are not numbers or beyond all measure",
            where=where,
            remedy="Write it again from the program it comes from",
        )
