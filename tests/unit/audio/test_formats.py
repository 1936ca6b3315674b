"""Every format a library holds, sample for sample as the ffmpeg command line reads it.

Lossless and MPEG formats agree to the last bit, AAC and Opus to 1e-7, each from the start and
after a seek. FFmpeg before 8 decodes FFmpeg's own Vorbis files a little wrong (libvorbis and we
agree): there the place is compared, not the value.
"""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from segue.audio.decode import decode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Sound = NDArray[np.float32]
    Write = Callable[..., Path]

VARIABLE = {"flags": "+qscale", "global_quality": str(4 * 118)}

FILES: dict[str, dict[str, Any]] = {
    "constant.mp3": {"codec": "libmp3lame", "bit_rate": 128_000},
    "variable.mp3": {"codec": "libmp3lame", "options": VARIABLE},
    "one channel.mp3": {"codec": "libmp3lame", "bit_rate": 64_000, "channels": 1},
    "one channel, variable.mp3": {"codec": "libmp3lame", "options": VARIABLE, "channels": 1},
    "no header.mp3": {"codec": "libmp3lame", "bit_rate": 128_000, "write_xing": "0"},
    "low rate.mp3": {"codec": "libmp3lame", "bit_rate": 48_000, "rate": 22_050, "channels": 1},
    "8 bit.wav": {"codec": "pcm_u8"},
    "16 bit.wav": {"codec": "pcm_s16le"},
    "24 bit.wav": {"codec": "pcm_s24le"},
    "32 bit.wav": {"codec": "pcm_s32le"},
    "float.wav": {"codec": "pcm_f32le"},
    "mu-law.wav": {"codec": "pcm_mulaw"},
    "a-law.wav": {"codec": "pcm_alaw"},
    "aac.m4a": {"codec": "aac", "bit_rate": 128_000},
    "alac.m4a": {"codec": "alac"},
    "16 bit.flac": {"codec": "flac"},
    "24 bit.flac": {
        "codec": "flac",
        "sample_format": "s32",
        "options": {"bits_per_raw_sample": "24"},
    },
    "vorbis.ogg": {"codec": "vorbis", "bit_rate": 128_000},
    "opus.opus": {"codec": "libopus", "container": "ogg", "rate": 48_000},
    "16 bit.aiff": {"codec": "pcm_s16be"},
    "24 bit.aiff": {"codec": "pcm_s24be"},
}
# An MP3 that does not say how much silence its encoder put before the music: nobody can know.
DELAY = {"no header.mp3": 1105}
TOLERANCE = {"aac": 1e-6, "opus": 1e-6, "vorbis": 0.2}


@pytest.fixture(scope="module")
def ffmpeg() -> str:
    program = shutil.which("ffmpeg")
    if program is None:
        pytest.skip("ffmpeg: the program is not installed, there is nothing to compare with")
    return program


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("formats")


def made(folder: Path, name: str, write: Write, song: Sound) -> tuple[Path, int, int]:
    """A file of eight seconds, its rate and its channels."""
    options = dict(FILES[name])
    rate, channels = options.setdefault("rate", 44_100), options.pop("channels", 2)
    path = folder / name
    if not path.exists():
        write(path, song[:channels, : 8 * rate], **options)
    return path, rate, channels


def as_ffmpeg_reads(program: str, path: Path, channels: int) -> Sound:
    command = [program, "-v", "error", "-i", str(path), "-f", "f32le", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    samples = np.frombuffer(done.stdout, dtype="<f4").reshape(-1, channels)
    return samples.mean(axis=1, dtype=np.float32)


def lag(whole: Sound, piece: Sound, place: int, *, reach: int = 1500) -> int:
    """By how many samples `piece` stands elsewhere in `whole` than at `place`."""
    around = slice(max(0, place - reach), place + len(piece) + reach)
    match = np.correlate(whole[around], piece, mode="valid")
    return int(match.argmax()) + around.start - place


@pytest.mark.parametrize("name", FILES)
def test_it_is_read_as_ffmpeg_reads_it(
    name: str, folder: Path, write: Write, song: Sound, ffmpeg: str
) -> None:
    path, rate, channels = made(folder, name, write, song)
    expected = as_ffmpeg_reads(ffmpeg, path, channels)
    whole = decode(path, seconds=None, rate=rate)
    # Newer libraries than the program leave out what an AAC encoder adds behind the last sample.
    without_padding = whole.codec == "aac" and len(whole.audio) == 8 * rate < len(expected)
    assert len(whole.audio) == len(expected) or without_padding
    tolerance = TOLERANCE.get(whole.codec, 0.0)
    for found in (whole, decode(path, seconds=2.0, rate=rate)):
        place = round(found.start * rate)
        same = expected[place : place + len(found.audio)]
        assert np.abs(found.audio - same).max() <= tolerance
        assert lag(expected, found.audio[4000:8000], place + 4000) == 0
        assert found.warning == ""
    assert place > 2 * rate


@pytest.mark.parametrize("name", FILES)
def test_what_went_in_comes_out(name: str, folder: Path, write: Write, song: Sound) -> None:
    path, rate, channels = made(folder, name, write, song)
    found = decode(path, seconds=2.0, rate=rate)
    recorded = song[:channels, : 8 * rate].mean(axis=0)
    place = round(found.start * rate)
    piece = found.audio[4000:40_000]
    assert (found.channels, found.original_rate) == (channels, rate)
    place -= DELAY.get(name, 0)
    assert lag(recorded, piece, place + 4000) == 0
    same = recorded[place + 4000 : place + 40_000]
    assert np.corrcoef(piece, same)[0, 1] > 0.97
    assert piece.std() == pytest.approx(same.std(), rel=0.1)


@pytest.mark.parametrize(
    ("ending", "codec", "channels"),
    [("m4a", "aac", 8), ("flac", "flac", 8), ("wav", "pcm_s16le", 16), ("wv", "wavpack", 16)],
)
def test_many_channels(
    ending: str,
    codec: str,
    channels: int,
    tmp_path: Path,
    write: Write,
    music: Callable[..., Sound],
) -> None:
    sound = music(2.0, channels=channels)
    found = decode(write(tmp_path / f"around.{ending}", sound, codec=codec), rate=44_100)
    assert found.channels == channels
    mix = sound.mean(axis=0)[4000:40_000]
    assert np.corrcoef(found.audio[4000:40_000], mix)[0, 1] > 0.9


def test_dts_inside_a_wav_file_is_not_taken_for_noise(
    tmp_path: Path, write: Write, song: Sound, ffmpeg: str
) -> None:
    plain = write(tmp_path / "song.wav", song, codec="pcm_s16le")
    stream = tmp_path / "song.dts"
    encode = ["-c:a", "dca", "-strict", "-2", "-b:a", "1411200", str(stream)]
    subprocess.run([ffmpeg, "-v", "error", "-i", str(plain), *encode], check=True)
    words = np.frombuffer(stream.read_bytes()[: 1 << 20], dtype=">i2")
    path = write(tmp_path / "disc.wav", np.zeros((2, 8), np.float32), codec="pcm_s16le")
    head = path.read_bytes()[:-32]
    size = 2 * len(words)
    head = head[:-4] + size.to_bytes(4, "little")
    path.write_bytes(head + words.astype("<i2").tobytes())
    found = decode(path, seconds=2.0, rate=44_100)
    assert found.codec == "dca"
    recorded = song.mean(axis=0)
    assert abs(lag(recorded, found.audio[:20_000], round(found.start * 44_100))) < 1500
