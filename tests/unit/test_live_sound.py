"""A sound that goes on is heard as a file of the same samples is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedders import write_embedder
from segue.audio.decode import decode
from segue.catalogue import tracks
from segue.errors import BadFileError, BadRequestError
from segue.library import Segue
from segue.library.live import EARLIEST, SECONDS
from segue.settings import Settings
from segue.sources.demo import write_demo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

RATE = 22_050
CLOSE = 1e-4
"""What is promised of each number, or of 1 where it is smaller: ten times what a stream promises,
since an embedding is kept as float16 and an estimate is a sum of many."""


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three MP3 files of invented music, and one that no catalogue holds."""
    folder = tmp_path_factory.mktemp("live")
    write_demo(folder / "music", tracks=4)
    outside = min((folder / "music").rglob("*.mp3"))
    outside.rename(folder / "outside.mp3")
    return folder


@pytest.fixture(scope="module")
def outside(music: Path) -> Path:
    return music / "outside.mp3"


@pytest.fixture(scope="module")
def library(music: Path) -> Iterator[Segue]:
    """The three files, heard by a network too."""
    write_embedder(music / "segue.models")
    with Segue.open(music / "segue.db", settings=Settings(_env_file=None)) as segue:
        segue.scan(music / "music")
        segue.analyse(jobs=1, quick=True)
        yield segue


@pytest.fixture(scope="module")
def excerpt(outside: Path) -> NDArray[np.float32]:
    """What is described of the file: half a minute from its middle."""
    return decode(outside).audio


def test_a_file_that_is_played_in_is_told_as_the_file_is(library, outside, excerpt) -> None:
    sound = library.live(rate=RATE)
    for first in range(0, len(excerpt), RATE):
        sound.feed(excerpt[first : first + RATE])
        if first % (4 * RATE) == 0:
            sound.moment()
    sound.finish()
    moment = sound.moment()
    heard, described = moment.seed, library.describe(outside)
    assert moment.window == pytest.approx(len(excerpt) / RATE, abs=0.2)
    assert set(heard.description.vectors) == {"descriptors", "sound"}
    for space in heard.description.vectors:
        wanted = described.description.vectors[space].astype(np.float64)
        found = heard.description.vectors[space].astype(np.float64)
        # The excerpt of a stream begins at a whole step of eight frames, at most 0.19 s later.
        if moment.window == pytest.approx(len(excerpt) / RATE, abs=1e-6):
            assert np.abs(found - wanted).max() <= CLOSE * np.abs(wanted).max()
    for name, value in vars_of(described.track.attributes).items():
        assert heard.track.origins.get(name) == described.track.origins.get(name)
        assert vars_of(heard.track.attributes)[name] == pytest.approx(value, rel=0.02, abs=0.02)
    for lens in ("descriptors", "sound", "audio"):
        rows = [row.track.id for row in library.similar(heard, lens=lens, n=3)]
        assert rows == [row.track.id for row in library.similar(described, lens=lens, n=3)]


def vars_of(attributes) -> dict[str, float]:
    names = type(attributes).__slots__
    given = {name: getattr(attributes, name) for name in names}
    return {name: value for name, value in given.items() if value is not None}


@pytest.fixture(scope="module")
def whole(library, excerpt) -> NDArray[np.float32]:
    """All numbers of eight seconds that were fed in one piece."""
    return numbers(library, [excerpt[: 8 * RATE]], asks=())


def numbers(library: Segue, pieces, *, asks) -> NDArray[np.float64]:
    """Everything a seed is placed by, after pieces that were fed with questions between them."""
    sound = library.live(rate=RATE)
    for number, piece in enumerate(pieces):
        sound.feed(piece)
        if number in asks:
            sound.moment()
    seed = sound.moment().seed
    vectors = seed.description.vectors
    return np.concatenate([vectors[space].ravel().astype(np.float64) for space in sorted(vectors)])


@settings(max_examples=12)
@given(
    cuts=st.lists(st.integers(0, 8 * RATE), max_size=12),
    asks=st.sets(st.integers(0, 12), max_size=3),
)
def test_how_it_is_cut_makes_no_difference(library, excerpt, whole, cuts, asks) -> None:
    pieces = np.split(excerpt[: 8 * RATE], sorted(cuts))
    found = numbers(library, pieces, asks=asks)
    assert np.abs(found - whole).max() <= CLOSE * np.maximum(np.abs(whole), 1.0).max()


def test_what_it_holds_does_not_grow(library, excerpt) -> None:
    sound = library.live(rate=RATE)
    for _ in range(40):
        sound.feed(excerpt[: 5 * RATE])
    moment = sound.moment()
    assert moment.heard == 200.0
    assert SECONDS - 0.2 <= moment.window <= SECONDS
    assert sound._stream._samples.nbytes < 4 * 4 * RATE * SECONDS


def test_too_little_and_silence_are_said(library, excerpt) -> None:
    sound = library.live(rate=RATE)
    assert sound.moment().seed is None
    sound.feed(np.zeros(RATE, dtype=np.float32))
    assert (sound.moment().silent, sound.moment().quiet, sound.moment().seed) == (True, True, None)
    sound.feed(excerpt[: int((EARLIEST - 1.5) * RATE)])
    moment = sound.moment()
    assert (moment.silent, moment.quiet, moment.seed) == (False, False, None)
    sound.feed(excerpt[: 2 * RATE])
    assert sound.moment().seed is not None
    sound.feed(np.zeros(2 * RATE, dtype=np.float32))
    moment = sound.moment()
    assert (moment.silent, moment.quiet) == (False, True)


def test_a_new_network_is_heard_with_once_it_stands(library, music, excerpt) -> None:
    sound = library.live(rate=RATE)
    sound.feed(excerpt[: 5 * RATE])
    before = sound.moment().seed.description.vectors["sound"]
    write_embedder(music / "segue.models", seed=1)
    library.analyse(jobs=1, quick=True)
    after = sound.moment().seed.description.vectors["sound"]
    assert np.abs(before.astype(float) - after).max() > 0.01


@pytest.mark.parametrize("wrong", [np.nan, np.inf, 1e30])
def test_what_is_no_sound_is_refused_and_not_taken(library, wrong) -> None:
    sound = library.live(rate=RATE)
    with pytest.raises(BadFileError, match="not numbers or beyond all measure"):
        sound.feed(np.array([0.1, wrong], dtype=np.float32))
    assert sound.heard == 0.0


def test_a_rate_of_nothing_is_refused(library) -> None:
    with pytest.raises(BadRequestError, match="0 samples a second"):
        library.live(rate=0)


def test_a_catalogue_without_networks_is_heard_by_descriptors(tmp_path, music, excerpt) -> None:
    with Segue.open(tmp_path / "plain.db", settings=Settings(_env_file=None)) as segue:
        assert tracks.count(segue.database) == 0
        sound = segue.live(rate=RATE)
        sound.feed(excerpt[: 4 * RATE])
        assert set(sound.moment().seed.description.vectors) == {"descriptors"}
