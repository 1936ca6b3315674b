"""Altered versions are what they say: as long, louder by 6 dB, later by a second, at 64 kbit/s."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from segue.audio.altering import ALTERATIONS, write_altered
from segue.audio.decode import decode
from segue.errors import BadFileError, BadRequestError

if TYPE_CHECKING:
    from pathlib import Path

RATE = 44_100


@pytest.fixture(scope="module", params=["mono", "stereo"])
def file(request, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of a tone that rises."""
    turns = np.arange(4 * RATE) / RATE
    tone = (0.3 * np.sin(2 * np.pi * (300 + 100 * turns) * turns)).astype(np.float32)
    samples = tone[np.newaxis] if request.param == "mono" else np.stack([tone, 0.5 * tone])
    path = tmp_path_factory.mktemp("tone") / "tone.wav"
    with av.open(str(path), "w") as sink:
        stream = sink.add_stream("pcm_s16le", rate=RATE)
        stream.layout = request.param
        packed = (samples * 32767).astype(np.int16).T.reshape(1, -1).copy()
        frame = av.AudioFrame.from_ndarray(packed, format="s16", layout=request.param)
        frame.sample_rate = RATE
        sink.mux(stream.encode(frame))
        sink.mux(stream.encode(None))
    return path


def heard(path: Path) -> np.ndarray:
    return decode(path, seconds=None).audio


def test_louder_is_six_decibels_and_nothing_else(file: Path, tmp_path: Path) -> None:
    louder = heard(write_altered(file, "louder", tmp_path / "x"))
    before = heard(file)
    assert len(louder) == len(before)
    assert np.abs(louder - before * 10 ** (6 / 20)).max() < 1e-4


def test_cropped_begins_a_second_later(file: Path, tmp_path: Path) -> None:
    cropped, before = heard(write_altered(file, "cropped", tmp_path / "x")), heard(file)
    assert len(before) - len(cropped) == 22_050
    # The ends are filtered otherwise than the middle.
    assert np.abs(cropped[200:] - before[22_250:]).max() < 1e-3


def test_an_mp3_of_64_kbit_sounds_alike(file: Path, tmp_path: Path) -> None:
    path = write_altered(file, "mp3_64", tmp_path / "x")
    assert path.suffix == ".mp3"
    with av.open(str(path)) as source:
        assert source.streams.audio[0].bit_rate == 64_000
        assert source.streams.audio[0].rate == RATE
    again, before = heard(path), heard(file)
    assert abs(len(again) - len(before)) < 2300
    assert np.sqrt(np.mean(again**2)) == pytest.approx(np.sqrt(np.mean(before**2)), rel=0.1)


def test_what_cannot_be_altered_is_said(file: Path, tmp_path: Path) -> None:
    with pytest.raises(BadRequestError, match="no alteration 'softer'"):
        write_altered(file, "softer", tmp_path / "x")
    words = tmp_path / "words.mp3"
    words.write_text("no music at all")
    for alteration in ALTERATIONS:
        with pytest.raises(BadFileError, match="cannot be read"):
            write_altered(words, alteration, tmp_path / "x")


def test_what_is_shorter_than_its_crop_leaves_nothing(tmp_path: Path, file: Path) -> None:
    short = tmp_path / "short.wav"
    with av.open(str(short), "w") as sink:
        stream = sink.add_stream("pcm_s16le", rate=RATE)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(np.ones((1, 999), np.int16), format="s16", layout="mono")
        frame.sample_rate = RATE
        sink.mux(stream.encode(frame))
        sink.mux(stream.encode(None))
    with pytest.raises(BadFileError, match="nothing is left"):
        write_altered(short, "cropped", tmp_path / "x")
