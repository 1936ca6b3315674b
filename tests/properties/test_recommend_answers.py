"""What holds of every answer, whatever is asked of whatever catalogue."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from segue.names import artist_key, fold
from segue.recommend.engine import Engine
from segue.recommend.filters import Sieve
from segue.recommend.keys import Key, mixing
from segue.recommend.lenses import parse_lens
from segue.recommend.selection import Recordings
from segue.records import (
    CONTINUOUS,
    UNSELECTED,
    Answer,
    Attributes,
    Between,
    Dials,
    Filters,
    Track,
)
from segue.snapshot import Snapshot
from segue.spaces.registry import build_all
from worlds import make_corpus, mixed_corpus, planted_records

if TYPE_CHECKING:
    from collections.abc import Sequence

MIXED = mixed_corpus(220, seed=11)
CORPUS = replace(
    MIXED,
    languages={row: ("en", "deu", "en-us")[row % 3] for row in range(0, len(MIXED), 2)},
    paths={row: (f"/music/{row % 4}/{row}.mp3",) for row in range(0, len(MIXED), 3)},
    album_keys=tuple(f"album {row % 30}" if row % 7 else "" for row in range(len(MIXED))),
    recordings=np.array([row // 3 if row % 3 else -1 for row in range(len(MIXED))]),
)
ENGINE = Engine(Snapshot(CORPUS, build_all(CORPUS)))
RECORDINGS = Recordings(CORPUS)
GENRES = sorted({fold(genre) for genres in CORPUS.genres for genre in genres})
ARTISTS = sorted({name for names in CORPUS.artists for name in names})[:12]
YEARS = st.none() | st.integers(1950, 2030)
LENGTHS = st.none() | st.floats(0, 500)
TEMPI = st.none() | st.floats(30, 220)


@st.composite
def any_filters(draw: st.DrawFn) -> Filters:
    def ends(kind: st.SearchStrategy) -> tuple:
        low, high = draw(kind), draw(kind)
        return (high, low) if None not in {low, high} and low > high else (low, high)

    year, seconds, tempo = ends(YEARS), ends(LENGTHS), ends(TEMPI)
    key = draw(st.none() | st.integers(0, 11))
    attribute = draw(st.sampled_from([*CONTINUOUS, "popularity"]))
    low = draw(st.none() | st.floats(0, 1))
    return Filters(
        genres=tuple(draw(st.lists(st.sampled_from(GENRES), max_size=2))),
        exclude_genres=tuple(draw(st.lists(st.sampled_from([*GENRES, "polka"]), max_size=2))),
        exclude_artists=tuple(draw(st.lists(st.sampled_from(ARTISTS), max_size=3))),
        year_from=year[0],
        year_to=year[1],
        seconds_from=seconds[0],
        seconds_to=seconds[1],
        artists=tuple(draw(st.just([]) | st.lists(st.sampled_from(ARTISTS), max_size=3))),
        tempo_from=tempo[0],
        tempo_to=tempo[1],
        octaves=draw(st.booleans()),
        key=key,
        mode=draw(st.none() | st.integers(0, 1)),
        compatible_keys=key is not None and draw(st.booleans()),
        languages=tuple(draw(st.lists(st.sampled_from(["EN", "deu"]), max_size=1))),
        folders=tuple(draw(st.lists(st.sampled_from(["/music", "/music/1/"]), max_size=2))),
        between=() if low is None else (Between(attribute, low),),
        exclude_tracks=frozenset(draw(st.lists(st.sampled_from(CORPUS.ids), max_size=3))),
        explicit=draw(st.none() | st.booleans()),
        playable=draw(st.none() | st.booleans()),
    )


@st.composite
def any_dials(draw: st.DrawFn) -> Dials:
    share = st.just(0.0) | st.floats(0, 1)
    return Dials(
        per_artist=draw(st.none() | st.integers(1, 4)),
        per_album=draw(st.none() | st.integers(1, 3)),
        group=draw(st.booleans()),
        hubs=draw(share),
        diversity=draw(share),
        variation=draw(share),
        draw=draw(st.integers(0, 9)),
        recent=tuple(draw(st.lists(st.sampled_from(CORPUS.ids), max_size=5))),
    )


def passes(track: Track, filters: Filters) -> bool:
    """The filters' own words, on the record that a person sees."""
    genres = {fold(genre) for genre in track.genres}
    artists = {artist_key(name) for name in track.artists}
    wanted = {artist_key(name) for name in filters.artists}
    lengths, years = (
        (filters.seconds_from, filters.seconds_to),
        (filters.year_from, filters.year_to),
    )
    return (
        (not filters.genres or bool(genres & {fold(genre) for genre in filters.genres}))
        and not genres & {fold(genre) for genre in filters.exclude_genres}
        and (not wanted or bool(artists & wanted))
        and not artists & {artist_key(name) for name in filters.exclude_artists}
        and within(track.year, years)
        and within(track.duration, lengths)
        and filters.explicit in {None, track.explicit}
        and filters.playable in {None, track.playable}
        and track.id not in filters.exclude_tracks
        and sounds(track, filters)
        and lies(CORPUS.row_of[track.id], filters)
    )


def sounds(track: Track, filters: Filters) -> bool:
    known = track.attributes or Attributes()
    beats = known.tempo if known.tempo else None
    heard = [beats] if not filters.octaves or beats is None else [beats, 2 * beats, beats / 2]
    key = None if known.key is None else Key(known.key, known.mode)
    asked = None if filters.key is None else Key(filters.key, filters.mode)
    mode = filters.mode in {None, known.mode}
    in_key = key is not None and asked is not None and key.pitch == asked.pitch and mode
    mixes = filters.compatible_keys and asked is not None and key in mixing(asked)
    return (
        any(within(each, (filters.tempo_from, filters.tempo_to)) for each in heard)
        and (mode if asked is None else in_key or mixes)
        and all(
            within(value_of(track, each.attribute), (each.least, each.most))
            for each in filters.between
        )
    )


