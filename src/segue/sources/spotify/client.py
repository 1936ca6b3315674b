"""What Spotify can be asked, and for how long its answers are kept."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from segue.caching import MISS
from segue.errors import BadRequestError, NotFoundError, UnavailableError
from segue.records import OutsideId, PlaylistRecord
from segue.sources.json_text import said
from segue.sources.spotify import reading
from segue.sources.spotify.calls import REFUSED_SECONDS, Calls, DeniedError, WithheldError
from segue.sources.spotify.covers import may_fetch
from segue.sources.spotify.token import Token
from segue.sources.tags import LARGEST_ART

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from segue.caching import Cache
    from segue.records import TrackRecord
    from segue.settings import Settings
    from segue.sources.spotify.manners import Manners

DAY = 86_400.0

KEPT = 7 * DAY
"""Seconds that an answer is kept."""

MISS_KEPT = 6 * 3_600.0
"""Seconds that it is kept that there is none."""

SEARCHED = 10
"""Playlists of one page of a search: the most that every app may ask for."""

LISTED = 50
"""Playlists of one page of a user's."""

SEARCH_ENDS = 1_000
"""Spotify's search gives no more than so many."""

MOST_ENTRIES = 20_000
"""Entries of a playlist that are read: twice the most that Spotify lets one have."""


