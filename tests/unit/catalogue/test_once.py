"""A key of a request stands for one request, is answered once, and is forgotten after a day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from segue.catalogue import once
from segue.catalogue.database import open_database
from segue.errors import BusyError, KeyReusedError

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


def look(db: Database, *, digest: str = "d", now: float = NOW) -> once.Claim | None:
    return once.look(db, "k", listener="", digest=digest, now=now)


def answered(db: Database, claim: once.Claim, answer: str = "1") -> None:
    """Answer as those who do the work do: inside the write that does it."""
    with db.write() as connection:
        once.answered(connection, claim, answer=answer)


def test_the_first_does_it_and_the_others_get_its_answer(db: Database) -> None:
    assert look(db) is None
    mine = ask(db)
    assert mine == once.Claim("", "k", NOW, mine=True)
    waiting = once.Claim("", "k", NOW, mine=False)
    assert ask(db) == waiting
    assert look(db) == waiting
    answered(db, mine, '{"a": 1}')
    assert ask(db) == look(db) == once.Claim("", "k", NOW, mine=False, answer='{"a": 1}')


def test_an_answer_stands_with_the_work_or_not_at_all(db: Database) -> None:
    mine = ask(db)

    def broken() -> None:
        with db.write() as connection:
            once.answered(connection, mine, answer="1")
            raise ValueError("broke")

    with pytest.raises(ValueError, match="broke"):
        broken()
    found = look(db)
    assert found is not None
    assert found.answer is None


def test_who_was_taken_for_ended_writes_nothing_more(db: Database) -> None:
    late = ask(db)
    other = ask(db, now=NOW + once.GIVEN_UP_SECONDS)
    assert other.mine
    with pytest.raises(BusyError, match="somebody who sent it later"):
        answered(db, late, "late")
    once.give_up(db, late)
    answered(db, other, "other")
    with pytest.raises(BusyError):
        answered(db, late, "late")
    assert ask(db, now=NOW + once.GIVEN_UP_SECONDS).answer == "other"


def test_another_request_under_the_same_key_is_refused(db: Database) -> None:
    ask(db)
    with pytest.raises(KeyReusedError, match="stands for another request"):
        ask(db, digest="other")
    with pytest.raises(KeyReusedError, match="stands for another request"):
        look(db, digest="other")


def test_keys_are_a_listeners_own(db: Database) -> None:
    ask(db)
    assert once.claim(db, "k", listener="Ada", digest="other", now=NOW).mine


def test_what_failed_can_be_sent_again(db: Database) -> None:
    once.give_up(db, ask(db))
    assert ask(db, digest="other").mine


def test_giving_up_takes_no_answer_back(db: Database) -> None:
    mine = ask(db)
    answered(db, mine)
    once.give_up(db, mine)
    assert ask(db).answer == "1"


def test_a_key_is_kept_for_a_day_and_a_claim_for_ten_minutes(db: Database) -> None:
    ask(db)
    assert not ask(db, now=NOW + once.GIVEN_UP_SECONDS - 1).mine
    begun = NOW + once.GIVEN_UP_SECONDS
    assert look(db, now=begun) is None
    again = ask(db, now=begun)
    assert again.mine
    answered(db, again)
    assert ask(db, now=begun + once.KEPT_SECONDS - 1).answer == "1"
    assert ask(db, now=begun + once.KEPT_SECONDS).mine


def test_of_many_at_once_one_does_it(db: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda _: ask(db), range(16)))
    assert sum(claim.mine for claim in claims) == 1
