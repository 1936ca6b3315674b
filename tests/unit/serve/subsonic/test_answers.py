"""Every question with its parameters, as players send them, well and badly."""

from __future__ import annotations

import io
import re
import time

import av
import pytest
from PIL import Image
from starlette.testclient import TestClient

from segue.catalogue import feedback, kept
from segue.catalogue.listening import heard
from segue.serve.subsonic.albums import ORDERS
from segue.serve.subsonic.answering import ENDPOINTS
from segue.serve.subsonic.ids import album_id, artist_id

from .conftest import ARABIC, ODD, xml

ALBUMS = ["First Light", "Grove", "Harbour", "Various Hits"]
ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture(scope="session")
def get(app, port, makes):
    """Ask for what is no tree, as Ada: the whole answer."""
    client = TestClient(app, base_url="http://localhost")
    secret = makes("ada")

    def asked(name: str, /, *, method: str = "GET", headers=None, **sent: object):
        params = {"apiKey": secret, **sent}
        return client.request(method, f"/rest/{name}", params=params, headers=headers)

    return asked


def names(listed: list[dict]) -> list[str]:
    return [each["name"] for each in listed]


def titles(listed: list[dict]) -> list[str]:
    return [each["title"] for each in listed]


# -- looking through ------------------------------------------------------------------------


def test_artists_stand_under_their_letters_without_the(ask) -> None:
    letters = ask("getArtists")["artists"]["index"]
    assert [(each["name"], names(each["artist"])) for each in letters] == [
        ("A", ["Ada Reed"]),
        ("B", ["Ben Oak"]),
        ("C", ["Cem Fir"]),
        ("D", ["Dua Elm"]),
        ("E", ["The Elms"]),
    ]
    assert [each["artist"][0]["albumCount"] for each in letters] == [1, 1, 1, 1, 1]


def test_what_cannot_be_played_is_not_there_but_is_told_of(ask, ids) -> None:
    album = ask("getAlbumList2", type="alphabeticalByName")["albumList2"]["album"][0]
    assert (album["name"], album["songCount"]) == ("First Light", 3)
    songs = ask("getAlbum", id=album["id"])["album"]["song"]
    assert titles(songs) == [ARABIC, ODD, "Third Bell"]
    assert [song["track"] for song in songs] == [1, 2, 3]
    for query in ("", "never heard", "ghost"):
        assert "Never Heard" not in titles(ask("search3", query=query)["searchResult3"]["song"])
    told = ask("getSong", id=ids["Never Heard"])["song"]
    assert told["albumId"] == album["id"]
    assert not {"suffix", "contentType", "size", "path", "bitRate"} & set(told)
    assert ask("stream", id=ids["Never Heard"])["error"]["code"] == 70
    assert ask("getArtist", id=artist_id("no body"))["error"]["code"] == 70
    assert ask("getAlbum", id=album_id("nowhere | no body"))["error"]["code"] == 70


def test_a_song_says_what_is_known_and_nothing_else(ask, ids) -> None:
    song = ask("getSong", id=ids[ODD])["song"]
    assert song["isDir"] is song["isVideo"] is False
    assert (song["type"], song["mediaType"]) == ("music", "song")
    assert (song["artist"], song["displayArtist"]) == ("Ada Reed", "Ada Reed")
    assert song["genres"] == [{"name": "test tone"}]
    assert song["explicitStatus"] == ""
    assert 22_050 * 16 / 1000 < song["bitRate"] < 380
    assert song["path"].startswith("Ada Reed/First Light/02 - ")
    assert song["path"].endswith(".wav")
    assert "<" not in song["path"]
    assert ISO.fullmatch(song["created"])
    assert song["replayGain"]["trackPeak"] == pytest.approx(0.42, abs=0.08)
    assert not {"userRating", "averageRating", "discNumber", "starred"} & set(song)
    ghost = next(each for title, each in ids.items() if title.startswith("Ghost"))
    told = ask("getSong", id=ghost)["song"]
    assert (told["explicitStatus"], told["duration"], told["bpm"]) == ("explicit", 61, 0)


