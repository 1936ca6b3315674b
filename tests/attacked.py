"""What attacks are tried on: names that try to leave their place, and an application with login.

Passwords of tests are kept with cheap parameters, so that a check takes no time; which parameters
are meant is read from what is kept, as with any password.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.testclient import TestClient

from segue.catalogue import accounts, keys
from segue.catalogue.passwords import Cost
from segue.records import Attributes, OutsideId, TrackRecord
from segue.serve.access.throttle import Throttle

if TYPE_CHECKING:
    from fastapi import FastAPI

    from segue.library import Segue

CHEAP = Cost(n=2, r=8, p=1)
HERE = "http://localhost"
EVIL = "https://evil.example"
PASSWORD = "a short sentence"  # noqa: S105 (of a catalogue that is thrown away)
SCRIPT = "<script>alert('x')</script>"
IMAGE = '"><img src=x onerror=alert(1)>'


def hostile(number: int) -> TrackRecord:
    """A row whose every text tries to leave its place."""
    return TrackRecord(
        title=f"{SCRIPT} {number} {{{{ 7 * 7 }}}}",
        artists=(f"{IMAGE} {number % 3}", "javascript:alert(1)"),
        album=f"{IMAGE}{SCRIPT} album {number // 4}",
        genres=(f"{SCRIPT} jazz", f"{IMAGE} soul"),
        outside_ids=(OutsideId("test", f"row-{number}"),),
        duration=120.0 + number,
        year=1980 + number,
        attributes=Attributes(
            energy=(number * 7 % 10) / 10,
            valence=(number * 3 % 10) / 10,
            tempo=80.0 + number,
            key=number % 12,
            mode=number % 2,
        ),
    )


@dataclass(frozen=True)
class Guarded:
    """An application with login over a library of its own; `segue` is the open library."""

    segue: Segue
    app: FastAPI

    def begin(self) -> None:
        """Forget everybody but Ada and Ben, and everything that was tried."""
        with self.segue.database.write() as connection:
            for table in ("tracks", "keys", "sessions", "accounts", "listeners"):
                connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 (of a list)
        for name in ("Ada", "Ben"):
            accounts.add(self.segue.database, name, PASSWORD, cost=CHEAP)
        self.app.state.throttle = Throttle()

    def browser(self, **headers: str) -> TestClient:
        """A browser that nobody has signed in with, on a page of ours."""
        told = {"origin": HERE, "accept": "text/html", **headers}
        return TestClient(self.app, base_url=HERE, headers=told, follow_redirects=False)

    def signed_in(self, name: str = "Ada", password: str = PASSWORD) -> TestClient:
        """A browser that is signed in."""
        browser = self.browser()
        answer = browser.post("/login", data={"name": name, "password": password})
        assert answer.status_code == 303, answer.text
        return browser

    def program(self, secret: str = "") -> TestClient:
        """A program, with a key or without."""
        headers = {"authorization": f"Bearer {secret}"} if secret else {}
        return TestClient(self.app, base_url=HERE, headers=headers, follow_redirects=False)

    def key(self, *scopes: str, listener: str = "Ada") -> str:
        """The secret of a new key."""
        made = keys.make(
            self.segue.database, label="test", listener=listener, scopes=scopes or ("write",)
        )
        return made[1]
