"""What players are told of songs, albums and artists.

A field is there where the catalogue knows what belongs in it; nothing is made up. The one thing
that looks like more than it is is `path`: it is made of names, as players that keep songs for the
road name their files by it. Where a file really lies is nobody's business.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from segue.catalogue import playable, played, tracks
from segue.names import artist_key, is_collective
from segue.serve.media.kinds import TYPES, UNKNOWN
from segue.serve.subsonic.ids import album_id, artist_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from segue.catalogue.playable import PlayableFile
    from segue.catalogue.played import Total
    from segue.records import Track
    from segue.serve.subsonic.asked import Asked
    from segue.serve.subsonic.racks import Rack
    from segue.types import TrackId

REFERENCE_LUFS = -18.0
"""The loudness that gains bring a song to (ReplayGain 2.0)."""

_MOODS = frozenset({"emotion", "mood"})
_NO_NAME = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')


def songs(asked: Asked, ids: Iterable[TrackId], *, all_of: bool = False) -> list[dict[str, Any]]:
    """Songs in the order asked.

    Parameters
    ----------
    ids
        Which tracks; one that is gone is left out.
    all_of
        Whether those without a file are told of too.
    """
    wanted = list(ids)
    database = asked.segue.database
    files = playable.files_of(database, wanted)
    found = tracks.many(database, wanted if all_of else [one for one in wanted if one in files])
    totals = played.totals(database, asked.listener, [track.id for track in found])
    return [song(asked, each, files.get(each.id), totals.get(each.id)) for each in found]


def song(
    asked: Asked, track: Track, file: PlayableFile | None, total: Total | None
) -> dict[str, Any]:
    """One song, ``Child`` in the words of the specification."""
    title = track.title or "Untitled"
    liked = asked.likes.get(track.id)
    return {
        "id": track.id,
        "isDir": False,
        "title": title,
        "album": track.album or None,
        "artist": track.artist or None,
        "year": track.year,
        "genre": track.genres[0] if track.genres else None,
        "coverArt": track.id,
        "type": "music",
        "mediaType": "song",
        "isVideo": False,
        "starred": None if liked is None else moment(liked),
        "playCount": 0 if total is None else total.times,
        "played": None if total is None or total.last is None else moment(total.last),
        **_of_file(track, file),
        **_placed(asked, track),
        **_known(track),
        "replayGain": _gain(file),
    }


def _of_file(track: Track, file: PlayableFile | None) -> dict[str, Any]:
    """What its file says; without one nothing but how long it is said to be."""
    seconds = track.duration if file is None or file.duration is None else file.duration
    told = {"duration": None if seconds is None else round(seconds)}
    if file is None:
        return told
    kilobits = round(file.size * 8 / seconds / 1000) if seconds else None
    return {
        **told,
        "track": file.track_number,
        "size": file.size,
        "suffix": file.format,
        "contentType": TYPES.get(file.format, UNKNOWN),
        "bitRate": kilobits,
        "path": _path(track, file),
    }


def _placed(asked: Asked, track: Track) -> dict[str, Any]:
    """The album and the artists it belongs to, as far as this epoch has them."""
    rack = asked.rack
    row = rack.row(track.id)
    names = [name for name in track.artists if not is_collective(name)]
    artists = [{"id": artist_id(artist_key(name)), "name": name} for name in names]
    told: dict[str, Any] = {
        "artistId": artists[0]["id"] if artists else None,
        "artists": artists,
        "displayArtist": track.artist,
    }
    if row is None:
        return told
    told["created"] = moment(float(rack.shelves.created[row]))
    at = int(rack.album_of[row])
    if at >= 0:
        owner = rack.owners[at]
        told["albumId"] = told["parent"] = album_id(rack.albums.groups.keys[at])
        told["displayAlbumArtist"] = owner.name
        told["albumArtists"] = _owners(rack, at)
    return told


def _known(track: Track) -> dict[str, Any]:
    """What else is known, in fields that OpenSubsonic added; empty where it is not."""
    ids: dict[str, list[str]] = {"musicbrainz": [], "isrc": []}
    for one in track.outside_ids:
        if one.scheme in ids:
            ids[one.scheme].append(one.value)
    tempo = None if track.attributes is None else track.attributes.tempo
    explicit = {True: "explicit", False: "clean", None: ""}[track.explicit]
    return {
        "genres": [{"name": name} for name in track.genres],
        "moods": [value for kind, value in track.labels if kind in _MOODS],
        "bpm": 0 if tempo is None else round(tempo),
        "musicBrainzId": ids["musicbrainz"][0] if ids["musicbrainz"] else "",
        "isrc": ids["isrc"],
        "explicitStatus": explicit,
    }


def _gain(file: PlayableFile | None) -> dict[str, Any]:
    """How much louder to play it, in dB, and its highest peak, 1 for full scale."""
    if file is None or file.loudness is None:
        return {}
    peak = None if file.true_peak is None else round(10 ** (file.true_peak / 20), 6)
    return {"trackGain": round(REFERENCE_LUFS - file.loudness, 2), "trackPeak": peak}


def _path(track: Track, file: PlayableFile) -> str:
    number = "" if file.track_number is None else f"{file.track_number:02} - "
    parts = (track.artist or "Unknown", track.album, f"{number}{track.title or 'Untitled'}")
    names = [_NO_NAME.sub("_", part).strip(". ")[:100] or "_" for part in parts if part]
    return f"{'/'.join(names)}.{file.format}"


# -- albums and artists ---------------------------------------------------------------------


def album(rack: Rack, at: int) -> dict[str, Any]:
    """One album, ``AlbumID3``."""
    key, name = rack.albums.groups.keys[at], rack.albums.groups.names[at]
    owner = rack.owners[at]
    row = int(rack.albums.first[at])
    genres = rack.corpus.genres[row]
    return {
        "id": album_id(key),
        "name": name,
        "artist": owner.name,
        "artistId": artist_id(rack.artists.groups.keys[owner.at]) if owner.at >= 0 else None,
        "coverArt": album_id(key),
        "songCount": int(rack.albums.songs[at]),
        "duration": round(float(rack.seconds[at])),
        "created": moment(float(rack.created[at])),
        "year": int(rack.years[at]) or None,
        "genre": genres[0] if genres else None,
        "genres": [{"name": each} for each in genres],
        "artists": _owners(rack, at),
        "displayArtist": owner.name,
    }


def albums(rack: Rack, places: Sequence[int]) -> list[dict[str, Any]]:
    """Albums in the order of their places."""
    return [album(rack, at) for at in places]


def artist(rack: Rack, at: int) -> dict[str, Any]:
    """One artist, ``ArtistID3``."""
    key = rack.artists.groups.keys[at]
    return {
        "id": artist_id(key),
        "name": rack.artists.groups.names[at],
        "coverArt": artist_id(key),
        "albumCount": int(rack.albums_of_artists[at]),
    }


def _owners(rack: Rack, at: int) -> list[dict[str, Any]]:
    """Whose an album is, as a list of artists; nobody of one that is nobody's."""
    owner = rack.owners[at]
    if owner.at < 0:
        return []
    return [{"id": artist_id(rack.artists.groups.keys[owner.at]), "name": owner.name}]


def moment(at: float) -> str:
    """A time in seconds since 1970 as ISO 8601 has it, in UTC."""
    said = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return said.replace("+00:00", "Z")
