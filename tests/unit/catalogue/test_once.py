"""A key of a request stands for one request, is answered once, and is forgotten after a day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from segue.catalogue import once
from segue.catalogue.database import open_database
from segue.errors import KeyReusedError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segue.catalogue.database import Database

NOW = 1_795_862_400.0


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "segue.db") as found:
        yield found


def ask(db: Database, key: str = "k", *, digest: str = "d", now: float = NOW) -> once.Claim:
    return once.claim(db, key, listener="", digest=digest, now=now)


def test_the_first_does_it_and_the_others_get_its_answer(db: Database) -> None:
    assert ask(db) == once.Claim(mine=True)
    assert ask(db) == once.Claim(mine=False, answer=None)
    once.answered(db, "k", listener="", answer='{"a": 1}')
    assert ask(db) == once.Claim(mine=False, answer='{"a": 1}')


def test_another_request_under_the_same_key_is_refused(db: Database) -> None:
    ask(db)
    with pytest.raises(KeyReusedError, match="stands for another request"):
        ask(db, digest="other")


def test_keys_are_a_listeners_own(db: Database) -> None:
    ask(db)
    assert once.claim(db, "k", listener="Ada", digest="other", now=NOW).mine


def test_what_failed_can_be_sent_again(db: Database) -> None:
    ask(db)
    once.give_up(db, "k", listener="")
    assert ask(db, digest="other").mine


def test_giving_up_takes_no_answer_back(db: Database) -> None:
    ask(db)
    once.answered(db, "k", listener="", answer="1")
    once.give_up(db, "k", listener="")
    assert ask(db).answer == "1"


def test_a_key_is_kept_for_a_day_and_a_claim_for_ten_minutes(db: Database) -> None:
    ask(db)
    assert not ask(db, now=NOW + once.GIVEN_UP_SECONDS - 1).mine
    assert ask(db, now=NOW + once.GIVEN_UP_SECONDS).mine
    once.answered(db, "k", listener="", answer="1")
    begun = NOW + once.GIVEN_UP_SECONDS
    assert ask(db, now=begun + once.KEPT_SECONDS - 1).answer == "1"
    assert ask(db, now=begun + once.KEPT_SECONDS).mine


def test_of_many_at_once_one_does_it(db: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda _: ask(db), range(16)))
    assert sum(claim.mine for claim in claims) == 1
