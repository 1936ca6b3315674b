"""130 damaged or unusual files: audio comes from those that hold any, a sentence from the rest."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.audio.decode import Decoded, decode
from segue.descriptors.extract import describe
from segue.errors import BadFileError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.realdata


def outcomes(folder: Path) -> list[dict[str, str]]:
    with (folder / "edge.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def attempt(path: Path) -> tuple[Decoded | None, BadFileError | None]:
    try:
        return decode(path), None
    except BadFileError as error:
        return None, error


def test_every_odd_file_decodes_or_is_refused(shared_data: Path) -> None:
    folder = shared_data / "audio"
    rows = outcomes(folder)
    assert len(rows) >= 120
    heard, wrong = 0, []
    for row in rows:
        path = folder / "edge" / row["file"]
        decoded, error = attempt(path)
        if decoded is None:
            if row["file"] not in str(error) or row["ffmpeg_outcome"] != "no audio":
                wrong.append((row["file"], str(error)))
            continue
        assert np.isfinite(decoded.audio).all()
        assert np.isfinite(describe(decoded.audio)).all()
        if row["ffmpeg_outcome"] == "no audio":
            # ffmpeg rounds a file of one sample to none at all.
            if len(decoded.audio) > 1:
                wrong.append((row["file"], "decodes"))
        elif row["ffmpeg_outcome"] == "decodes" and decoded.duration < 30:
            assert decoded.seconds == pytest.approx(float(row["ffmpeg_seconds"]), abs=0.06)
        heard += not decoded.silent and decoded.seconds >= 1
    assert wrong == []
    assert heard >= 50


def test_real_recordings_decode_whole_and_exactly(shared_data: Path) -> None:
    files = sorted((shared_data / "audio" / "cc").rglob("*.mp3"))
    assert len(files) >= 100
    for path in files[::10]:
        excerpt = decode(path, seconds=3.0)
        whole = decode(path, seconds=None)
        first = round(excerpt.start * excerpt.rate)
        assert excerpt.warning == whole.warning == ""
        np.testing.assert_allclose(
            excerpt.audio, whole.audio[first : first + len(excerpt.audio)], atol=2e-6
        )
