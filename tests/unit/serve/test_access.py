"""Which scope an address needs, how often passwords are tried and keys ask, and the pages."""

from __future__ import annotations

import re
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from attacked import HERE, Guarded
from segue.caching.memory import MemoryCache
from segue.catalogue import keys, personal
from segue.errors import ForbiddenError, TooOftenError
from segue.library import Segue
from segue.serve import api
from segue.serve.access.caller import EVERYBODY, NOBODY, Caller, own
from segue.serve.access.needed import SAFE, scope_for
from segue.serve.access.rates import Rates
from segue.serve.access.throttle import OF_ADDRESS, OF_NAME, Throttle
from segue.serve.app import PEOPLES, create_app
from segue.settings import Settings
from segue.types import TrackId

EVERYBODYS = {"/health", "/ready", "/login", "/manifest.webmanifest"}


def routes():
    """Method and path of every route, as patterns."""
    waiting = [*api.routers, *PEOPLES]
    while waiting:
        router = waiting.pop()
        for route in router.routes:
            within = getattr(route, "original_router", None)
            if within is not None:
                waiting.append(within)
            else:
                for method in getattr(route, "methods", None) or {"GET"}:
                    yield method, route.path


def test_no_route_is_open_that_is_not_meant_to_be() -> None:
    found = {path for method, path in routes() if not scope_for(method, path)}
    assert {path for path in found if not path.startswith("/rest")} == EVERYBODYS


def test_what_changes_something_needs_more_than_reading() -> None:
    asked = {path for method, path in routes() if scope_for(method, path) == "read"}
    changing = {
        (method, path)
        for method, path in routes()
        if method not in SAFE and scope_for(method, path) == "read"
    }
    assert "/api/v1/tracks" in asked
    questions = re.compile(
        r"/api/v1/(similar|continue|mix|wish|understood|order|path|radio)|/recommend/from-audio"
    )
    assert [path for _, path in changing if not questions.fullmatch(path)] == []


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/health", ""),
        ("/healthy", "read"),
        ("/login", ""),
        ("/login/", "read"),
        ("/loginx", "read"),
        ("/static", ""),
        ("/static/x/y.css", ""),
        ("/statistics", "read"),
        ("/rest/ping", ""),
        ("/restore", "read"),
        ("/jobs", "write"),
        ("/events/jobs", "write"),
        ("/api/v1/jobs/7", "write"),
        ("/api/v1/folders", "write"),
        ("/api/v1/failures", "write"),
        ("/api/v1/events", "read"),
        ("/a/static/b", "read"),
    ],
)
def test_a_path_is_open_only_whole(path, scope) -> None:
    assert scope_for("GET", path) == scope


@given(st.text(max_size=40), st.sampled_from(["GET", "POST", "PUT", "DELETE", "BREW"]))
def test_an_address_nobody_knows_is_not_open(text: str, method: str) -> None:
    needed = scope_for(method, f"/api/v1/{text}")
    assert needed in keys.SCOPES
    if method in {"PUT", "DELETE", "BREW"}:
        assert needed in {"listen", "write", "read"}


def test_who_is_known_asks_in_no_other_name() -> None:
    known = Caller("Ada", frozenset({"read"}), "key")
    assert own(known, "Ada") == "Ada"
    with pytest.raises(ForbiddenError, match="names 'Ben'"):
        own(known, "Ben")
    assert own(EVERYBODY, "Ben") == "Ben"
    assert NOBODY.scopes == frozenset()


