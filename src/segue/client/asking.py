"""Questions about tracks: the part of the client that changes nothing."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from segue import errors
from segue.client.answers import Group, Status
from segue.client.connection import Connection
from segue.client.reading import read
from segue.client.writing import asked
from segue.records import Answer, Journey, RadioState, Track

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue.client.writing import Lens
    from segue.records import Dials, Filters

API = "/api/v1"


class Asking(Connection):
    """Tracks, what is like them, and ways between them.

    A track is named by its id, or by an outside id as ``scheme:value``. Errors are those of the
    library; `WarmingUpError` while the server is getting ready.
    """

    def status(self) -> Status:
        """How the server stands."""
        return read(Status, self.send("GET", f"{API}/status"))

    def tracks(self) -> Iterator[Track]:
        """Every track, in an order that stays."""
        for each in self.pages(f"{API}/tracks", query={"limit": 200}, name="tracks"):
            yield read(Track, each)

    def track(self, name: str) -> Track:
        """One track; NotFoundError where there is none."""
        return read(Track, self.send("GET", f"{API}/tracks/{quote(name, safe='')}"))

    def search(self, words: str, *, n: int = 10) -> list[Track]:
        """Tracks whose title, artists and album hold all the words, the best first."""
        found = self.send("GET", f"{API}/search", query={"q": words, "n": n})
        return [read(Track, each) for each in found["tracks"]]

    def library(
        self,
        words: str = "",
        *,
        artist: str = "",
        album: str = "",
        genre: str = "",
        year_from: int | None = None,
        year_to: int | None = None,
        show: str = "all",
        sort: str | None = None,
        listener: str | None = None,
    ) -> Iterator[Track]:
        """Tracks that pass, in order, page after page as they are needed.

        Parameters
        ----------
        artist, album, genre
            Keys, as `groups` gives them; "" for any.
        show
            ``all``, ``playable`` or ``liked``.
        sort
            ``best``, ``newest``, ``title``, ``artist``, ``year`` or ``known``.
        """
        query = {
            "q": words or None,
            "artist": artist or None,
            "album": album or None,
            "genre": genre or None,
            "year_from": year_from,
            "year_to": year_to,
            "show": show,
            "sort": sort,
            "listener": listener,
            "limit": 200,
        }
        for each in self.pages(f"{API}/library", query=query, name="tracks"):
            yield read(Track, each)

    def groups(self, kind: str, words: str = "") -> Iterator[Group]:
        """All ``artists``, ``albums`` or ``genres``, those with most tracks first."""
        query = {"q": words, "sort": "tracks", "limit": 200}
        for each in self.pages(f"{API}/{quote(kind, safe='')}", query=query, name="groups"):
            yield read(Group, each)

    def similar(
        self,
        name: str,
        *,
        n: int | None = None,
        lens: Lens | None = None,
        filters: Filters | None = None,
        dials: Dials | None = None,
        listener: str | None = None,
    ) -> Answer:
        """Tracks like one, the best first, with reasons; see `segue.library.Segue.similar`."""
        query = asked(n=n, lens=lens, filters=filters, dials=dials) | {"listener": listener}
        path = f"{API}/tracks/{quote(name, safe='')}/similar"
        return read(Answer, self.send("GET", path, query=query))

    def similar_to_many(
        self,
        names: Sequence[str],
        *,
        n: int | None = None,
        lens: Lens | None = None,
        filters: Filters | None = None,
        dials: Dials | None = None,
    ) -> list[Answer | errors.UserError]:
        """The same for up to a hundred at once: for each an answer, or why there is none."""
        body = asked(n=n, lens=lens, filters=filters, dials=dials) | {"tracks": list(names)}
        told = self.send("POST", f"{API}/similar", body=body, again=True)
        return [
            read(Answer, each["answer"])
            if each["problem"] is None
            else errors.UserError(
                each["problem"]["detail"].removesuffix("."),
                remedy=(each["problem"]["remedy"] or "").removesuffix("."),
            )
            for each in told["answers"]
        ]

    def mix(
        self,
        like: Sequence[str] = (),
        *,
        unlike: Sequence[str] = (),
        words: str = "",
        title: str = "",
        playlist: str = "",
        listener: str | None = None,
        n: int | None = None,
        lens: Lens | None = None,
        filters: Filters | None = None,
        dials: Dials | None = None,
    ) -> Answer:
        """Tracks that fit all that is named; see `segue.library.Segue.mix`."""
        body: dict[str, Any] = {
            **asked(n=n, lens=lens, filters=filters, dials=dials),
            "like": list(like),
            "unlike": list(unlike),
            "words": words,
            "title": title,
            "playlist": playlist,
            "listener": listener,
        }
        return read(Answer, self.send("POST", f"{API}/mix", body=body, again=True))

    def wish(
        self,
        words: str,
        *,
        n: int | None = None,
        lens: Lens | None = None,
        filters: Filters | None = None,
        dials: Dials | None = None,
    ) -> Answer:
        """Tracks like a song that is described in words."""
        body = asked(n=n, lens=lens, filters=filters, dials=dials) | {"words": words}
        return read(Answer, self.send("POST", f"{API}/wish", body=body, again=True))

    def path(
        self,
        start: str,
        end: str,
        *,
        n: int = 10,
        lens: Lens | None = None,
        filters: Filters | None = None,
    ) -> Journey:
        """Tracks that lead from one to another by small steps, both ends among them."""
        query = asked(n=n, lens=lens, filters=filters) | {"from": start, "to": end}
        return read(Journey, self.send("GET", f"{API}/path", query=query))

    def radio(
        self,
        seed: str = "",
        *,
        state: RadioState | None = None,
        n: int = 10,
        lens: Lens | None = None,
        liked: Sequence[str] = (),
        skipped: Sequence[str] = (),
    ) -> tuple[Journey, RadioState]:
        """The next tracks of a radio, and what to go on with.

        Parameters
        ----------
        seed
            Where it begins.
        state
            In place of a seed: what came back the last time.
        """
        body: dict[str, Any] = {"n": n, "liked": list(liked), "skipped": list(skipped)}
        body |= {"seed": seed} if state is None else {"state": asdict(state)}
        if lens is not None:
            body |= asked(n=n, lens=lens, filters=None)
        told = self.send("POST", f"{API}/radio", body=body, again=True)
        return read(Journey, told["journey"]), read(RadioState, told["state"])
