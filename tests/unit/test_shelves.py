"""Shelves: everything listed once, counted right, in every order, however narrowed down."""

from __future__ import annotations

import threading
import time
from itertools import repeat

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.catalogue import feedback, tracks
from segue.library import Segue
from segue.library.shelves import SORTS, Look, listed
from segue.library.shelves.beginnings import Beginnings
from segue.library.shelves.groups import Groups
from segue.library.shelves.holdings import MEASURED
from segue.names import fold
from segue.records import Attributes, TrackRecord
from segue.settings import Settings

WORDS = st.lists(st.sampled_from(["a", "ab", "abc", "b", "the", "ö", "日本", "z"]), max_size=3)


@given(st.lists(WORDS, max_size=12), WORDS)
def test_words_are_found_as_reading_every_text_finds_them(texts, wanted) -> None:
    found = Beginnings(" ".join(words) for words in texts).holding(wanted)
    asked = [word for word in wanted if word != "the"] or wanted
    for words, held in zip(texts, found.tolist(), strict=True):
        *whole, last = asked or [""]
        expected = all(word in words for word in whole) and (
            not asked or any(word.startswith(last) for word in words)
        )
        assert held == expected


@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=3), max_size=12), st.data())
def test_groups_hold_just_the_rows_that_name_them(by_row, data) -> None:
    groups = Groups(by_row, {"a": "Alpha"})
    assert groups.keys == sorted({key for keys in by_row for key in keys})
    for at, key in enumerate(groups.keys):
        assert groups.rows(at).tolist() == [n for n, keys in enumerate(by_row) if key in keys]
        assert groups.find(key) == at
    assert groups.find("nobody") is None
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(by_row), max_size=len(by_row))))
    counts = groups.within(mask.astype(bool))
    for at, key in enumerate(groups.keys):
        assert counts[at] == sum(key in keys for keys, on in zip(by_row, mask, strict=True) if on)
    best = groups.most(counts, n=2)
    assert [each.tracks for each in best] == sorted((c for c in counts if c), reverse=True)[:2]


RECORDS = [
    TrackRecord(
        title=title,
        artists=artists,
        album=album,
        genres=genres,
        year=year,
        track_number=number,
        popularity=popularity,
        duration=180.0,
        attributes=Attributes(energy=n / 8, tempo=80.0 + n, key=n % 12, mode=n % 2),
    )
    for n, (title, artists, album, genres, year, number, popularity) in enumerate(
        [
            ("Blue", ("The Tides",), "Sea", ("jazz",), 1971, 2, 10.0),
            ("Also Blue", ("The Tides", "Ada & Co"), "Sea", ("jazz", "soul"), 1971, 1, 90.0),
            ("<b>Red</b>", ("Ada & Co",), "Fire / Water", ("hip-hop/rap",), 1985, None, None),
            ("أحمر", ("فيروز",), "", ("soul",), 1999, None, 50.0),
            ("Zero", ("Various Artists",), "Sea of Names", (), None, None, 40.0),
            ("東京の夜", ("Mø",), "Night", ("jazz",), 2004, None, 30.0),
            ("", ("Ada & Co",), "Fire / Water", ("hip-hop/rap",), 1985, None, 20.0),
        ]
    )
]


@pytest.fixture(scope="module")
def segue(tmp_path_factory) -> Segue:
    path = tmp_path_factory.mktemp("shelves") / "segue.db"
    with Segue.open(path, settings=Settings(_env_file=None)) as opened:
        tracks.add(opened.database, [r for r in RECORDS if r.title])
        yield opened


def names(segue, found) -> list[str]:
    return [track.title for track in tracks.many(segue.database, found.ids)]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("size", [1, 2, 100])
def test_every_track_is_on_one_page_whatever_the_order(segue, sort, size) -> None:
    pages = [segue.listed(Look(sort=sort, page=1), size=size)]
    pages += [
        segue.listed(Look(sort=sort, page=n), size=size) for n in range(2, pages[0].pages + 1)
    ]
    ids = [one for page in pages for one in page.ids]
    assert sorted(ids) == sorted(segue.shelves().corpus.ids)
    beyond = segue.listed(Look(sort=sort, page=10_000), size=size)
    assert (beyond.page, beyond.ids) == (pages[-1].page, pages[-1].ids)