class Clock:
    """Time that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1_000_000_000.0

    def __call__(self) -> float:
        return self.now


def refused(throttle, name="Ada", address="192.0.2.1") -> float:
    """How long to wait; 0 where the try counts."""
    try:
        throttle.attempt(name, address)
    except TooOftenError as error:
        return float(error.seconds)
    return 0.0


def test_each_further_try_waits_twice_as_long_up_to_a_minute() -> None:
    clock = Clock()
    throttle = Throttle(clock=clock)
    assert [refused(throttle) for _ in range(OF_NAME.free)] == [0.0] * OF_NAME.free
    waits = []
    for _ in range(9):
        wait = refused(throttle)
        waits.append(wait)
        clock.now += wait
        assert refused(throttle) == 0.0
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_try_that_is_refused_makes_the_wait_no_longer() -> None:
    clock = Clock()
    throttle = Throttle(clock=clock)
    for _ in range(OF_NAME.free + 1):
        refused(throttle)
    clock.now += 1
    for _ in range(50):
        refused(throttle)
    clock.now += OF_NAME.longest
    assert refused(throttle) == 0.0


def test_the_right_password_clears_the_count() -> None:
    throttle = Throttle(clock=Clock())
    for _ in range(OF_NAME.free):
        throttle.attempt("Ada", "192.0.2.1")
    throttle.right("Ada", "192.0.2.1")
    assert refused(throttle) == 0.0


def test_signing_in_with_ones_own_account_buys_no_further_tries_of_others() -> None:
    throttle = Throttle(clock=Clock())
    for number in range(OF_ADDRESS.free):
        throttle.attempt("Bo", "192.0.2.1")
        throttle.right("Bo", "192.0.2.1")
        assert refused(throttle, f"name {number}") == 0.0
    assert refused(throttle, "one more") > 0


def test_an_address_is_limited_whatever_names_it_tries() -> None:
    clock = Clock()
    throttle = Throttle(clock=clock)
    names = (f"name {n}" for n in count())
    tried = [refused(throttle, next(names)) for _ in range(OF_ADDRESS.free)]
    assert tried == [0.0] * OF_ADDRESS.free
    assert refused(throttle, next(names)) > 0
    assert refused(throttle, next(names), "192.0.2.2") == 0.0


def test_one_who_has_an_ipv6_address_has_all_of_its_network() -> None:
    throttle = Throttle(clock=Clock())
    for n in range(OF_ADDRESS.free):
        throttle.attempt(f"name {n}", f"2001:db8::{n:x}")
    assert refused(throttle, "another", "2001:db8::ffff") > 0
    assert refused(throttle, "another", "2001:db8:0:1::1") == 0.0


def test_a_count_begins_anew_after_an_hour() -> None:
    clock = Clock()
    throttle = Throttle(clock=clock)
    for _ in range(OF_NAME.free):
        throttle.attempt("Ada", "192.0.2.1")
    clock.now += 3_601
    assert [refused(throttle) for _ in range(OF_NAME.free)] == [0.0] * OF_NAME.free


def test_what_is_remembered_is_bounded() -> None:
    throttle = Throttle(clock=Clock(), most=100)
    for n in range(1_000):
        throttle.attempt(f"name {n}", f"10.0.{n // 250}.{n % 250}")
    assert len(throttle) <= 100
    long = "x" * 1_000_000
    throttle.attempt(long, long)
    assert max(len(text) for key in throttle._tried for text in key) <= 200


def test_a_key_may_ask_so_often_in_each_minute() -> None:
    clock = Clock()
    clock.now = 1_000_000_020.0
    rates = Rates(MemoryCache(), per_minute=3, clock=clock)
    assert [rates.take("one") for _ in range(3)] == [0.0, 0.0, 0.0]
    wait = rates.take("one")
    assert 0 < wait <= 60
    assert rates.take("other") == 0.0
    clock.now += wait
    assert rates.take("one") == 0.0


def test_no_limit_counts_nothing() -> None:
    rates = Rates(MemoryCache(), per_minute=0)
    assert not rates.bounded
    assert [rates.take("one") for _ in range(1_000)] == [0.0] * 1_000


@pytest.mark.parametrize(
    "origins", ["*", "https://music.example/", "music.example", "https://a b", "null", "https://"]
)
def test_origins_are_named_exactly(origins) -> None:
    with pytest.raises(ValueError, match="list origins"):
        Settings(_env_file=None, cors_origins=origins)


def test_origins_are_read_as_browsers_send_them() -> None:
    given = Settings(_env_file=None, cors_origins="https://Music.example , http://[::1]:3000,")
    assert given.cors_origins == "https://music.example, http://[::1]:3000"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """An application with login, made once; `begin` makes its library new."""
    path = tmp_path_factory.mktemp("guarded") / "segue.db"
    with Segue.open(path, settings=Settings(_env_file=None, login=True)) as segue:
        yield Guarded(segue, create_app(segue))


@pytest.fixture
def browser(guarded):
    """A browser that is signed in, and its library."""
    guarded.begin()
    client = guarded.signed_in()
    client.follow_redirects = True
    return client, guarded.segue


def test_a_key_is_shown_once_and_can_be_taken_away(browser, parse) -> None:
    client, segue = browser
    form = {"label": "telephone", "kind": "api", "scope": "listen", "days": "30"}
    page = client.post("/account/keys", data=form)
    assert page.status_code == 200
    assert parse(page.text).faults == []
    secret = re.search(r"<code>(segue_[\w-]+)</code>", page.text).group(1)
    (key,) = keys.of(segue.database, listener="Ada")
    assert keys.known(segue.database, secret).id == key.id
    assert key.scopes == {"read", "listen"}
    again = client.get("/account")
    assert secret not in again.text
    assert "telephone" in again.text
    page = client.post(f"/account/keys/{key.id}/revoke")
    assert "revoked" in page.text
    assert keys.known(segue.database, secret) is None


def test_an_app_password_comes_with_what_a_player_needs(browser) -> None:
    client, segue = browser
    page = client.post("/account/keys", data={"label": "player", "kind": "app", "scope": "listen"})
    ((_, secret),) = keys.app_secrets(segue.database, "Ada")
    assert f"<code>{secret}</code>" in page.text
    assert "<code>http://localhost</code>" in page.text
    assert "<code>Ada</code>" in page.text


@pytest.mark.parametrize(
    "form", [{"label": ""}, {"label": "x", "scope": "all"}, {"label": "x", "kind": "web"}]
)
def test_a_key_that_makes_no_sense_is_refused_on_the_page(browser, form) -> None:
    client, segue = browser
    page = client.post("/account/keys", data=form)
    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert keys.of(segue.database) == []


def test_nothing_is_deleted_without_the_box(browser) -> None:
    client, segue = browser
    with segue.database.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO plays (listener_id, times, digest) SELECT id, 1, name FROM listeners"
        )
    assert client.post("/account/forget", data={}).status_code == 400
    assert len(personal.everything(segue.database, "Ada")["plays"]) == 1
    players = client.app.state.players
    players.begin(TrackId("t1"), listener="Ada", program="p", seconds=None)
    players.begin(TrackId("t1"), listener="Ben", program="p", seconds=None)
    assert "Deleted" in client.post("/account/forget", data={"sure": "yes"}).text
    assert [one.listener for one in players.playing()] == ["Ben"]
    assert personal.everything(segue.database, "Ada")["plays"] == []


def test_all_that_is_known_is_one_file(browser) -> None:
    client, _ = browser
    answer = client.get("/account/export")
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.json()["listener"] == "Ada"


def test_pages_are_whole_and_say_who_is_signed_in(browser, parse) -> None:
    client, _ = browser
    for path in ("/account", "/account?done=password", "/"):
        page = parse(client.get(path).text)
        assert page.faults == [], path
    assert "Account of" in client.get("/account").text
    out = client.post("/logout")
    assert out.url.path == "/login"
    page = parse(out.text)
    assert page.faults == []
    assert page.text["h1"].strip() == "Sign in"
    # Nothing that leads nowhere for who is not signed in, and nothing that plays.
    assert "places" not in [one.get("class") for one in page.all("nav")]


def test_without_login_nobody_signs_in(empty_client, parse) -> None:
    client = empty_client
    page = client.get("/login")
    assert "Nobody needs to sign in" in page.text
    assert parse(page.text).faults == []
    account = client.get("/account")
    assert parse(account.text).faults == []
    assert "Sign out" not in account.text
    refused = client.post("/account/password", data={"password": "x"})
    assert refused.status_code == 403


def test_with_login_and_no_account_the_page_says_what_to_do(tmp_path) -> None:
    settings = Settings(_env_file=None, login=True)
    with Segue.open(tmp_path / "segue.db", settings=settings) as segue:
        page = TestClient(create_app(segue), base_url=HERE).get("/login")
    assert "segue account add NAME" in page.text
