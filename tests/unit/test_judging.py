"""Blind comparisons of two lenses over an open catalogue."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import pytest

from segue.catalogue import judgements, tracks
from segue.errors import BadRequestError, NotFoundError
from segue.library import Segue
from segue.records import OutsideId
from segue.settings import Settings
from worlds import planted_records

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def segue(tmp_path: Path) -> Iterator[Segue]:
    """Sixty tracks of a planted world."""
    with Segue.open(tmp_path / "segue.db", settings=Settings(_env_file=None)) as opened:
        made = [
            replace(one, title=f"{one.title} {i}", outside_ids=(OutsideId("test", f"row-{i}"),))
            for i, one in enumerate(planted_records(60))
        ]
        tracks.add(opened.database, made)
        yield opened


def test_a_question_does_not_say_which_lens_found_what(segue: Segue) -> None:
    question = segue.listening_question("attributes", "text", playable=False)
    assert question.seed is not None
    assert len(question.shown) == 2
    said = json.dumps(asdict(question), default=str)
    assert "attributes" not in asdict(question)
    assert '"lens' not in said
    assert segue.judgements() == []


def test_which_stands_first_is_drawn(segue: Segue) -> None:
    seed = segue.engine().snapshot.corpus.ids[3]
    first = {
        segue.listening_question("attributes", "text", seed=seed, playable=False).shown[0].id
        for _ in range(40)
    }
    assert len(first) == 2


def test_the_chosen_track_wins_for_its_lens_and_the_odd_one_for_the_other(segue: Segue) -> None:
    seed = segue.engine().snapshot.corpus.ids[3]
    still = replace(segue.dials(), hubs=0.0)
    of_text = {row.track.id for row in segue.similar(seed, lens="text", dials=still)}
    pair = segue.listening_question("text", "attributes", seed=seed, playable=False)
    mine = next(one.id for one in pair.shown if one.id in of_text)
    told = segue.judge(pair.id, mine)
    assert (told.winner, told.track_a, told.choice) == ("text", mine, mine)
    odd = segue.listening_question("text", "attributes", kind="odd", seed=seed, playable=False)
    assert odd.seed is None
    assert {one.id for one in odd.shown} > {seed}
    assert segue.judge(odd.id, mine).winner == "attributes"
    last = segue.listening_question("text", "attributes", kind="odd", seed=seed, playable=False)
    assert segue.judge(last.id, seed).winner == ""
    assert [one.winner for one in segue.judgements()] == ["text", "attributes", ""]


def test_a_question_is_answered_once_and_by_what_was_shown(segue: Segue) -> None:
    question = segue.listening_question("text", "attributes", playable=False)
    assert question.seed is not None
    with pytest.raises(BadRequestError, match="was not shown"):
        segue.judge(question.id, question.seed.id)
    segue.judge(question.id, "")
    with pytest.raises(BadRequestError, match="answered before"):
        segue.judge(question.id, "")
    with pytest.raises(NotFoundError, match="no open question"):
        segue.judge("' OR 1=1 --", "")


def test_an_old_question_is_thrown_away(segue: Segue, monkeypatch: pytest.MonkeyPatch) -> None:
    question = segue.listening_question("text", "attributes", playable=False)
    monkeypatch.setattr(judgements, "OPEN", -1.0)
    with pytest.raises(NotFoundError, match="no open question"):
        segue.judge(question.id, "")


def test_a_judgement_outlives_its_tracks(segue: Segue) -> None:
    question = segue.listening_question("text", "attributes", playable=False, listener="ada")
    told = segue.judge(question.id, question.shown[0].id)
    assert told.listener == "ada"
    assert segue.judgements() == [told]


def test_what_makes_no_sense_is_said(segue: Segue) -> None:
    with pytest.raises(BadRequestError, match="both lenses are 'text'"):
        segue.listening_question("text", "text", playable=False)
    with pytest.raises(BadRequestError, match="no test 'triple'"):
        segue.listening_question("text", "attributes", kind="triple", playable=False)
    with pytest.raises(NotFoundError, match="no track can be heard"):
        segue.listening_question("text", "attributes")
    with pytest.raises(BadRequestError, match="answer alike"):
        segue.listening_question("text", "text=1", playable=False)
    with pytest.raises(BadRequestError, match="no lens 'loudest'"):
        segue.listening_question("text", "loudest", playable=False)


def test_an_open_question_is_shown_again_as_it_was_asked(segue: Segue) -> None:
    for kind in ("pair", "odd"):
        question = segue.listening_question("attributes", "text", kind=kind, playable=False)
        assert segue.open_question(question.id) == (question, "attributes", "text")
        segue.judge(question.id, "")
        with pytest.raises(NotFoundError, match="there is no open question"):
            segue.open_question(question.id)
    with pytest.raises(NotFoundError, match="there is no open question 'never'"):
        segue.open_question("never")
