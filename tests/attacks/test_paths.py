"""Paths that try to leave their folder: in addresses, in playlists, in names of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from attacked import HERE
from segue.catalogue import playlists, tracks
from segue.library import Segue
from segue.records import TrackRecord
from segue.serve.app import create_app
from segue.settings import Settings
from segue.sources.m3u import read_m3u

if TYPE_CHECKING:
    from pathlib import Path

UP = ["../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%5c", "..\\", "....//", "%252e%252e%252f", "..;/"]
SECRET = "only for me"  # noqa: S105 (what is looked for)


@pytest.mark.parametrize("up", UP)
@pytest.mark.parametrize("place", ["/static/", "/tracks/", "/uploads/", "/playlists/", "/"])
def test_no_address_leaves_its_folder(open_client, open_segue, up, place) -> None:
    secret = open_segue.database.path.parent / "secret.txt"
    secret.write_text(SECRET)
    steps = up * 12
    for wanted in ("etc/passwd", str(secret).lstrip("/"), "settings.py"):
        for end in ("", "/audio"):
            answer = open_client.get(f"{place}{steps}{wanted}{end}")
            assert answer.status_code in {303, 307, 400, 404, 405, 422}, answer.text[:200]
            assert "root:" not in answer.text
            assert SECRET not in answer.text
            assert "class Settings" not in answer.text


def test_absolute_paths_and_addresses_are_no_tracks(open_client) -> None:
    for name in ("%2Fetc%2Fpasswd", "file:%2F%2F%2Fetc%2Fpasswd", "C:%5Cwindows%5Cwin.ini"):
        for end in ("audio", "art", "peaks"):
            assert open_client.get(f"/tracks/{name}/{end}").status_code == 404


def test_a_playlist_makes_no_file_heard_that_was_not_scanned(tmp_path: Path) -> None:
    """Lines of an M3U name tracks; what is played is what was found in a music folder."""
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    folder = tmp_path / "lists"
    folder.mkdir()
    listed = folder / "evil.m3u8"
    lines = ["../secret.txt", "/etc/passwd", str(secret), f"file://{secret}", "..\\secret.txt"]
    text = "".join(f"#EXTINF:100,Somebody - {n}\n{line}\n" for n, line in enumerate(lines))
    listed.write_text("#EXTM3U\n" + text)
    with Segue.open(tmp_path / "segue.db", settings=Settings(_env_file=None)) as segue:
        playlists.add(segue.database, read_m3u(listed))
        client = TestClient(create_app(segue), base_url=HERE)
        known = list(tracks.page(segue.database, limit=20))
        assert known
        for track in known:
            for end in ("audio", "peaks"):
                answer = client.get(f"/tracks/{track.id}/{end}")
                assert answer.status_code == 404
                assert SECRET not in answer.text
            assert client.get(f"/tracks/{track.id}/audio?as=mp3").status_code in {404, 422}


NAMES = [
    "../../evil.wav",
    "/etc/cron.d/evil",
    "..\\..\\evil.wav",
    "evil\0.wav",
    ".",
    "..",
    "a/b.wav",
    "~/x.wav",
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory):
    """A client whose library keeps files and writes playlists, and the folder above all of it."""
    above = tmp_path_factory.mktemp("above")
    own, lists = above / "own", above / "lists" / "inside"
    for folder in (own, lists):
        folder.mkdir(parents=True)
    settings = Settings(_env_file=None, playlist_folder=lists)
    with Segue.open(own / "segue.db", settings=settings) as segue:
        tracks.add(segue.database, [TrackRecord(title="One", artists=("Somebody",))])
        client = TestClient(create_app(segue), base_url=HERE, follow_redirects=False)
        yield client, segue, above


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_was_sent_lies_where_we_put_it(written, name: str) -> None:
    client, _, above = written
    answer = client.post("/upload", files={"file": (name, b"RIFF and no sound")})
    assert answer.status_code in {303, 400, 422}
    files = {path for path in above.rglob("*") if path.is_file()}
    kept = {path for path in files if path.suffix not in {".m3u8", ".jspf"}}
    assert kept
    assert all(path.is_relative_to(above / "own") for path in kept)
    assert not [path for path in kept if "evil" in path.name or path.name == "b.wav"]


@pytest.mark.parametrize(
    "title", ["../../evil", "/etc/evil", "..\\evil", "a/../../evil", "..", "."]
)
def test_a_playlist_is_written_into_its_folder_alone(written, title: str) -> None:
    client, segue, above = written
    lists = above / "lists" / "inside"
    before = set(lists.iterdir())
    track = next(iter(tracks.page(segue.database, limit=1)))
    made = client.post("/playlists", data={"title": title, "tracks": track.id})
    assert made.status_code == 303, made.text
    client.post(f"{made.headers['location'].partition('?')[0]}/file", data={"overwrite": "true"})
    found = {path for path in above.rglob("*") if path.suffix in {".m3u8", ".jspf"}}
    assert found - before or set(lists.iterdir()) == before
    assert found
    assert all(path.parent == lists for path in found)