def test_titles_come_whole_in_both_forms(ask, get, ids) -> None:
    for title, track_id in ids.items():
        song = xml(get("getSong.view", id=track_id).content)[0]
        clean = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", title)
        assert song.attrib["title"] == clean
        assert ask("getSong", id=track_id)["song"]["title"] == clean


def test_compilations_are_nobodys(ask) -> None:
    albums = ask("getAlbumList2", type="alphabeticalByName")["albumList2"]["album"]
    hits = next(each for each in albums if each["name"] == "Various Hits")
    assert hits["artist"] == "Various Artists"
    assert "artistId" not in hits
    assert hits["artists"] == []
    whole = ask("getAlbum", id=hits["id"])["album"]
    assert [song["artist"] for song in whole["song"]] == ["Cem Fir", "Dua Elm"]
    cem = ask("getArtist", id=artist_id("cem fir"))["artist"]
    assert names(cem["album"]) == ["Various Hits"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"type": "alphabeticalByName"}, ALBUMS),
        ({"type": "alphabeticalByName", "size": 2, "offset": 1}, ALBUMS[1:3]),
        ({"type": "alphabeticalByName", "size": 0}, []),
        ({"type": "alphabeticalByName", "offset": 99}, []),
        (
            {"type": "alphabeticalByArtist"},
            ["First Light", "Harbour", "Grove", "Various Hits"],
        ),
        ({"type": "starred"}, []),
        ({"type": "byYear", "fromYear": 2000, "toYear": 2010},
         ["First Light", "Grove", "Various Hits"]),
        ({"type": "byYear", "fromYear": 2010, "toYear": 2001},
         ["Various Hits", "First Light", "Grove"]),
        ({"type": "byGenre", "genre": "Ambient"}, ["Grove", "Harbour"]),
    ],
)  # fmt: skip
def test_lists_of_albums(ask, asked, found) -> None:
    assert names(ask("getAlbumList2", **asked)["albumList2"]["album"]) == found
    assert titles(ask("getAlbumList", **asked)["albumList"]["album"]) == found


def test_the_newest_albums_come_first(ask) -> None:
    albums = ask("getAlbumList2", type="newest")["albumList2"]["album"]
    assert sorted(names(albums)) == ALBUMS
    minutes = [each["created"][:16] for each in albums]
    assert minutes == sorted(minutes, reverse=True)


def test_random_albums_are_all_there_are(ask) -> None:
    drawn = [tuple(names(ask("getAlbumList2", type="random")["albumList2"]["album"]))
             for _ in range(20)]  # fmt: skip
    assert {tuple(sorted(each)) for each in drawn} == {tuple(ALBUMS)}
    assert len(set(drawn)) > 1


def test_albums_by_what_was_played(ask, ids) -> None:
    assert ask("getAlbumList2", by="cat", type="frequent")["albumList2"]["album"] == []
    early = int(time.time() * 1000) - 10**7
    for place, title in enumerate(["Slow Water", "Fast Water", "Ninth"]):
        ask("scrobble", by="cat", id=ids[title], time=early + 1000 * place)
    often = names(ask("getAlbumList2", by="cat", type="frequent")["albumList2"]["album"])
    lately = names(ask("getAlbumList2", by="cat", type="recent")["albumList2"]["album"])
    assert (often, lately) == (["Harbour", "Grove"], ["Grove", "Harbour"])


def test_marks_are_not_given_here(ask) -> None:
    assert "highest" not in ORDERS
    refused = ask("getAlbumList2", type="highest")["error"]
    assert refused["code"] == 0
    assert "alphabeticalByName" in refused["message"]


