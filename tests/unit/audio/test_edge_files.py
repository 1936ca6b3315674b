"""130 damaged or unusual files: audio comes from those that hold any, a sentence from the rest."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.audio.decode import Decoded, decode
from segue.audio.recording import measure
from segue.descriptors.extract import describe
from segue.errors import BadFileError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.realdata


def outcomes(folder: Path) -> list[dict[str, str]]:
    with (folder / "edge.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def attempt(path: Path, **options: float | None) -> tuple[Decoded | None, BadFileError | None]:
    try:
        return decode(path, **options), None
    except BadFileError as error:
        return None, error


@pytest.fixture(scope="module")
def wholes(shared_data: Path) -> list[tuple[dict[str, str], Path, Decoded | None, str]]:
    """What comes of each file read from its start: its row, the file, and samples or a reason."""
    folder = shared_data / "audio"
    found = []
    for row in outcomes(folder):
        path = folder / "edge" / row["file"]
        decoded, error = attempt(path, seconds=None)
        found.append((row, path, decoded, str(error or "")))
    return found


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
        # ffmpeg rounds a file of one sample to none at all.
        if row["ffmpeg_outcome"] == "no audio" and len(decoded.audio) > 1:
            wrong.append((row["file"], "decodes"))
        heard += not decoded.silent and decoded.seconds >= 1
    assert wrong == []
    assert heard >= 50


def test_all_that_precedes_the_first_error_is_kept(
    wholes: list[tuple[dict[str, str], Path, Decoded | None, str]],
) -> None:
    damaged, shorter = 0, []
    for row, _, decoded, _ in wholes:
        if decoded is None:
            continue
        seconds = float(row["ffmpeg_seconds"])
        if "damaged" in decoded.warning:
            assert row["ffmpeg_outcome"] == "decodes with errors"
            damaged += 1
        if decoded.seconds != pytest.approx(seconds, abs=0.06):
            assert "damaged" in decoded.warning, row["file"]
            shorter.append(row["file"])
    assert damaged >= 4
    # ffmpeg goes on after an error and finds more; going on has ended processes.
    assert shorter == ["synth__holes.mp3"]


def test_every_odd_file_is_measured_or_refused_for_the_same_reason(
    wholes: list[tuple[dict[str, str], Path, Decoded | None, str]],
) -> None:
    measured = 0
    for _, path, decoded, reason in wholes:
        if decoded is None:
            with pytest.raises(BadFileError) as caught:
                measure(path)
            assert str(caught.value) == reason
            continue
        recording = measure(path)
        assert recording.duration == pytest.approx(decoded.seconds, abs=0.001)
        assert recording.warning in decoded.warning
        assert bool(recording.warning) == ("damaged" in decoded.warning)
        assert (recording.true_peak is None) <= (recording.loudness is None)
        assert len(recording.waveform) >= recording.duration * recording.waveform_rate
        measured += recording.loudness is not None
    assert measured >= 60


def test_reasons_are_sentences_a_person_understands(shared_data: Path) -> None:
    folder = shared_data / "audio"
    reasons = set()
    for row in outcomes(folder):
        decoded, error = attempt(folder / "edge" / row["file"])
        if error is not None:
            assert error.remedy
            reasons.add(error.what)
        elif decoded is not None and decoded.warning:
            reasons.add(decoded.warning)
    assert len(reasons) >= 6
    for reason in reasons:
        assert re.fullmatch(r"[a-z][\w ,;.]+", reason), reason
        assert not re.search(r"Error|Errno|Traceback|None|avcodec|libav", reason), reason


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
