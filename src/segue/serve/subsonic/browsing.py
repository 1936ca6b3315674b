"""Looking through: artists by letter, an artist's albums, an album's songs, genres, one song."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from segue.errors import NotFoundError
from segue.serve.subsonic import songs as told
from segue.serve.subsonic.asked import Endpoint
from segue.serve.subsonic.ids import ALBUM, ARTIST
from segue.serve.subsonic.telling import FOLDER
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.serve.subsonic.asked import Asked
    from segue.serve.subsonic.racks import Rack

_ARTICLE = "the "
_OTHER = "#"

_LETTERED: WeakKeyDictionary[Rack, list[dict[str, Any]]] = WeakKeyDictionary()
"""Artists under their letters, for as long as an epoch's rack lives."""


def artists(asked: Asked) -> Mapping[str, Any]:
    """All artists, by the letter they begin with."""
    need_folder(asked)
    return {"artists": {"ignoredArticles": "The", "index": _lettered(asked.rack)}}


def indexes(asked: Asked) -> Mapping[str, Any]:
    """The same, for players that look through folders; nothing where nothing is newer."""
    need_folder(asked)
    rack = asked.rack
    newest = float(rack.shelves.created[rack.rows].max()) if len(rack.rows) else 0.0
    changed = round(newest * 1000)
    since = asked.whole("ifModifiedSince", 0)
    shown = [] if since and since >= changed else _lettered(rack)
    return {"indexes": {"ignoredArticles": "The", "lastModified": changed, "index": shown}}


def _lettered(rack: Rack) -> list[dict[str, Any]]:
    """Artists under the letters they begin with, "The" left out of account; made once an epoch."""
    known = _LETTERED.get(rack)
    if known is None:
        known = _LETTERED[rack] = _under_letters(rack)
    return known


def _under_letters(rack: Rack) -> list[dict[str, Any]]:
    folded = rack.artists.groups.folded
    keyed = sorted((_sorted_by(folded[at]), at) for at in rack.artists.there.tolist())
    letters: dict[str, list[dict[str, Any]]] = {}
    for name, at in keyed:
        letter = name[0].upper() if name and name[0].isalpha() else _OTHER
        letters.setdefault(letter, []).append(told.artist(rack, at))
    return [{"name": letter, "artist": listed} for letter, listed in sorted(letters.items())]


def _sorted_by(folded: str) -> str:
    return folded.removeprefix(_ARTICLE) or folded


def artist(asked: Asked) -> Mapping[str, Any]:
    """One artist with the albums they are on."""
    rack = asked.rack
    at = rack.artist(asked.need("id"))
    albums = told.albums(rack, rack.albums_by(at))
    return {"artist": {**told.artist(rack, at), "album": albums}}


def album(asked: Asked) -> Mapping[str, Any]:
    """One album with its songs in order."""
    rack = asked.rack
    at = rack.album(asked.need("id"))
    listed = told.songs(asked, rack.on_album(at))
    return {"album": {**told.album(rack, at), "song": listed}}


def directory(asked: Asked) -> Mapping[str, Any]:
    """An artist as a folder of albums, or an album as a folder of songs."""
    rack, given = asked.rack, asked.need("id")
    if given.startswith(ARTIST):
        found = told.artist(rack, rack.artist(given))
        inside = [as_folder(told.album(rack, each)) for each in rack.albums_by(rack.artist(given))]
        return {"directory": {"id": given, "name": found["name"], "child": inside}}
    if given.startswith(ALBUM):
        at = rack.album(given)
        of = told.album(rack, at)
        inside = told.songs(asked, rack.on_album(at))
        above = {"id": given, "parent": of["artistId"], "name": of["name"]}
        return {"directory": {**above, "child": inside}}
    raise NotFoundError(f"there is no folder {given[:80]!r}", remedy="Begin with getIndexes")


def as_folder(of: Mapping[str, Any]) -> dict[str, Any]:
    """An album as players see it that look through folders."""
    kept = ("id", "artist", "artistId", "coverArt", "created", "duration", "year", "genre")
    named = {"title": of["name"], "album": of["name"], "parent": of["artistId"]}
    return {**{name: of[name] for name in kept}, **named, "isDir": True, "mediaType": "album"}


def genres(asked: Asked) -> Mapping[str, Any]:
    """All genres, with how many songs and albums each has."""
    rack = asked.rack
    listed = [
        {
            "value": rack.genres.groups.names[at],
            "songCount": int(rack.genres.songs[at]),
            "albumCount": int(rack.albums_of_genres[at]),
        }
        for at in rack.genres.alphabetical.tolist()
    ]
    return {"genres": {"genre": listed}}


def song(asked: Asked) -> Mapping[str, Any]:
    """One song, also one that has no file."""
    given = TrackId(asked.need("id"))
    found = told.songs(asked, [given], all_of=True)
    if not found:
        raise NotFoundError(f"there is no song {given[:80]!r}", remedy="Search for it: search3")
    return {"song": found[0]}


def lyrics(asked: Asked) -> Mapping[str, Any]:
    """What is sung, without times, where the catalogue has it."""
    track = asked.segue.track(TrackId(asked.need("id")))
    row = asked.rack.row(track.id)
    text = "" if row is None else asked.rack.corpus.lyrics.get(row, "")
    if row is None or not text.strip():
        return {"lyricsList": {"structuredLyrics": []}}
    sung = {
        "lang": asked.rack.corpus.languages.get(row, "xxx"),
        "synced": False,
        "displayArtist": track.artist,
        "displayTitle": track.title,
        "line": [{"value": line} for line in text.splitlines()],
    }
    return {"lyricsList": {"structuredLyrics": [sung]}}


def need_folder(asked: Asked) -> None:
    """Refuse a folder that is not `telling.FOLDER`."""
    if asked.given("musicFolderId") and asked.whole("musicFolderId") != FOLDER["id"]:
        raise NotFoundError(
            f"there is no folder {asked.text('musicFolderId')[:40]!r}",
            remedy="There is one, with the id 0",
        )


ENDPOINTS = (
    Endpoint("getIndexes", indexes, "artists by letter, for players that look through folders"),
    Endpoint("getMusicDirectory", directory, "an artist's albums or an album's songs"),
    Endpoint("getArtists", artists, "all artists by letter"),
    Endpoint("getArtist", artist, "an artist and the albums they are on"),
    Endpoint("getAlbum", album, "an album and its songs in order"),
    Endpoint("getSong", song, "one song"),
    Endpoint("getGenres", genres, "all genres, with numbers of songs and albums"),
    Endpoint("getLyricsBySongId", lyrics, "what is sung, without times"),
)
