"""Corpora from playlist files: who is one track, what is learned from, what was dropped."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest

from segue.errors import BadTableError
from segue.records import Attributes, OutsideId, PlaylistRecord, TrackRecord
from segue.snapshot import Playlists
from segue.training.playlists.material import against, gather, read, split
from segue.training.playlists.overlaps import likeness
from worlds import playlists_of


def track(title: str, uri: str = "", artist: str = "Somebody") -> TrackRecord:
    ids = (OutsideId("spotify", uri),) if uri else ()
    return TrackRecord(title=title, artists=(artist,), outside_ids=ids)


def playlist(pid: int, *tracks: TrackRecord, title: str = "") -> PlaylistRecord:
    return PlaylistRecord(title, OutsideId("mpd", str(pid)), tracks)


def test_an_id_tells_tracks_apart_and_a_name_stands_in_for_none():
    live = track("Song (Live)")
    lists = [
        playlist(0, track("SONG"), live, track("Song", "b")),
        playlist(1, track("Song", "a"), track("Other", "b"), track("Song", "a")),
    ]
    gathered = gather(lists)
    # "a" and "b" are two tracks whatever they are called; the nameless "SONG" is the first of its
    # name among those with an id, and its live recording is another.
    assert len(gathered.corpus) == 3
    assert sorted(gathered.corpus.titles) == ["Song", "Song", "Song (Live)"]
    first, second = gathered.lists
    assert len(first.rows) == len(second.rows) == 2
    assert gathered.corpus.titles[first.rows[1]] == "Song (Live)"
    assert first.rows[0] == second.rows[1]
    assert list(gathered.corpus.ids) == sorted(gathered.corpus.ids)
    assert any("2 entries repeated" in note for note in gathered.notes)


def test_a_corpus_holds_what_is_learned_from_and_what_only_the_others_hold_is_a_stranger():
    lists = [
        playlist(i, track("a", "a"), track(f"own {i}", f"o{i}"), title=f"t{i}") for i in (3, 4)
    ]
    material = gather(lists).apart([0], [1])
    assert sorted(material.corpus.titles) == ["a", "own 3"]
    assert material.corpus.playlists.titles == ("t3",)
    assert sorted(material.corpus.playlists.rows) == [0, 1]
    (held,) = material.held
    assert held.key == "mpd:4"
    known, stranger = held.rows.tolist()
    assert material.corpus.titles[known] == "a"
    assert stranger == 2
    assert material.strangers[2].title == "own 4"
    with pytest.raises(BadTableError, match="no playlist to learn from"):
        gather(lists).apart([], [1])


def test_the_split_is_by_key_whatever_the_order():
    keys = [f"mpd:{pid}" for pid in range(4000)]
    parts = split(keys)
    assert [len(part) for part in (parts.test, parts.validation, parts.train)] == [800, 400, 2800]
    assert sorted((*parts.test, *parts.validation, *parts.train)) == list(range(4000))
    # Committed: these are the first ones for ever.
    assert parts.test[:5] == TEST
    backwards = split(keys[::-1])
    assert {keys[::-1][i] for i in backwards.test} == {keys[i] for i in parts.test}


TEST = (8, 21, 28, 29, 34)


def test_tables_fill_what_playlists_do_not_say(tmp_path):
    table = tmp_path / "tracks.csv"
    table.write_text(
        "spotify,title,artist,energy,genre,explicit\n"
        "a,Song,Somebody,0.5,rock,true\na,Song,Somebody,0.9,pop,true\nz,None,None,0.1,jazz,false\n"
    )
    gathered = gather([playlist(0, track("Song", "a"), track("b", "b"))], tables=[table])
    row = gathered.corpus.titles.index("Song")
    assert gathered.corpus.genres[row] == ("rock", "pop")
    assert gathered.corpus.explicit[row] == 1
    assert gathered.corpus.attributes[row, 0] == pytest.approx(0.5)
    assert gathered.corpus.origins[row, 0] == 0
    assert np.isnan(gathered.corpus.attributes[1 - row]).all()
    assert any("tracks.csv says more of 1 of 2 tracks" in note for note in gathered.notes)


def test_what_cannot_be_taken_is_told_and_the_rest_is_read(tmp_path):
    entry = {"track_uri": "spotify:track:x", "track_name": "x", "artist_name": "y"}
    whole = [
        {"pid": 1, "name": "ποπ", "tracks": [entry, entry, {}]},
        {"pid": 2, "name": "", "tracks": []},
        {"pid": 1, "name": "again", "tracks": [entry]},
    ]
    (tmp_path / "one.json").write_text(json.dumps({"playlists": whole}))
    cut = gzip.compress(json.dumps({"playlists": whole}).encode())[:-40]
    (tmp_path / "two.json.gz").write_bytes(cut)
    found = read([tmp_path])
    assert [one.title for one in found.playlists] == ["ποπ"]
    told = " / ".join(found.notes)
    assert "2 could not be read" in told
    assert "1 playlists were empty" in told
    assert "1 playlists came twice" in told


def test_a_set_without_playlists_is_refused():
    with pytest.raises(BadTableError, match="there is no playlist"):
        gather([])


def test_a_catalogue_knows_tracks_by_id_then_by_name_and_the_others_count_as_missed():
    lists = [playlist(0, track("Song", "a"), track("Two", "b"))]
    corpus = gather(lists).apart([0], []).corpus
    asked = playlist(9, track("Renamed", "a"), track("two", "elsewhere"), track("New", "n"))
    known = playlist(8, track("Two", "b"), track("Song", "a"))
    material = against(corpus, [asked, known])
    (held,) = material.held
    by_id, by_name, stranger = held.rows.tolist()
    assert corpus.titles[by_id] == "Song"
    assert corpus.titles[by_name] == "Two"
    assert stranger == len(corpus)
    assert material.strangers[stranger].title == "New"
    told = " / ".join(material.notes)
    assert "1 of 2 playlists are in the catalogue too" in told
    assert "0 by their ids, 1 because they share 80 % or more" in told
    assert "1 tracks of the playlists are not in the catalogue" in told


def test_a_playlist_that_was_learned_from_does_not_ask_with_a_track_more_or_less():
    songs = [track(str(i), str(i)) for i in range(20)]
    corpus = gather([playlist(0, *songs[:10])]).apart([0], []).corpus
    less, more = playlist(5, *songs[1:10]), playlist(6, *songs[:10], track("New", "n"))
    other = playlist(7, *songs[3:14])
    renewed = playlist(0, *songs[10:])
    material = against(corpus, [less, more, other, renewed], keys={"mpd:0"})
    assert [one.key for one in material.held] == ["mpd:7"]
    assert "New" not in {one.title for one in material.strangers.values()}
    told = " / ".join(material.notes)
    assert "3 of 4 playlists are in the catalogue too" in told
    assert "1 by their ids, 2 because they share" in told


def test_likeness_is_the_jaccard_index_of_the_nearest():
    rng = np.random.default_rng(3)
    sets = [rng.permutation(30)[: rng.integers(0, 20)] for _ in range(60)]
    known = playlists_of([("", rows.tolist()) for rows in sets[:40]])
    expected = [
        max(len({*a} & {*b.tolist()}) / max(len({*a} | {*b.tolist()}), 1) for b in sets[:40])
        for a in (rows.tolist() for rows in sets[40:])
    ]
    np.testing.assert_allclose(likeness(known, sets[40:]), expected)
    assert not likeness(Playlists.none(), sets[40:]).any()


def test_attributes_are_merged_one_by_one():
    first = TrackRecord(
        title="x", outside_ids=(OutsideId("spotify", "a"),), attributes=Attributes(energy=0.1)
    )
    second = TrackRecord(
        title="x",
        outside_ids=(OutsideId("spotify", "a"),),
        attributes=Attributes(energy=0.9, tempo=120.0),
    )
    corpus = gather([playlist(0, first, second)]).corpus
    assert corpus.attributes[0, [0, 8]] == pytest.approx([0.1, 120.0])
