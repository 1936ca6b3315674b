from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from segue.catalogue.counts import Counts
from segue.catalogue.ledger import LedgerCounts
from segue.cli import render
from segue.cli.session import harmless
from segue.jobs.learned import LearnedStatus, source
from segue.jobs.standing import Status
from segue.records import Answer, Contribution, Reasons, Recommendation, Track
from segue.types import TrackId

SEED = Track(id=TrackId("trk_seed"), title="Slow [bold]Harbour", artists=("Vela Moor",), year=2021)
REASON = "Both calm, in A minor and of the genre ambient; yours is louder (-8.0 dB against -14.2)."


def _row(rank: int, track: Track, *, score: float = 0.5) -> Recommendation:
    parts = (Contribution("text", 1.0, score, 0.0, rank=1, without=9),)
    return Recommendation(rank, track, score, Reasons(parts, (), None, REASON))


def _answer(*rows: Recommendation, **changes) -> Answer:
    answer = Answer(seed=SEED, lens="text", weights={"text": 1.0}, epoch=1, recommendations=rows)
    return replace(answer, **changes)


def _shown(parts, *, width: int = 100) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, markup=False, emoji=False, highlight=False)
    for part in parts:
        console.print(part, soft_wrap=isinstance(part, str))
    return out.getvalue()


def test_markup_in_a_title_is_only_a_title() -> None:
    assert "Like Vela Moor – Slow [bold]Harbour (2021)" in _shown(render.answer(_answer()))


@pytest.mark.parametrize("width", [30, 60, 100, 200])
def test_a_table_keeps_within_the_width_and_loses_no_word(width: int) -> None:
    long = Track(id=TrackId("t1"), title="A very long title " * 4, artists=("An Artist",))
    wide = Track(id=TrackId("t2"), title="霧の灯台" * 9, artists=("東京の誰か",))
    shown = _shown([render._recommendations([_row(1, long), _row(10, wide)])], width=width)
    widths = [Console(width=500).measure(line.rstrip()).maximum for line in shown.splitlines()]
    assert max(widths) <= width
    words = shown.replace("\n", " ").split()
    assert [word for word in REASON.split() if word not in words] == []
    assert "".join(shown.split()).count("灯") == 9
    assert words.count("0.500") == 2


def test_duplicates_behind_a_row_are_counted() -> None:
    row = replace(_row(1, SEED), versions=(TrackId("a"), TrackId("b")))
    assert "(and 2 more of it)" in _shown(render.answer(_answer(row)))


@pytest.mark.parametrize(
    ("lens", "weights", "said"),
    [
        ("text", {"text": 1.0}, "Lens text: text alone."),
        ("hybrid", {"attributes": 0.6, "text": 0.4}, "Lens hybrid: 0.6 attributes + 0.4 text."),
        (
            "attributes=3,text=1",
            {"attributes": 0.75, "text": 0.25},
            "Your own lens: 0.75 attributes + 0.25 text.",
        ),
    ],
)
def test_the_lens_is_said_with_its_weights(lens, weights, said) -> None:
    assert said in _shown(render.answer(_answer(lens=lens, weights=weights)))


def test_what_is_absent_says_what_would_place_it() -> None:
    absent = {"descriptors": "audio: scan its folder", "attributes": "a table"}
    weights = {"text": 0.5, "descriptors": 0.5}
    shown = _shown(render.answer(_answer(weights=weights, absent=absent)))
    assert "a table" not in shown, "the lens does not look at attributes"
    assert "Not placed in descriptors, which needs audio: scan its folder." in shown


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, ""),
        (0, "0:00"),
        (59.5, "1:00"),
        (187.4, "3:07"),
        (3600, "1:00:00"),
        (7325, "2:02:05"),
    ],
)
def test_lengths_are_read_as_on_a_clock(seconds, said) -> None:
    assert render.clock(seconds) == said


