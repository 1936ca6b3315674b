"""Playlists and histories continued; what a listener likes, dislikes and skips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.catalogue import feedback
from segue.catalogue import listening as plays
from segue.library.mixing import Mixing, somebody
from segue.library.wishes import Wish
from segue.recommend.seeds import Member, Seed
from segue.records import Filters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from segue.catalogue.feedback import Opinion
    from segue.records import Answer, Dials
    from segue.types import TrackId
    from segue.words.understood import Understood


class Listening(Mixing):
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
        """What goes on a playlist: `mix` of tracks, or of what a playlist or a history holds.

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
        return self.mix(
            seeds,
            title=title,
            playlist=playlist,
            listener=listener,
            n=n,
            lens=lens,
            filters=filters,
            dials=dials,
        )

    def wish(
        self,
        wish: Wish | Understood | str,
        *,
        n: int | None = None,
        lens: str | Mapping[str, float] | None = None,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
        dials: Dials | None = None,
    ) -> Answer:
        """Tracks like a song that is only described, in numbers or in words; see `mix`.

        Raises
        ------
        BadRequestError
            Nothing is wished for, or the catalogue knows nothing of it.
        """
        if isinstance(wish, Wish) and wish == Wish({}) and filters != Filters():
            # Conditions alone: the best known of what passes speak for them, as with words.
            return self.mix(n=n, lens=lens, filters=filters, dials=dials)
        if isinstance(wish, Wish):
            return self.similar(wish.seed(), n=n, lens=lens, filters=filters, dials=dials)
        return self.mix(words=wish, n=n, lens=lens, filters=filters, dials=dials)

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
        return feedback.of(self.database, somebody(listener))

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
        return feedback.give(self.database, somebody(listener), track_id, kind)

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
        return feedback.undo(self.database, somebody(listener), track_id)
