"""A service that is slow, busy, ill or out of its mind: what the client makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

import spotify_stand_in
from segue.caching.memory import MemoryCache
from segue.errors import BadRequestError, NotFoundError, TooLargeError, UnavailableError
from segue.sources.spotify import Manners
from spotify_stand_in import busy, dripping, dripping_head, only, saying, silent, truncated

TRACK = "/v1/tracks/t0"


@pytest.fixture(autouse=True)
def a_track(there, spotify) -> None:
    there.has_cover("t0")
    spotify.check()


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_burst_of_failures_is_waited_out_longer_each_time(there, spotify, clock, status) -> None:
    there.faults = [busy(status)] * 3
    assert spotify.cover_address("t0") == f"{there.url}/image/t0"
    assert there.count(TRACK) == 4
    assert len(clock.slept) == 3
    assert clock.slept == sorted(clock.slept)


def test_as_long_as_the_service_asks_is_waited(there, spotify, clock) -> None:
    there.faults = [busy(429, wait="7")]
    assert spotify.cover_address("t0")
    assert clock.slept == [pytest.approx(7.1)]


def test_it_may_name_a_date(there, spotify, clock) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    there.faults = [busy(503, wait=soon)]
    assert spotify.cover_address("t0")
    assert 30 < clock.slept[0] < 42


def test_a_failure_after_the_wait_is_one_failure_among_others(there, spotify, clock) -> None:
    there.faults = [busy(429, wait="7"), busy(500), busy(503, wait="0")]
    assert spotify.cover_address("t0")
    assert len(clock.slept) == 3


@pytest.mark.parametrize("wait", ["soon", "-3", "", "1e999", "NaN"])
def test_a_time_to_wait_that_is_none_is_not_heeded(there, spotify, clock, wait) -> None:
    there.faults = [busy(429, wait=wait)]
    assert spotify.cover_address("t0")
    assert 0 < clock.slept[0] <= 0.5


def test_a_service_that_asks_for_too_much_patience_is_left_alone_that_long(
    there, spotify, clock
) -> None:
    there.faults = [busy(429, wait="3600")]
    with pytest.raises(UnavailableError, match=r"left alone for 3,600 s: it answers 429"):
        spotify.cover_address("t0")
    clock.now += 3_590
    with pytest.raises(UnavailableError, match="left alone for 10 s"):
        spotify.cover_address("t0")
    assert there.count(TRACK) == 1
    assert clock.slept == []
    clock.now += 11
    assert spotify.cover_address("t0")


def test_who_asks_to_be_left_alone_for_a_year_is_left_alone_for_two_days(
    there, spotify, clock
) -> None:
    there.faults = [busy(429, wait="31536000")]
    with pytest.raises(UnavailableError, match=r"left alone for 172,800 s"):
        spotify.cover_address("t0")
    clock.now += 172_801
    assert spotify.cover_address("t0")


def test_it_is_asked_as_often_as_manners_say_and_no_more(there, client) -> None:
    spotify = client(manners=Manners(tries=3, failures=100, silence=30.0, whole=60.0))
    there.always = only("/v1", busy(500))
    with pytest.raises(UnavailableError, match=r"it answers 500 \(3 tries\)"):
        spotify.cover_address("t0")
    assert there.count(TRACK) == 3


def test_who_fails_in_a_row_is_not_asked_then_by_one_alone_then_again(there, client, clock) -> None:
    spotify = client(manners=Manners(tries=1, failures=3, silence=30.0, whole=60.0))
    spotify.check()
    there.always = busy(500)
    for _ in range(3):
        with pytest.raises(UnavailableError, match="it answers 500"):
            spotify.cover_address("t0")
    for _ in range(5):
        with pytest.raises(UnavailableError, match="left alone"):
            spotify.cover_address("t0")
    assert there.count(TRACK) == 3
    clock.now += 61
    with pytest.raises(UnavailableError, match="it answers 500"):
        spotify.cover_address("t0")
    with pytest.raises(UnavailableError, match="left alone"):
        spotify.cover_address("t0")
    assert there.count(TRACK) == 4
    there.always = None
    clock.now += 61
    assert spotify.cover_address("t0")
    assert not spotify.away


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (saying(b"<html>Bad gateway</html>"), "it answers with what is no JSON"),
        (saying(b'{"album": {"images": ['), "it answers with what is no JSON"),
        (saying(b"\xff\xfe\x00"), "it answers with what is no JSON"),
        (saying(b"[" * 100_000), "it answers with what is no JSON"),
        (saying(b"[1, 2]"), "it answers with JSON that is no object"),
        (saying(b""), "it answers with what is no JSON"),
        (truncated, "it cannot be reached or breaks off"),
        (saying(b"not gzip", Content_Encoding="gzip"), "it cannot be reached or breaks off"),
    ],
)
def test_an_answer_that_is_none_is_asked_for_again(there, spotify, fault, reason) -> None:
    there.faults = [fault]
    assert spotify.cover_address("t0")
    assert there.count(TRACK) == 2
    there.always = only("/v1", fault)
    with pytest.raises(UnavailableError, match=reason):
        spotify.search("anything")


@pytest.fixture
def signed_in(client, clock):
    """Make a client that has a token already, whatever its manners."""
    cache = MemoryCache(clock=clock)
    client(cache=cache).check()
    return lambda manners: client(cache=cache, manners=manners)


def test_silence_is_borne_for_a_moment(there, signed_in) -> None:
    there.always = only("/v1", silent)
    with pytest.raises(UnavailableError, match="it is silent"):
        signed_in(Manners(tries=1, silence=0.1)).search("anything")
    there.always = None
    there.faults = [silent]
    assert signed_in(Manners(tries=2, silence=2.0)).cover_address("t0")


@pytest.mark.parametrize("drips", [dripping, dripping_head])
def test_an_answer_that_drips_is_given_up(there, signed_in, drips) -> None:
    there.always = only("/v1", drips)
    with pytest.raises(UnavailableError, match="its answer takes too long"):
        signed_in(Manners(tries=1, silence=30.0, whole=0.2)).search("anything")


def test_a_machine_that_is_not_there_is_said(there, client) -> None:
    nowhere = there.settings().model_copy(update={"spotify_accounts_url": "http://127.0.0.1:9"})
    with pytest.raises(UnavailableError, match="it cannot be reached or breaks off") as failed:
        client(settings=nowhere).check()
    assert failed.value.where == "127.0.0.1:9"


def test_no_redirect_is_followed(there, spotify) -> None:
    with spotify_stand_in.Spotify() as elsewhere:
        there.always = only("/v1", saying(b"", status=302, Location=f"{elsewhere.url}/v1/x"))
        with pytest.raises(UnavailableError, match="answers 302, which is not followed"):
            spotify.search("anything")
        assert elsewhere.asked == []
    assert there.count("/v1/search") == 1


def test_what_will_not_change_is_not_asked_again(there, spotify, clock) -> None:
    for status, kind, words in (
        (403, UnavailableError, r"does not give this to your app \(403: No\)"),
        (404, NotFoundError, r"has no such thing \(404: No\)"),
        (400, BadRequestError, r"makes no sense of the question \(400: No\)"),
    ):
        there.faults = [saying(b'{"error": {"message": "No"}}', status=status)]
        with pytest.raises(kind, match=words):
            spotify.search("anything")
    assert clock.slept == []


def test_an_answer_without_end_is_not_kept_in_memory(there, spotify, monkeypatch) -> None:
    monkeypatch.setattr("segue.sources.spotify.calls.LARGEST_JSON", 10_000)
    there.always = only("/v1", saying(b'{"a": "' + b"x" * 20_000 + b'"}'))
    with pytest.raises(TooLargeError, match="more than 10,000 bytes"):
        spotify.search("anything")


def test_a_client_that_was_closed_asks_nothing(there, spotify) -> None:
    spotify.close()
    with pytest.raises(UnavailableError, match="no longer asked"):
        spotify.search("anything")
    assert there.count("/v1/search") == 0
