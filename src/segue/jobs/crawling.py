"""Playlists fetched from Spotify into the catalogue, one after the other.

First it is listed which playlists there are, then each is fetched and taken in. Both are noted in
the catalogue as they go (`segue.catalogue.crawls`), so that a crawl that was stopped, or killed,
goes on where it was. A playlist that cannot be had is told and left; when Spotify does not answer
any more or asks to be left alone, the crawl ends there and says so.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from segue.catalogue import crawls, playlists
from segue.errors import BusyError, SegueError
from segue.records import Rejection
from segue.summaries import CrawlSummary

if TYPE_CHECKING:
    from segue.catalogue.database import Database
    from segue.sources.spotify import Spotify
    from segue.sources.spotify.reading import Page
    from segue.types import Progress

_log = logging.getLogger(__name__)

FURTHEST = 10_000
"""Place at which any listing ends, whatever it says."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which playlists: what `words` find, a `user`'s own, or those with some ids (`playlists`)."""

    kind: Literal["words", "user", "playlists"]
    values: tuple[str, ...]

    @property
    def asked(self) -> str:
        """The line by which the crawl is known."""
        return f"spotify {self.kind} {' '.join(self.values)}"


@dataclass(slots=True)
class _Counts:
    """What this run has taken so far."""

    taken: int = 0
    tracks: int = 0
    unknown: int = 0
    left_out: int = 0


def crawl(
    db: Database,
    spotify: Spotify,
    wanted: Wanted,
    *,
    most: int,
    on_progress: Progress | None = None,
) -> CrawlSummary:
    """Fetch playlists, or go on with it.

    Parameters
    ----------
    db
        Takes them in.
    spotify
        Asked with patience.
    wanted
        Which playlists.
    most
        How many of the listing, 1 or more.
    on_progress
        Called with (done, total, what).

    Returns
    -------
    CrawlSummary
        `finished` is False where Spotify gave no more; the same call goes on.

    Raises
    ------
    SegueError
        The playlists could not be listed: there is no such user, Spotify refuses the question or
        does not answer. What was listed is kept.
    """
    began = time.monotonic()
    standing = crawls.begin(db, wanted.asked)
    _list(db, spotify, wanted, standing, most=most, on_progress=on_progress)
    known = crawls.states(db, wanted.asked, most=most)[crawls.TAKEN]
    counts = _Counts()
    reason = _fetch(db, spotify, wanted.asked, counts, most=most, on_progress=on_progress)
    if not reason:
        crawls.finish(db, wanted.asked)
    states = crawls.states(db, wanted.asked, most=most)
    failed = crawls.failures(db, wanted.asked, most=most)
    return CrawlSummary(
        found=sum(states.values()),
        taken=counts.taken,
        known=known,
        failed=states[crawls.FAILED],
        waiting=states[crawls.WAITING],
        tracks=counts.tracks,
        unknown=counts.unknown,
        left_out=counts.left_out,
        rejections=tuple(Rejection(f"spotify:playlist:{one}", None, why) for one, why in failed),
        resumed=standing.resumed,
        finished=not reason,
        reason=reason,
        seconds=time.monotonic() - began,
    )


def _list(
    db: Database,
    spotify: Spotify,
    wanted: Wanted,
    standing: crawls.Crawl,
    *,
    most: int,
    on_progress: Progress | None,
) -> None:
    """List playlists until there are enough, or no more."""
    while not standing.listed and standing.found < most:
        if wanted.kind == "playlists":
            page = [(value, "") for value in wanted.values]
            standing = crawls.note_page(db, wanted.asked, page, place=len(page), listed=True)
            continue
        told = _page(spotify, wanted, standing.place)
        page = [(one.id, one.version) for one in told.playlists]
        listed = not told.more or told.place >= FURTHEST
        standing = crawls.note_page(db, wanted.asked, page, place=told.place, listed=listed)
        if on_progress is not None:
            on_progress(min(standing.found, most), None, "listing playlists")


def _page(spotify: Spotify, wanted: Wanted, place: int) -> Page:
    words = " ".join(wanted.values)
    if wanted.kind == "user":
        return spotify.playlists_of(words, place=place)
    return spotify.search(words, place=place)


def _fetch(
    db: Database,
    spotify: Spotify,
    asked: str,
    counts: _Counts,
    *,
    most: int,
    on_progress: Progress | None,
) -> str:
    """Fetch what waits; empty at the end, else why it was broken off."""
    while (value := crawls.next_waiting(db, asked, most=most)) is not None:
        if on_progress is not None:
            states = crawls.states(db, asked, most=most)
            total = sum(states.values())
            on_progress(total - states[crawls.WAITING], total, f"fetching playlist {value}")
        try:
            _take(db, spotify, asked, value, counts)
        except BusyError:
            # The catalogue's trouble is none of the playlist's, which waits for the next time.
            raise
        except SegueError as error:
            if spotify.away:
                return error.what
            _log.info("playlist %s: %s", value, error)
            crawls.note_failed(db, asked, value, reason=error.what)
    return ""


def _take(db: Database, spotify: Spotify, asked: str, value: str, counts: _Counts) -> None:
    """Fetch one playlist and take it in."""
    record, version, left_out = spotify.playlist(value)
    ids = {one for entry in record.entries for one in entry.outside_ids}
    counts.unknown += crawls.unknown(db, ids)
    playlists.add(db, [record])
    crawls.note_taken(db, asked, value, version=version)
    counts.taken += 1
    counts.tracks += len(record.entries)
    counts.left_out += left_out
