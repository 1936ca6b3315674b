"""Journeys of a catalogue, and playlist files of what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from segue.catalogue import files, lists, tracks
from segue.errors import BadRequestError
from segue.exports.jspf import jspf
from segue.exports.m3u import m3u8
from segue.exports.places import Places, prefixes
from segue.exports.writing import write_whole
from segue.library.asking import Asking
from segue.recommend.journey import ordering, path, radio
from segue.records import Answer, Export, Filters, Journey, Recommendation, Step, Track
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.recommend.seeds import Seed
    from segue.records import Dials, RadioState

FORMATS = ("m3u8", "jspf")
"""What a playlist can be written as; also how its file's name ends."""

AT_ONCE = 10
"""How many tracks a radio plays when nobody says."""

Listed = Track | Step | Recommendation | TrackId
"""What can stand on a playlist: a track, a row of an answer, a step of a journey, an id."""


class Journeys(Asking):
    """The part of `segue.library.Segue` that puts tracks in an order that is meant."""

    def ordered(
        self,
        seeds: str | Path | Seed | Sequence[str | Path | Seed] = (),
        *,
        playlist: str = "",
        arc: str | Sequence[float] = "",
        weights: Mapping[str, float] | None = None,
        lens: str | Mapping[str, float] | None = None,
    ) -> Journey:
        """Tracks put in order for listening: neighbours that mix, energy along an arc.

        Parameters
        ----------
        seeds
            Up to 500 tracks, each as for `similar`.
        playlist
            A playlist of the catalogue, by id or title: its tracks come after the seeds.
        arc
            ``rising``, ``falling``, ``wave``, ``given`` (as in the order that is given), or points
            of one's own such as ``0.2,0.9,0.4``; empty where energy does not matter.
        weights
            What ``tempo``, ``key``, ``likeness`` and ``energy`` count beside each other; as
            `segue.recommend.journey.ordering.USUAL` has it for what is not named.
        lens
            What likeness means; the one that suits the set when None.

        Raises
        ------
        NotFoundError
            A track or the playlist is unknown.
        BadRequestError
            There are none or too many; the arc, a weight or the lens makes no sense.
        """
        one = isinstance(seeds, str | Path) or not isinstance(seeds, Iterable)
        named: list[str | Path | Seed] = [seeds] if one else [*seeds]  # type: ignore[list-item, misc]
        if playlist.strip():
            named += lists.find(self.database, playlist).tracks
        if len(named) > ordering.MOST:
            raise BadRequestError(
                f"{len(named):,} tracks are named",
                remedy=f"Put at most {ordering.MOST:,} in order at once",
            )
        resolved = [self._resolved(seed) for seed in named]
        found = ordering.ordered(self.engine(), resolved, arc=arc, weights=weights, lens=lens)
        return self._filled(found)

    def path(
        self,
        start: str | Path | Seed,
        end: str | Path | Seed,
        *,
        n: int = 10,
        lens: str | Mapping[str, float] | None = None,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
        longest: float | None = None,
        apart: int = path.APART,
    ) -> Journey:
        """A path from one track to another by small jumps.

        Parameters
        ----------
        start, end
            Each as for `similar`; both stand on the path.
        n
            How many tracks, both ends among them: 2 to 100.
        lens, filters
            See `similar`; the ends pass every filter.
        longest
            What no jump should be larger than, as a share of random pairs that are more alike;
            as small as can be when None.
        apart
            Tracks of others between two by one artist.

        Raises
        ------
        NotFoundError
            An end is unknown.
        BadRequestError
            Both ends are one track, or stand together in no space of the lens.
        """
        ends = self._resolved(start), self._resolved(end)
        found = path.path(
            self.engine(), *ends, n=n, lens=lens, filters=filters, longest=longest, apart=apart
        )
        return self._filled(found)

    def radio(
        self,
        seed: str | Path | Seed,
        *,
        lens: str | Mapping[str, float] | None = None,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
        drift: float = radio.DRIFT,
        apart: int = radio.APART,
        window: int = radio.WINDOW,
        variation: float = radio.VARIATION,
        draw: int = 0,
        dials: Dials | None = None,
    ) -> Radio:
        """A radio from a track, a file or a set: it plays for ever and repeats nothing for long.

        Parameters
        ----------
        seed
            As for `similar`.
        lens, filters
            See `similar`.
        drift
            From 0, near the seed for ever, to 1, on from the last tracks alone.
        apart, window
            Tracks of others between two by one artist; within how many nothing comes again.
        variation, draw
            How far chance chooses among tracks of like scores; the same draw plays the same.
        dials
            As for `similar`; caps, variation and draw are the radio's own.

        Raises
        ------
        NotFoundError
            The seed is unknown, or nothing is like it.
        BadRequestError
            A number or the lens makes no sense.
        """
        state = radio.begun(
            self.engine(),
            self._resolved(seed),
            lens=lens,
            drift=drift,
            apart=apart,
            window=window,
            variation=variation,
            draw=draw,
        )
        return self.tuned(state, filters=filters, dials=dials)

    def tuned(
        self,
        state: RadioState | Mapping[str, object],
        *,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
        dials: Dials | None = None,
    ) -> Radio:
        """A radio that goes on from a state, or from one that was sent away as JSON.

        Raises
        ------
        BadRequestError
            It is no state of a radio.
        """
        return Radio(self, radio.state_from(state), filters=filters, dials=dials)

    def played(
        self, state: RadioState, *, n: int, filters: Filters, dials: Dials | None
    ) -> tuple[Journey, RadioState]:
        """The next tracks of a radio in this state, and its state then."""
        found, after = radio.advanced(
            self.engine(), state, n=n, filters=filters, dials=dials or self.dials()
        )
        return self._filled(found), after

    # -- playlists ----------------------------------------------------------------------------

    def exported(
        self,
        listed: Answer | Journey | Iterable[Listed],
        *,
        to: str | Path,
        title: str = "",
        relative: bool = False,
        mapped: Sequence[str] = (),
        force: bool = False,
    ) -> Export:
        r"""Write tracks to a playlist file, as M3U8 or JSPF by the end of its name.

        Parameters
        ----------
        listed
            An answer (its rows without the seed), a journey, or tracks and ids.
        to
            The file; it is there whole or not at all.
        title
            What the playlist is called; by the file's name where empty.
        relative
            Whether paths are relative to the playlist, else absolute.
        mapped
            Prefixes to put in the place of others: ``/srv/music=M:\Music``.
        force
            Whether a file that is there is overwritten.

        Raises
        ------
        BadRequestError
            The name ends in neither, the file is there already, or nothing is listed.
        NotFoundError, UnavailableError
            There is no such folder, or it may not be written to.
        """
        path = Path(to).expanduser()
        ending = path.suffix.casefold().removeprefix(".")
        if ending not in FORMATS:
            raise BadRequestError(
                f"a playlist's name ends in .{' or .'.join(FORMATS)}, not {path.name!r}",
                remedy="Name it so",
            )
        places = Places(
            relative_to=path.parent.resolve() if relative else None, prefixes=prefixes(mapped)
        )
        shown, text, played = self._playlist(listed, ending, title or path.stem, places)
        where = write_whole(path, text, force=force)
        lacking = tuple(track for track in shown if track.id not in played)
        return Export(where, ending, len(shown) - len(lacking), lacking)

    def playlist_text(
        self,
        listed: Answer | Journey | Iterable[Listed],
        *,
        format: str,
        title: str = "",
        relative_to: Path | None = None,
        mapped: Sequence[str] = (),
    ) -> str:
        """A playlist as text, ``m3u8`` or ``jspf``; see `exported`.

        Paths are absolute, or relative to a folder. Without a title it is called by what was asked.
        """
        if format not in FORMATS:
            raise BadRequestError(
                f"there is no format {format!r}", remedy=f"Use {' or '.join(FORMATS)}"
            )
        places = Places(relative_to=relative_to, prefixes=prefixes(mapped))
        return self._playlist(listed, format, title or _called(listed), places)[1]

    def _playlist(
        self,
        listed: Answer | Journey | Iterable[Listed],
        ending: str,
        title: str,
        places: Places,
    ) -> tuple[list[Track], str, Mapping[TrackId, Path]]:
        """Tracks, the text of their playlist, and the files of those that have one."""
        entries = list(listed)
        ids = [TrackId(each) for each in entries if isinstance(each, str)]
        known = {track.id: track for track in tracks.many(self.database, ids)} if ids else {}
        shown = [self._track(each, known) for each in entries]
        if not shown:
            raise BadRequestError(
                "there is no track to write to a playlist", remedy="Ask for something else"
            )
        paths = files.paths_of(self.database, [track.id for track in shown])
        if ending == "m3u8":
            return shown, m3u8(shown, files=paths, places=places, title=title), paths
        at = datetime.now(UTC)
        notes = [_why(each) for each in entries]
        text = jspf(shown, files=paths, places=places, title=title, notes=notes, at=at)
        return shown, text, paths

    def _track(self, listed: Listed, known: Mapping[TrackId, Track]) -> Track:
        if isinstance(listed, Track):
            return listed
        if isinstance(listed, (Step, Recommendation)):
            return listed.track
        return known[listed] if listed in known else tracks.get(self.database, listed)

    def _resolved(self, seed: str | Path | Seed) -> Seed:
        return self.resolve(seed) if isinstance(seed, (str, Path)) else seed

    def _filled(self, journey: Journey) -> Journey:
        """The journey with all that the catalogue knows of its tracks: ids, labels, files."""
        ids = [step.track.id for step in journey]
        whole = {one.id: one for one in tracks.many(self.database, ids)}
        steps = (replace(step, track=whole.get(step.track.id, step.track)) for step in journey)
        return replace(journey, steps=tuple(steps))