def test_folders_of_albums_and_songs(ask) -> None:
    assert ask("getMusicFolders")["musicFolders"]["musicFolder"] == [{"id": 0, "name": "Music"}]
    letters = ask("getIndexes")["indexes"]
    artist = letters["index"][0]["artist"][0]["id"]
    inside = ask("getMusicDirectory", id=artist)["directory"]["child"]
    assert [(each["title"], each["isDir"]) for each in inside] == [("First Light", True)]
    songs = ask("getMusicDirectory", id=inside[0]["id"])["directory"]
    assert songs["parent"] == artist
    assert [song["isDir"] for song in songs["child"]] == [False] * 3
    later = ask("getIndexes", ifModifiedSince=letters["lastModified"])["indexes"]
    assert later["index"] == []
    assert ask("getMusicDirectory", id="t1")["error"]["code"] == 70
    assert ask("getIndexes", musicFolderId=7)["error"]["code"] == 70


def test_genres_and_their_songs(ask) -> None:
    listed = ask("getGenres")["genres"]["genre"]
    assert listed == [
        {"value": "ambient", "songCount": 4, "albumCount": 2},
        {"value": "test tone", "songCount": 6, "albumCount": 2},
    ]
    ambient = ask("getSongsByGenre", genre="ambient", count=2, offset=1)["songsByGenre"]["song"]
    assert titles(ambient) == ["Fast Water", "Eighth"]
    assert ask("getSongsByGenre", genre="polka")["error"]["code"] == 70


def test_random_songs_keep_to_what_is_asked(ask) -> None:
    drawn = ask("getRandomSongs", size=500)["randomSongs"]["song"]
    assert len({song["id"] for song in drawn}) == len(drawn) == 10
    old = ask("getRandomSongs", size=500, toYear=1999)["randomSongs"]["song"]
    assert sorted(titles(old)) == ["Fast Water", "Slow Water"]
    of = ask("getRandomSongs", size=500, genre="ambient", fromYear=2000)["randomSongs"]["song"]
    assert sorted(titles(of)) == ["Eighth", "Ninth"]


def test_top_songs_are_of_the_artist(ask) -> None:
    assert len(ask("getTopSongs", artist="ada reed")["topSongs"]["song"]) == 4
    assert ask("getTopSongs", artist="elms", count=1)["topSongs"]["song"][0]["artist"] == "The Elms"
    assert ask("getTopSongs", artist="nobody")["topSongs"]["song"] == []


def test_lyrics_where_there_are_some(ask, ids) -> None:
    (sung,) = ask("getLyricsBySongId", id=ids["Slow Water"])["lyricsList"]["structuredLyrics"]
    assert [line["value"] for line in sung["line"]] == ["down by the river", "slowly"]
    assert sung["synced"] is False
    assert ask("getLyricsBySongId", id=ids["Ninth"])["lyricsList"]["structuredLyrics"] == []
    assert ask("getLyricsBySongId", id="t1")["error"]["code"] == 70


# -- finding --------------------------------------------------------------------------------


@pytest.mark.parametrize("nothing", ["", '""', "  "])
def test_the_empty_search_gives_everything_page_by_page(ask, nothing) -> None:
    seen: list[str] = []
    while True:
        page = ask("search3", query=nothing, songCount=3, songOffset=len(seen))["searchResult3"]
        if not page["song"]:
            break
        seen += [song["id"] for song in page["song"]]
    assert len(seen) == len(set(seen)) == 10
    assert names(page["album"]) == ALBUMS
    assert len(page["artist"]) == 5
    second = ask("search3", query=nothing, artistCount=2, artistOffset=4)["searchResult3"]
    assert names(second["artist"]) == ["The Elms"]


def test_words_find_all_three_kinds(ask) -> None:
    found = ask("search3", query="harb")["searchResult3"]
    assert names(found["album"]) == ["Harbour"]
    assert sorted(titles(found["song"])) == ["Fast Water", "Slow Water"]
    assert names(ask("search3", query="elms")["searchResult3"]["artist"]) == ["The Elms"]
    assert titles(ask("search3", query=ARABIC)["searchResult3"]["song"]) == [ARABIC]
    nothing = ask("search3", query="<script> zzz")["searchResult3"]
    assert nothing == {"artist": [], "album": [], "song": []}
    folders = ask("search2", query="harbour")["searchResult2"]["album"]
    assert [(each["title"], each["isDir"]) for each in folders] == [("Harbour", True)]


