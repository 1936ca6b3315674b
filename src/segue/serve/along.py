"""Tracks in an order, as pages show them: what changes from one to the next, and how it all goes.

Beside each track stand its tempo, its key by name and on the Camelot wheel, and its energy; between
two stand what changes and, where a lens compares them, how large the step is. The curves of energy
and tempo are drawn over the places; the rows say the same in numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.recommend.journey.telling import in_turn, said
from segue.recommend.keys import Key
from segue.serve.charts import Line, line
from segue.serve.words import duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from segue.records import Step, Track

SMALL, LARGE = 0.02, 0.2
"""Up to this share of random pairs a step is small, from that on large."""

SMOOTH = 1
"""Most steps on the Camelot wheel between two keys that mix well."""

_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Stand:
    """One track where it stands; texts are empty and numbers None where nothing is known.

    `change` says what changes from the one before, `jump` how large the step is in words and
    `size` for its picture (small, middling, large); `smooth` is whether the keys mix well.
    """

    track: Track
    place: int
    tempo: str
    key: str
    camelot: str
    energy: float | None
    change: str
    jump: str
    size: str
    smooth: bool | None
    reason: str


@dataclass(frozen=True, slots=True)
class Along:
    """An order of tracks: its rows, its curves, and a sentence on how it runs."""

    rows: tuple[Stand, ...]
    curves: tuple[tuple[str, Markup], ...]
    runs: str
    length: str
    playable: int


def along(steps: Sequence[Step]) -> Along:
    """The steps of a journey as pages show them."""
    rows = tuple(_stand(step) for step in steps)
    known = [step.track.duration for step in steps if step.track.duration is not None]
    return Along(
        rows=rows,
        curves=_curves(rows),
        runs=_runs(steps),
        length=duration(sum(known)) if known else "",
        playable=sum(step.track.playable for step in steps),
    )


def as_given(tracks: Sequence[Track]) -> Along:
    """Tracks as they come; no lens compares them."""
    return along(in_turn(tracks))


def _stand(step: Step) -> Stand:
    values = step.track.attributes
    key = None if values is None or values.key is None else Key(values.key, values.mode)
    tempo = None if values is None else values.tempo
    return Stand(
        track=step.track,
        place=step.place,
        tempo="" if tempo is None else f"{tempo:.0f} BPM",
        key="" if key is None else key.name,
        camelot="" if key is None else key.camelot,
        energy=None if values is None else values.energy,
        change=said(step),
        jump="" if step.jump is None else _jump(step.jump),
        size="" if step.jump is None else _size(step.jump),
        smooth=None if step.key_change is None else step.key_change <= SMOOTH,
        reason="" if step.reasons is None else step.reasons.sentence,
    )


def _size(jump: float) -> str:
    return "small" if jump <= SMALL else "large" if jump >= LARGE else "middling"


def _jump(jump: float) -> str:
    """How large a step is: "small step: 0.4 % of pairs are more alike"."""
    percent = 100 * jump
    text = f"{percent:.0f}" if percent >= 10 else f"{percent:.2g}"
    return f"{_size(jump)} step: {text} % of pairs are more alike"


def _curves(rows: Sequence[Stand]) -> tuple[tuple[str, Markup], ...]:
    """Energy and tempo over the places, by name; none of which fewer than two are known."""
    energies = tuple(row.energy for row in rows)
    tempos = tuple(
        None if row.track.attributes is None else row.track.attributes.tempo for row in rows
    )
    names = [f"{row.place}. {row.track.title or 'Untitled'}" for row in rows]
    drawn = []
    for name, values, low, high, texts in (
        ("Energy", energies, 0.0, 1.0, [_two(value) for value in energies]),
        ("Tempo, BPM", tempos, None, None, [row.tempo or "unknown" for row in rows]),
    ):
        if sum(value is not None for value in values) >= _FEWEST:
            chart = line(
                [Line(name, values)],
                title=f"{name} from the first track to the last",
                labels=names,
                low=low,
                high=high,
                texts=[texts],
                tabled=False,
            )
            drawn.append((name, chart))
    return tuple(drawn)


def _two(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"


def _runs(steps: Sequence[Step]) -> str:
    """How smoothly an order runs, as a sentence; empty where nothing is known."""
    tempo = [abs(step.tempo_change) for step in steps if step.tempo_change is not None]
    keys = [step.key_change for step in steps if step.key_change is not None]
    parts = []
    if tempo:
        parts.append(f"tempo changes by {100 * sum(tempo) / len(tempo):.0f} %")
    if keys:
        well = sum(each <= SMOOTH for each in keys)
        parts.append(f"{well} of {len(keys)} changes of key mix well")
    return f"From track to track {' and '.join(parts)}." if parts else ""
