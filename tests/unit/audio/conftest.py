"""Audio files made on the spot, so that what is in them is known to the sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from encoded import SONGS, make_music, write_audio

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


@pytest.fixture(scope="session")
def music() -> Callable[..., NDArray[np.float32]]:
    return make_music


@pytest.fixture(scope="session")
def write() -> Callable[..., Path]:
    return write_audio


@pytest.fixture(scope="session")
def song() -> NDArray[np.float32]:
    """Twenty seconds in stereo at 44,100 Hz."""
    return make_music(20.0)


@pytest.fixture(scope="session")
def song_file(
    tmp_path_factory: pytest.TempPathFactory, song: NDArray[np.float32]
) -> Callable[[str], Path]:
    """The song as a file with such an ending, made once; not to be written to."""
    folder = tmp_path_factory.mktemp("songs")

    def made(ending: str) -> Path:
        path = folder / f"song.{ending}"
        return path if path.exists() else write_audio(path, song, **SONGS[ending])

    return made