def test_names_from_files_cannot_steer_the_terminal() -> None:
    evil = Track(id=TrackId("t"), title="\x1b]0;owned\x07\x9b2J", artists=("a\rb",))
    shown = _shown([render.tracks([evil], query="x"), *render.answer(_answer(_row(1, evil)))])
    assert not set(shown) & {"\x1b", "\x07", "\r", "\x9b"}
    assert "]0;owned" in shown
    assert harmless("two\nlines\tkept") == "two\nlines\tkept"


def test_an_empty_catalogue_is_pointed_out_and_waiting_files_too() -> None:
    ledger = LedgerCounts(found=3, analysed=1, queued=2)
    empty = Status(
        url="x.db", epoch=0, counts=Counts(), ledger=ledger, recordings=ledger, spaces={}
    )
    assert "The catalogue is empty" in _shown(render.status(empty))
    some = replace(empty, counts=Counts(tracks=3, files=3))
    assert "2 files wait for `segue analyse`." in _shown(render.status(some))


def test_what_was_learned_is_listed_with_what_from_and_when() -> None:
    none = LedgerCounts()
    stands = Status(
        url="x.db",
        epoch=3,
        counts=Counts(tracks=50, playlists=7),
        ledger=none,
        recordings=none,
        spaces={"factors": 50, "text": 49},
        learned=(LearnedStatus("factors", "7 playlists with 60 entries", 1_795_865_825.7),),
        inferred={"factors": 4},
    )
    shown = _shown(render.status(stands))
    assert "Learned factors  7 playlists with 60 entries (2026-11-28)" in shown
    assert "Space factors    50 tracks, 4 of them by their content alone" in shown
    assert "Space text       49 tracks  " in shown
    assert "Nothing is learned" not in shown
    bare = _shown(render.status(replace(stands, learned=(), inferred={})))
    assert "Nothing is learned from these playlists yet: `segue train factors`" in bare


@pytest.mark.parametrize(
    ("name", "state", "said"),
    [
        ("factors", {"origin": {"playlists": 1, "entries": 12}}, "1 playlist with 12 entries"),
        (
            "together",
            {"origin": {"playlists": 2000, "entries": 46677}},
            "2,000 playlists with 46,677 entries, with ordinary parameters",
        ),
        (
            "playlists",
            {"origin": {"playlists": 9, "entries": 90, "search": {"tries": 24}}},
            "9 playlists with 90 entries, with the best of 24 sets of parameters",
        ),
        (
            "latent",
            {"origin": {"tracks": 9}, "numbers": ["a"], "artists": ["b", "c"], "genres": []},
            "9 tracks: 1 number, 2 artists, 0 genres, 0 emotions",
        ),
        (
            "federated",
            {"origin": {"instances": 5, "rounds": 4, "epsilon": 8.0}},
            "5 instances in 4 rounds, with ε = 8",
        ),
        (
            "federated",
            {"origin": {"instances": 2, "rounds": 4, "epsilon": None}},
            "2 instances in 4 rounds, with no noise",
        ),
        ("balanced", {"origin": {"sentence": "By hand"}, "patterns": [{}]}, "By hand: 1 pattern"),
        ("map:text", {"tracks": ["a"], "origin": {"placed": 3}}, "1 of 3 tracks of the space"),
        ("factors", {}, "0 playlists with 0 entries"),
    ],
)
def test_what_something_was_learned_from_is_said_in_words(name, state, said) -> None:
    assert source(name, state) == said


def test_rows_that_stand_by_content_alone_are_counted() -> None:
    parts = (
        Contribution("factors", 0.5, 0.4, 0.0, rank=1, without=3, inferred=True),
        Contribution("text", 0.5, 0.4, 0.0, rank=1, without=2),
    )
    row = replace(_row(1, SEED), reasons=Reasons(parts, (), None, REASON))
    found = _answer(row, _row(2, SEED), origin="Learned from 40 questions", notes=("Note",))
    shown = _shown(render.answer(found))
    assert "In factors, 1 of these 2 stand by their content alone." in shown
    assert "Learned from 40 questions.\nNote.\n" in shown
    assert "In text" not in shown
