"""What a catalogue is asked: tracks by words, tracks like a track, a file or a wish."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from segue.catalogue import files, recordings, search, tracks
from segue.errors import NotFoundError
from segue.jobs.naming import is_file, searched
from segue.library.opened import Opened
from segue.records import Dials, Filters
from segue.sources.folder import identify

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.attributes.predictor import Interval
    from segue.jobs.listener import DescribeWorker
    from segue.recommend.seeds import Seed
    from segue.records import Answer, Recording, Track
    from segue.types import TrackId


class Asking(Opened):
    """The part of `segue.library.Segue` that answers about single seeds."""

    def search(self, text: str, *, n: int = 10) -> list[Track]:
        """Tracks whose title, artists and album hold all words of `text`, the best first."""
        return search.tracks(self.database, text, limit=n)

    def track(self, track_id: TrackId) -> Track:
        """One track by its id; NotFoundError for an unknown one."""
        return tracks.get(self.database, track_id)

    def recording(self, track_id: TrackId) -> Recording | None:
        """What a track's file says from end to end; None before the second pass of analysis."""
        return recordings.get(self.database, track_id)

    def describe(self, path: str | Path) -> Seed:
        """A seed from an audio file that need not be in the catalogue; nothing is stored.

        When a file of the catalogue has the same bytes, the seed is its track, wherever the two
        lie: it stands in more spaces than a file alone. Else its attributes are predicted or
        estimated, and it is embedded, just as the catalogue's files are.

        Raises
        ------
        BadFileError
            The file is not audio, is damaged from the start, silent or too short.
        """
        from segue.jobs.embedders import standing_ears
        from segue.recommend.seeds import seed_from

        path = Path(path).expanduser()
        held = files.track_holding(self.database, identify(path))
        if held is not None and (known := self.engine().seed_named(held)) is not None:
            return known
        ears, lacking = standing_ears(self.database, self.settings)
        described = self._listener().describe(path, ears=ears)
        described = replace(described, lacking={**lacking, **described.lacking})
        return seed_from(self._guesses.told(described))

    def measure(self, path: str | Path) -> Recording:
        """What an audio file says from end to end, wherever it lies; nothing is stored.

        Raises
        ------
        BadFileError
            The file is not audio, is damaged, has nothing to hear in it, or is too long.
        """
        return self._listener().measure(Path(path).expanduser())

    def _listener(self) -> DescribeWorker:
        """The worker that hears single files, made when the first one comes."""
        from segue.jobs.listener import DescribeWorker

        with self._making:
            if self._worker is None:
                self._worker = DescribeWorker(self.settings)
            return self._worker

    def intervals(self, of: Track | Seed) -> dict[str, Interval]:
        """Between what predicted attributes lie, by name; none where none are predicted."""
        return self._guesses.intervals(of)

    def resolve(self, seed: str | Path) -> Seed:
        """What somebody means by a seed: a track id, an audio file, or "artist – title".

        Raises
        ------
        NotFoundError
            Nothing fits; the message names the closest.
        """
        engine = self.engine()
        text = str(seed)
        known = engine.seed_named(text)
        if known is not None:
            return known
        path = Path(seed).expanduser()
        if is_file(path):
            return self.describe(path)
        if isinstance(seed, Path):
            raise NotFoundError(f"there is no file {path}", remedy="Check the path")
        return searched(self.database, engine, text)

    def known(self, name: str) -> TrackId:
        """The id of a track of the catalogue, named as for `resolve`.

        Raises
        ------
        NotFoundError
            It is unknown, or a file that the catalogue does not hold.
        """
        found = self.resolve(name).track.id
        if not found:
            raise NotFoundError(
                f"the file {name} is no track of the catalogue",
                remedy="Add it with `segue scan`, or leave it out",
            )
        return found

    def dials(self) -> Dials:
        """How rows are chosen when nobody says: as the settings have it."""
        settings = self.settings
        return Dials(
            per_artist=settings.per_artist,
            per_album=settings.per_album or None,
            diversity=settings.diversity,
        )

    def similar(
        self,
        seed: str | Path | Seed,
        *,
        n: int | None = None,
        lens: str | Mapping[str, float] | None = None,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
        dials: Dials | None = None,
    ) -> Answer:
        """Tracks like `seed`, with reasons.

        Parameters
        ----------
        seed
            A track id, "artist – title", an audio file, or a seed from `resolve`.
        n
            How many, 1 to 500; the setting ``results`` when None.
        lens
            A lens by name, or weights by space; chosen by where the seed stands when None.
        filters
            What the answer may hold.
        dials
            How the rows are chosen; as `dials` says when None.

        Raises
        ------
        NotFoundError
            The seed is unknown.
        BadRequestError
            The lens, a weight or `n` makes no sense, or the seed stands in no space of the lens.
        """
        return self.similar_many([seed], n=n, lens=lens, filters=filters, dials=dials)[0]

    def similar_many(
        self,
        seeds: Sequence[str | Path | Seed],
        *,
        n: int | None = None,
        lens: str | Mapping[str, float] | None = None,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
        dials: Dials | None = None,
    ) -> list[Answer]:
        """`similar` for many seeds at once, each on its own: one answer a seed, in order."""
        resolved = [self.resolve(s) if isinstance(s, (str, Path)) else s for s in seeds]
        ask = partial(
            self.engine().similar_many,
            n=self.settings.results if n is None else n,
            lens=lens,
            filters=filters,
            dials=self.dials() if dials is None else dials,
        )
        # Python computes one at a time anyway; several at once take turns in the middle of each
        # and cost half as much again. A batch is no reason for others to wait.
        with self._turn if len(resolved) == 1 else nullcontext():
            answers = ask(resolved)
        return [self._completed(answer) for answer in answers]

    def _completed(self, answer: Answer) -> Answer:
        """The answer with what the catalogue knows beside of its tracks: ids, labels, files.

        All else is as the snapshot has it that the answer and its reasons come from.

        What was deleted since the engine was made is left out, and that is said.
        """
        rows = answer.recommendations
        whole = {one.id: one for one in tracks.completed(self.database, [r.track for r in rows])}
        left = [replace(r, track=whole[r.track.id]) for r in rows if r.track.id in whole]
        if len(left) == len(rows):
            return replace(answer, recommendations=tuple(left))
        gone = f"{len(rows) - len(left):,} of {len(rows):,} rows are left out: deleted meanwhile"
        ranked = (replace(row, rank=rank) for rank, row in enumerate(left, start=1))
        return replace(answer, recommendations=tuple(ranked), notes=(*answer.notes, gone))
