"""Addresses that strangers write down and the server is to be made to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.error import URLError

import pytest
from starlette.testclient import TestClient

from attacked import HERE
from segue.catalogue import playlists, tracks
from segue.library import Segue
from segue.serve.app import create_app
from segue.settings import Settings
from segue.sources import web
from segue.sources.m3u import read_m3u
from serving import Handler, Site

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def site():
    """A server inside the network that must not be asked; it remembers who did."""
    with Site(pages={"/inside": b"secret of the network", "/list.m3u8": b"#EXTM3U\n"}) as made:
        yield made


def test_lines_of_a_playlist_are_not_fetched(tmp_path: Path, site: Site) -> None:
    listed = tmp_path / "list.m3u8"
    lines = [site.url("/inside"), f"http://user:word@{site.url('/inside')[7:]}"]
    text = "".join(f"#EXTINF:100,Somebody - {n}\n{line}\n" for n, line in enumerate(lines))
    listed.write_text(f"#EXTM3U\n{text}#EXTINF:90,Somebody - Else\nfile.mp3\n")
    with Segue.open(tmp_path / "segue.db", settings=Settings(_env_file=None)) as segue:
        playlists.add(segue.database, read_m3u(listed))
        client = TestClient(create_app(segue), base_url=HERE)
        for track in tracks.page(segue.database, limit=10):
            for end in ("", "/art", "/audio", "/peaks", "/similar"):
                client.get(f"/tracks/{track.id}{end}")
        client.get("/playlists/1/export")
    assert site.asked == []


BROUGHT = {
    "hls.mp3": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{url}\n#EXT-X-ENDLIST\n",
    "list.m3u": "#EXTM3U\n#EXTINF:10,x\n{url}\n",
    "concat.wav": "ffconcat version 1.0\nfile '{url}'\nfile '/etc/passwd'\n",
    "dash.mp4": (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static">'
        "<Period><BaseURL>{url}</BaseURL></Period></MPD>"
    ),
    "play.asx": '<asx version="3.0"><entry><ref href="{url}"/></entry></asx>',
    "play.pls": "[playlist]\nFile1={url}\nNumberOfEntries=1\n",
    "sdp.mp3": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n",
    "picture.svg": '<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}"/></svg>',
}


@pytest.mark.parametrize("name", sorted(BROUGHT))
def test_a_file_that_was_sent_leads_nowhere(open_client, site: Site, name: str) -> None:
    content = BROUGHT[name].format(url=site.url("/inside")).encode()
    answer = open_client.post("/recommend/from-audio", files={"file": (name, content)})
    assert answer.status_code == 422, answer.text
    assert site.asked == []
    assert "secret of the network" not in answer.text
    assert "root:" not in answer.text


def test_an_address_in_a_field_is_no_file(open_client, site: Site) -> None:
    for field in ("file", "url", "track"):
        answer = open_client.post("/recommend/from-audio", data={field: site.url("/inside")})
        assert answer.status_code in {400, 422}
    for query in ({"q": site.url("/inside")}, {"track": site.url("/inside")}):
        open_client.get("/mix", params=query)
        open_client.get("/", params=query)
    assert site.asked == []


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x"])
def test_a_redirect_leaves_the_web_for_nothing(site: Site, to: str) -> None:
    def led(handler: Handler) -> None:
        handler.send(302, b"", Location=to)

    site.pages["/led"] = led
    with pytest.raises((URLError, web.StrayError, *web.FAULTS)):
        web.ask(site.url("/led"), headers={}, seconds=5)


def test_a_public_server_does_not_lead_into_the_network(site: Site, monkeypatch) -> None:
    """The first server counts as one of the public internet; where it leads to does not."""

    def led(handler: Handler) -> None:
        handler.send(302, b"", Location=site.url("/inside"))

    site.pages["/led"] = led
    really, first = web._is_public, iter([True])
    monkeypatch.setattr(web, "_is_public", lambda machine: next(first, False) or really(machine))
    with pytest.raises((URLError, web.StrayError), match="private address"):
        web.ask(site.url("/led"), headers={}, seconds=5)
    assert [one.path for one in site.asked] == ["/led"]