def test_orders_are_what_they_are_called(segue) -> None:
    by = {sort: names(segue, segue.listed(Look(sort=sort), size=9)) for sort in SORTS}
    folded = [fold(title) for title in by["title"]]
    assert folded == sorted(folded)
    assert by["known"][0] == "Also Blue"
    assert by["known"][-1] == "<b>Red</b>"
    assert by["year"][0] == "東京の夜"
    assert by["artist"].index("Also Blue") + 1 == by["artist"].index("Blue")


@pytest.mark.parametrize(
    ("look", "expected"),
    [
        (Look(artist="tides"), {"Blue", "Also Blue"}),
        (Look(artist="ada and co"), {"Also Blue", "<b>Red</b>"}),
        (Look(genre="hip-hop/rap"), {"<b>Red</b>"}),
        (Look(genre="jazz", year_to=1980), {"Blue", "Also Blue"}),
        (Look(year_from=1985, year_to=1999), {"<b>Red</b>", "أحمر"}),
        (Look(words="blue", sort="best"), {"Blue", "Also Blue"}),
        (Look(words="the tid", genre="soul", sort="title"), {"Also Blue"}),
        (Look(words="東京", sort="best"), {"東京の夜"}),
        (Look(words="夜", sort="title"), {"東京の夜"}),
        (Look(words="mo", sort="best"), {"東京の夜"}),
        (Look(words="فيرو", sort="year"), {"أحمر"}),
        (Look(words="?!", sort="best"), set()),
        (Look(genre="polka"), set()),
        (Look(playable=True), set()),
        (Look(liked=True), {"Zero"}),
    ],
)
def test_what_is_asked_for_is_what_is_listed(segue, look, expected) -> None:
    zero = next(t.id for t in tracks.page(segue.database) if t.title == "Zero")
    found = segue.listed(look, size=50, liked=[zero, "nobody"])
    assert set(names(segue, found)) == expected
    assert found.total == len(expected)


def test_the_best_match_leads_and_names_are_found_beside(segue) -> None:
    found = segue.listed(Look(words="blue", sort="best"), size=5)
    assert names(segue, found)[0] == "Blue"
    found = segue.listed(Look(words="sea"), size=5)
    assert [each.name for each in found.albums] == ["Sea", "Sea of Names"]
    found = segue.listed(Look(words="ada"), size=5)
    assert [(each.name, each.tracks) for each in found.artists] == [("Ada & Co", 2)]


@given(
    look=st.builds(
        Look,
        words=st.sampled_from(["", "blue", "a", "sea b"]),
        artist=st.sampled_from(["", "tides", "ada and co"]),
        genre=st.sampled_from(["", "jazz", "soul"]),
        year_from=st.sampled_from([None, 1980]),
        sort=st.sampled_from([*SORTS]),
    )
)
def test_a_facet_counts_what_its_choice_would_list(segue, look) -> None:
    from dataclasses import replace

    found = segue.listed(look, size=50)
    for facet in found.facets:
        for option in facet.options:
            narrowed = replace(look, **option.asks)
            assert segue.listed(narrowed, size=50).total == option.tracks, (facet.name, option)


def test_shelves_follow_the_catalogue_without_waiting(tmp_path) -> None:
    with Segue.open(tmp_path / "segue.db", settings=Settings(_env_file=None)) as segue:
        assert segue.shelves_ready() is None
        assert len(segue.shelves()) == 0
        assert listed(segue.shelves(), Look(), size=5).pages == 1
        tracks.add(segue.database, RECORDS[:2])
        assert len(segue.shelves()) == 2
        ids = segue.listed(Look(sort="newest"), size=5).ids
        feedback.give(segue.database, "", ids[0], "like")
        tracks.delete(segue.database, ids[0])
        assert len(segue.shelves()) == 1


def test_figures_add_up(segue) -> None:
    figures = segue.shelves().holdings
    spread = {each.name: each for each in figures.distributions}
    for each in figures.distributions:
        assert sum(each.counts) == each.known
        assert each.known + each.unknown == len(segue.shelves())
        assert list(each.quantiles) == sorted(each.quantiles)
        assert list(each.edges) == sorted(each.edges)
    assert spread["year"].unknown == 1
    assert spread["valence"].known == 0
    assert spread["energy"].origins == {"given": 6}
    assert sum(figures.keys.values()) == 6
    assert figures.seconds == 6 * 180
    assert all(value is None for row in figures.together for value in row)


