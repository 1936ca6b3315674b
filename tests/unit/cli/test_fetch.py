"""``segue fetch`` shows the terms, asks for them, and says how to go on."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from segue.cli.main import run
from segue.sources import fetched_sets
from serving import Site

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def site(table_file: bytes):
    with Site(pages={"/songs.csv": table_file}) as served:
        yield served


@pytest.fixture(scope="module")
def table_file(table: Path) -> bytes:
    return table.read_bytes()


def test_data_sets_are_listed_with_their_terms(ask, capsys: pytest.CaptureFixture[str]) -> None:
    listed = ask("fetch")["datasets"]
    assert [one["name"] for one in listed] == [one.name for one in fetched_sets.DATA_SETS]
    assert run(["fetch"]) == 0
    shown = capsys.readouterr().out
    assert "fma-small: FMA: small, 7,680 MB" in shown
    assert "Terms: Metadata: Creative Commons Attribution 4.0." in shown
    assert "mpd: Spotify Million Playlist Dataset, to be fetched by hand" in shown


def test_nothing_comes_before_the_terms_are_accepted(refused, here: Path, site: Site) -> None:
    said = refused("fetch", "gtzan", "--from", site.url("/songs.csv"))
    assert "the terms of GTZAN genre collection are not accepted: None is stated." in said
    assert "--accept-licence" in said
    assert (site.asked, list(here.iterdir())) == ([], [])


def test_what_came_can_be_imported(
    ask, refused, here: Path, site: Site, table_file: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("fetch", "spotify-tracks", "--from", site.url("/songs.csv"), "--accept-licence")
    said = refused(*words)
    assert "not the file that Segue knows as Spotify Tracks Dataset" in said
    assert "--any-version" in said
    came = ask(*words, "--any-version")
    path = here / "datasets" / "spotify_tracks.csv"
    digest = hashlib.sha256(table_file).hexdigest()
    assert came["fetched"] == {
        "path": str(path),
        "bytes": len(table_file),
        "digest": ["sha256", digest],
        "known": False,
        "there": False,
    }
    assert came["leads_to"] == f"segue import tracks {path}"
    assert "Open Database License" in came["licence"]
    assert ask("import", "tracks", path, "-d", here / "segue.db")["import"]["imported"] == 24
    assert run([*words, "--any-version"]) == 0
    shown = capsys.readouterr().out
    assert "Spotify Tracks Dataset is there:" in shown
    assert f"its sha256 is {digest}." in shown


def test_a_file_that_has_to_be_put_there_says_where(refused, here: Path) -> None:
    said = refused("fetch", "mpd", "--into", "sets")
    assert f"{here / 'sets' / 'spotify_million_playlist_dataset.zip'}: " in said
    assert "no data set is called 'mpb'" in refused("fetch", "mpb")
    assert not (here / "sets").exists()
