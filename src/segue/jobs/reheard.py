"""What is heard for a trial of spaces of sound, in worker processes: baselines, and altered tracks.

What cannot be had is told in words instead of numbers: a baseline of which one file cannot be heard
would be judged on other tracks than the rest.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.audio.altering import ALTERATIONS
from segue.descriptors.cache import NO_CACHE
from segue.errors import SegueError
from segue.jobs.again import bliss_of, hear_altered, mel_of
from segue.jobs.ears import Listening

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from segue.descriptors.cache import Cache
    from segue.descriptors.hearing import Hearing
    from segue.jobs.ears import Ear
    from segue.jobs.lessons import Lesson
    from segue.jobs.workers import Workers
    from segue.snapshot import Description
    from segue.types import Floats, Progress, Rows


@dataclass(frozen=True, slots=True, eq=False)
class Again:
    """Tracks that were altered and heard again.

    Attributes
    ----------
    places
        Which of the tracks, rising.
    described, mel
        By alteration, one a place: what was heard, and mel statistics.
    """

    places: Rows
    described: Mapping[str, Sequence[Description]] = field(default_factory=dict)
    mel: Mapping[str, Floats] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Reheard:
    """Hears the tracks of a trial.

    Attributes
    ----------
    lessons
        The tracks, at least one.
    workers
        Who hears them.
    hearing
        Which part of a file is heard.
    on_progress
        Called with (files done, files in all, what).
    notes
        What went wrong, as sentences without the full stop.
    """

    lessons: Sequence[Lesson]
    workers: Workers
    hearing: Hearing
    on_progress: Progress | None = None
    notes: list[str] = field(default_factory=list)

    def mel(self, cache: Cache) -> Floats | str:
        """Mel statistics of all tracks, shape (n, 256); or why there are none."""
        tasks = [
            (lesson.path, (lesson.scanned, lesson.content_hash, self.hearing, cache))
            for lesson in self.lessons
        ]
        return self._heard(mel_of, tasks, "hearing")

    def bliss(self) -> Floats | str:
        """The numbers of bliss-audio, shape (n, 23); or why there are none."""
        if importlib.util.find_spec("bliss_audio") is None:
            return "bliss-audio is not installed: pip install 'segue[bench]'"
        first = str(self.lessons[0].path)
        try:
            self.workers.call(bliss_of, first)
        except SegueError as problem:
            return f"bliss-audio does not run here: {problem.what}"
        tasks = [(lesson.path, ()) for lesson in self.lessons]
        return self._heard(bliss_of, tasks, "asking bliss-audio about")

    def again(self, ears: Sequence[Ear], count: int, seed: int) -> Again:
        """Alter some tracks and hear them again; those that cannot be are left out, and told."""
        rng = np.random.default_rng(seed)
        drawn = np.sort(rng.permutation(len(self.lessons))[:count])
        listening = Listening(self.hearing, NO_CACHE, tuple(ears))
        tasks = [
            (f"{place} {name}", (str(self.lessons[place].path), name, listening))
            for place in drawn.tolist()
            for name in ALTERATIONS
        ]
        heard: dict[str, tuple[Description, Floats]] = {}
        failed: dict[int, str] = {}
        for done, outcome in enumerate(self.workers.run(hear_altered, tasks), start=1):
            place = int(outcome.key.partition(" ")[0])
            if outcome.value is None:
                failed[place] = str(outcome.error)
            else:
                heard[outcome.key] = outcome.value
            self._tell(done, len(tasks), f"altering {self.lessons[place].path.name}")
        whole = [place for place in drawn.tolist() if place not in failed]
        if failed:
            reason = next(iter(failed.values())).rstrip(".")
            self.notes.append(f"{tracks_in_words(len(failed))} could not be heard again: {reason}")
        pairs = {name: [heard[f"{place} {name}"] for place in whole] for name in ALTERATIONS}
        return Again(
            np.array(whole, dtype=np.int64),
            {name: [described for described, _ in each] for name, each in pairs.items() if whole},
            {name: np.array([mel for _, mel in each]) for name, each in pairs.items() if whole},
        )

    def _heard(
        self, function: Callable[..., Any], tasks: list[tuple[Path, tuple[Any, ...]]], verb: str
    ) -> Floats | str:
        """What a worker says of every track, one row each; or why that is not to be had."""
        found: dict[str, Any] = {}
        failed: list[str] = []
        named = [(str(path), (str(path), *arguments)) for path, arguments in tasks]
        for done, outcome in enumerate(self.workers.run(function, named), start=1):
            if outcome.value is None:
                failed.append(str(outcome.error).rstrip("."))
            else:
                found[outcome.key] = outcome.value
            self._tell(done, len(tasks), f"{verb} {Path(outcome.key).name}")
        if failed:
            return f"{tracks_in_words(len(failed))} of {len(tasks):,} cannot be heard: {failed[0]}"
        return np.array([found[name] for name, _ in named], dtype=np.float64)

    def _tell(self, done: int, total: int, what: str) -> None:
        if self.on_progress is not None:
            self.on_progress(done, total, what)


def tracks_in_words(count: int) -> str:
    """So many tracks, in words."""
    return "1 track" if count == 1 else f"{count:,} tracks"