def value_of(track: Track, name: str) -> float | None:
    return track.popularity if name == "popularity" else getattr(track.attributes, name, None)


def lies(row: int, filters: Filters) -> bool:
    said = CORPUS.languages.get(row, "").split("-")[0]
    paths = CORPUS.paths.get(row, ())
    spoken = not filters.languages or said in {each.lower() for each in filters.languages}
    inside = (any(path.startswith(f"{each.rstrip('/')}/") for path in paths)
              for each in filters.folders)  # fmt: skip
    return spoken and (not filters.folders or any(inside))


def within(value: float | None, ends: tuple[float | None, float | None]) -> bool:
    low, high = ends
    if low is None and high is None:
        return True
    if value is None:
        return False
    # Durations are shown with seven digits and held in float32.
    return (low is None or value >= low - 1e-4) and (high is None or value <= high + 1e-4)


@given(filters=any_filters())
def test_the_mask_is_the_filters_word_for_word(filters: Filters) -> None:
    mask = Sieve(CORPUS).mask(filters)
    passing = np.ones(len(CORPUS), dtype=bool) if mask is None else mask
    for row in range(len(CORPUS)):
        track = ENGINE.track_at(row)
        if passing[row] != passes(track, filters):
            # Only on the very edge of a length may seven digits and float32 disagree.
            ends = (filters.seconds_from, filters.seconds_to)
            assert any(e is not None and abs(e - (track.duration or 0)) < 2e-4 for e in ends)


@given(
    row=st.integers(0, len(CORPUS) - 1),
    filters=any_filters(),
    lens=st.sampled_from([None, "hybrid", "text", "attributes=2,descriptors=1"]),
    n=st.integers(1, 60),
    dials=any_dials(),
)
@settings(max_examples=150)
def test_every_constraint_holds(
    row: int, filters: Filters, lens: str | None, n: int, dials: Dials
) -> None:
    seed = ENGINE.seed_of(CORPUS.ids[row])
    names = parse_lens(lens or "hybrid", spaces=tuple(ENGINE.snapshot.spaces)).weights
    standing = [name for name in names if ENGINE.snapshot.spaces[name].placed[row]]
    if lens is not None and not standing:
        return
    if lens is None and not any(space.placed[row] for space in ENGINE.snapshot.spaces.values()):
        return
    answer = ENGINE.similar(seed, n=n, lens=lens, filters=filters, dials=dials)
    rows = [CORPUS.row_of[each.track.id] for each in answer]
    assert len(rows) == len(set(rows)) <= n
    assert row not in rows
    assert all(passes(each.track, filters) for each in answer)
    if not dials.diversity:
        values = [-round(each.score + sum(each.changes.values()), 6) for each in answer]
        assert values == sorted(values)
    check_caps(rows, CORPUS.artist_keys, dials.per_artist)
    check_caps(rows, [(key,) if key else () for key in CORPUS.album_keys], dials.per_album)
    assert len(answer) == n or answer.notes
    if dials.group:
        check_versions(answer, rows, row)


def check_caps(rows: list[int], names: Sequence[tuple[str, ...]], most: int | None) -> None:
    heard: dict[str, int] = {}
    for row in rows:
        for name in names[row]:
            heard[name] = heard.get(name, 0) + 1
    assert most is None or max(heard.values(), default=0) <= most


def check_versions(answer: Answer, rows: list[int], seed: int) -> None:
    held = [RECORDINGS.of(row) for row in rows]
    assert not any(a.same(b) for i, a in enumerate(held) for b in held[:i])
    assert not any(RECORDINGS.of(seed).same(each) for each in held)
    for each, recording in zip(answer, held, strict=True):
        for version in each.versions:
            other = CORPUS.row_of[version]
            assert other not in rows
            assert recording.same(RECORDINGS.of(other))


@given(
    count=st.integers(2, 60),
    seed=st.integers(0, 10_000),
    masked=st.sampled_from([0.0, 0.5]),
    n=st.integers(1, 20),
)
@settings(max_examples=25)
def test_in_any_small_world_hybrid_is_the_sum_of_both_cosines(
    count: int, seed: int, masked: float, n: int
) -> None:
    records = planted_records(count, seed=seed, masked=masked, repeats=count // 5)
    corpus = make_corpus(records)
    engine = Engine(Snapshot(corpus, build_all(corpus)))
    spaces = [engine.snapshot.spaces[name] for name in ("attributes", "text")]
    both = spaces[0].placed & spaces[1].placed
    if not both.any():
        return
    row = int(np.flatnonzero(both)[0])
    everyone = np.arange(count)
    parts = [space.score_exactly(space.point(row), rows=everyone) for space in spaces]
    total = np.round(0.6 * parts[0] + 0.4 * parts[1], 9)
    answer = engine.similar(engine.seed_of(corpus.ids[row]), lens="hybrid", n=n, dials=UNSELECTED)
    known = [each for each in answer if both[corpus.row_of[each.track.id]]]
    order = sorted((r for r in everyone[both].tolist() if r != row), key=lambda r: (-total[r], r))
    assert [corpus.row_of[each.track.id] for each in known] == order[: len(known)]
    assert [each.score for each in known] == [total[r] for r in order[: len(known)]]
