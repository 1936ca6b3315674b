"""Clips of the web: fetched politely, resumed, kept, and never from where nobody meant to go."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import time
from email.utils import formatdate
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.errors import BadRequestError, UnavailableError
from segue.sources import previews, web
from segue.sources.fetching import Limits
from segue.sources.previews import Kept, Manners, Previews
from serving import Handler, Site

if TYPE_CHECKING:
    from pathlib import Path

SOUND = bytes(range(256)) * 2_000
QUICK = Manners(pause=0.0, backoff=0.01, limits=Limits(silence=2.0))


@pytest.fixture
def site():
    with Site(pages={"/clip.mp3": SOUND}) as served:
        yield served


@pytest.fixture
def clips(tmp_path: Path) -> Previews:
    return Previews(tmp_path, manners=QUICK)


def _once(first, then=None):
    """A page that answers the first request in one way and all others in another."""
    waiting = [first]

    def answer(handler: Handler) -> None:
        (waiting.pop() if waiting else then or (lambda each: each.serve(SOUND)))(handler)

    return answer


def test_a_clip_is_fetched_once_and_kept(site: Site, clips: Previews, tmp_path: Path) -> None:
    path = clips.get(site.url("/clip.mp3?x=1"))
    assert path.read_bytes() == SOUND
    assert path.is_relative_to(tmp_path / "previews")
    again = Previews(tmp_path, manners=QUICK)
    assert again.get(site.url("/clip.mp3?x=1")) == path
    assert len(site.asked) == 1
    assert again.get(site.url("/clip.mp3?x=2")) != path
    assert previews.kept(tmp_path) == Kept(2, 2 * len(SOUND))
    assert previews.clear(tmp_path) == Kept(2, 2 * len(SOUND))
    assert not (tmp_path / "previews").exists()


def test_who_asks_is_told(site: Site, clips: Previews) -> None:
    clips.get(site.url("/clip.mp3"))
    (asked,) = site.asked
    assert asked.headers["User-Agent"].startswith("Segue ")
    assert asked.headers["Accept-Encoding"] == "identity"
    assert "Range" not in asked.headers


def test_requests_to_one_host_keep_their_distance(site: Site, tmp_path: Path) -> None:
    clips = Previews(tmp_path, manners=Manners(pause=0.15))
    for number in range(3):
        assert clips.get(site.url(f"/clip.mp3?{number}")) != ""
    first, second, third = (asked.at for asked in site.asked)
    assert second - first >= 0.15
    assert third - second >= 0.15


def test_what_broke_off_goes_on_from_there(site: Site, clips: Previews) -> None:
    site.pages["/clip.mp3"] = _once(lambda handler: handler.serve(SOUND, cut=100_000))
    assert clips.get(site.url("/clip.mp3")).read_bytes() == SOUND
    assert site.asked[1].headers["Range"] == "bytes=100000-"
    assert site.asked[1].headers["If-Range"] == '"one"'


def test_a_later_run_goes_on_where_an_earlier_one_broke_off(site: Site, tmp_path: Path) -> None:
    site.pages["/clip.mp3"] = lambda handler: handler.serve(SOUND, cut=100_000)
    hasty = Previews(tmp_path, manners=Manners(pause=0, tries=1))
    assert hasty.get(site.url("/clip.mp3")) == "the server broke off after 100,000 of 512,000 bytes"
    assert previews.kept(tmp_path).files == 0
    site.pages["/clip.mp3"] = SOUND
    path = Previews(tmp_path, manners=QUICK).get(site.url("/clip.mp3"))
    assert path.read_bytes() == SOUND
    assert site.asked[1].headers["Range"] == "bytes=100000-"
    assert [each.suffix for each in path.parent.iterdir()] == [".audio"]


@pytest.mark.parametrize(("ranges", "etag"), [(False, '"one"'), (True, ""), (True, 'W/"weak"')])
def test_without_ranges_or_a_validator_it_begins_anew(
    site: Site, clips: Previews, ranges: bool, etag: str
) -> None:
    site.ranges, site.etag = ranges, etag
    site.pages["/clip.mp3"] = _once(lambda handler: handler.serve(SOUND, cut=100_000))
    assert clips.get(site.url("/clip.mp3")).read_bytes() == SOUND


def test_a_file_that_changed_meanwhile_is_not_mixed_with_the_old(
    site: Site, clips: Previews
) -> None:
    other = SOUND[::-1]

    def changed(handler: Handler) -> None:
        site.etag = '"two"'
        handler.serve(other)

    site.pages["/clip.mp3"] = _once(lambda handler: handler.serve(SOUND, cut=100_000), changed)
    assert clips.get(site.url("/clip.mp3")).read_bytes() == other


def test_a_part_the_server_knows_nothing_of_is_dropped(site: Site, clips: Previews) -> None:
    shorter = SOUND[:50_000]
    site.pages["/clip.mp3"] = _once(
        lambda handler: handler.serve(SOUND, cut=100_000), lambda handler: handler.serve(shorter)
    )
    assert clips.get(site.url("/clip.mp3")).read_bytes() == shorter


def test_another_part_than_was_asked_for_is_not_taken(site: Site, clips: Previews) -> None:
    def astray(handler: Handler) -> None:
        if "Range" not in handler.headers:
            handler.serve(SOUND)
            return
        handler.send(206, SOUND[5:], kind="audio/mpeg", Content_Range="bytes 5-511999/512000")

    site.pages["/clip.mp3"] = _once(lambda handler: handler.serve(SOUND, cut=100_000), astray)
    assert clips.get(site.url("/clip.mp3")).read_bytes() == SOUND


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(site: Site, clips: Previews, status: int) -> None:
    site.pages["/clip.mp3"] = _once(lambda handler: handler.send(status, b"later"))
    assert clips.get(site.url("/clip.mp3")).read_bytes() == SOUND
    assert len(site.asked) == 2


@pytest.mark.parametrize("dated", [False, True])
def test_retry_after_is_honoured(site: Site, clips: Previews, dated: bool) -> None:
    asks = formatdate(time.time() + 1.999, usegmt=True) if dated else "1"
    site.pages["/clip.mp3"] = _once(lambda handler: handler.send(429, b"", Retry_After=asks))
    assert clips.get(site.url("/clip.mp3")).read_bytes() == SOUND
    assert site.asked[1].at - site.asked[0].at > 0.9


def test_a_server_that_wants_to_be_left_alone_is(site: Site, clips: Previews) -> None:
    site.pages["/clip.mp3"] = lambda handler: handler.send(503, b"", Retry_After="7200")
    host = site.url("").removeprefix("http://")
    assert clips.get(site.url("/clip.mp3")) == f"{host} asks to be left alone for 7,200 s"
    assert "left alone" in clips.get(site.url("/other.mp3"))
    assert len(site.asked) == 1


def test_a_server_that_gives_nothing_is_left_alone(site: Site, clips: Previews) -> None:
    site.pages["/clip.mp3"] = lambda handler: handler.send(500, b"")
    reasons = [clips.get(site.url(f"/clip.mp3?{number}")) for number in range(5)]
    assert reasons[0] == "the server answers 500 (Internal Server Error)"
    assert "is left alone" in reasons[3]
    assert len(site.asked) == 3 * QUICK.tries


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
def test_a_refusal_is_not_argued_with(site: Site, clips: Previews, status: int) -> None:
    site.pages["/clip.mp3"] = lambda handler: handler.send(status, b"no")
    assert str(status) in clips.get(site.url("/clip.mp3"))
    assert len(site.asked) == 1


def test_what_is_no_audio_is_refused_by_its_type_and_first_bytes(
    site: Site, clips: Previews
) -> None:
    site.kind = "text/html; charset=utf-8"
    site.pages["/page"] = b"<!DOCTYPE html><p>Please log in</p>" * 1_000
    assert clips.get(site.url("/page")) == "the server sends text/html: it is a web page"
    site.pages["/empty"] = b""
    assert clips.get(site.url("/empty")) == "the file on the server is empty"


def test_audio_that_the_server_calls_otherwise_is_known_by_its_first_bytes(
    site: Site, clips: Previews
) -> None:
    site.kind = "text/plain"
    site.pages["/clip.flac"] = b"fLaC" + SOUND
    assert clips.get(site.url("/clip.flac")).stat().st_size == len(SOUND) + 4


@pytest.mark.parametrize("kind", ["", "application/octet-stream", "video/mp4"])
def test_vague_types_are_left_to_the_decoder(site: Site, clips: Previews, kind: str) -> None:
    site.kind = kind
    assert clips.get(site.url("/clip.mp3")).read_bytes() == SOUND


def test_a_file_may_be_too_large_by_its_announcement_or_by_its_bytes(
    site: Site, tmp_path: Path
) -> None:
    clips = Previews(tmp_path, manners=Manners(pause=0, limits=Limits(most_bytes=100_000)))
    assert clips.get(site.url("/clip.mp3")) == "it is larger than 0.1 MB"

    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "audio/mpeg")
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.close_connection = True
        for _ in range(100):
            handler.wfile.write(SOUND)

    site.pages["/endless.mp3"] = endless
    assert clips.get(site.url("/endless.mp3")) == "it is larger than 0.1 MB"


def test_a_server_that_drips_is_not_waited_for(site: Site, tmp_path: Path) -> None:
    def drip(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(SOUND)))
        handler.send_header("Content-Type", "audio/mpeg")
        handler.end_headers()
        for start in range(0, len(SOUND), 1 << 16):
            handler.wfile.write(SOUND[start : start + (1 << 16)])
            time.sleep(0.1)

    site.pages["/slow.mp3"] = drip
    clips = Previews(tmp_path, manners=Manners(pause=0, limits=Limits(longest=0.15)))
    assert clips.get(site.url("/slow.mp3")) == "it took longer than 0.15 s to fetch"

    def trickle(handler: Handler) -> None:  # never silent, and never a whole chunk
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(SOUND)))
        handler.send_header("Content-Type", "audio/mpeg")
        handler.end_headers()
        for byte in SOUND[:200]:
            handler.wfile.write(bytes([byte]))
            time.sleep(0.02)

    site.pages["/trickle.mp3"] = trickle
    began = time.monotonic()
    assert clips.get(site.url("/trickle.mp3")) == "it took longer than 0.15 s to fetch"
    assert time.monotonic() - began < 2
    site.pages["/silent.mp3"] = lambda handler: time.sleep(0.5)
    clips = Previews(tmp_path, manners=Manners(pause=0, tries=1, limits=Limits(silence=0.1)))
    assert clips.get(site.url("/silent.mp3")) == "the server is silent"


def test_nobody_there_is_said(tmp_path: Path, clips: Previews) -> None:
    with Site() as gone:
        url = gone.url("/clip.mp3")
    assert "cannot be reached" in clips.get(url)


def test_a_redirect_is_followed(site: Site, clips: Previews) -> None:
    site.pages["/moved"] = lambda handler: handler.send(302, b"", Location="/clip.mp3")
    assert clips.get(site.url("/moved")).read_bytes() == SOUND


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "/moved"])
def test_a_redirect_to_a_file_or_in_circles_is_not(
    site: Site, clips: Previews, target: str
) -> None:
    site.pages["/moved"] = lambda handler: handler.send(302, b"", Location=target)
    assert clips.get(site.url("/moved")) == "it leads on to where nothing is fetched (302)"


@pytest.mark.parametrize("target", ["http://[::1", "http://a..b/", f"http://{'a' * 70}.example/"])
def test_a_redirect_to_what_is_no_address_is_not_followed(
    site: Site, clips: Previews, target: str
) -> None:
    site.pages["/moved"] = lambda handler: handler.send(302, b"", Location=target)
    assert "that is none (" in clips.get(site.url("/moved"))


def test_a_length_beyond_all_measure_is_too_large(site: Site, clips: Previews) -> None:
    def boast(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "audio/mpeg")
        handler.send_header("Content-Length", "9" * 5_000)
        handler.end_headers()
        handler.close_connection = True

    site.pages["/boast.mp3"] = boast
    assert clips.get(site.url("/boast.mp3")) == "it is larger than 100 MB"


@given(st.text(max_size=60) | st.text(max_size=60).map("http://{}".format))
def test_whatever_a_cell_holds_is_an_address_or_refused(entry: str) -> None:
    try:
        url = web.address(entry)
    except BadRequestError:
        return
    assert url.isascii()
    assert url.isprintable()
    assert " " not in url
    assert web.address(url) == url


def test_from_the_internet_no_redirect_leads_into_a_private_network(
    site: Site, clips: Previews, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This machine plays both: what is reached by its name counts as the internet."""
    reached = []

    def public(machine: str) -> bool:
        reached.append(machine)
        return len(reached) == 1

    monkeypatch.setattr(web, "_is_public", public)
    site.pages["/moved"] = lambda handler: handler.send(302, b"", Location=site.url("/secret"))
    site.pages["/secret"] = SOUND
    assert clips.get(site.url("/moved")) == (
        "it leads from the internet to the private address 127.0.0.1"
    )
    assert [asked.path for asked in site.asked] == ["/moved"]
    assert reached == ["127.0.0.1", "127.0.0.1"]


