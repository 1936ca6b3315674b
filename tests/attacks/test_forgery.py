"""Forms that another site sends in the name of who is signed in, and scripts that ask for them."""

from __future__ import annotations

import pytest

from attacked import EVIL, HERE
from segue.catalogue import feedback, keys, sessions, tracks
from segue.records import TrackRecord

FORM = {"sure": "yes"}


@pytest.fixture
def liked(guarded):
    """A signed-in browser whose listener likes a track, and a look at what is left of that."""
    database = guarded.segue.database
    tracks.add(database, [TrackRecord(title="One", artists=("Somebody",))])
    track = next(iter(tracks.page(database, limit=1)))
    feedback.give(database, "Ada", track.id, "like")
    return guarded.signed_in(), lambda: len(feedback.of(database, "Ada"))


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": EVIL},
        {"origin": "null"},
        {"origin": "http://localhost:9999"},
        {"origin": EVIL, "sec-fetch-site": "same-origin"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
    ],
)
def test_a_form_of_another_site_deletes_nothing(liked, headers) -> None:
    browser, left = liked
    answer = browser.post("/account/forget", data=FORM, headers=headers)
    assert answer.status_code == 403
    assert left() == 1


@pytest.mark.parametrize("site", ["cross-site", "same-site", None])
def test_a_form_without_an_origin_deletes_nothing(liked, site) -> None:
    browser, left = liked
    del browser.headers["origin"]
    headers = {} if site is None else {"sec-fetch-site": site}
    assert browser.post("/account/forget", data=FORM, headers=headers).status_code == 403
    assert left() == 1


@pytest.mark.parametrize(
    "headers", [{"origin": HERE}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}]
)
def test_a_form_of_ours_is_taken(liked, headers) -> None:
    browser, left = liked
    del browser.headers["origin"]
    answer = browser.post("/account/forget", data=FORM, headers=headers)
    assert answer.status_code == 303
    assert left() == 0


def test_a_page_that_hides_its_address_still_sends_its_own_forms(liked) -> None:
    browser, left = liked
    headers = {"origin": "null", "sec-fetch-site": "same-origin"}
    assert browser.post("/account/forget", data=FORM, headers=headers).status_code == 303
    assert left() == 0


def test_another_site_signs_nobody_in_or_out(guarded) -> None:
    browser = guarded.signed_in()
    told = {"name": "Ben", "password": "a short sentence"}
    assert browser.post("/login", data=told, headers={"origin": EVIL}).status_code == 403
    assert browser.post("/logout", headers={"origin": EVIL}).status_code == 403
    assert "Ada" in browser.get("/account").text


def test_an_address_alone_changes_nothing(liked) -> None:
    browser, left = liked
    for path in ("/account/forget", "/logout", "/account/keys", "/account/password"):
        assert browser.get(path).status_code in {404, 405}
    assert left() == 1


def test_the_cookie_is_not_sent_along_and_no_script_reads_it(guarded) -> None:
    browser = guarded.browser()
    answer = browser.post("/login", data={"name": "Ada", "password": "a short sentence"})
    cookie = answer.headers["set-cookie"].casefold()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie
    assert "domain" not in cookie


def test_over_https_the_cookie_is_sent_over_nothing_else(guarded) -> None:
    browser = guarded.browser(origin="https://localhost")
    browser.base_url = "https://localhost"
    answer = browser.post("/login", data={"name": "Ada", "password": "a short sentence"})
    assert "secure" in answer.headers["set-cookie"].casefold()


SITE = "https://music.example"


def test_a_site_that_may_ask_does_not_ask_as_who_is_signed_in(guard) -> None:
    guarded = guard(cors_origins=SITE)
    browser = guarded.signed_in()
    answer = browser.get("/api/v1/tracks", headers={"origin": SITE})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == SITE
    assert "access-control-allow-credentials" not in answer.headers
    # A form needs no preflight, and the cookie may come along: it must not count.
    sent = {"file": ("a.wav", b"RIFF")}
    refused = browser.post("/recommend/from-audio", files=sent, headers={"origin": SITE})
    assert refused.status_code == 401
    key = guarded.program(guarded.key("read"))
    assert key.get("/api/v1/tracks", headers={"origin": SITE}).status_code == 200


def test_a_site_that_may_not_is_told_nothing(guard) -> None:
    guarded = guard(cors_origins=SITE)
    client = guarded.program(guarded.key("read"))
    for origin in (EVIL, f"{SITE}.evil.example", "null", f"{SITE}:8443"):
        answer = client.get("/api/v1/tracks", headers={"origin": origin})
        assert "access-control-allow-origin" not in answer.headers
    preflight = {"origin": EVIL, "access-control-request-method": "POST"}
    refused = client.options("/api/v1/mix", headers=preflight)
    assert "access-control-allow-origin" not in refused.headers
    assert refused.status_code == 405


def test_pages_are_shared_with_nobody(guard) -> None:
    guarded = guard(cors_origins=SITE)
    browser = guarded.signed_in()
    asked = {"origin": SITE, "access-control-request-method": "POST"}
    for path in ("/account", "/account/forget", "/upload", "/api"):
        answer = browser.options(path, headers=asked)
        assert "access-control-allow-origin" not in answer.headers
    answer = browser.get("/", headers={"origin": SITE})
    assert "access-control-allow-origin" not in answer.headers
    assert browser.post("/logout", headers={"origin": SITE}).status_code == 403


def test_a_preflight_of_a_named_site_is_answered(guard) -> None:
    guarded = guard(cors_origins=f"{SITE}, http://localhost:3000")
    for origin in (SITE, "http://localhost:3000"):
        asked = {"origin": origin, "access-control-request-method": "DELETE"}
        answer = guarded.program().options("/api/v1/opinions", headers=asked)
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == origin
        assert "authorization" in answer.headers["access-control-allow-headers"].casefold()
        assert "origin" in answer.headers["vary"].casefold()


def test_without_the_setting_nothing_is_shared(guarded) -> None:
    answer = guarded.program(guarded.key("read")).get("/api/v1/tracks", headers={"origin": EVIL})
    assert "access-control-allow-origin" not in answer.headers


def test_what_the_catalogue_keeps_opens_nothing(guarded) -> None:
    """Who reads the database, a backup of it say, finds no cookie and no key in it."""
    browser = guarded.signed_in()
    secret = guarded.key("write")
    path = guarded.segue.database.path
    held = b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
    assert browser.cookies["segue_session"].encode() not in held
    assert secret.encode() not in held
    assert b"a short sentence" not in held
    assert sessions.count(guarded.segue.database, "Ada") == 1
    assert len(keys.of(guarded.segue.database, listener="Ada")) == 1
