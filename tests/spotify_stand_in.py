"""A server on this machine that behaves like Spotify, well or badly, and remembers who asked what.

It gives out tokens that expire, tracks, playlists in pages, a search, oEmbed and pictures, in the
forms that Spotify documents. `Spotify.faults` are taken one a request, before it answers;
`Spotify.always` is what every request meets. A fault is a function of the request: it answers it
and returns True, or returns False to let it be answered as usual.
"""

from __future__ import annotations

import base64
import io
import json
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from segue.settings import Settings

APP, SECRET = "app-of-the-tests", "a-very-secret-word"

Fault = Callable[["Request"], bool]


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


def track(value: str, *, title: str = "", artists: tuple[str, ...] = ("Vela Moor",)) -> dict:
    """A track as the Web API gives it."""
    return {
        "type": "track",
        "id": value,
        "name": title or f"Song {value}",
        "artists": [{"type": "artist", "name": name} for name in artists],
        "album": {"name": f"Album {value[:3]}", "release_date": "1997-05-21", "images": []},
        "duration_ms": 201_500,
        "explicit": False,
        "popularity": 40,
    }


def picture(side: int = 640, colour: tuple[int, int, int] = (30, 120, 90)) -> bytes:
    """A JPEG of one colour."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(out, "JPEG")
    return out.getvalue()


@dataclass
class Spotify:
    """What is known, what goes wrong, what was asked."""

    tracks: dict[str, Any] = field(default_factory=dict)
    playlists: dict[str, Any] = field(default_factory=dict)
    searches: dict[str, list[Any]] = field(default_factory=dict)
    users: dict[str, list[Any]] = field(default_factory=dict)
    embeds: dict[str, Any] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    always: Fault | None = None
    token_seconds: Any = 3_600
    today: bool = True
    """Whether entries are given as `items` and `item`, or as `tracks` and `track`."""

    def __enter__(self) -> Self:
        self.asked: list[Asked] = []
        self.over = threading.Event()
        self._valid: set[str] = set()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), Request)
        self._server.stand_in = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def settings(self, **more: Any) -> Settings:
        """Settings that mean this server."""
        from segue.settings import Settings

        given = {
            "spotify_id": APP,
            "spotify_secret": SECRET,
            "spotify_url": self.url,
            "spotify_accounts_url": self.url,
            "spotify_open_url": self.url,
        }
        return Settings(_env_file=None, **{**given, **more})

    def environment(self) -> dict[str, str]:
        """The same as variables."""
        given = self.settings()
        return {
            "SEGUE_SPOTIFY_ID": APP,
            "SEGUE_SPOTIFY_SECRET": SECRET,
            "SEGUE_SPOTIFY_URL": given.spotify_url,
            "SEGUE_SPOTIFY_ACCOUNTS_URL": given.spotify_accounts_url,
            "SEGUE_SPOTIFY_OPEN_URL": given.spotify_open_url,
        }

    def expire(self) -> None:
        """No token that was given out holds any more."""
        with self._lock:
            self._valid.clear()

    def count(self, path: str) -> int:
        """How often an address was asked for."""
        return sum(one.path == path for one in list(self.asked))

    def has_cover(self, value: str, data: bytes | None = None) -> None:
        """Give a track a picture."""
        known = self.tracks.setdefault(value, track(value))
        self.pictures[f"/image/{value}"] = picture() if data is None else data
        known["album"]["images"] = [
            {"url": f"{self.url}/image/{value}", "width": 640, "height": 640},
            {"url": f"{self.url}/image/small-{value}", "width": 64, "height": 64},
        ]

    def has_playlist(self, value: str, entries: list[Any], *, version: str = "v1") -> None:
        """Add a playlist of tracks (or whatever stands for one)."""
        self.playlists[value] = {
            "id": value,
            "name": f"List {value}",
            "description": f"All of {value}",
            "followers": {"total": 12},
            "snapshot_id": version,
            "entries": entries,
        }

    def take_token(self) -> str:
        with self._lock:
            token = f"token-{len(self.asked)}-{len(self._valid)}"
            self._valid.add(token)
            return token

    def takes(self, token: str) -> bool:
        with self._lock:
            return token in self._valid


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *told: object) -> None:
        """Say nothing when a reader hangs up."""


class Request(BaseHTTPRequestHandler):
    """One request, and ways to answer it."""

    protocol_version = "HTTP/1.1"

    @property
    def stand_in(self) -> Spotify:
        return self.server.stand_in

    def do_POST(self) -> None:
        self.form = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self._serve()

    def do_GET(self) -> None:
        self._serve()

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        self.where = parts.path
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        stand_in = self.stand_in
        stand_in.asked.append(Asked(self.where, self.query, dict(self.headers)))
        with suppress(OSError):
            if stand_in.always is not None and stand_in.always(self):
                return
            if stand_in.faults and stand_in.faults.pop(0)(self):
                return
            self._answer()

    def _answer(self) -> None:
        stand_in, path = self.stand_in, self.where
        if path == "/api/token":
            self._token()
        elif path == "/oembed":
            self._known(stand_in.embeds, self.query.get("url", "").rpartition("/")[2])
        elif path in stand_in.pictures:
            self.send(200, stand_in.pictures[path], kind="image/jpeg")
        elif not stand_in.takes(self.headers.get("Authorization", "").removeprefix("Bearer ")):
            self.refuse(401, "The access token expired")
        else:
            self._api(path.split("/")[2:])

    def _token(self) -> None:
        pair = base64.b64encode(f"{APP}:{SECRET}".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {pair}":
            self.give({"error": "invalid_client", "error_description": "Wrong"}, status=400)
            return
        assert self.form == "grant_type=client_credentials"
        given = {"access_token": self.stand_in.take_token(), "token_type": "Bearer"}
        self.give({**given, "expires_in": self.stand_in.token_seconds})

    def _api(self, path: list[str]) -> None:
        stand_in = self.stand_in
        match path:
            case ["tracks", value]:
                self._known(stand_in.tracks, value)
            case ["search"]:
                found = stand_in.searches.get(self.query["q"], [])
                self.give({"playlists": self._page(found)})
            case ["users", user, "playlists"] if user in stand_in.users:
                self.give(self._page(stand_in.users[user]))
            case ["playlists", value] if value in stand_in.playlists:
                told = {k: v for k, v in stand_in.playlists[value].items() if k != "entries"}
                self.give({**told, self._plural: self._entries(value)})
            case ["playlists", value, plural] if (
                value in stand_in.playlists and plural == self._plural
            ):
                self.give(self._entries(value))
            case _:
                self.refuse(404, "Resource not found")

    @property
    def _plural(self) -> str:
        return "items" if self.stand_in.today else "tracks"

    def _entries(self, value: str) -> dict[str, Any]:
        name = "item" if self.stand_in.today else "track"
        entries = self.stand_in.playlists[value]["entries"]
        return self._page([{"added_at": "2020-01-01T00:00:00Z", name: one} for one in entries])

    def _page(self, whole: list[Any]) -> dict[str, Any]:
        offset, limit = int(self.query.get("offset", 0)), int(self.query.get("limit", 100))
        more = offset + limit < len(whole)
        return {
            "items": whole[offset : offset + limit],
            "total": len(whole),
            "offset": offset,
            "next": "https://never.asked.invalid/" if more else None,
        }

    def _known(self, shelf: dict[str, Any], value: str) -> None:
        if value in shelf:
            self.give(shelf[value])
        else:
            self.refuse(404, "Non existing id")

    def give(self, document: object, *, status: int = 200) -> None:
        self.send(status, json.dumps(document).encode())

    def refuse(self, status: int, message: str, **headers: str) -> None:
        body = {"error": {"status": status, "message": message}}
        self.send(status, json.dumps(body).encode(), **headers)

    def send(
        self, status: int, body: bytes, *, kind: str = "application/json", **headers: str
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *told: object) -> None:
        """Say nothing."""


def busy(status: int = 503, *, wait: str = "") -> Fault:
    """Too much asked, or the service is ill."""

    def fault(request: Request) -> bool:
        request.refuse(status, "API rate limit exceeded", **({"Retry_After": wait} if wait else {}))
        return True

    return fault


def saying(body: bytes, *, status: int = 200, **headers: str) -> Fault:
    """Any answer at all."""

    def fault(request: Request) -> bool:
        request.send(status, body, **headers)
        return True

    return fault


def silent(request: Request) -> bool:
    """Never answers."""
    request.stand_in.over.wait()
    request.close_connection = True
    return True


def truncated(request: Request) -> bool:
    """Announces more than it sends."""
    request.send_response(200)
    request.send_header("Content-Length", "4000")
    request.end_headers()
    request.wfile.write(b'{"name": "So')
    request.close_connection = True
    return True


def dripping(request: Request) -> bool:
    """A byte now and then, for ever."""
    request.send_response(200)
    request.send_header("Content-Length", "100000")
    request.end_headers()
    while not request.stand_in.over.wait(0.02):
        request.wfile.write(b" ")
        request.wfile.flush()
    request.close_connection = True
    return True


def dripping_head(request: Request) -> bool:
    """A letter of a header now and then, for ever."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not request.stand_in.over.wait(0.02):
        request.wfile.write(b"a")
        request.wfile.flush()
    request.close_connection = True
    return True


def only(path: str, fault: Fault) -> Fault:
    """A fault of addresses that begin so; everything else is answered as usual."""

    def some(request: Request) -> bool:
        return request.where.startswith(path) and fault(request)

    return some
