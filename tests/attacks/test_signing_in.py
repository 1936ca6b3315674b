"""Guessing passwords, planting sessions, and being led astray after signing in."""

from __future__ import annotations

import pytest

from attacked import HERE, PASSWORD
from segue.catalogue import accounts, passwords, sessions
from segue.serve.access.throttle import OF_NAME, Throttle


def sign_in(browser, name="Ada", word=PASSWORD, **more):
    return browser.post("/login", data={"name": name, "password": word, **more})


def test_a_planted_session_is_not_taken_over(guarded) -> None:
    planted = sessions.begin(guarded.segue.database, "Ben")
    for token in (planted, "chosen-by-somebody-else"):
        browser = guarded.browser()
        browser.cookies.set("segue_session", token, domain="localhost.local", path="/")
        assert sign_in(browser).status_code == 303
        given = sessions.listener_of(guarded.segue.database, token)
        assert given is None
    assert sessions.count(guarded.segue.database, "Ada") == 2


def test_signing_out_ends_the_session_itself(guarded) -> None:
    browser = guarded.signed_in()
    token = browser.cookies["segue_session"]
    assert browser.post("/logout").status_code == 303
    thief = guarded.browser(cookie=f"segue_session={token}")
    assert thief.get("/account").status_code == 303
    assert sessions.listener_of(guarded.segue.database, token) is None


def test_another_password_ends_all_other_sessions(guarded) -> None:
    other, browser = guarded.signed_in(), guarded.signed_in()
    form = {"current": PASSWORD, "password": "another sentence", "again": "another sentence"}
    assert browser.post("/account/password", data=form).status_code == 303
    assert other.get("/account").status_code == 303
    assert browser.get("/account").status_code == 200
    assert sign_in(guarded.browser()).status_code == 401
    assert sign_in(guarded.browser(), word="another sentence").status_code == 303


@pytest.mark.parametrize(
    "form",
    [
        {"current": "wrong wrong", "password": "another sentence", "again": "another sentence"},
        {"current": PASSWORD, "password": "another sentence", "again": "another one"},
        {"current": PASSWORD, "password": "short", "again": "short"},
        {"current": PASSWORD, "password": "", "again": ""},
    ],
)
def test_the_password_stays_where_the_form_is_wrong(guarded, form) -> None:
    browser = guarded.signed_in()
    answer = browser.post("/account/password", data=form)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert accounts.check(guarded.segue.database, "Ada", PASSWORD) is not None


@pytest.fixture
def timeless(guarded):
    """The same, where no time goes by between two tries, however slow the machine is."""
    guarded.app.state.throttle = Throttle(clock=lambda: 0.0)
    return guarded


def test_after_some_wrong_passwords_even_the_right_one_must_wait(timeless) -> None:
    guarded = timeless
    for _ in range(OF_NAME.free):
        assert sign_in(guarded.browser(), word="wrong wrong").status_code == 401
    answer = sign_in(guarded.browser())
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert "set-cookie" not in answer.headers
    # Whoever signs in under another name is not hindered.
    assert sign_in(guarded.browser(), name="Ben").status_code == 303


def test_a_name_in_another_form_is_the_same_name(timeless) -> None:
    guarded = timeless
    for name in ("Ada", "ada", " ADA ", "aDa", "Ada"):
        sign_in(guarded.browser(), name=name, word="wrong wrong")
    assert sign_in(guarded.browser()).status_code == 429


def test_the_answer_does_not_tell_who_has_an_account(guarded, monkeypatch) -> None:
    """Neither by its words nor by its work: an unknown name costs a digest as well."""
    made = []
    stretched = passwords._stretched

    def counted(password, **told):
        made.append(told["cost"])
        return stretched(password, **{**told, "cost": passwords.Cost(2, 8, 1)})

    monkeypatch.setattr(passwords, "_stretched", counted)
    known = sign_in(guarded.browser(), name="Ada", word="wrong wrong")
    unknown = sign_in(guarded.browser(), name="Zed", word="wrong wrong")
    assert known.status_code == unknown.status_code == 401
    assert known.text.replace("Ada", "Zed") == unknown.text
    assert len(made) == 2
    assert made[1] == passwords.TODAY


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "///evil.example",
        "/ /evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/\r\nSet-Cookie: a=b",
        "/%0d%0a\\",
        "/é",
    ],
)
def test_nobody_is_led_elsewhere_after_signing_in(guarded, place) -> None:
    answer = sign_in(guarded.browser(), next=place)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    browser = guarded.signed_in()
    assert browser.get("/login", params={"next": place}).headers["location"] == "/"