# -- sound and pictures ---------------------------------------------------------------------


def test_the_file_and_its_parts(get, ids, music) -> None:
    file = (music / "03.wav").read_bytes()
    song = ids["Slow Water"]
    for sent in ({}, {"format": "raw", "maxBitRate": 32}, {"format": "wav"}, {"maxBitRate": 1000}):
        answer = get("stream", id=song, **sent)
        assert answer.content == file
        assert answer.headers["content-type"] == "audio/wav"
    part = get("stream.view", id=song, headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, file[10:20])
    head = get("stream", method="HEAD", id=song)
    assert head.headers["content-length"] == str(len(file))
    kept_file = get("download", id=song)
    assert kept_file.content == file
    assert "03.wav" in kept_file.headers["content-disposition"]


@pytest.mark.parametrize(
    ("sent", "bits", "seconds"),
    [
        ({"format": "mp3"}, 96_000, 4.0),
        ({"format": "opus"}, 96_000, 4.0),
        ({"maxBitRate": 64}, 64_000, 4.0),
        ({"maxBitRate": 70, "format": "mp3"}, 64_000, 4.0),
        ({"maxBitRate": 1}, 32_000, 4.0),
        ({"timeOffset": 3}, 96_000, 1.0),
    ],
)
def test_sound_that_is_made(get, ids, sent, bits, seconds) -> None:
    answer = get("stream", id=ids["Slow Water"], **sent)
    assert answer.headers["content-type"] == "audio/mpeg"
    with av.open(io.BytesIO(answer.content)) as made:
        stream = made.streams.audio[0]
        assert stream.codec_context.name in {"mp3", "mp3float"}
        assert stream.bit_rate == bits
        length = sum(frame.samples for frame in made.decode(stream)) / stream.rate
    assert length == pytest.approx(seconds, abs=0.15)


def test_a_place_behind_the_end_is_refused(ask, ids) -> None:
    assert ask("stream", id=ids["Slow Water"], timeOffset=60)["error"]["code"] == 0


def test_pictures_of_everything(get, ask, ids) -> None:
    album = ask("getAlbumList2", type="alphabeticalByName")["albumList2"]["album"][0]
    song = ask("getSong", id=ids[ODD])["song"]
    for given in (song["coverArt"], album["coverArt"], album["artistId"]):
        answer = get("getCoverArt", id=given, size=96)
        assert Image.open(io.BytesIO(answer.content)).size == (96, 96)
    drawn = get("getCoverArt", id=ids["Ninth"], size=120)
    assert drawn.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(drawn.content)).size == (120, 120)
    again = get("getCoverArt", id=ids["Ninth"], size=120,
                headers={"if-none-match": drawn.headers["etag"]})  # fmt: skip
    assert again.status_code == 304
    assert xml(get("getCoverArt", id="al-x").content)[0].attrib["code"] == "70"


# -- what is like what ----------------------------------------------------------------------


def test_similar_to_a_song_an_album_and_an_artist(ask, ids) -> None:
    album = ask("getSong", id=ids[ODD])["song"]["albumId"]
    for given in (ids[ODD], album, artist_id("ada reed")):
        found = ask("getSimilarSongs", id=given, count=4)["similarSongs"]["song"]
        assert 0 < len(found) <= 4
        assert all("suffix" in song for song in found)
        assert found == ask("getSimilarSongs2", id=given, count=4)["similarSongs2"]["song"]
    on_album = {song["id"] for song in ask("getAlbum", id=album)["album"]["song"]}
    like_album = ask("getSimilarSongs", id=album, count=50)["similarSongs"]["song"]
    assert not on_album & {song["id"] for song in like_album}
    assert ask("getSimilarSongs", id=ids[ODD], count=0)["similarSongs"]["song"] == []
    for given in ("tnone", "al-x", "ar-x"):
        assert ask("getSimilarSongs", id=given)["error"]["code"] == 70


