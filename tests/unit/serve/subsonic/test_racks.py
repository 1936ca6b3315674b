"""What can be played, counted in numbers, against the same counted one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segue.errors import NotFoundError
from segue.library.shelves import Shelves
from segue.names import artist_key, fold
from segue.serve.subsonic.ids import album_id, artist_id
from segue.serve.subsonic.racks import Rack
from worlds import make_corpus, planted_records

COUNT = 240


def racked(count: int = COUNT, *, seed: int = 3, playable: float = 0.6) -> tuple[Rack, list]:
    """A rack of a planted world, and its playable rows as (row, record, album key)."""
    rng = np.random.default_rng(seed)
    records = planted_records(count, seed=seed, masked=0.1) if count else []
    there = np.flatnonzero(rng.random(count) < playable).tolist()
    keys = [
        f"{fold(one.album)} | {artist_key(one.artists[0]) if row % 5 else ''}" if one.album else ""
        for row, one in enumerate(records)
    ]
    corpus = replace(make_corpus(records, playable=there), album_keys=keys)
    created = rng.uniform(1e9, 2e9, size=count)
    places = rng.integers(0, 9, size=count)
    shelves = Shelves(corpus, created=created, places=places)
    pictured = [corpus.ids[row] for row in there if row % 3 == 0]
    return Rack(shelves, pictured=pictured), [(row, records[row], keys[row]) for row in there]


@pytest.fixture(scope="module")
def world():
    return racked()


def test_albums_are_what_of_them_can_be_played(world) -> None:
    rack, there = world
    by_key: dict[str, list[int]] = {}
    for row, _, key in there:
        if key:
            by_key.setdefault(key, []).append(row)
    groups = rack.albums.groups
    assert {groups.keys[at] for at in rack.albums.there} == set(by_key)
    for key, rows in by_key.items():
        at = rack.album(album_id(key))
        assert rack.albums.rows(at).tolist() == rows
        assert rack.albums.songs[at] == len(rows)
        assert rack.seconds[at] == pytest.approx(float(rack.corpus.duration[rows].sum()), rel=1e-5)
        assert rack.years[at] == max(rack.corpus.year[rows])
        assert rack.created[at] == max(rack.shelves.created[rows])
        first = int(rack.albums.first[at])
        assert first in rows
        assert first % 3 == 0 or not [row for row in rows if row % 3 == 0]
        assert rack.corpus.row_of[rack.on_album(at)[0]] in rows
        owner = rack.owners[at]
        whose = key.rpartition(" | ")[2]
        assert (owner.at >= 0) == bool(whose)
        assert artist_key(owner.name) == whose or owner.name == "Various Artists"


def test_artists_and_genres_count_different_albums(world) -> None:
    rack, there = world
    for side, albums, of in (
        (rack.artists, rack.albums_of_artists, lambda one: [artist_key(n) for n in one.artists]),
        (rack.genres, rack.albums_of_genres, lambda one: one.genres),
    ):
        songs: dict[str, int] = {}
        on: dict[str, set[str]] = {}
        for _, record, key in there:
            for name in of(record):
                songs[name] = songs.get(name, 0) + 1
                on.setdefault(name, set()).update({key} - {""})
        groups = side.groups
        assert {groups.keys[at]: int(side.songs[at]) for at in side.there} == songs
        assert {groups.keys[at]: int(albums[at]) for at in side.there} == {
            name: len(keys) for name, keys in on.items()
        }


def test_an_artist_is_on_the_albums_their_songs_are_on(world) -> None:
    rack, there = world
    for name in {name for _, record, _ in there for name in record.artists}:
        at = rack.artist(artist_id(artist_key(name)))
        keys = {key for _, record, key in there if name in record.artists and key}
        places = rack.albums_by(at)
        assert {rack.albums.groups.keys[each] for each in places} == keys
        assert [rack.years[each] for each in places] == sorted(rack.years[each] for each in places)


def test_every_song_stands_once_and_only_those_there_are(world) -> None:
    rack, there = world
    assert sorted(rack.rows.tolist()) == [row for row, _, _ in there]
    assert sorted(rack.ids(rack.rows)) == sorted(rack.corpus.ids[row] for row, _, _ in there)


@pytest.mark.parametrize(("count", "playable"), [(0, 0.5), (30, 0.0), (30, 1.0)])
def test_nothing_and_everything(count: int, playable: float) -> None:
    rack, there = racked(count, playable=playable)
    assert len(rack.rows) == len(there) == count * playable
    assert len(rack.albums.alphabetical) == len(rack.albums.there)
    assert rack.seconds.shape == (len(rack.albums.groups),)
    assert (rack.albums_of_artists.sum() > 0) == (len(there) > 0)
    if not there:
        with pytest.raises(NotFoundError, match="no artist"):
            rack.artist(artist_id("nobody"))
        with pytest.raises(NotFoundError, match="no genre"):
            rack.genre("rock")