class Radio(Iterator[Step]):
    """A radio that is on: an iterator over its tracks without end.

    What it remembers is `state`, a plain record: keep it, and `Segue.tuned` goes on from there.
    """

    def __init__(
        self, segue: Journeys, state: RadioState, *, filters: Filters, dials: Dials | None
    ) -> None:
        self._segue = segue
        self._filters = filters
        self._dials = dials
        self.state = state

    def __next__(self) -> Step:
        """The next track."""
        return self.take(1)[0]

    def take(self, n: int = AT_ONCE) -> Journey:
        """The next `n` tracks, 1 to 100."""
        found, self.state = self._segue.played(
            self.state, n=n, filters=self._filters, dials=self._dials
        )
        return found

    def like(self, track_id: TrackId) -> None:
        """More like this one."""
        self.state = radio.liked(self.state, self._segue.track(track_id).id)

    def skip(self, track_id: TrackId) -> None:
        """Less like this one, and never it again."""
        self.state = radio.skipped(self.state, self._segue.track(track_id).id)


def _called(listed: Answer | Journey | Iterable[Listed]) -> str:
    """What a list that nobody named is called; empty where nothing was asked for it."""
    if isinstance(listed, Answer):
        return listed.seed.name
    if isinstance(listed, Journey) and listed.kind == "path" and len(listed):
        return f"{listed[0].track.name} → {listed[-1].track.name}"
    return ""


def _why(listed: Listed) -> str:
    """The sentence that says why a track is there."""
    reasons = getattr(listed, "reasons", None)
    return "" if reasons is None else str(reasons.sentence)
