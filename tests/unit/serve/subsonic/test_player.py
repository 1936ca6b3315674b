"""A player that others wrote, from the first greeting to a playlist of its own.

The library is py-opensonic, which knows nothing of Segue: what it can read is what players can.
"""

from __future__ import annotations

import asyncio
import io
import time
from contextlib import contextmanager

import pytest
from libopensonic import Connection, errors
from PIL import Image

from segue.catalogue import feedback, kept
from segue.catalogue.listening import heard

from .conftest import ARABIC, MBID, ODD


@contextmanager
def connected(port, *who, **how):
    """A player that is connected, and whose loop is closed at the end, which it leaves to us."""
    made = Connection("http://127.0.0.1", *who, port=port, **how)
    try:
        yield made
    finally:
        made.cleanup()
        made._loop.close()


@pytest.fixture
def player(port, makes):
    """A player of Ada's that signs in by a token."""
    with connected(port, "ada", makes("ada")) as made:
        yield made


def content(player, response) -> bytes:
    """The bytes of an answer that is no tree; read in the loop of the player."""
    return asyncio.run_coroutine_threadsafe(response.read(), player._loop).result(timeout=60)


def test_from_the_greeting_to_a_playlist(player, library, music, ids) -> None:
    assert player.ping()
    names = {each.name for each in player.get_open_subsonic_extensions()}
    assert names == {
        "apiKeyAuthentication", "formPost", "songLyrics", "sonicSimilarity", "transcodeOffset",
    }  # fmt: skip

    artists = {each.name: each for letter in player.get_artists().index for each in letter.artist}
    assert list(artists) == ["Ada Reed", "Ben Oak", "Cem Fir", "Dua Elm", "The Elms"]
    ada = player.get_artist(artists["Ada Reed"].id)
    assert [each.name for each in ada.album] == ["First Light"]
    album = player.get_album(ada.album[0].id)
    assert [each.title for each in album.song] == [ARABIC, ODD, "Third Bell"]
    assert (album.song_count, album.year, album.artist) == (3, 2001, "Ada Reed")

    song = player.get_song(album.song[1].id)
    assert song.title == ODD
    assert song.album_id == album.id
    assert song.artist_id == ada.id
    assert song.isrc == ["USSM18300073"]
    assert song.music_brainz_id == MBID
    assert (song.duration, song.suffix, song.content_type) == (4, "wav", "audio/wav")
    assert song.replay_gain.track_gain is not None

    file = (music / "00.wav").read_bytes()
    assert content(player, player.stream(song.id)) == file
    assert content(player, player.stream(song.id, byte_range="bytes=100-199")) == file[100:200]
    assert content(player, player.download(song.id)) == file
    cover = Image.open(io.BytesIO(content(player, player.get_cover_art(album.id, size=96))))
    assert cover.size == (96, 96)

    player.star([song.id])
    assert [each.title for each in player.get_starred2().song] == [ODD]
    assert player.get_song(song.id).starred is not None
    assert [said.kind for said in feedback.of(library.database, "ada")] == ["like"]
    player.unstar([song.id])
    assert player.get_starred2().song in ([], None)

    at = int(time.time()) - 3600
    player.scrobble(song.id, listen_time=at)
    assert (song.id, float(at)) in {(e.track_id, e.at) for e in heard(library.database, "ada")}
    assert player.get_song(song.id).play_count == 1

    similar = player.get_similar_songs(song.id, count=5)
    assert similar
    assert song.id not in {each.id for each in similar}
    assert {each.id for each in player.get_similar_songs2(ada.id, count=5)} & set(ids.values())
    sonic = player.get_sonic_similar_tracks(song.id, count=5)
    assert [each.similarity for each in sonic] == sorted(
        (e.similarity for e in sonic), reverse=True
    )
    assert all(0 <= each.similarity <= 1 for each in sonic)
    path = player.find_sonic_path(song.id, ids["Ninth"], count=5)
    assert (path[0].entry.id, path[-1].entry.id) == (song.id, ids["Ninth"])
    assert path[0].similarity == pytest.approx(1.0, abs=1e-3)

    player.create_playlist(name="Mornings", song_ids=[song.id, ids["Slow Water"]])
    made = next(each for each in player.get_playlists() if each.name == "Mornings")
    player.update_playlist(
        made.id, name="Evenings", comment="late", song_ids_to_add=[ids["Ninth"]],
        song_indices_to_remove=[0],
    )  # fmt: skip
    whole = player.get_playlist(made.id)
    assert [each.title for each in whole.entry] == ["Slow Water", "Ninth"]
    assert (whole.name, whole.comment, whole.owner) == ("Evenings", "late", "ada")
    player.delete_playlist(made.id)
    assert "Evenings" not in [one.title for one in kept.made_here(library.database)]


def test_lists_and_search_as_a_player_reads_them(player) -> None:
    assert [each.name for each in player.get_album_list2("alphabeticalByName")] == [
        "First Light", "Grove", "Harbour", "Various Hits",
    ]  # fmt: skip
    found = player.search3("water")
    assert sorted(each.title for each in found.song) == ["Fast Water", "Slow Water"]
    assert {each.value for each in player.get_genres()} == {"ambient", "test tone"}
    assert player.get_indexes().index
    assert player.get_random_songs(size=3)
    assert player.get_songs_by_genre("ambient")
    assert player.get_top_songs("Ada Reed")
    assert player.get_lyrics_by_song_id(found.song[0].id) is not None
    assert player.get_scan_status().count == 10
    assert player.get_user("ada").stream_role
    assert player.get_artist_info2(player.get_artists().index[0].artist[0].id).similar_artist


@pytest.mark.parametrize("how", [{"legacy_auth": True}, {"use_get": True}, {"use_views": False}])
def test_other_ways_to_say_who_one_is(port, makes, how) -> None:
    with connected(port, "ada", makes("ada"), **how) as player:
        assert player.ping()


def test_a_key_of_the_api(port, makes) -> None:
    with connected(port, api_key=makes("ben", kind="api")) as player:
        assert player.token_info().username == "ben"


def test_a_wrong_password_and_what_is_not_there(port, player) -> None:
    with (
        connected(port, "ada", "not it") as wrong,
        pytest.raises(errors.CredentialError, match="wrong"),
    ):
        wrong.get_artists()
    with pytest.raises(errors.DataNotFoundError, match="no song"):
        player.get_song("tnothing")
    with pytest.raises(errors.SonicError, match="does not answer"):
        player.get_podcasts()
