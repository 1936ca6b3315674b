"""Playlists in the layout of Spotify's Million Playlist Dataset.

A slice is a JSON object with a list of ``playlists``; each has a number (``pid``), a ``name`` and
``tracks`` in playing order with Spotify's identifiers and lengths in milliseconds. Slices come
plain, gzipped, or many in one zip archive.

Reference: C.-W. Chen, P. Lamere, M. Schedl, H. Zamani, "RecSys Challenge 2018: Automatic Music
Playlist Continuation", RecSys 2018.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue.errors import BadTableError
from segue.records import OutsideId, PlaylistRecord, Rejection, TrackRecord
from segue.sources.json_text import amount, open_members, parse_json, said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segue.types import Progress

_URI = "spotify:track:"


def read_archive(
    path: Path, *, on_progress: Progress | None = None
) -> Iterator[PlaylistRecord | Rejection]:
    """Playlists of all slices in a zip archive; a slice that cannot be read is one rejection."""
    for done, (where, data) in enumerate(open_members(path, ".json"), start=1):
        try:
            if isinstance(data, BadTableError):
                raise data
            yield from read_slice(parse_json(data, where=where), where=where)
        except BadTableError as problem:
            yield Rejection(place=where, line=None, reason=problem.what)
        if on_progress is not None:
            on_progress(done, None, f"reading {path.name}")


def read_slice(
    content: Any,  # noqa: ANN401 (any JSON)
    *,
    where: str,
    on_progress: Progress | None = None,
) -> Iterator[PlaylistRecord | Rejection]:
    """Playlists of one slice.

    Parameters
    ----------
    content
        The slice as JSON holds it.
    where
        Its file, for messages.
    on_progress
        Called now and then with (playlists done, in all, what).

    Yields
    ------
    PlaylistRecord or Rejection
        One record for every playlist with a number and a list of tracks; an entry that names no
        track is a rejection, and its playlist comes without it.

    Raises
    ------
    BadTableError
        It is no slice.
    """
    playlists = content.get("playlists") if isinstance(content, dict) else None
    if not isinstance(playlists, list):
        raise BadTableError(
            "this JSON holds no list of playlists",
            where=where,
            remedy='A slice of the Million Playlist Dataset is {"playlists": […]}',
        )
    for index, playlist in enumerate(playlists):
        yield from _read_playlist(playlist, f"{where}, playlist {index + 1}")
        if on_progress is not None and (index % 100 == 99 or index + 1 == len(playlists)):
            on_progress(index + 1, len(playlists), f"reading {where.rpartition('/')[2]}")


def _read_playlist(content: object, place: str) -> Iterator[PlaylistRecord | Rejection]:
    if not isinstance(content, dict):
        yield Rejection(place=place, line=None, reason="it is no JSON object")
        return
    pid, tracks = content.get("pid"), content.get("tracks")
    if isinstance(pid, bool) or not isinstance(pid, int) or abs(pid) >= 1 << 62:
        yield Rejection(place=place, line=None, reason="it has no number (pid)")
        return
    if not isinstance(tracks, list):
        yield Rejection(place=place, line=None, reason="it has no list of tracks")
        return
    entries: list[TrackRecord] = []
    for position, track in enumerate(tracks, start=1):
        entry = _read_entry(track, place)
        if entry is None:
            reason = f"entry {position} names no track"
            yield Rejection(place=place, line=None, reason=reason)
        else:
            entries.append(entry)
    followers = amount(content.get("num_followers"))
    yield PlaylistRecord(
        title=said(content.get("name")),
        outside_id=OutsideId("mpd", str(pid)),
        entries=tuple(entries),
        description=said(content.get("description")),
        followers=None if followers is None else int(followers),
        modified=amount(content.get("modified_at")),
    )


def _read_entry(track: object, place: str) -> TrackRecord | None:
    if not isinstance(track, dict):
        return None
    title, uri = said(track.get("track_name")), said(track.get("track_uri"))
    known = uri.startswith(_URI) and len(uri) > len(_URI)
    if not title and not known:
        return None
    artist, duration = said(track.get("artist_name")), amount(track.get("duration_ms"))
    return TrackRecord(
        title=title,
        artists=(artist,) if artist else (),
        album=said(track.get("album_name")),
        outside_ids=(OutsideId("spotify", uri[len(_URI) :]),) if known else (),
        duration=None if duration is None else duration / 1_000,
        place=place,
    )
