"""Blind comparisons of two lenses: questions that were drawn, and what listeners answered.

A question is kept with what each lens found before anybody answers it, under a key that says
nothing, so that whoever asks need not know which lens is which. It is answered once. Questions
without an answer are thrown away after `OPEN`.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from sqlalchemy import delete, insert, select, update

from segue.catalogue.schema import judgements
from segue.catalogue.storable import storable_text
from segue.errors import BadRequestError, NotFoundError
from segue.records import Judgement
from segue.types import TrackId

if TYPE_CHECKING:
    from typing import Any

    from segue.catalogue.database import Database
    from segue.records import TestKind

OPEN = 86_400.0
"""Seconds for which a question may be answered."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question before it is asked: lenses as they are written, and what each found."""

    kind: TestKind
    lens_a: str
    lens_b: str
    seed: TrackId
    track_a: TrackId
    track_b: TrackId
    listener: str = ""


def ask(db: Database, drawn: Drawn) -> str:
    """Keep a question; the key under which it is answered."""
    key = secrets.token_urlsafe(12)
    now = time.time()
    row = {
        "question": key,
        "kind": drawn.kind,
        "lens_a": drawn.lens_a,
        "lens_b": drawn.lens_b,
        "seed": drawn.seed,
        "track_a": drawn.track_a,
        "track_b": drawn.track_b,
        "listener": storable_text(drawn.listener),
        "asked": now,
    }
    old = (judgements.c.choice.is_(None)) & (judgements.c.asked < now - OPEN)
    with db.write() as connection:
        connection.execute(delete(judgements).where(old))
        connection.execute(insert(judgements), row)
    return key


def opened(db: Database, question: str) -> Drawn:
    """A question that waits for its answer.

    Raises
    ------
    NotFoundError
        There is no such question, it is too old, or it was answered.
    """
    query = select(judgements).where(judgements.c.question == storable_text(question))
    with db.read() as connection:
        row = connection.execute(query).one_or_none()
    if row is None or row.choice is not None or row.asked < time.time() - OPEN:
        raise _no_question(db, question)
    return Drawn(
        cast("TestKind", row.kind),
        row.lens_a,
        row.lens_b,
        TrackId(row.seed),
        TrackId(row.track_a),
        TrackId(row.track_b),
        row.listener,
    )


def answer(db: Database, question: str, choice: str) -> Judgement:
    """Take an answer down; what it means is told now.

    Parameters
    ----------
    question
        The key of `ask`.
    choice
        The id of one of the tracks that were shown; "" where they are equal.

    Raises
    ------
    NotFoundError
        There is no such question, or it is too old.
    BadRequestError
        It was answered before, or the track was not shown.
    """
    with db.write() as connection:
        query = select(judgements).where(judgements.c.question == storable_text(question))
        row = connection.execute(query).one_or_none()
        if row is None or (row.choice is None and row.asked < time.time() - OPEN):
            raise _no_question(db, question)
        if row.choice is not None:
            raise BadRequestError(
                f"the question {question!r} was answered before", remedy="Draw another"
            )
        shown = {row.track_a, row.track_b} | ({row.seed} if row.kind == "odd" else set())
        if choice and choice not in shown:
            raise BadRequestError(
                f"{choice!r} was not shown",
                remedy=f'Choose {", ".join(sorted(shown))}, or "" where they are equal',
            )
        now = time.time()
        connection.execute(
            update(judgements)
            .where(judgements.c.question == row.question)
            .values(choice=choice, at=now)
        )
    return _read({**row._mapping, "choice": choice, "at": now})


def answered(db: Database) -> list[Judgement]:
    """Every comparison that was answered, the oldest first."""
    query = select(judgements).where(judgements.c.choice.is_not(None))
    with db.read() as connection:
        rows = connection.execute(query.order_by(judgements.c.at, judgements.c.question)).all()
    return [_read(row._mapping) for row in rows]


def _no_question(db: Database, question: str) -> NotFoundError:
    return NotFoundError(
        f"there is no open question {question!r}",
        where=db.where,
        remedy="Draw another; one is open for a day",
    )


def _read(row: Any) -> Judgement:  # noqa: ANN401 (a row by column)
    lenses = {row["track_a"]: row["lens_a"], row["track_b"]: row["lens_b"]}
    chosen = lenses.get(row["choice"], "")
    if row["kind"] == "odd" and chosen:
        # What does not belong was found by the other lens.
        chosen = row["lens_b"] if chosen == row["lens_a"] else row["lens_a"]
    return Judgement(
        kind=cast("TestKind", row["kind"]),
        lens_a=row["lens_a"],
        lens_b=row["lens_b"],
        seed_id=TrackId(row["seed"]),
        track_a=TrackId(row["track_a"]),
        track_b=TrackId(row["track_b"]),
        choice=row["choice"],
        winner=chosen,
        listener=row["listener"],
        at=row["at"],
    )
