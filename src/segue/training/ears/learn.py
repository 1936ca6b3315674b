"""Teaching a network: `train_sound` and `train_genre`, from material to an embedder's folder.

1. Whole artists are held back (`judging`), and a network learns from the others until it finds
   those no better (`loop`).
2. It learns once more from all tracks, for as many batches as were best.
3. It is exported, compared with its graph, and put in its place in one step (`export`).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

import segue
from segue.embedding.embedder import Embedder
from segue.embedding.manifest import Manifest
from segue.embedding.marks import FIELD, marks
from segue.embedding.windows import COUNT
from segue.training.ears import checkpoints, export, judging, starting
from segue.training.ears.batches import Clips, Sampler
from segue.training.ears.lessons import genre_lesson, sound_lesson
from segue.training.ears.loop import Loop, device_of
from segue.training.ears.networks import GENRE_WIDTH, SOUND_WIDTH
from segue.training.ears.plan import Learned
from segue.training.ears.tasks import Feed, Likeness, Naming
from segue.training.ears.warping import NONE, Augmentation

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from segue.embedding.material import Material
    from segue.training.ears.lessons import Lesson
    from segue.training.ears.loop import Run, Task
    from segue.training.ears.plan import Plan
    from segue.types import Progress, Rows

COMPARED = 64
"""Tracks whose windows a graph is compared with its network on."""

GENRE_WARP = Augmentation(stretch=0.15, semitones=2.0)
"""How far windows are warped for naming genres: less than for likeness was better."""


def train_sound(
    material: Material, *, out: Path, plan: Plan, on_progress: Progress | None = None
) -> Learned:
    """Teach the encoder of the space ``sound``.

    Parameters
    ----------
    material
        What to learn from. Several entries of one id are versions of one track.
    out
        The embedder's folder; what stands there is replaced at the end.
    plan
        How. With `work` set, a run that was stopped goes on when the same is asked again.
    on_progress
        Called with (batches done, most batches, what is known).

    Raises
    ------
    BadRequestError
        There is nothing to tell apart: fewer than two labels.
    UnavailableError
        A checkpoint or the folder cannot be written.
    """
    return _taught(sound_lesson(material, plan), out=out, on_progress=on_progress)


def train_genre(
    material: Material, *, out: Path, plan: Plan, on_progress: Progress | None = None
) -> Learned:
    """Teach the network of the space ``genre``; as `train_sound`.

    Raises
    ------
    BadRequestError
        Fewer than two genres have two tracks.
    UnavailableError
        A checkpoint or the folder cannot be written.
    """
    return _taught(genre_lesson(material, plan), out=out, on_progress=on_progress)


def fitted(lesson: Lesson, *, on_progress: Progress | None = None) -> tuple[Run, nn.Module]:
    """Learn a lesson.

    Returns
    -------
    run
        How the first training went, which was judged on those held back.
    network
        On the CPU, ready to embed.
    """
    first, best = _run(lesson, part="first", on_progress=on_progress)
    if len(lesson.held) and lesson.plan.refit:
        total = first.step if _out_of_time(first, lesson) else lesson.steps
        once_more = replace(lesson, plan=replace(lesson.plan, steps=total, minutes=None))
        _, best = _run(
            once_more, part="again", until=first.best_step, on_progress=_once_more(on_progress)
        )
    return first, best


def _taught(lesson: Lesson, *, out: Path, on_progress: Progress | None) -> Learned:
    began = time.monotonic()
    first, best = fitted(lesson, on_progress=on_progress)
    manifest = _manifest(lesson, first)
    some = np.unique(np.linspace(0, len(lesson.material) - 1, COMPARED).astype(np.int64))
    clips = Clips(lesson.material.spectrograms, torch.device("cpu"))
    windows = clips.windows(some, count=COUNT).numpy()
    manifest, folder = export.write(best, manifest, folder=out, windows=windows)
    if lesson.plan.work is not None:
        shutil.rmtree(lesson.plan.work, ignore_errors=True)
    return Learned(folder, manifest, time.monotonic() - began)


def _run(
    lesson: Lesson, *, part: str, until: int | None = None, on_progress: Progress | None
) -> tuple[Run, nn.Module]:
    """One training; `part` is ``first``, without those held back, or ``again``, with all."""
    torch.set_num_threads(1)
    plan = lesson.plan
    holding = part == "first" and len(lesson.held) > 0
    if part == "first" and plan.minutes is not None and holding and plan.refit:
        plan = replace(plan, minutes=plan.minutes / 2)
    loop = trainer(replace(lesson, plan=plan), holding=holding)
    if plan.work is None:
        return loop.go(judging=holding, until=until, on_progress=on_progress), loop.best()
    path = plan.work / f"{part}.checkpoint"
    asked = _question(lesson, until)
    checkpoints.load(path, loop, asked=asked)
    run = loop.go(
        judging=holding,
        until=until,
        on_progress=on_progress,
        kept=lambda: checkpoints.save(path, loop, asked=asked),
    )
    return run, loop.best()


def trainer(lesson: Lesson, *, holding: bool = False) -> Loop:
    """The loop of a lesson before its first batch; `holding` keeps out those held back."""
    # Settles weights, dropout and pairs; what is drawn by numpy has a generator of its own.
    torch.manual_seed(lesson.plan.seed)
    draws = np.random.default_rng(lesson.plan.seed)
    labels = lesson.labels.copy()
    if holding:
        labels[lesson.held] = -1
    task = _task(lesson, labels, draws)
    return Loop(task, plan=lesson.plan, steps=lesson.steps, draws=draws)


def _task(lesson: Lesson, labels: Rows, draws: np.random.Generator) -> Task:
    plan = lesson.plan
    device = device_of(plan.device)
    clips = Clips(lesson.material.spectrograms, device)
    known = np.unique(labels[labels >= 0], return_inverse=True)
    if lesson.space == "sound":  # proxies only for those who are there
        labels = labels.copy()
        labels[labels >= 0] = known[1]
    sampler = Sampler(labels, labels_at_once=plan.batch[0], each=plan.batch[1], draws=draws)
    feed = Feed(clips, labels, sampler, _augmentation(lesson), draws)
    task: Task
    if lesson.space == "sound":
        task = Likeness(feed, plan=plan, device=device, judge=lesson.judge, held=lesson.asked)
    else:
        task = Naming(
            feed,
            mixed=plan.mixed,
            genres=len(lesson.genres),
            device=device,
            judge=lesson.judge,
            held=lesson.asked,
        )
    if plan.start is not None:
        starting.take_over(task.network, plan.start)
    if lesson.trunk is not None:
        task.network.get_submodule("trunk").load_state_dict(dict(lesson.trunk))
    return task


def _augmentation(lesson: Lesson) -> Augmentation:
    plan = lesson.plan
    warp = NONE
    if plan.augmentation == "mel":
        warp = Augmentation() if lesson.space == "sound" else GENRE_WARP
    return replace(warp, masks=plan.masks, gain=plan.gain, noise=plan.noise)


def _out_of_time(run: Run, lesson: Lesson) -> bool:
    """Whether it ended because there was no time left, so that its rate of learning was 0."""
    minutes = lesson.plan.minutes
    return minutes is not None and run.seconds >= 30.0 * minutes and run.step < lesson.steps


def _once_more(on_progress: Progress | None) -> Progress | None:
    if on_progress is None:
        return None
    return lambda done, total, _: on_progress(done, total, "learning once more, from all tracks")


def _question(lesson: Lesson, until: int | None) -> str:
    """What decides how a training goes, as text."""
    plan = {**asdict(lesson.plan), "work": None, "start": None}
    if lesson.plan.start is not None:
        plan["start"] = starting.digest(lesson.plan.start)
    facts = {
        "space": lesson.space,
        "material": lesson.material.digest,
        "tracks": hashlib.sha256("\n".join(lesson.material.ids).encode()).hexdigest(),
        "plan": plan,
        "until": until,
    }
    return json.dumps(facts, sort_keys=True)


def _manifest(lesson: Lesson, first: Run) -> Manifest:
    material, plan = lesson.material, lesson.plan
    begun = _begun(lesson)
    parameters: dict[str, Any] = {**asdict(plan), "steps": lesson.steps, "batches": first.best_step}
    del parameters["work"]
    parameters["start"] = None if plan.start is None else starting.digest(plan.start)
    notes = []
    if not len(lesson.held):
        notes.append("Too few artists to hold any back: it learned to the end, judged on nobody.")
    return Manifest(
        space=lesson.space,
        name=f"{lesson.space}-{material.digest[:8]}",
        front={"kind": "segue-mel"},
        width=SOUND_WIDTH if lesson.space == "sound" else GENRE_WIDTH,
        labels=lesson.genres,
        synthetic=material.synthetic and (begun is None or begun.synthetic),
        version=segue.__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        data={
            "tracks": len(set(material.ids)),
            "artists": len(set(material.artists) - {""}),
            "artist_marks": _marks(lesson),
            "genres": len(set(material.genres) - {""}),
            "source": material.source,
            "digest": material.digest,
        },
        parameters=parameters,
        metrics=_metrics(lesson, first),
        history=tuple(first.history),
        notes=tuple(notes),
    )


def _marks(lesson: Lesson) -> list[str]:
    """Of the artists it has heard, and of those that what it began with had."""
    begun = _begun(lesson)
    before = () if begun is None else begun.data.get(FIELD, ())
    return sorted({*before, *marks(lesson.material.artists)})


def _begun(lesson: Lesson) -> Manifest | None:
    """Of the network it began with."""
    return None if lesson.plan.start is None else Embedder.load(lesson.plan.start).manifest


def _metrics(lesson: Lesson, first: Run) -> dict[str, Any]:
    if not len(lesson.held):
        return {}
    kind = "genre_precision_10" if lesson.space == "genre" else "artist_map"
    if lesson.judge is judging.by_track:
        kind = "track_hit_1"
    return {"validation": {"metric": kind, "value": first.best, "tracks": len(lesson.asked)}}
