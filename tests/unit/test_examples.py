"""The examples run: the one over HTTP against a server, the one in Streamlit without a browser."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browsing import served
from segue.library import Segue
from segue.settings import Settings
from worlds import planted_records

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty tracks of a planted world in a file."""
    from segue.catalogue import tracks

    path = tmp_path_factory.mktemp("examples") / "segue.db"
    with Segue.open(path, settings=Settings(_env_file=None)) as segue:
        tracks.add(segue.database, planted_records(60))
    return path


@pytest.fixture(scope="module")
def address(catalogue: Path) -> Iterator[str]:
    with served(catalogue, log=catalogue.with_suffix(".log")) as found:
        yield found


def like(address: str, typed: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLES / "like.py"), address]
    return subprocess.run(
        command, input=typed, capture_output=True, text=True, timeout=120, check=False
    )


def test_forty_lines_find_a_track_and_what_is_like_it(catalogue: Path, address: str) -> None:
    with Segue.open(catalogue, settings=Settings(_env_file=None)) as segue:
        first = segue.track(segue.engine().snapshot.corpus.ids[0])
    done = like(address, f"{first.title}\n1\n\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Like " in done.stdout
    assert done.stdout.count("Both ") >= 3
    assert like(address, "zzzzzz\n\n").returncode == 0


def test_forty_lines_are_about_forty() -> None:
    lines = (EXAMPLES / "like.py").read_text(encoding="utf-8").splitlines()
    assert 36 <= len(lines) <= 48


def test_without_a_server_they_say_so() -> None:
    done = like("http://127.0.0.1:9", "a\n")
    assert done.returncode == 1
    assert "no Segue answers at http://127.0.0.1:9" in done.stderr


def test_streamlit_shows_its_three_pages(catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    testing = pytest.importorskip("streamlit.testing.v1", reason="streamlit is not installed")
    monkeypatch.setenv("SEGUE_DATABASE", str(catalogue))
    app = testing.AppTest.from_file(str(EXAMPLES / "streamlit_app.py"), default_timeout=60).run()
    assert not app.exception
    assert app.title[0].value == "Recommendations"
    with Segue.open(catalogue, settings=Settings(_env_file=None)) as segue:
        title = segue.track(segue.engine().snapshot.corpus.ids[0]).title
    app.text_input(key="words").set_value(title).run()
    assert not app.exception
    assert len(app.caption) >= 6
    app.sidebar.radio[0].set_value("Statistics").run()
    assert not app.exception
    assert app.metric[0].value == "60"
    app.sidebar.radio[0].set_value("Embed").run()
    assert not app.exception
    assert "not kept" in app.info[0].value
