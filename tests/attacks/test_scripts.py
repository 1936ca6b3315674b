"""Scripts in tags, in names of files and in what is asked, on every page that shows them."""

from __future__ import annotations

import html.parser
import re
import wave
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from attacked import CHEAP, HERE, IMAGE, PASSWORD, SCRIPT
from segue.catalogue import accounts, playlists, tracks
from segue.library import Segue
from segue.records import OutsideId, PlaylistRecord, TrackRecord
from segue.serve.app import PEOPLES, create_app, paths
from segue.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

ENDLESS = {"/events/jobs", "/api/v1/events"}


class Active(html.parser.HTMLParser):
    """What a page would run or fetch: scripts, handlers, addresses of other schemes and hosts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._in_script = tag == "script"
        if tag == "script" and not str(given.get("src", "")).startswith("/static/"):
            self.found.append(f"<script> {attrs}")
        if tag in {"iframe", "object", "embed", "base"}:
            self.found.append(f"<{tag}> {attrs}")
        for name, value in attrs:
            if name.startswith("on") or name == "srcdoc":
                self.found.append(f"{tag} {name}={value}")
            scheme = re.match(r"\s*([a-z][a-z0-9+.-]*):|\s*//", value or "", re.IGNORECASE)
            if name in {"href", "src", "action", "formaction", "data-module"} and scheme:
                self.found.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.found.append(f"a script in the page: {data[:60]}")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False


def active(text: str) -> list[str]:
    """What of a page would run."""
    return Active(text).found


def addresses(segue: Segue) -> list[str]:
    """Every address of people's pages, of what is there and of names that try it themselves."""
    track = quote(next(iter(tracks.page(segue.database, limit=1))).id, safe="")
    found = []
    for pattern in sorted(set(paths(*PEOPLES)) - ENDLESS):
        values = (track, quote(f"{IMAGE}{SCRIPT}", safe=""))
        found += [re.sub(r"\{[^}]+\}", value, pattern) for value in values]
    return found


def test_no_page_runs_what_stands_in_a_tag_or_an_address(open_client, open_segue) -> None:
    faults, shown = [], 0
    asked = {"q": SCRIPT, "title": IMAGE, "genre": SCRIPT, "track": IMAGE, "done": SCRIPT}
    for address in addresses(open_segue):
        tries = "script" in address
        answer = open_client.get(address, params=asked if tries else {})
        if answer.headers.get("content-type", "").startswith("text/html"):
            shown += "alert(" in answer.text
            faults += [f"{address}: {one}" for one in active(answer.text)]
    assert faults == [], "\n".join(faults)
    assert shown > 10


@pytest.mark.parametrize("path", ["/", "/mix", "/describe", "/playlists", "/map", "/path"])
def test_no_page_runs_what_is_asked(open_client, path) -> None:
    asked = {"q": SCRIPT, "words": IMAGE, "title": IMAGE, "genre": SCRIPT, "track": IMAGE}
    assert active(open_client.get(path, params=asked).text) == []


def test_no_title_is_taken_for_a_template(open_client) -> None:
    assert "{{ 7 * 7 }}" in open_client.get("/").text


def test_a_name_of_a_shelf_runs_nothing(open_client) -> None:
    for shelf in ("artists", "albums", "genres"):
        page = open_client.get(f"/{shelf}").text
        assert active(page) == []
        for link in re.findall(rf'href="(/{shelf}/[^"]+)"', page):
            answer = open_client.get(link.replace("&amp;", "&"))
            assert answer.status_code == 200
            assert active(answer.text) == []


@pytest.fixture
def brought_in(tmp_path: Path):
    """A library whose files and playlists are called what they should not be, and its client."""
    music = tmp_path / "music"
    music.mkdir()
    with wave.open(str(music / "<img src=x onerror=alert(2)>.wav"), "wb") as silence:
        silence.setparams((1, 2, 22_050, 0, "NONE", "not compressed"))
        silence.writeframes(bytes(2 * 22_050 * 3))
    settings = Settings(_env_file=None)
    with Segue.open(tmp_path / "segue.db", settings=settings) as segue:
        row = TrackRecord(title="One", artists=("Somebody",))
        tracks.add(segue.database, [row])
        playlists.add(
            segue.database,
            [
                PlaylistRecord(
                    outside_id=OutsideId("test", "1"),
                    title=f"{IMAGE}{SCRIPT}",
                    description=SCRIPT,
                    entries=(row,),
                )
            ],
        )
        segue.scan(music)
        segue.analyse(jobs=1)
        yield TestClient(create_app(segue), base_url=HERE)


def test_a_name_of_a_file_or_a_playlist_runs_nothing(brought_in) -> None:
    shown = ""
    for path in ("/", "/jobs", "/playlists", "/playlists/1", "/statistics", "/about"):
        page = brought_in.get(path).text
        shown += page
        assert active(page) == []
    assert "onerror=alert(2)" in shown
    assert "&lt;script&gt;" in shown


@pytest.mark.parametrize("name", [f"{IMAGE}.wav", f"{SCRIPT}.wav", "javascript:alert(1).wav"])
def test_a_name_of_a_file_that_was_sent_runs_nothing(open_client, name) -> None:
    sent = {"file": (name, b"RIFF no sound")}
    answer = open_client.post("/upload", files=sent)
    page = open_client.get(answer.headers["location"])
    assert page.status_code == 200
    assert active(page.text) == []
    assert active(open_client.get("/jobs").text) == []


def test_programs_get_no_page_to_run(open_client) -> None:
    answer = open_client.get("/api/v1/search", params={"q": "script"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    refused = open_client.get(f"/api/v1/tracks/{quote(SCRIPT, safe='')}")
    assert refused.headers["content-type"] == "application/problem+json"


def test_the_policy_lets_nothing_in_the_page_run(open_client) -> None:
    policy = open_client.get("/").headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "'unsafe-" not in policy
    assert "object-src" not in policy  # default-src 'none' holds for it
    assert "default-src 'none'" in policy


def test_an_account_is_shown_as_it_is_called(guarded) -> None:
    accounts.add(guarded.segue.database, f"{IMAGE}{SCRIPT}", PASSWORD, cost=CHEAP)
    browser = guarded.signed_in(f"{IMAGE}{SCRIPT}")
    browser.post("/account/keys", data={"label": IMAGE, "scope": "read"})
    page = browser.get("/account").text
    assert "alert(" in page
    assert active(page) == []
    wrong = guarded.browser().post("/login", data={"name": IMAGE, "password": "x", "next": IMAGE})
    assert active(wrong.text) == []