@pytest.mark.parametrize(
    "place", ["/account", "/tracks/one?lens=hybrid&n=3", "/a//b", "/%2F%2Fevil"]
)
def test_one_comes_back_to_where_one_was(guarded, place) -> None:
    assert sign_in(guarded.browser(), next=place).headers["location"] == place


def test_under_a_base_path_one_comes_back_below_it(guard) -> None:
    guarded = guard(base_path="/segue")
    browser = guarded.browser()
    led = browser.get("/segue/mix?track=one")
    assert led.status_code == 303
    assert led.headers["location"] == "/segue/login?next=%2Fmix%3Ftrack%3Done"
    form = {"name": "Ada", "password": PASSWORD, "next": "/mix?track=one"}
    answer = browser.post("/segue/login", data=form)
    assert answer.headers["location"] == "/segue/mix?track=one"
    assert "Path=/segue" in answer.headers["set-cookie"]
    assert browser.get("/segue/account").status_code == 200


def test_what_nobody_may_see_is_not_seen(guarded) -> None:
    browser, program = guarded.browser(), guarded.program()
    for path in ("/", "/tracks/x", "/account", "/account/export", "/jobs", "/docs", "/uploads/x"):
        answer = browser.get(path)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/login"), path
    for path in ("/api/v1/tracks", "/openapi.json", "/api/v1/status", "/recommend/from-audio"):
        answer = program.get(path)
        assert answer.status_code == 401, path
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.headers["content-type"] == "application/problem+json"
    for path in ("/upload", "/jobs/scan", "/playlists", "/tracks/x/opinion", "/listener"):
        assert browser.post(path).status_code == 401, path


def test_a_part_of_a_page_leads_the_whole_page_to_the_form(guarded) -> None:
    answer = guarded.browser(**{"hx-request": "true"}).get("/tracks/x")
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/login"


def test_what_everybody_may_see_is_little(guarded) -> None:
    browser = guarded.browser()
    for path in ("/login", "/static/segue.css", "/manifest.webmanifest", "/health"):
        assert browser.get(path).status_code == 200, path
    assert browser.get("/ready").status_code in {200, 503}
    for path in ("/static/../account", "/static/%2e%2e/account", "/health/../account", "//account"):
        assert browser.get(path).status_code in {303, 404}, path


def test_the_cookie_of_a_choice_names_nobody_where_login_is_on(guarded) -> None:
    browser = guarded.signed_in()
    browser.cookies.set("listener", "Ben", domain="localhost.local", path="/")
    page = browser.get("/favourites")
    assert "of <bdi>Ada</bdi>" in page.text
    assert "Ben" not in page.text
    assert browser.post("/listener", data={"name": "Ben"}).status_code == 403
    asked = browser.get("/mix/found", params={"unheard_by": "Ben"})
    assert asked.status_code == 403


def test_an_account_sees_its_own_data_alone(guarded) -> None:
    document = guarded.signed_in("Ben").get("/account/export").json()
    assert document["listener"] == "Ben"
    key = guarded.key("read", listener="Ada")
    assert key not in str(document)
    browser = guarded.signed_in("Ben")
    from segue.catalogue import keys

    (adas,) = keys.of(guarded.segue.database, listener="Ada")
    assert browser.post(f"/account/keys/{adas.id}/revoke").status_code == 404
    assert keys.known(guarded.segue.database, key) is not None


def test_a_session_ends_with_its_account(guarded) -> None:
    browser = guarded.signed_in()
    assert browser.get("/account").status_code == 200
    accounts.remove(guarded.segue.database, "Ada")
    assert browser.get("/account").headers["location"].startswith("/login")


def test_pages_of_accounts_are_kept_nowhere(guarded) -> None:
    browser = guarded.signed_in()
    for path in ("/account", "/account/export"):
        assert browser.get(path).headers["cache-control"] == "no-store"
    assert guarded.browser().get("/login").headers["cache-control"] == "no-store"
    assert HERE not in browser.get("/account").headers.get("location", "")
