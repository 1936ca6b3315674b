"""Under a path, and behind a proxy: a real one that takes the path away, and one that does not."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import httpx2 as httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import proxied
from awaiting import finished
from segue.catalogue import tracks
from segue.errors import BadRequestError
from segue.library import Segue
from segue.records import OutsideId, TrackRecord
from segue.serve.addresses import base, inner, link, static, under
from segue.serve.app import create_app
from segue.serve.guard import same_site
from segue.serve.outside import Outside
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SAYS = {
    "X-Forwarded-Host": "music.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "203.0.113.7",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("outside") / "segue.db"
    with Segue.open(path, settings=Settings(_env_file=None)) as segue:
        tracks.add(
            segue.database,
            [
                TrackRecord(
                    title=f"Song {n}", artists=("Ada",), outside_ids=(OutsideId("t", f"{n}"),)
                )
                for n in range(60)
            ],
        )
    return path


@pytest.fixture(scope="module")
def port(small: Path) -> Iterator[int]:
    """A server under /segue that believes proxies on this machine."""
    settings = Settings(
        _env_file=None,
        base_path="segue/",
        trusted_proxies="127.0.0.0/8",
        allowed_hosts="music.example",
    )
    with Segue.open(small, settings=settings) as segue, proxied.served(create_app(segue)) as port:
        yield port


@pytest.fixture(scope="module", params=[True, False], ids=["taken away", "passed on"])
def outside(port: int, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """A client of the proxy before it."""
    with (
        proxied.proxy(port, base="/segue", strips=request.param, says=SAYS) as before,
        httpx.Client(base_url=f"http://127.0.0.1:{before}", timeout=20) as client,
    ):
        yield client


def test_every_address_of_a_page_lies_under_the_path(outside, parse) -> None:
    for path in ("/segue/", "/segue", "/segue/about", "/segue/docs", "/segue/nowhere"):
        page = parse(outside.get(path).text)
        given = [
            attributes[name]
            for _, attributes in page.elements
            for name in ("href", "src", "action", "hx-get", "hx-post", "data-module")
            if attributes.get(name)
        ]
        local = [one for one in given if not one.startswith(("#", "http"))]
        assert len(local) > 20
        assert [one for one in local if not one.startswith("/segue/")] == []
    for address in {one for one in local if "/static/" in one or "manifest" in one}:
        assert outside.get(address).status_code == 200, address


def test_the_manifest_is_relative_to_where_it_stands(outside) -> None:
    answer = outside.get("/segue/manifest.webmanifest")
    assert answer.headers["content-type"] == "application/manifest+json"
    said = answer.json()
    assert urljoin("/segue/manifest.webmanifest", said["start_url"]) == "/segue/"
    for icon in said["icons"]:
        picture = outside.get(urljoin("/segue/manifest.webmanifest", icon["src"]))
        assert picture.headers["content-type"] == "image/png"
        width = int.from_bytes(picture.content[16:20], "big")
        assert icon["sizes"] == f"{width}x{width}"


def test_the_api_names_itself_by_the_path(outside) -> None:
    assert outside.get("/segue/openapi.json").json()["servers"][0]["url"] == "/segue"
    listed = outside.get("/segue/api/v1/tracks?limit=5").json()
    assert outside.get("/segue/api/v1/tracks?limit=5").status_code == 200
    more = outside.get("/segue/api/v1/tracks", params={"limit": 5, "after": listed["next"]})
    assert 'rel="next"' not in more.headers.get("link", "") or "/segue/api" in more.headers["link"]
    problem = outside.get("/segue/api/v1/tracks/nobody")
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["type"] == "/segue/docs#problem-not-found"
    assert "/segue/docs" in outside.get("/segue/api/v1/nowhere").json()["remedy"]


def test_forms_come_from_the_outer_host(outside) -> None:
    for origin in ("https://music.example", "https://music.example:443"):
        sent = outside.post("/segue/upload", headers={"Origin": origin})
        assert sent.status_code != 403, sent.text
    for origin in (
        "https://music.example:8443",
        "https://evil.example",
        f"http://{outside.base_url.host}",
    ):
        assert outside.post("/segue/upload", headers={"Origin": origin}).status_code == 403


def test_redirects_lead_outside(outside) -> None:
    gone = outside.get("/segue/about/", follow_redirects=False)
    if gone.is_redirect:
        led = urlsplit(gone.headers["location"])
        assert led.path == "/segue/about"
        assert (led.scheme, led.netloc) in {("https", "music.example"), ("", "")}


def test_it_answers_without_the_proxy_too(port) -> None:
    for path in ("/", "/segue/", "/about", "/segue/about"):
        answer = httpx.get(f"http://127.0.0.1:{port}{path}")
        assert answer.status_code == 200
        assert 'href="/segue/docs"' in answer.text


def heard(scope: dict[str, object], **settings: str) -> dict[str, object]:
    """The scope, the base and a link as the application behind `Outside` finds them."""
    found: dict[str, object] = {}

    async def app(scope: dict[str, object], receive: object, send: object) -> None:
        found.update(scope, base=base(), inner=inner(scope), link=link("x"))

    finished(Outside(app, **settings)(scope, None, None))
    assert base() == ""
    return found


def asked(path: str = "/", *, client: str | None = "10.0.0.5", **headers: str) -> dict[str, object]:
    return {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "client": None if client is None else (client, 4711),
        "headers": [
            (name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()
        ],
    }


def host_of(scope: dict[str, object]) -> list[bytes]:
    return [value for name, value in scope["headers"] if name == b"host"]


@pytest.mark.parametrize("client", ["10.0.0.5", "::ffff:10.0.0.5"])
def test_a_trusted_proxy_is_believed(client) -> None:
    scope = asked(
        "/about",
        client=client,
        host="inner:8765",
        x_forwarded_host="music.example, inner",
        x_forwarded_prefix="/music/",
    )
    found = heard(scope, trusted_proxies="10.0.0.0/24", base_path="/segue")
    assert host_of(found) == [b"music.example"]
    assert found["base"] == "/music"
    assert found["path"] == "/music/about"
    assert found["link"] == "/music/x"


@pytest.mark.parametrize("client", ["10.0.1.5", "::1", "unix", None])
def test_others_are_not(client) -> None:
    scope = asked(
        client=client,
        host="localhost",
        x_forwarded_host="evil.example",
        x_forwarded_proto="https",
        x_forwarded_for="1.2.3.4",
        x_forwarded_prefix="/evil",
    )
    before = scope["client"]
    found = heard(scope, trusted_proxies="10.0.0.0/24")
    assert host_of(found) == [b"localhost"]
    assert (found["scheme"], found["client"], found["base"]) == ("http", before, "")


def test_the_client_is_the_last_that_no_proxy_of_ours_is() -> None:
    scope = asked(x_forwarded_for="6.6.6.6, 203.0.113.9, 10.0.0.7", x_forwarded_proto="https")
    found = heard(scope, trusted_proxies="10.0.0.0/24")
    assert found["client"][0] == "203.0.113.9"
    assert found["scheme"] == "https"


@pytest.mark.parametrize(
    "said", ["//evil.example", "/a b", "evil", "/a//b", '/"><script>', "/\u00fc"]
)
def test_a_prefix_that_is_no_path_is_left_out(said) -> None:
    scope = asked()
    scope["headers"].append((b"x-forwarded-prefix", said.encode()))
    assert heard(scope, trusted_proxies="*", base_path="/segue")["base"] == "/segue"


NAMES = st.from_regex(r"[a-z0-9_~-]{1,8}", fullmatch=True)


@given(st.lists(NAMES, max_size=3), st.lists(NAMES, max_size=3), st.booleans())
def test_a_path_is_found_whether_or_not_the_base_was_taken_away(names, parts, strips) -> None:
    lies = "".join(f"/{name}" for name in names)
    path = "/" + "/".join(parts)
    if strips and lies and (path == lies or path.startswith(f"{lies}/")):
        return  # a page that is called as the base is: refused when the server starts
    found = heard(asked(path if strips else lies + path), base_path=lies)
    assert found["inner"] == path
    assert found["path"] == lies + path
    assert found["link"] == f"{lies}/x"


def test_links_end_with_their_request() -> None:
    with under("/segue"):
        assert static("segue.css").startswith("/segue/static/")
        with under("/other"):
            assert link() == "/other/"
        assert link() == "/segue/"
    assert link() == "/"


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("", ""),
        ("/", ""),
        ("segue", "/segue"),
        ("/a/b/", "/a/b"),
        ("~me/music.v2", "/~me/music.v2"),
    ],
)
def test_base_paths_are_put_right(given_, kept) -> None:
    assert Settings(_env_file=None, base_path=given_).base_path == kept


@pytest.mark.parametrize("wrong", ["/a b", "/..", "https://x", "/a?b", "/ü", "/%41"])
def test_what_is_no_path_is_refused(wrong) -> None:
    with pytest.raises(ValidationError, match="like /segue"):
        Settings(_env_file=None, base_path=wrong)


@pytest.mark.parametrize("name", ["/tracks", "/api", "/static/x", "/openapi.json/y"])
def test_a_base_path_must_not_be_called_as_a_page(tmp_path, name) -> None:
    settings = Settings(_env_file=None, base_path=name)
    with (
        Segue.open(tmp_path / "x.db", settings=settings) as segue,
        pytest.raises(BadRequestError, match="has a page of that name"),
    ):
        create_app(segue)


def test_proxies_are_addresses_and_networks() -> None:
    kept = Settings(_env_file=None, trusted_proxies="127.0.0.1, 10.1.2.3/8,fd00::1").trusted_proxies
    assert kept == "127.0.0.1/32, 10.0.0.0/8, fd00::1/128"
    with pytest.raises(ValidationError, match="addresses and networks"):
        Settings(_env_file=None, trusted_proxies="proxy.example")


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("http://localhost:8765", "localhost:8765", True),
        ("http://localhost", "localhost:80", True),
        ("https://music.example", "music.example:443", True),
        ("https://music.example", "MUSIC.example", True),
        ("http://localhost:8766", "localhost:8765", False),
        ("http://localhost", "localhost:8765", False),
        ("null", "localhost", False),
        ("ftp://localhost", "localhost", False),
        ("http://localhost:x", "localhost", False),
        ("http://[::1]:80", "[::1]", True),
    ],
)
def test_an_origin_and_a_host_are_the_same_site(origin, host, same) -> None:
    assert same_site(origin, host) is same
