"""Files made into one MP3 stream: what comes out is what went in."""

from __future__ import annotations

import io
import wave

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.audio.streaming import KILOBITS, lowered, stream
from segue.errors import BadFileError, BadRequestError, NotFoundError

RATE = 44_100
ENCODER = 1105 / RATE + 529 / RATE
"""Seconds by which LAME and a decoder that knows nothing of it delay a sound."""


def chirp(seconds: float, *, rate: int = RATE) -> np.ndarray:
    """A tone that rises a hundred hertz a second, so that its pitch says when it is."""
    times = np.arange(round(seconds * rate)) / rate
    return 0.5 * np.sin(2 * np.pi * (400 * times + 50 * times**2))


def pitch(samples: np.ndarray, rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate / len(samples))


def write(path, channels: np.ndarray, *, rate: int = RATE, codec: str | None = None) -> None:
    """Channels (channels, samples) as a file; WAV, or what the codec says."""
    if codec is None:
        with wave.open(str(path), "wb") as file:
            file.setnchannels(len(channels))
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes(np.rint(channels.T * 32_000).astype("<i2").tobytes())
        return
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[len(channels)]
    with av.open(str(path), "w") as file:
        out = file.add_stream(codec, rate=rate, layout=layout)
        whole = np.ascontiguousarray(channels.astype(np.float32))
        frame = av.AudioFrame.from_ndarray(whole, format="fltp", layout=layout)
        frame.sample_rate = rate
        file.mux(out.encode(frame))
        file.mux(out.encode(None))


def heard(data: bytes) -> tuple[np.ndarray, int]:
    """The channels of an MP3, shape (channels, samples), and its rate."""
    with av.open(io.BytesIO(data), format="mp3") as file:
        frames = list(file.decode(audio=0))
        return np.concatenate([frame.to_ndarray() for frame in frames], axis=1), frames[0].rate


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.wav", None), ("a.aiff", "pcm_s16be"), ("a.m4a", "alac"), ("a.flac", "flac")],
)
@pytest.mark.parametrize("start", [0.0, 2.5])
def test_a_stream_begins_where_it_is_asked_to(tmp_path, name, codec, start) -> None:
    write(tmp_path / name, np.stack([chirp(6), chirp(6)]), codec=codec)
    samples, rate = heard(b"".join(stream(tmp_path / name, start=start)))
    assert samples.shape[0] == 2
    assert samples.shape[1] / rate == pytest.approx(6 - start, abs=0.15)
    for at in (0.5, 1.5, 2.5):
        window = samples[0][round((at + ENCODER) * rate) :][: rate // 5]
        assert pitch(window, rate) == pytest.approx(400 + 100 * (start + at + 0.1), abs=6)


def test_channels_stay_apart(tmp_path) -> None:
    silence = np.zeros(3 * RATE)
    write(tmp_path / "a.wav", np.stack([chirp(3), silence]))
    samples, _ = heard(b"".join(stream(tmp_path / "a.wav")))
    left, right = np.sqrt((samples**2).mean(axis=1))
    assert left > 0.2
    assert right < 0.01 * left


def test_surround_is_mixed_down(tmp_path) -> None:
    centre = np.zeros((6, 3 * RATE))
    centre[2] = chirp(3)
    write(tmp_path / "a.flac", centre, codec="flac")
    samples, _ = heard(b"".join(stream(tmp_path / "a.flac")))
    assert samples.shape[0] == 2
    left, right = np.sqrt((samples**2).mean(axis=1))
    assert left > 0.05
    assert left == pytest.approx(right, rel=0.02)


@settings(max_examples=12, deadline=None)
@given(
    rate=st.sampled_from([8_000, 11_025, 22_050, 32_000, 48_000, 88_200, 96_000]),
    channels=st.integers(1, 2),
    seconds=st.floats(0.01, 2.0),
)
def test_every_rate_and_length(tmp_path_factory, rate, channels, seconds) -> None:
    path = tmp_path_factory.mktemp("rates") / "a.wav"
    write(path, np.stack([chirp(seconds, rate=rate)] * channels), rate=rate)
    samples, made = heard(b"".join(stream(path)))
    assert samples.shape[1] / made == pytest.approx(seconds, abs=0.2)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("most", [None, 32, 64, 128, 192])
def test_no_more_bits_are_sent_than_may_be(tmp_path, channels, most) -> None:
    path = tmp_path / "tone.wav"
    write(path, np.repeat(chirp(2.0)[None], channels, axis=0))
    data = b"".join(stream(path, most=most))
    with av.open(io.BytesIO(data)) as file:
        rate = file.streams.audio[0].bit_rate
    assert rate == min(96 * channels, most or 192) * 1000
    assert heard(data)[0].size


@given(st.integers(-10, 1_000))
def test_a_rate_is_one_that_mp3_has_and_not_above_what_is_asked(most: int) -> None:
    rate = lowered(most)
    assert rate in KILOBITS
    assert rate <= most or rate == KILOBITS[0]
    assert not [other for other in KILOBITS if rate < other <= most]


def test_pieces_are_small_and_never_empty(tmp_path) -> None:
    write(tmp_path / "a.wav", np.stack([chirp(20)]))
    sizes = [len(piece) for piece in stream(tmp_path / "a.wav")]
    assert len(sizes) > 10
    assert min(sizes) > 0
    assert max(sizes) < 40_000


def test_what_cannot_be_streamed_is_said(tmp_path) -> None:
    write(tmp_path / "a.wav", np.stack([chirp(2)]))
    with pytest.raises(BadRequestError, match=r"ended before 7 s.*Begin before 2\.0 s"):
        next(stream(tmp_path / "a.wav", start=7.0))
    with pytest.raises(NotFoundError, match="there is no file"):
        next(stream(tmp_path / "none.wav"))
    (tmp_path / "text.mp3").write_text("no music at all\n" * 50)
    with pytest.raises(BadFileError, match="text, not audio"):
        next(stream(tmp_path / "text.mp3"))


def test_numbers_that_are_no_sound_end_the_stream(tmp_path) -> None:
    broken = np.stack([chirp(4)]).astype(np.float32)
    broken[0, 3 * RATE :] = np.nan
    head = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x03\0\x01\0"
    head += RATE.to_bytes(4, "little") + (4 * RATE).to_bytes(4, "little") + b"\x04\0\x20\0"
    data = broken.astype("<f4").tobytes()
    (tmp_path / "nan.wav").write_bytes(head + b"data" + len(data).to_bytes(4, "little") + data)
    pieces = stream(tmp_path / "nan.wav")
    assert next(pieces)
    with pytest.raises(BadFileError, match="samples that are not numbers"):
        list(pieces)


@pytest.mark.realdata
def test_every_edge_file_streams_or_says_why_not(shared_data) -> None:
    said = 0
    for path in sorted((shared_data / "audio" / "edge").iterdir()):
        if path.stat().st_size > 1e6:
            continue
        try:
            assert next(stream(path)), path.name
        except BadFileError:
            said += 1
    assert 20 < said < 40
