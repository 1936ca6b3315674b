"""Playlists and histories continued; what a listener likes, dislikes and skips."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from segue.catalogue import feedback, lists
from segue.catalogue import listening as plays
from segue.errors import BadRequestError, NotFoundError
from segue.library import taste
from segue.library.asking import Asking
from segue.recommend.seeds import Member, Seed
from segue.records import Filters, Track, TrackRecord
from segue.snapshot import Description
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from segue.catalogue.feedback import Opinion
    from segue.library.wishes import Wish
    from segue.records import Answer, Dials

MOST = 10_000
"""Most tracks that one question may name; a playlist of the catalogue may hold more."""

_NAMED = 3


class Listening(Asking):
    """The part of `segue.library.Segue` that knows sets of tracks and listeners."""

    def continued(
        self,
        seeds: Sequence[str | Path | Seed] = (),
        *,
        title: str = "",
        playlist: str = "",
        listener: str | None = None,
        n: int | None = None,
        lens: str | Mapping[str, float] | None = None,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
        dials: Dials | None = None,
    ) -> Answer:
        """What goes on a playlist: tracks that fit several, none of which is among them.

        Parameters
        ----------
        seeds
            Tracks as for `similar`; one that is named twice counts once.
        title
            What the playlist is called; enough by itself where the catalogue has playlists.
        playlist
            A playlist of the catalogue, by id or title: its tracks are seeds, its title counts
            where no other is given.
        listener
            With seeds, their taste shifts the answer; alone, their history is what is continued.
        n, lens, filters, dials
            See `similar`. The lens is ``balanced`` when None.

        Raises
        ------
        NotFoundError
            A seed, the playlist or the listener is unknown.
        BadRequestError
            Nothing is named, or too much.
        """
        if len(seeds) > MOST:
            raise BadRequestError(
                f"{len(seeds):,} tracks are named", remedy=f"Name at most {MOST:,}"
            )
        notes: list[str] = []
        given: list[str | Path | Seed] = list(seeds)
        if playlist.strip():
            found = lists.find(self.database, playlist)
            given += found.tracks
            title = title.strip() or found.title
        members = self._members(given, notes)
        named = _name([member.seed for member in members], title)
        known: frozenset[TrackId] = frozenset()
        if listener is not None:
            members, known = self._with_taste(members, listener)
            named = named or f"the history of {listener}"
        if not members and not title.strip():
            raise _nothing(listener)
        asked = replace(self._set(members, title=title.strip(), name=named), known=known)
        answer = self.similar(asked, n=n, lens=lens, filters=filters, dials=dials)
        return replace(answer, notes=(*notes, *answer.notes))

    def wish(
        self,
        wish: Wish,
        *,
        n: int | None = None,
        lens: str | Mapping[str, float] | None = None,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
        dials: Dials | None = None,
    ) -> Answer:
        """Tracks like a song that is only described; see `similar`.

        Raises
        ------
        BadRequestError
            Nothing is wished for, or the catalogue knows nothing of it.
        """
        return self.similar(wish.seed(), n=n, lens=lens, filters=filters, dials=dials)

    def shifted(self, seed: str | Path | Seed, *, listener: str) -> Seed:
        """A seed for `similar` that a listener's history and opinions shift.

        The lens is chosen, and scores are read, as for the seed alone.

        Raises
        ------
        NotFoundError
            The seed or the listener is unknown.
        """
        known = seed if isinstance(seed, Seed) else self.resolve(seed)
        members, _ = self._with_taste((Member(known),), listener)
        if len(members) == 1:
            return known
        return Seed(track=known.track, members=members, shifts=known)

    def heard(self, listener: str) -> frozenset[TrackId]:
        """The tracks that a listener has played, for `Filters.exclude_tracks`.

        Plays of which the source names the artist alone are of no track.

        Raises
        ------
        NotFoundError
            Nobody is called so; a blank name is whoever owns the catalogue.
        """
        events = plays.heard(self.database, listener)
        return frozenset(each.track_id for each in events if each.track_id is not None)

    # -- opinions -----------------------------------------------------------------------------

    def feedback(self, listener: str) -> list[Opinion]:
        """What a listener thinks of tracks, the newest first."""
        return feedback.of(self.database, _somebody(listener))

    def give(self, track_id: TrackId, kind: str, *, listener: str) -> Opinion:
        """Take down what a listener thinks of a track, in place of what they thought before.

        Parameters
        ----------
        kind
            ``like``: more like it. ``dislike``: never it, and less like it. ``skip``: a little less
            like it.

        Raises
        ------
        BadRequestError
            No listener is named, or there is no such kind.
        NotFoundError
            There is no such track.
        """
        return feedback.give(self.database, _somebody(listener), track_id, kind)

    def like(self, track_id: TrackId, *, listener: str) -> Opinion:
        """More like this one, for this listener; see `give`."""
        return self.give(track_id, "like", listener=listener)

    def dislike(self, track_id: TrackId, *, listener: str) -> Opinion:
        """Never this one, and less like it, for this listener; see `give`."""
        return self.give(track_id, "dislike", listener=listener)

    def skip(self, track_id: TrackId, *, listener: str) -> Opinion:
        """A little less like this one, for this listener; see `give`."""
        return self.give(track_id, "skip", listener=listener)

    def undo(self, track_id: TrackId, *, listener: str) -> bool:
        """Take an opinion back; whether there was one."""
        return feedback.undo(self.database, _somebody(listener), track_id)

    # -- how sets are made --------------------------------------------------------------------

    def _members(self, given: Sequence[str | Path | Seed], notes: list[str]) -> tuple[Member, ...]:
        """Seeds as members, each once, with a note on those named more than once.

        Raises
        ------
        NotFoundError
            Some are unknown; the message names the first of them.
        """
        found: dict[object, Member] = {}
        unknown: list[tuple[str, NotFoundError]] = []
        again = 0
        for each in given:
            try:
                seed = each if isinstance(each, Seed) else self._known(each)
            except NotFoundError as error:
                unknown.append((str(each), error))
                if len(unknown) > _NAMED:
                    break
                continue
            key = seed.track.id or id(seed)
            again += key in found
            found.setdefault(key, Member(seed))
        if unknown:
            raise _unknown(unknown, len(given))
        if again:
            notes.append(f"{again:,} of the {len(given):,} are named before and count once")
        return tuple(found.values())

    def _known(self, name: str | Path) -> Seed:
        if isinstance(name, str) and not name.strip():
            raise NotFoundError("a track without a name", remedy="Leave the empty one out")
        return self.resolve(name)

    def _with_taste(
        self, members: tuple[Member, ...], listener: str
    ) -> tuple[tuple[Member, ...], frozenset[TrackId]]:
        """Members with a listener's taste; their history alone where there are none.

        Beside it tracks that are not offered, whether members or not.
        """
        opinions = feedback.of(self.database, _somebody(listener))
        heard = plays.tallied(self.database, listener, half_life=taste.HALF_LIFE)
        engine = self.engine()
        if members:
            return taste.beside(members, heard, opinions, engine), frozenset()
        return taste.history(heard, opinions, engine)

    def _set(self, members: tuple[Member, ...], *, title: str, name: str) -> Seed:
        described = Description(TrackRecord(), {}, title=title) if title else None
        return Seed(Track(TrackId(""), name, ()), description=described, members=members)


def _somebody(listener: str) -> str:
    """The name of a listener, which may not be blank."""
    if not listener.strip():
        raise BadRequestError(
            "no listener is named", remedy="Name one, such as your own name, or leave it out"
        )
    return listener


def _name(seeds: Sequence[Seed], title: str) -> str:
    """What a set is called: its title, else its first tracks; empty where it has neither."""
    if title.strip():
        return f"“{title.strip()}”"
    names = [seed.track.name for seed in seeds]
    shown = "; ".join(names[:_NAMED])
    return f"{shown} and {len(names) - _NAMED:,} more" if len(names) > _NAMED else shown


def _nothing(listener: str | None) -> BadRequestError:
    if listener is None:
        return BadRequestError(
            "nothing is named that could be continued",
            remedy="Name tracks, a title, a playlist or a listener",
        )
    return BadRequestError(
        f"{listener!r} has played and liked nothing that is in the catalogue",
        remedy="Import a history with `segue import history`, or like some tracks",
    )


def _unknown(unknown: Iterable[tuple[str, NotFoundError]], given: int) -> NotFoundError:
    """One error for all tracks of a list that nobody knows."""
    (_, first), *others = pairs = list(unknown)
    if given == 1:
        return first
    names = ", ".join(repr(name) for name, _ in pairs[:_NAMED])
    more = " and more" if len(pairs) > _NAMED else ""
    kind = "are" if others else "is"
    return NotFoundError(
        f"of the {given:,} tracks {names}{more} {kind} unknown",
        where=first.where,
        remedy=f"{first.remedy}" if not others else "Look for them with `segue search WORDS`",
    )