def test_what_is_disliked_is_never_offered(ask, ids, library) -> None:
    before = ask("getSonicSimilarTracks", by="dan", id=ids[ODD], count=9)["sonicMatch"]
    worst = before[0]["entry"]["id"]
    feedback.give(library.database, "dan", worst, "dislike")
    after = ask("getSonicSimilarTracks", by="dan", id=ids[ODD], count=9)["sonicMatch"]
    assert worst not in {match["entry"]["id"] for match in after}
    assert len(after) == len(before) - 1


def test_the_nearest_tone_sounds_most_alike(ask, ids) -> None:
    matches = ask("getSonicSimilarTracks", id=ids["Slow Water"], count=9)["sonicMatch"]
    scores = [match["similarity"] for match in matches]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    neighbours = {ids["Third Bell"], ids["Fast Water"]}
    assert neighbours & {match["entry"]["id"] for match in matches[:3]}


def test_a_path_leads_from_one_end_to_the_other(ask, ids) -> None:
    path = ask("findSonicPath", startSongId=ids[ODD], endSongId=ids["Ninth"], count=5)["sonicMatch"]
    listed = [match["entry"]["id"] for match in path]
    assert (listed[0], listed[-1]) == (ids[ODD], ids["Ninth"])
    assert len(set(listed)) == len(listed) <= 5
    assert path[0]["similarity"] == pytest.approx(1.0, abs=1e-3)
    assert path[0]["similarity"] > path[-1]["similarity"]
    same = ask("findSonicPath", startSongId=ids[ODD], endSongId=ids[ODD])
    assert same["error"]["code"] == 0
    assert ask("findSonicPath", startSongId=ids[ODD])["error"]["code"] == 10


def test_artists_like_an_artist(ask) -> None:
    found = ask("getArtistInfo2", id=artist_id("ada reed"), count=3)["artistInfo2"]
    assert 0 < len(found["similarArtist"]) <= 3
    assert "Ada Reed" not in names(found["similarArtist"])
    assert set(found) == {"similarArtist"}


# -- opinions and plays ---------------------------------------------------------------------


def test_stars_are_likes_and_other_opinions_stay(ask, ids, library) -> None:
    one, other = ids["Alone"], ids["Eighth"]
    feedback.give(library.database, "eve", other, "dislike")
    ask("star", by="eve", id=one)
    ask("unstar", by="eve", id=[one, other])
    assert [(o.track_id, o.kind) for o in feedback.of(library.database, "eve")] == [
        (other, "dislike")
    ]
    ask("star", by="eve", id=[one, other])
    listed = ask("getStarred2", by="eve")["starred2"]
    assert {song["id"] for song in listed["song"]} == {one, other}
    assert all(ISO.fullmatch(song["starred"]) for song in listed["song"])
    assert listed["album"] == listed["artist"] == []
    assert ask("getStarred2", by="fay")["starred2"]["song"] == []


def test_stars_for_albums_are_refused_and_nothing_is_half_done(ask, ids, library) -> None:
    album = ask("getSong", id=ids[ODD])["song"]["albumId"]
    for sent in ({"albumId": album}, {"id": album}, {"artistId": artist_id("ada reed")}):
        assert ask("star", by="gus", **sent)["error"]["code"] == 0
    assert ask("star", by="gus", id=[ids[ODD], "tnone"])["error"]["code"] == 70
    assert ask("star", by="gus")["error"]["code"] == 10
    assert feedback.of(library.database, "gus") == []


