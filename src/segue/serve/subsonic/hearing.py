"""What is heard and seen: sound as it is or as MP3, whole files, pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import FileResponse, Response

from segue.audio.streaming import lowered
from segue.catalogue import playable, tracks
from segue.errors import NotFoundError
from segue.serve.media.artwork import SIZES, artwork_of
from segue.serve.media.held import need_file
from segue.serve.media.kinds import container_of
from segue.serve.media.placeholder import paint
from segue.serve.media.sound import sounding
from segue.serve.subsonic.asked import Endpoint
from segue.serve.subsonic.ids import ALBUM, ARTIST, PLAYLIST
from segue.serve.subsonic.playlists import first_song
from segue.types import TrackId

if TYPE_CHECKING:
    from segue.records import Track
    from segue.serve.subsonic.asked import Asked

_LONGEST = 30 * 86_400
_LARGEST = 4_096
_AS_IT_IS = "raw"
_MADE: Final = "mp3"
_DRAWN = "image/svg+xml"


def stream(asked: Asked) -> Response:
    """The sound of a song: its file by byte ranges, or MP3 made from it.

    It is made where a rate is asked for that the file goes beyond, another format than the file's,
    or a place to begin at. MP3 is what can be made; a player that would rather have another
    format gets that, as the type of the answer says.
    """
    track_id = TrackId(asked.need("id"))
    path = need_file(asked.segue, tracks.get(asked.segue.database, track_id).id)
    file = playable.files_of(asked.segue.database, [track_id])[track_id]
    wanted = asked.text("format").strip().lower()
    most = asked.whole("maxBitRate", 0, most=10_000)
    start = asked.whole("timeOffset", 0, most=_LONGEST)
    seconds = file.duration
    above = bool(most and seconds and file.size * 8 / seconds > most * 1000)
    other = wanted not in {"", _AS_IT_IS, file.format}
    if wanted == _AS_IT_IS or not (above or other or start):
        return sounding(asked.request, path, made=None, start=0.0)
    return sounding(
        asked.request, path, made=_MADE, start=float(start), most=lowered(most) if most else None
    )


def download(asked: Asked) -> Response:
    """The file of a song, to be kept."""
    track = tracks.get(asked.segue.database, TrackId(asked.need("id")))
    path = need_file(asked.segue, track.id)
    headers = {"Cache-Control": "private, no-cache"}
    return FileResponse(path, media_type=container_of(path), filename=path.name, headers=headers)


def cover(asked: Asked) -> Response:
    """The picture of a song, an album, an artist or a playlist."""
    track = _pictured(asked, asked.need("id"))
    size = asked.whole("size", SIZES[-1], least=1, most=_LARGEST)
    picture = artwork_of(asked.segue, track, size=size, covers=asked.request.app.state.covers)
    kept = "private, max-age=3600" if picture.lasts else "private, max-age=5"
    headers = {
        "Cache-Control": kept,
        "ETag": f'"{picture.mark}-{size}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    if asked.request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    data, kind = picture.data, picture.media_type
    if kind == _DRAWN:
        artist = track.artists[0] if track.artists else ""
        data, kind = paint(track.id, artist=artist, size=size), "image/png"
    return Response(data, media_type=kind, headers=headers)


def _pictured(asked: Asked, given: str) -> Track:
    """The song whose picture stands for what an id is of."""
    track_id = TrackId(given)
    if given.startswith(ARTIST):
        rack = asked.rack
        track_id = rack.corpus.ids[int(rack.artists.first[rack.artist(given)])]
    elif given.startswith(ALBUM):
        rack = asked.rack
        track_id = rack.corpus.ids[int(rack.albums.first[rack.album(given)])]
    elif given.startswith(PLAYLIST):
        track_id = first_song(asked, given)
    found = tracks.many(asked.segue.database, [track_id])
    if not found:
        raise NotFoundError(f"there is no picture of {given[:80]!r}", remedy="Look it up again")
    return found[0]


ENDPOINTS = (
    Endpoint("stream", stream, "a song's sound, as it is or as MP3", scope="listen"),
    Endpoint("download", download, "a song's file", scope="listen"),
    Endpoint("getCoverArt", cover, "a picture of a song, album, artist or playlist"),
)