def test_what_goes_together_is_told(tmp_path) -> None:
    records = [
        TrackRecord(
            title=f"Track {n}",
            artists=("A",),
            attributes=Attributes(energy=n / 30, valence=1 - n / 30, loudness=-5.0, tempo=90 + n),
        )
        for n in range(30)
    ]
    with Segue.open(tmp_path / "segue.db", settings=Settings(_env_file=None)) as segue:
        tracks.add(segue.database, records)
        figures = segue.shelves().holdings
    at = {name: n for n, name in enumerate(MEASURED)}
    assert figures.together[at["energy"]][at["valence"]] == pytest.approx(-1)
    assert figures.together[at["energy"]][at["tempo"]] == pytest.approx(1)
    assert figures.together[at["energy"]][at["loudness"]] is None


def test_a_catalogue_closes_while_its_engine_is_still_asked_questions(
    tmp_path, monkeypatch
) -> None:
    """The shelves wait for the engine, and the engine for its end."""
    begun = threading.Event()

    def ask(*_) -> None:
        begun.set()
        time.sleep(0.01)

    monkeypatch.setattr("segue.recommend.warming.ask", ask)
    monkeypatch.setattr("segue.recommend.warming.first", lambda _: repeat((None, None)))
    segue = Segue.open(tmp_path / "closing.db", settings=Settings(_env_file=None))
    tracks.add(segue.database, RECORDS)
    segue.follow()
    assert begun.wait(20)
    closing = threading.Thread(target=segue.close, daemon=True)
    closing.start()
    closing.join(20)
    assert not closing.is_alive()


def _until(so) -> None:
    end = time.monotonic() + 20
    while not so():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_shelves_of_what_came_stand_before_anybody_asks(tmp_path) -> None:
    with Segue.open(tmp_path / "segue.db", settings=Settings(_env_file=None)) as segue:
        segue.follow()
        _until(lambda: segue.shelves_ready() is not None)
        tracks.add(segue.database, RECORDS)
        # Not by asking: that would have them made.
        _until(
            lambda: (
                segue._shelved is not None and len(segue._shelved) == tracks.count(segue.database)
            )
        )
        _until(lambda: segue._shelved.corpus is segue.engine().snapshot.corpus)


def test_nobody_is_told_that_there_is_nothing_once_there_is_something(
    tmp_path, monkeypatch
) -> None:
    with Segue.open(tmp_path / "segue.db", settings=Settings(_env_file=None)) as segue:
        assert len(segue.shelves()) == 0
        tracks.add(segue.database, RECORDS)
        segue.engine()
        slow = threading.Event()
        real = Segue._made
        monkeypatch.setattr(
            Segue, "_made", lambda self, corpus: slow.wait(20) and real(self, corpus)
        )
        assert segue.shelves_ready() is None
        slow.set()
        _until(lambda: segue.shelves_ready() is not None)
        assert len(segue.shelves_ready()) == tracks.count(segue.database)


def test_shelves_that_became_old_while_they_were_made_are_made_once_more(
    tmp_path, monkeypatch
) -> None:
    made = []
    slow = threading.Event()
    real = Segue._made

    def slowly(self, corpus):
        made.append(len(corpus))
        assert slow.wait(20)
        return real(self, corpus)

    monkeypatch.setattr(Segue, "_made", slowly)
    with Segue.open(tmp_path / "segue.db", settings=Settings(_env_file=None)) as segue:
        tracks.add(segue.database, RECORDS[:1])
        segue.engine()
        assert segue.shelves_ready() is None
        _until(lambda: made)
        tracks.add(segue.database, RECORDS[1:])
        segue.engine()
        assert segue.shelves_ready() is None
        slow.set()
        held = tracks.count(segue.database)
        _until(lambda: segue._shelved is not None and len(segue._shelved) == held)
        assert made == [1, held]


def test_shelves_are_made_by_one_thread_at_a_time(tmp_path, monkeypatch) -> None:
    made = []
    go_on = threading.Event()
    real = Segue._made

    def slowly(self, corpus):
        made.append(corpus)
        assert go_on.wait(20)
        return real(self, corpus)

    monkeypatch.setattr(Segue, "_made", slowly)
    with Segue.open(tmp_path / "one.db", settings=Settings(_env_file=None)) as segue:
        tracks.add(segue.database, RECORDS)
        segue.engine()
        together = threading.Barrier(6)

        def look() -> None:
            together.wait(20)
            for _ in range(50):
                segue.shelves_ready()

        threads = [threading.Thread(target=look) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        go_on.set()
        end = time.monotonic() + 20
        while segue.shelves_ready() is None and time.monotonic() < end:
            time.sleep(0.01)
        assert segue.shelves_ready() is not None
        assert len(made) == 1
