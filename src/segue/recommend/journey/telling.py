"""An order of tracks as steps: how each follows the one before, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from segue.recommend.journey.moves import Music, faster
from segue.records import Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.recommend.journey.ground import Ground, Stop
    from segue.records import Reasons, Track


def told(ground: Ground, stops: Sequence[Stop]) -> tuple[Step, ...]:
    """The steps of a journey over `ground`; jumps and reasons are exact."""
    tracks = [stop.track for stop in stops]
    steps = [Step(1, tracks[0])] if stops else []
    for place in range(1, len(stops)):
        before, stop = stops[place - 1], stops[place]
        tempo, key, energy = changes(before.track, stop.track)
        steps.append(
            Step(
                place=place + 1,
                track=tracks[place],
                jump=ground.jump(before, stop),
                tempo_change=tempo,
                key_change=key,
                energy_change=energy,
                reasons=_reasons(ground, before, stop),
            )
        )
    return tuple(steps)


def changes(before: Track, track: Track) -> tuple[float | None, int | None, float | None]:
    """By which part faster, how many steps on the wheel, how much more energy; None unknown."""
    pair = Music.of([before, track])
    tempo = float(pair.tempo_changes()[0, 1])
    key = float(pair.key_changes()[0, 1])
    energy = float(pair.energy[1] - pair.energy[0])
    return (
        None if np.isnan(tempo) else faster(tempo),
        None if np.isnan(key) else int(key),
        None if np.isnan(energy) else energy,
    )


def in_turn(tracks: Sequence[Track]) -> tuple[Step, ...]:
    """Tracks as they come, each with what changes from the one before; no lens compares them."""
    steps = []
    for place, track in enumerate(tracks, start=1):
        told = changes(tracks[place - 2], track) if place > 1 else (None, None, None)
        tempo, key, energy = told
        steps.append(Step(place, track, tempo_change=tempo, key_change=key, energy_change=energy))
    return tuple(steps)


def said(step: Step) -> str:
    """What changes from the track before, as far as it is known: "tempo +3 %, the same key"."""
    parts = []
    if step.tempo_change is not None:
        percent = round(100 * step.tempo_change)
        parts.append(f"tempo {percent:+d} %" if percent else "the same tempo")
    if step.key_change is not None:
        steps = step.key_change
        parts.append(f"{steps} step{'s' * (steps > 1)} in key" if steps else "the same key")
    if step.energy_change is not None:
        energy = round(step.energy_change, 2)
        parts.append(f"energy {energy:+.2f}" if energy else "the same energy")
    return ", ".join(parts).replace("-", "−")


def _reasons(ground: Ground, before: Stop, stop: Stop) -> Reasons | None:
    """Why a track of the catalogue follows; None of one from outside."""
    if stop.row is None:
        return None
    if not ground.engine.stand(before.seed).among(ground.lens.weights):
        return None
    found = ground.engine.reasons(before.seed, [stop.row], lens=ground.lens)[0]
    return replace(found, sentence=_of_the_one_before(found))


def _of_the_one_before(reasons: Reasons) -> str:
    """The sentence, with the track before where it says "yours"."""
    if reasons.differs is None:
        return reasons.sentence
    for mark, instead in (
        ("; yours is ", "; the one before is "),
        ("Yours is ", "The one before is "),
    ):
        head, found, tail = reasons.sentence.rpartition(mark)
        if found and tail.startswith(reasons.differs.contrast.removesuffix(")")):
            return f"{head}{instead}{tail}"
    return reasons.sentence