class Spotify:
    """Asks Spotify; may be used by several threads.

    Parameters
    ----------
    settings
        Id and secret, both set, and addresses.
    cache
        Keeps answers.
    manners
        How Spotify is treated.
    clock, sleep, source
        As of `segue.sources.spotify.calls.Calls`.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        cache: Cache,
        manners: Manners,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        source: random.Random | None = None,
    ) -> None:
        self._cache = cache
        self._api, self._open = settings.spotify_url, settings.spotify_open_url
        self._calls = Calls(manners, clock=clock, sleep=sleep, source=source)
        self._token = Token(
            self._calls,
            cache=cache,
            url=settings.spotify_accounts_url,
            name=settings.spotify_id.strip(),
            secret=settings.spotify_secret,
        )

    @property
    def away(self) -> bool:
        """Whether Spotify is left alone at this moment: nothing is asked, everything fails."""
        return self._calls.away

    def check(self) -> None:
        """Fetch a token; raises as `segue.sources.spotify.token.Token.value`."""
        self._token.value()

    def close(self) -> None:
        """Let go of connections."""
        self._calls.close()

    def cover(self, track: str) -> bytes | None:
        """The picture of a track by its id, as Spotify has it: to be opened with care.

        Its own cover by the Web API; where that names none, the picture of the track's embed.

        Returns
        -------
        bytes or None
            At most `LARGEST_ART`; None where there is none, which is remembered.

        Raises
        ------
        UnavailableError
            Spotify cannot be asked now.
        """
        address = self.cover_address(track)
        if not address:
            return None
        try:
            return self._calls.picture(address, most=LARGEST_ART)
        except NotFoundError:
            return None

    def cover_address(self, track: str) -> str:
        """Where the picture of a track lies; empty where there is none, or not where it may lie."""
        _check_id(track, "track")

        def ask() -> dict[str, str] | None:
            address = self._own_cover(track)
            if not may_fetch(address, api=self._api):
                address = said((self.embed(track) or {}).get("thumbnail_url"))
            return {"cover": address} if may_fetch(address, api=self._api) else None

        found = self._kept(f"spotify:cover:{track}", ask) or {}
        # Looked at again: others may write to a cache that is shared.
        address = found.get("cover", "")
        return address if may_fetch(address, api=self._api) else ""

    def embed(self, track: str) -> dict[str, str] | None:
        """What Spotify's oEmbed says of a track: `title` and `thumbnail_url`; None for nothing.

        It needs no credentials. See https://oembed.com, version 1.0.
        """
        _check_id(track, "track")

        def ask() -> dict[str, str] | None:
            page = f"https://open.spotify.com/track/{track}"
            try:
                found = self._calls.json(f"{self._open}/oembed", headers={}, params={"url": page})
            except (NotFoundError, BadRequestError):
                return None
            kept = {name: said(found.get(name)) for name in ("title", "thumbnail_url")}
            return kept if kept["thumbnail_url"] else None

        return self._kept(f"spotify:embed:{track}", ask)

    def search(self, words: str, *, place: int = 0) -> reading.Page:
        """Playlists that words find, a page of `SEARCHED` from a place on; `SEARCH_ENDS` in all."""
        asked: dict[str, str | int] = {"q": words, "type": "playlist"}
        asked |= {"limit": SEARCHED, "offset": place}
        page = reading.listing(self._ask("/v1/search", asked), place=place)
        if page.place >= SEARCH_ENDS:
            return reading.Page(page.playlists, more=False, place=page.place)
        return page

    def playlists_of(self, user: str, *, place: int = 0) -> reading.Page:
        """A user's public playlists, a page of `LISTED` from a place on."""
        asked = {"limit": LISTED, "offset": place}
        path = f"/v1/users/{quote(user, safe='')}/playlists"
        return reading.listing(self._ask(path, asked), place=place)

    def playlist(self, value: str) -> tuple[PlaylistRecord, str, int]:
        """A playlist with all its tracks.

        Parameters
        ----------
        value
            Its id.

        Returns
        -------
        PlaylistRecord, str, int
            The playlist; the version it is in, empty where that is not said; how many entries were
            left out, being no tracks.

        Raises
        ------
        NotFoundError
            There is no such playlist, or it is private.
        UnavailableError
            Its tracks are not given to this app, or Spotify cannot be asked now.
        """
        _check_id(value, "playlist")
        first = self._ask(f"/v1/playlists/{value}", {})
        head = reading.heading(first)
        where = f"spotify:playlist:{value}"
        called, within = reading.inside(first)
        page = self._page(value, 0, called) if within is None else within
        tracks: list[TrackRecord] = []
        left_out = place = 0
        while True:
            part = reading.entries(page, place=place, where=where)
            tracks += part.tracks
            left_out += part.left_out
            place = part.place
            if not part.more or place >= MOST_ENTRIES:
                break
            page = self._page(value, place, called)
        named = PlaylistRecord(
            title=head.title,
            outside_id=OutsideId(reading.SCHEME, value),
            entries=tuple(tracks),
            description=head.description,
            followers=head.followers,
        )
        return named, head.version, left_out

    def _page(self, value: str, place: int, called: str) -> Mapping[str, Any]:
        """A page of a playlist's entries, by what they are `called`, else by their other name."""
        asked = {"limit": 50, "offset": place}
        other = "tracks" if called == "items" else "items"
        try:
            page = self._ask(f"/v1/playlists/{value}/{called}", asked)
        except (NotFoundError, BadRequestError):
            page = self._ask(f"/v1/playlists/{value}/{other}", asked)
        if not isinstance(page.get("items"), list):
            raise UnavailableError(
                "Spotify does not say which tracks the playlist holds",
                remedy="Since 2026 an app in development mode is not told",
            )
        return page

    def _own_cover(self, track: str) -> str:
        try:
            return reading.cover(self._ask(f"/v1/tracks/{track}", {}))
        except (NotFoundError, WithheldError):
            return ""

    def _ask(self, path: str, params: Mapping[str, str | int]) -> dict[str, Any]:
        """Ask the Web API; once more with a new token where the one at hand is refused."""
        for last in (False, True):
            token = self._token.value()
            headers = {"Authorization": f"Bearer {token}"}
            try:
                return self._calls.json(f"{self._api}{path}", headers=headers, params=params)
            except DeniedError:
                self._token.refused(token)
                if last:
                    self._calls.circuit.hold(REFUSED_SECONDS)
                    raise
        raise AssertionError("the loop ends by itself")

    def _kept(self, key: str, ask: Callable[[], dict[str, str] | None]) -> dict[str, str] | None:
        """An answer out of the cache, else asked for and kept; None for a miss."""
        held = self._cache.get(key)
        if held is MISS:
            return None
        if isinstance(held, bytes) and (found := _texts(held)):
            return found
        answer = ask()
        if answer is None:
            self._cache.put(key, MISS, seconds=MISS_KEPT)
        else:
            text = json.dumps(answer, ensure_ascii=False).encode()
            self._cache.put(key, text, seconds=KEPT)
        return answer


def _texts(held: bytes) -> dict[str, str]:
    """An answer as it was kept; empty where it is none of ours."""
    try:
        found = json.loads(held)
    except (ValueError, RecursionError):
        return {}
    return {k: v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}


def _check_id(value: str, what: str) -> None:
    if not reading.is_id(value):
        raise BadRequestError(
            f"{value[:80]!r} is no id of a {what} of Spotify's",
            remedy="It is the letters and digits at the end of its address",
        )
