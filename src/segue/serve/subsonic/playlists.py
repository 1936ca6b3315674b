"""Playlists: those made here can be changed by whose they are, those imported can be looked at.

Of a playlist the songs are listed that can be played. A place that a player names is a place among
these; what cannot be played keeps its own, until the whole list is replaced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue.catalogue import kept, playable
from segue.errors import NotFoundError
from segue.serve.playlists import changeable
from segue.serve.subsonic import songs as told
from segue.serve.subsonic.asked import Endpoint
from segue.serve.subsonic.callers import name_of
from segue.serve.subsonic.faults import GENERIC, NOT_ALLOWED, FaultError, needed
from segue.serve.subsonic.ids import number_in, playlist_id
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.catalogue.kept import Kept
    from segue.serve.subsonic.asked import Asked

IMPORTED = 500
"""Most imported playlists that are listed, the first that came; a catalogue may hold a million."""


def listed(asked: Asked) -> Mapping[str, Any]:
    """Playlists made here, the last changed first, then imported ones that can be played."""
    found = asked.segue.playlists(n=IMPORTED)
    whose = " ".join(asked.text("username").split())
    if whose:
        found = [one for one in found if name_of(one.owner) == whose]
    sizes = playable.lengths(asked.segue.database, [one.number for one in found])
    shown = [
        _told(asked, one, *sizes.get(one.number, (0, 0.0)))
        for one in found
        if one.made_here or one.number in sizes
    ]
    return {"playlists": {"playlist": shown}}


def one(asked: Asked) -> Mapping[str, Any]:
    """One playlist with its songs."""
    return {"playlist": _whole(asked, _named(asked, asked.need("id")))}


def create(asked: Asked) -> Mapping[str, Any]:
    """Make a playlist of songs, or put songs in the place of those that one holds."""
    database = asked.segue.database
    ids = [TrackId(each) for each in asked.many("songId")]
    if asked.given("playlistId"):
        found = _changeable(asked, asked.text("playlistId"))
        name = asked.text("name") if asked.given("name") else None
        changed = kept.change(
            database, found.number, edition=found.edition, title=name, ids=ids, bare=True
        )
        return {"playlist": _whole(asked, changed)}
    if not asked.given("name"):
        raise needed("name")
    made = kept.make(database, asked.text("name"), ids, listener=asked.listener, bare=True)
    return {"playlist": _whole(asked, made)}


def update(asked: Asked) -> Mapping[str, Any]:
    """Rename a playlist, say what it is, add songs at its end, take songs out by their places."""
    found = _changeable(asked, asked.need("playlistId"))
    added = [TrackId(each) for each in asked.many("songIdToAdd")]
    gone = asked.wholes("songIndexToRemove")
    ids = None
    if added or gone:
        ids = [*_without(asked, found, gone), *added]
    kept.change(
        asked.segue.database,
        found.number,
        edition=found.edition,
        title=asked.text("name") if asked.given("name") else None,
        description=asked.need("comment") if asked.many("comment") else None,
        ids=ids,
        bare=True,
    )
    return {}


def delete(asked: Asked) -> Mapping[str, Any]:
    """Delete a playlist."""
    found = _changeable(asked, asked.need("id"))
    kept.remove(asked.segue.database, found.number, edition=found.edition)
    return {}


def _without(asked: Asked, found: Kept, places: list[int]) -> list[TrackId]:
    """What a playlist holds, less the songs at these places among those that can be played."""
    ids = kept.tracks_of(asked.segue.database, found.number)
    files = playable.files_of(asked.segue.database, ids)
    shown = [place for place, each in enumerate(ids) if each in files]
    for place in places:
        if not 0 <= place < len(shown):
            raise FaultError(
                GENERIC,
                f"the playlist has no place {place}",
                remedy=f"It has {len(shown)}, counted from 0",
            )
    gone = {shown[place] for place in places}
    return [each for place, each in enumerate(ids) if place not in gone]


def _named(asked: Asked, given: str) -> Kept:
    return kept.get(asked.segue.database, number_in(given))


def _changeable(asked: Asked, given: str) -> Kept:
    """A playlist that the listener may change.

    Raises
    ------
    FaultError
        It was imported.
    ForbiddenError
        It is another's.
    """
    found = changeable(asked.segue.database, number_in(given), caller=asked.caller)
    if not found.made_here:
        raise FaultError(
            NOT_ALLOWED,
            f"the playlist {found.title!r} was imported and stays as its source has it",
            remedy="Save its songs as a new one",
        )
    return found


def _whole(asked: Asked, found: Kept) -> dict[str, Any]:
    entries = told.songs(asked, kept.tracks_of(asked.segue.database, found.number))
    seconds = sum(each["duration"] or 0 for each in entries)
    return {**_told(asked, found, len(entries), seconds), "entry": entries}


def _told(asked: Asked, found: Kept, count: int, seconds: float) -> dict[str, Any]:
    changed = told.moment(found.edition)
    mine = found.made_here and asked.listener in {"", found.owner}
    return {
        "id": playlist_id(found.number),
        "name": found.title or "Untitled",
        "comment": found.description,
        "owner": name_of(found.owner),
        # Whoever may read the catalogue may read them all.
        "public": True,
        "readonly": not (mine and asked.caller.how != "open" and "write" in asked.caller.scopes),
        "songCount": count,
        "duration": round(seconds),
        "created": changed,
        "changed": changed,
        "coverArt": playlist_id(found.number) if count else None,
    }


def first_song(asked: Asked, given: str) -> TrackId:
    """The song whose picture stands for a playlist; NotFoundError where it has none."""
    ids = kept.tracks_of(asked.segue.database, _named(asked, given).number)
    files = playable.files_of(asked.segue.database, ids[:100])
    for each in ids:
        if each in files:
            return each
    raise NotFoundError(f"{given[:80]!r} holds nothing that can be played", remedy="Add a song")


ENDPOINTS = (
    Endpoint("getPlaylists", listed, "all playlists made here, and imported ones"),
    Endpoint("getPlaylist", one, "one playlist with its songs"),
    Endpoint("createPlaylist", create, "makes or fills a playlist", scope="write", changes=True),
    Endpoint("updatePlaylist", update, "changes a playlist", scope="write", changes=True),
    Endpoint("deletePlaylist", delete, "deletes a playlist", scope="write", changes=True),
)
