"""The access token: fetched once, again shortly before it expires, and never shown."""

from __future__ import annotations

import base64
import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

import spotify_stand_in
from segue.caching.memory import MemoryCache
from segue.errors import UnavailableError
from spotify_stand_in import APP, SECRET, busy, only, saying

ADDRESS = "/api/token"


@pytest.fixture(autouse=True)
def some_tracks(there) -> None:
    for n in range(4):
        there.tracks[f"t{n}"] = spotify_stand_in.track(f"t{n}")
        there.has_cover(f"t{n}")


def test_one_token_serves_many_questions_and_a_new_one_comes_before_it_expires(
    there, spotify, clock
) -> None:
    for n in range(3):
        assert spotify.cover_address(f"t{n}")
    assert there.count(ADDRESS) == 1
    clock.now += 3_600 - 61
    spotify.check()
    assert there.count(ADDRESS) == 1
    clock.now += 2
    spotify.check()
    assert there.count(ADDRESS) == 2


def test_a_token_that_lasts_shorter_than_that_is_used_for_half_its_life(
    there, spotify, clock
) -> None:
    there.token_seconds = 20
    spotify.check()
    clock.now += 9
    spotify.check()
    assert there.count(ADDRESS) == 1
    clock.now += 2
    spotify.check()
    assert there.count(ADDRESS) == 2


@pytest.mark.parametrize("seconds", [None, "long", -5, True, [], 0])
def test_an_answer_that_does_not_say_how_long_it_holds_is_believed_for_a_while(
    there, spotify, clock, seconds
) -> None:
    there.token_seconds = seconds
    spotify.check()
    clock.now += 200
    spotify.check()
    assert there.count(ADDRESS) == 1
    clock.now += 100
    spotify.check()
    assert there.count(ADDRESS) == 2


def test_threads_that_need_a_new_token_wait_for_one_of_them(there, spotify) -> None:
    together = Barrier(8)

    def ask(n: int) -> str:
        together.wait()
        return spotify.cover_address(f"t{n % 4}")

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(8)))
    assert there.count(ADDRESS) == 1


def test_a_token_that_is_refused_is_replaced_once_and_the_question_answered(
    there, spotify, clock
) -> None:
    assert spotify.cover_address("t0")
    there.expire()
    assert spotify.cover_address("t1")
    assert there.count(ADDRESS) == 2
    assert clock.slept == []


def test_a_service_that_refuses_every_token_is_left_alone_for_a_while(
    there, spotify, clock
) -> None:
    there.always = only("/v1/", saying(b'{"error": {"message": "Bad token"}}', status=401))
    with pytest.raises(UnavailableError, match=r"does not take the credentials \(401: Bad token\)"):
        spotify.cover_address("t0")
    asked = len(there.asked)
    assert spotify.away
    with pytest.raises(UnavailableError, match="left alone for 300 s"):
        spotify.cover_address("t0")
    assert len(there.asked) == asked
    there.always = None
    clock.now += 301
    assert spotify.cover_address("t0")


def test_wrong_credentials_are_said_without_being_shown(
    there, client, clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = there.settings().model_copy(update={"spotify_id": "somebody"})
    spotify = client(settings=wrong)
    with pytest.raises(UnavailableError, match="invalid_client") as refused:
        spotify.check()
    assert "SEGUE_SPOTIFY_SECRET" in refused.value.remedy
    pair = base64.b64encode(f"somebody:{SECRET}".encode()).decode()
    shown = f"{refused.value}{wrong!r}{wrong}{spotify.__dict__}{caplog.text}"
    assert SECRET not in shown
    assert pair not in shown
    assert SECRET not in wrong.model_dump_json()
    with pytest.raises(UnavailableError, match="left alone"):
        spotify.check()
    assert there.count(ADDRESS) == 1


def test_neither_secret_nor_token_reaches_the_log(
    there, spotify, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    there.always = only("/v1/", busy(500))
    with pytest.raises(UnavailableError) as failed:
        spotify.cover_address("t0")
    bearer = [one.headers["Authorization"] for one in there.asked if one.path != ADDRESS]
    assert bearer[0].startswith("Bearer token-")
    said = f"{caplog.text}{failed.value}"
    for secret in (SECRET, bearer[0], base64.b64encode(f"{APP}:{SECRET}".encode()).decode()):
        assert secret not in said


@pytest.mark.parametrize("token", ["null", '""', '"two words"', '"line\\nbreak"', "7", '"ä"'])
def test_what_is_no_token_is_not_used(there, spotify, token) -> None:
    there.always = only(ADDRESS, saying(b'{"access_token": %s, "expires_in": 60}' % token.encode()))
    with pytest.raises(UnavailableError, match="gives no access token"):
        spotify.check()


def test_clients_that_share_a_cache_share_a_token(there, client, clock) -> None:
    cache = MemoryCache(clock=clock)
    for n in range(3):
        assert client(cache=cache).cover_address(f"t{n}")
    assert there.count(ADDRESS) == 1
    there.expire()
    assert client(cache=cache).cover_address("t3")
    assert there.count(ADDRESS) == 2
    other = there.settings().model_copy(update={"spotify_id": "somebody"})
    with pytest.raises(UnavailableError, match="invalid_client"):
        client(cache=cache, settings=other).check()