def test_plays_are_kept_once_with_their_time(ask, ids, library) -> None:
    at = int(time.time() * 1000) - 5_000_000
    sent = {"id": [ids["Alone"], ids["Ninth"]], "time": [at, at + 1]}
    for _ in range(2):
        assert ask("scrobble", by="hal", **sent)["status"] == "ok"
    events = {(each.track_id, each.at) for each in heard(library.database, "hal")}
    assert events == {(ids["Alone"], at / 1000), (ids["Ninth"], (at + 1) / 1000)}
    before = time.time()
    ask("scrobble", by="hal", id=ids["Alone"], submission="true")
    newest = heard(library.database, "hal", most=1)[0]
    assert before <= newest.at <= time.time()
    song = ask("getSong", by="hal", id=ids["Alone"])["song"]
    assert song["playCount"] == 2
    assert ISO.fullmatch(song["played"])


def test_playing_now_is_no_play(ask, ids, library) -> None:
    ask("scrobble", by="ida", id=ids["Alone"], submission="false")
    assert ask("getNowPlaying", by="hal")["nowPlaying"]["entry"] == []
    (mine,) = ask("getNowPlaying", by="ida")["nowPlaying"]["entry"]
    assert mine["username"] == "ida"
    assert (mine["title"], mine["playerName"], mine["minutesAgo"]) == ("Alone", "tests", 0)
    assert ask("getSong", by="ida", id=ids["Alone"])["song"]["playCount"] == 0


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({}, 10),
        ({"id": "tnone"}, 70),
        ({"time": ["1", "2"]}, 0),
        ({"time": "soon"}, 0),
        ({"time": "-5"}, 0),
        ({"time": str(10**15)}, 0),
        ({"submission": "perhaps"}, 0),
    ],
)
def test_plays_that_make_no_sense(ask, ids, library, sent, code) -> None:
    sent = {"id": ids["Alone"], **sent} if sent else {}
    assert ask("scrobble", by="jan", **sent)["error"]["code"] == code


# -- playlists ------------------------------------------------------------------------------


def test_a_playlist_is_made_empty_and_filled(ask, ids) -> None:
    made = ask("createPlaylist", by="kim", name="Road")["playlist"]
    assert (made["songCount"], made["entry"], made["owner"]) == (0, [], "kim")
    ask("updatePlaylist", by="kim", playlistId=made["id"], songIdToAdd=[ids["Alone"]] * 2)
    whole = ask("getPlaylist", by="kim", id=made["id"])["playlist"]
    assert (whole["songCount"], whole["duration"]) == (2, 8)
    ask("createPlaylist", by="kim", playlistId=made["id"], songId=[ids["Ninth"]])
    (listed,) = ask("getPlaylists", by="kim", username="kim")["playlists"]["playlist"]
    assert (listed["name"], listed["songCount"], listed["readonly"]) == ("Road", 1, False)
    ask("deletePlaylist", by="kim", id=made["id"])
    assert ask("getPlaylist", by="kim", id=made["id"])["error"]["code"] == 70


def test_places_are_counted_among_what_can_be_played(ask, ids, library) -> None:
    held = [ids["Never Heard"], ids["Alone"], ids["Ninth"]]
    made = kept.make(library.database, "Mixed up", held, listener="lea")
    given = f"pl-{made.number}"
    assert titles(ask("getPlaylist", by="lea", id=given)["playlist"]["entry"]) == ["Alone", "Ninth"]
    ask("updatePlaylist", by="lea", playlistId=given, songIndexToRemove=0)
    assert list(kept.tracks_of(library.database, made.number)) == [
        ids["Never Heard"], ids["Ninth"],
    ]  # fmt: skip
    for place in ("1", "-1"):
        refused = ask("updatePlaylist", by="lea", playlistId=given, songIndexToRemove=place)
        assert refused["error"]["code"] == 0
    kept.remove(
        library.database, made.number, edition=kept.get(library.database, made.number).edition
    )


