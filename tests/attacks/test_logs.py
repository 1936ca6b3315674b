"""What a log must not hold: keys, passwords, what people look for and where their music lies."""

from __future__ import annotations

import logging

import pytest
from starlette.testclient import TestClient

from attacked import HERE, PASSWORD
from segue.catalogue import accounts
from segue.serve.app import create_app


@pytest.fixture
def told(caplog):
    """All that is logged, by anybody but the client that asks, down to the last detail."""
    written = logging.Formatter("%(name)s %(message)s")
    with caplog.at_level(logging.DEBUG):
        yield lambda: "\n".join(
            written.format(record)
            for record in caplog.records
            if not record.name.startswith(("httpx", "httpcore"))
        )


def test_a_key_and_a_question_are_not_written_down(guarded, told) -> None:
    secret = guarded.key("read")
    program = guarded.program(secret)
    program.get("/api/v1/search", params={"q": "what nobody knows", "api_key": secret})
    guarded.program("segue_wrong-one").get("/api/v1/tracks?q=what nobody knows")
    browser = guarded.signed_in()
    browser.get("/", params={"q": "what nobody knows"})
    guarded.browser().post("/login", data={"name": "Ada", "password": "wrong wrong"})
    held = told()
    for word in (secret, "segue_wrong-one", "what nobody knows", "what+nobody", "wrong wrong"):
        assert word not in held
    assert PASSWORD not in held
    assert browser.cookies["segue_session"] not in held


def test_a_request_that_fails_leaves_its_reference_alone(guarded, told) -> None:
    def burst() -> None:
        raise RuntimeError("of our own")

    guarded.app.add_api_route("/api/v1/burst/{name}", burst)
    secret = guarded.key("read")
    client = TestClient(guarded.app, base_url=HERE, raise_server_exceptions=False)
    answer = client.get(
        "/api/v1/burst/private-name?q=private-words",
        headers={"x-api-key": secret, "cookie": "segue_session=private-cookie"},
    )
    assert answer.status_code == 500
    reference = answer.json()["remedy"].split("reference ")[1][:8]
    held = told()
    assert reference in held
    assert "of our own" in held
    for word in (secret, "private-name", "private-words", "private-cookie"):
        assert word not in held


@pytest.fixture
def broken(guarded):
    """The same, where the catalogue is not as it should be."""
    rename = "ALTER TABLE {} RENAME TO {}"
    with guarded.segue.database.write() as connection:
        connection.exec_driver_sql(rename.format("keys", "keys_no_more"))
    yield guarded
    with guarded.segue.database.write() as connection:
        connection.exec_driver_sql(rename.format("keys_no_more", "keys"))


def test_a_statement_that_fails_does_not_tell_what_it_is_about(broken, told) -> None:
    """A database that is not as it should be: the log says which statement, not whose secret."""
    secret = "segue_private-secret"  # noqa: S105 (what is looked for)
    client = TestClient(broken.app, base_url=HERE, raise_server_exceptions=False)
    answer = client.get("/api/v1/tracks", headers={"x-api-key": secret})
    assert answer.status_code >= 400
    import hashlib

    held = told()
    assert secret not in held
    assert hashlib.sha256(secret.encode()).hexdigest() not in held


def test_where_the_music_lies_is_told_to_nobody(open_client, open_segue, told) -> None:
    place = str(open_segue.database.path.parent)
    for path in ("/", "/about", "/nowhere", "/api/v1/nowhere", "/tracks/none", "/jobs"):
        answer = open_client.get(path)
        assert place not in answer.text, path
    assert place not in told()


def test_passwords_of_accounts_are_in_no_message(guarded) -> None:
    secret = "short"  # noqa: S105 (what is looked for)
    with pytest.raises(accounts.BadRequestError) as refused:
        accounts.change(guarded.segue.database, "Ada", secret)
    assert "has 8 to 1000 characters, not 5" in str(refused.value)
    assert secret not in str(refused.value).replace("a short sentence", "")


def test_an_application_writes_no_access_log(open_segue, told) -> None:
    TestClient(create_app(open_segue), base_url=HERE).get("/?q=what nobody knows")
    assert "what nobody" not in told()
