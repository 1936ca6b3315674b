"""Redis killed and begun again under a running web application: no request fails."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import httpx2
import pytest
import uvicorn

import spotify_stand_in
from segue.catalogue import tracks
from segue.library import Segue
from segue.records import OutsideId, TrackRecord
from segue.serve.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import redis_server

SONGS = 12


@pytest.fixture
def served(tmp_path: Path, own_redis: redis_server.RedisServer) -> Iterator[tuple[str, list[str]]]:
    """The address of a server whose cache is in Redis, and the addresses of its covers."""
    records = [
        TrackRecord(title=f"Song {n}", artists=("A",), outside_ids=(OutsideId("spotify", f"t{n}"),))
        for n in range(SONGS)
    ]
    with spotify_stand_in.Spotify() as there:
        for n in range(SONGS):
            there.has_cover(f"t{n}")
        settings = there.settings(cache_url=own_redis.url)
        with Segue.open(tmp_path / "segue.db", settings=settings) as segue:
            tracks.add(segue.database, records)
            ids = [one.id for one in tracks.page(segue.database, limit=100)]
            with socket.create_server(("127.0.0.1", 0)) as bound:
                config = uvicorn.Config(
                    create_app(segue), log_config=None, timeout_graceful_shutdown=1
                )
                server = uvicorn.Server(config)
                thread = threading.Thread(target=server.run, args=([bound],))
                thread.start()
                address = f"http://127.0.0.1:{bound.getsockname()[1]}"
                yield address, [f"{address}/tracks/{one}/art?size=96" for one in ids]
                server.should_exit = True
                thread.join()


def _until(condition: Callable[[], bool], *, seconds: float = 90.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_no_request_fails_while_redis_is_killed_and_begun_again(
    served: tuple[str, list[str]], own_redis: redis_server.RedisServer
) -> None:
    address, covers = served
    over = threading.Event()
    answers: list[list[tuple[int, str]]] = [[] for _ in range(4)]
    failed: list[BaseException] = []

    def ask(who: int) -> None:
        with httpx2.Client(timeout=60.0) as client:
            while not over.is_set():
                for n, cover in enumerate([*covers, f"{address}/health"]):
                    if n % 4 != who and n < len(covers):
                        continue
                    try:
                        found = client.get(cover)
                    except BaseException as error:
                        failed.append(error)
                        raise
                    kind = found.headers.get("content-type", "")
                    answers[who].append((found.status_code, kind))

    def more(by: int = 6) -> None:
        before = [len(one) for one in answers]
        _until(
            lambda: (
                bool(failed)
                or all(len(one) >= n + by for one, n in zip(answers, before, strict=True))
            )
        )

    threads = [threading.Thread(target=ask, args=(who,)) for who in range(4)]
    for one in threads:
        one.start()
    try:
        _until(lambda: bool(own_redis.ask("segue:1:v:spotify:art:*")))
        for _ in range(2):
            more()
            own_redis.kill()
            more()
            own_redis.start()
        _until(lambda: bool(own_redis.ask("segue:*")))  # it is used again
        more()
    finally:
        over.set()
        for one in threads:
            one.join()
    assert failed == []
    found = [one for each in answers for one in each]
    assert {status for status, _ in found if status >= 500} == set()
    assert {status for status, kind in found if kind.startswith("image/")} == {200}
    assert any(kind == "image/webp" for _, kind in found)