def test_what_is_anothers_stays(ask, ids, library) -> None:
    made = ask("createPlaylist", by="mia", name="Mine", songId=ids["Alone"])["playlist"]
    seen = ask("getPlaylist", by="noa", id=made["id"])["playlist"]
    assert (seen["owner"], seen["readonly"]) == ("mia", True)
    for name in ("updatePlaylist", "createPlaylist", "deletePlaylist"):
        sent = {"playlistId": made["id"], "id": made["id"], "name": "Taken"}
        assert ask(name, by="noa", **sent)["error"]["code"] == 50
    assert ask("getPlaylist", by="mia", id=made["id"])["playlist"]["name"] == "Mine"
    ask("deletePlaylist", by="", id=made["id"])
    assert ask("getPlaylist", by="mia", id=made["id"])["error"]["code"] == 70


@pytest.mark.parametrize(
    ("name", "sent", "code"),
    [
        ("createPlaylist", {}, 10),
        ("createPlaylist", {"name": "x" * 400}, 0),
        ("createPlaylist", {"name": "x", "songId": "tnone"}, 70),
        ("updatePlaylist", {}, 10),
        ("updatePlaylist", {"playlistId": "pl-999999"}, 70),
        ("getPlaylist", {"id": "x"}, 70),
        ("deletePlaylist", {}, 10),
    ],
)
def test_playlists_that_make_no_sense(ask, name, sent, code) -> None:
    assert ask(name, **sent)["error"]["code"] == code


# -- the rest -------------------------------------------------------------------------------


def test_what_is_told_of_who_asks(ask) -> None:
    user = ask("getUser", username="ada")["user"]
    assert user["streamRole"]
    assert user["playlistRole"]
    assert not user["adminRole"]
    assert ask("getUser", username="ben")["error"]["code"] == 50
    assert ask("getLicense")["license"] == {"valid": True}


def test_folders_are_looked_through_again(ask, library) -> None:
    before = ask("getScanStatus")["scanStatus"]
    assert (before["count"], before["folderCount"]) == (10, 1)
    assert ask("startScan")["status"] == "ok"
    end = time.monotonic() + 120
    while True:
        now = ask("getScanStatus")["scanStatus"]
        if not now["scanning"] and now["lastScan"] > before["lastScan"]:
            break
        assert time.monotonic() < end, now
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("getPodcasts", {}),
        ("", {}),
        ("a/b", {}),
        ("getAlbumList2", {"type": "newest", "size": "many"}),
        ("getAlbumList2", {"type": "newest", "size": "9" * 30}),
        ("getAlbumList2", {"type": "newest", "offset": "٣"}),
    ],
)
def test_what_is_not_answered_is_said_in_the_players_language(ask, name, sent) -> None:
    refused = ask(name, **sent)
    assert refused["status"] == "failed"
    assert refused["error"]["code"] == 0
    assert refused["error"]["message"]


def test_negative_numbers_are_brought_back(ask) -> None:
    sent = {"type": "alphabeticalByName", "offset": -5}
    assert names(ask("getAlbumList2", **sent)["albumList2"]["album"]) == ALBUMS


def test_bodies_that_are_no_form(app, port) -> None:
    client = TestClient(app, base_url="http://localhost")
    answer = client.post("/rest/ping?f=json", json={"u": "ada"})
    assert "application/json" in answer.text
    many = client.post("/rest/ping", data={"id": ["t"] * 20_001})
    assert "20,000" in many.text


def test_every_endpoint_answers_both_methods_with_and_without_view(app, port, makes) -> None:
    client = TestClient(app, base_url="http://localhost")
    secret = makes("zoe", scopes=("read",))
    for name in ENDPOINTS:
        for path in (f"/rest/{name}", f"/rest/{name}.view"):
            sent = {"apiKey": secret, "f": "json"}
            got, posted = client.get(path, params=sent), client.post(path, data=sent)
            assert got.status_code == posted.status_code == 200
            codes = [each.json()["subsonic-response"].get("error", {}).get("code")
                     for each in (got, posted)]  # fmt: skip
            assert codes[0] == codes[1]
            assert codes[0] in {None, 10, 50}, name