def test_under_tls_too_the_machine_is_looked_at_before_it_is_greeted(site: Site) -> None:
    route = web._Route()
    route.step("8.8.8.8")
    make = web._on(route, web._SecureConnection)
    connection = make(site.url("").removeprefix("http://"), timeout=2)
    with pytest.raises(web.StrayError, match="private address 127"):
        connection.connect()
    assert connection.sock is None


def test_a_certificate_nobody_vouches_for_is_not_trusted(clips: Previews, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to make a certificate with")
    words = "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -keyout key -out cert"
    subprocess.run([openssl, *words.split()], cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    with Site(pages={"/clip.mp3": SOUND}, tls=context) as site:
        said = clips.get(site.url("/clip.mp3").replace("http:", "https:"))
    assert said.startswith("the server's certificate is not valid (")


@pytest.mark.parametrize(
    ("machine", "public"),
    [
        ("8.8.8.8", True),
        ("example.org", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("192.168.0.1", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("fe80::1%eth0", False),
        ("localhost", False),
        ("LOCALHOST.", False),
        ("a.localhost", False),
    ],
)
def test_what_is_public(machine: str, public: bool) -> None:
    assert web._is_public(machine) is public


def test_a_proxy_is_used_and_what_it_is_asked_for_is_judged_by_name(
    clips: Previews, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Site(pages={"http://music.example/clip.mp3": SOUND}) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url(""))
        assert clips.get("http://music.example/clip.mp3").read_bytes() == SOUND
        proxy.pages["http://music.example/moved"] = lambda handler: handler.send(
            302, b"", Location="http://localhost/secret"
        )
        assert "private address localhost" in clips.get("http://music.example/moved")


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("http://a.example", "http://a.example/"),
        ("HTTPS://A.example:8080/x y.mp3#part", "https://a.example:8080/x%20y.mp3"),
        ("http://müsic.example/ä?q=ü", "http://xn--msic-0ra.example/%C3%A4?q=%C3%BC"),
        ("http://a.example/%20", "http://a.example/%20"),
        ("http://[::1]:80/x", "http://[::1]:80/x"),
    ],
)
def test_addresses_are_escaped(entry: str, url: str) -> None:
    assert web.address(entry) == url


@pytest.mark.parametrize(
    "entry",
    [
        *("", "song.mp3", "file:///etc/passwd", "ftp://a.example/x", "data:audio/mpeg,x", "http:"),
        *(
            "http://",
            "http://a:b/",
            "http://[::1",
            "http://a.example:0/",
            "http://a.example:99999/",
        ),
        "http://a b.example/",
    ],
)
def test_what_is_no_address_is_refused(clips: Previews, entry: str) -> None:
    with pytest.raises(BadRequestError, match="is no address"):
        web.address(entry)
    assert "is no address" in clips.get(entry)


def test_an_address_with_a_password_is_refused(clips: Previews) -> None:
    assert "password" in clips.get("http://me:secret@a.example/x.mp3")


def test_a_clip_that_cannot_be_heard_is_fetched_again_another_time(
    site: Site, clips: Previews
) -> None:
    clips.get(site.url("/clip.mp3"))
    clips.forget(site.url("/clip.mp3"))
    clips.get(site.url("/clip.mp3"))
    assert len(site.asked) == 2


def test_a_folder_that_cannot_be_written_to_ends_it_all(site: Site, tmp_path: Path) -> None:
    (tmp_path / "previews").write_text("in the way")
    with pytest.raises(UnavailableError, match="cannot be kept"):
        Previews(tmp_path, manners=QUICK).get(site.url("/clip.mp3"))
