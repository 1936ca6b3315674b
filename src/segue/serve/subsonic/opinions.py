"""What a listener says: stars, which are likes, and what was played.

A star is the like of the pages, and taking it away takes that back. Opinions are of songs; a star
for an album or an artist is refused rather than kept as something that it is not.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from segue.catalogue import feedback, played, tracks
from segue.errors import NotFoundError
from segue.serve.subsonic import songs as told
from segue.serve.subsonic.asked import Endpoint
from segue.serve.subsonic.browsing import need_folder
from segue.serve.subsonic.callers import name_of
from segue.serve.subsonic.faults import GENERIC, FaultError, needed
from segue.serve.subsonic.ids import ALBUM, ARTIST
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.records import Track
    from segue.serve.subsonic.asked import Asked

_LONGEST_NAME = 100
_AHEAD = 86_400.0
"""Seconds that a player's clock may be ahead of ours."""


def star(asked: Asked) -> Mapping[str, Any]:
    """Like songs."""
    named = [track.id for track in _songs_named(asked)]
    feedback.give_all(asked.segue.database, asked.listener, named, "like")
    return {}


def unstar(asked: Asked) -> Mapping[str, Any]:
    """Take likes back; another opinion stays."""
    liked = [track.id for track in _songs_named(asked) if track.id in asked.likes]
    if liked:
        feedback.undo_all(asked.segue.database, asked.listener, liked)
    return {}


def _songs_named(asked: Asked) -> list[Track]:
    """The songs that are named, all of which there are.

    Raises
    ------
    FaultError
        None is named (10), or an album or artist is (0).
    NotFoundError
        There is no such song; then none of them was touched.
    """
    ids = asked.many("id")
    groups = asked.many("albumId") + asked.many("artistId")
    if groups or any(one.startswith((ALBUM, ARTIST)) for one in ids):
        raise FaultError(GENERIC, "albums and artists cannot be starred", remedy="Star their songs")
    if not ids:
        raise needed("id")
    return _known(asked, ids)


def _known(asked: Asked, ids: list[str]) -> list[Track]:
    wanted = [TrackId(one) for one in ids]
    found = tracks.many(asked.segue.database, wanted)
    there = {track.id for track in found}
    for one in wanted:
        if one not in there:
            raise NotFoundError(f"there is no song {one[:80]!r}", remedy="Search for it: search3")
    return found


def starred2(asked: Asked) -> Mapping[str, Any]:
    """The songs that the listener likes, the last said first."""
    return {"starred2": _starred(asked)}


def starred(asked: Asked) -> Mapping[str, Any]:
    """The same, for players that look through folders."""
    return {"starred": _starred(asked)}


def _starred(asked: Asked) -> dict[str, Any]:
    need_folder(asked)
    return {"artist": [], "album": [], "song": told.songs(asked, asked.likes)}


def scrobble(asked: Asked) -> Mapping[str, Any]:
    """Keep that songs were played; with ``submission=false`` only that one is played now."""
    if not asked.given("id"):
        raise needed("id")
    found = _known(asked, asked.many("id"))
    times = asked.wholes("time")
    if times and len(times) != len(found):
        raise FaultError(
            GENERIC,
            f"{len(found)} songs and {len(times)} times were sent",
            remedy="Send a time for each song, or none",
        )
    now = time.time()
    seconds = [each / 1000 for each in times] or [now] * len(found)
    for at in seconds:
        if not 0 < at <= now + _AHEAD:
            raise FaultError(
                GENERIC,
                f"{at:.0f} seconds since 1970 is no time at which a song was played",
                remedy="Send milliseconds since 1970",
            )
    if not asked.flag("submission", default=True):
        _begin(asked, found[-1])
        return {}
    heard = [(track.id, min(at, now)) for track, at in zip(found, seconds, strict=True)]
    played.note_all(asked.segue.database, asked.listener, heard)
    return {}


def _begin(asked: Asked, track: Track) -> None:
    asked.players.begin(
        track.id,
        listener=asked.listener,
        program=asked.text("c")[:_LONGEST_NAME],
        seconds=track.duration,
    )


def now_playing(asked: Asked) -> Mapping[str, Any]:
    """What players said they play, for as long as the songs take; with login, one's own."""
    playing = [
        one
        for one in asked.players.playing()
        if not asked.segue.settings.login or one.listener == asked.listener
    ]
    ids = list(dict.fromkeys(one.track_id for one in playing))
    known = {each["id"]: each for each in told.songs(asked, ids)}
    listed = [
        {
            **known[one.track_id],
            "username": name_of(one.listener),
            "minutesAgo": int((time.time() - one.at) // 60),
            "playerId": place,
            "playerName": one.program,
        }
        for place, one in enumerate(playing)
        if one.track_id in known
    ]
    return {"nowPlaying": {"entry": listed}}


ENDPOINTS = (
    Endpoint("star", star, "likes songs", scope="listen", changes=True),
    Endpoint("unstar", unstar, "takes likes back", scope="listen", changes=True),
    Endpoint("getStarred", starred, "as getStarred2, for players that look through folders"),
    Endpoint("getStarred2", starred2, "the songs that are liked"),
    Endpoint("scrobble", scrobble, "keeps that songs were played", scope="listen", changes=True),
    Endpoint("getNowPlaying", now_playing, "what is being played now"),
)
