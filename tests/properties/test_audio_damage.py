"""Wherever a file is broken, all that comes before the break is kept, sample for sample."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from encoded import EVERY_FORMAT, HARMS, make_music, write_audio
from segue.audio.decode import Decoded, decode
from segue.audio.recording import measure
from segue.errors import BadFileError

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 6.0
LIKELY = settings(deadline=None, max_examples=60)

# Seconds before the break that a container or a decoder may need to see whole: an Ogg page holds
# up to a second, an MP3 frame reaches back, a FLAC frame is a tenth of a second.
NEEDED = {"mp3": 0.3, "flac": 0.2, "wav": 0.1, "aiff": 0.1, "aac": 0.2, "m4a": 0.2, "ogg": 1.5}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Decoded]]:
    """A file of each format, and what is in it."""
    folder = tmp_path_factory.mktemp("whole")
    music = make_music(SECONDS)
    made = {}
    for ending in NEEDED:
        options: dict[str, Any] = dict(EVERY_FORMAT[ending])
        if ending == "m4a":
            options["movflags"] = "faststart"
        path = write_audio(folder / f"song.{ending}", music, **options)
        made[ending] = (path, decode(path, seconds=None))
    return made


@given(
    ending=st.sampled_from(sorted(NEEDED)),
    share=st.floats(0.35, 0.95),
    kind=st.sampled_from(["cut", "zeros", "noise"]),
    seed=st.integers(0, 1000),
)
@LIKELY
def test_what_comes_before_the_break_is_kept(
    whole: dict[str, tuple[Path, Decoded]],
    tmp_path_factory: pytest.TempPathFactory,
    ending: str,
    share: float,
    kind: str,
    seed: int,
) -> None:
    path, good = whole[ending]
    data = path.read_bytes()
    place = round(share * len(data))
    rest = {
        "cut": b"",
        "zeros": bytes(3000) + data[place + 3000 :],
        "noise": np.random.default_rng(seed).bytes(3000) + data[place + 3000 :],
    }[kind]
    broken = tmp_path_factory.mktemp("broken") / path.name
    broken.write_bytes(data[:place] + rest)
    found = decode(broken, seconds=None)
    # Before the samples of most formats stands a header; constant bit rates make the rest even.
    sure = share * SECONDS * 0.9 - NEEDED[ending]
    count = round(sure * found.rate)
    assert len(found.audio) >= count
    np.testing.assert_allclose(found.audio[:count], good.audio[:count], atol=2e-6)
    assert np.isfinite(found.audio).all()


@given(
    ending=st.sampled_from(sorted(NEEDED)),
    way=st.sampled_from(sorted(HARMS)),
    seed=st.integers(0, 10_000),
    seconds=st.floats(0.5, 8.0),
    excerpts=st.integers(1, 5),
)
@LIKELY
def test_whatever_is_broken_there_is_an_answer_or_a_sentence(
    whole: dict[str, tuple[Path, Decoded]],
    tmp_path_factory: pytest.TempPathFactory,
    ending: str,
    way: str,
    seed: int,
    seconds: float,
    excerpts: int,
) -> None:
    path, _ = whole[ending]
    other, _ = whole["mp3" if ending == "ogg" else "ogg"]
    broken = tmp_path_factory.mktemp("broken") / path.name
    rng = np.random.default_rng(seed)
    broken.write_bytes(HARMS[way](rng, path.read_bytes(), other.read_bytes()))
    found, recording, complaints = None, None, []
    try:
        recording = measure(broken)
        found = decode(broken, seconds=seconds, excerpts=excerpts)
    except BadFileError as error:
        complaints.append(error)
    assert [error.where for error in complaints] == [str(broken)] * (found is None)
    if recording is not None:
        assert recording.duration > 0
        assert len(recording.waveform) <= 20 * recording.duration + 1
    if found is None:
        return
    assert 1 <= len(found.audio) <= round(seconds * found.rate)
    assert np.isfinite(found.audio).all()
    assert 0.0 <= found.start <= found.duration
    assert found.seconds <= found.duration + 0.1


@given(
    ending=st.sampled_from(sorted(NEEDED)),
    seconds=st.floats(0.3, SECONDS),
    excerpts=st.integers(1, 8),
)
@LIKELY
def test_of_a_whole_file_any_share_in_any_number_of_excerpts_can_be_had(
    whole: dict[str, tuple[Path, Decoded]], ending: str, seconds: float, excerpts: int
) -> None:
    path, good = whole[ending]
    found = decode(path, seconds=seconds, excerpts=excerpts)
    assert found.warning == ""
    # Raw AAC has no index: where a seek lands, and where the file ends, is estimated.
    missing = round(seconds * found.rate) - len(found.audio)
    assert 0 <= missing <= (0.06 * excerpts * found.rate if ending == "aac" else 0)
    assert found.audio.std() == pytest.approx(good.audio.std(), rel=0.6)
