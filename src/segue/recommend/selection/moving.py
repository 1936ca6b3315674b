"""Who steps back or forward before rows are taken, and how far; in units of the score.

The unit is the *spread* of a question: the standard deviation of the scores of its candidates.

- **hubs**: tracks that are near to everything step back (`segue.recommend.selection.hubs`);
- **recent**: what was offered lately steps back with all versions of it, the newest by `BACK`
  spreads and each one `HALF` offers older by half of that;
- **variation**: chance moves each track by at most the dial times `CHANCE` spreads either way, so
  that a row never overtakes one that is further above it than twice that. Draw, seed and track
  settle by how many spreads, whatever else is in the catalogue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from segue.recommend.selection.hubs import stepping_back

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.recommend.selection.recordings import Recordings
    from segue.records import Dials
    from segue.snapshot import Corpus
    from segue.types import Floats, Rows, TrackId

BACK = 4.0
"""How many spreads the newest of what was offered steps back."""

HALF = 25
"""After so many offers a track steps back half as far."""

CHANCE = 1.0
"""How many spreads chance may move a row at most."""


def moves(
    rows: Rows,
    *,
    dials: Dials,
    likeness: Floats | None,
    spread: float,
    corpus: Corpus,
    recordings: Recordings,
    seed: str,
) -> Mapping[str, Floats]:
    """What moves each of `rows`, by name; only what moves any.

    Parameters
    ----------
    rows
        Candidates.
    dials
        How far things count.
    likeness
        Of the first of them to one another; None where hubs stay. Candidates beyond step back as
        far as the first of them that does most.
    spread
        Of the question.
    corpus, recordings
        Who is who.
    seed
        What is asked about, so that chance favours others for other seeds.
    """
    found: dict[str, Floats] = {}
    if likeness is not None and len(likeness):
        back = stepping_back(likeness)
        found["hubs"] = np.full(len(rows), back.min()) * dials.hubs * spread
        found["hubs"][: len(back)] = back * dials.hubs * spread
    if dials.recent:
        found["recent"] = _back(rows, dials.recent, corpus, recordings) * spread
    if dials.variation:
        reach = dials.variation * CHANCE * spread
        found["variation"] = reach * _chances([corpus.ids[row] for row in rows], dials.draw, seed)
    return {name: amounts for name, amounts in found.items() if amounts.any()}


def offered(recent: Sequence[TrackId], corpus: Corpus, recordings: Recordings) -> Mapping[int, int]:
    """How many offers ago each row was offered, by itself or as another version."""
    since: dict[int, int] = {}
    for age, track in enumerate(recent):
        row = corpus.row_of.get(track)
        if row is not None:
            for each in (row, *recordings.versions(recordings.of(row))):
                since.setdefault(each, age)
    return since


def _back(rows: Rows, recent: Sequence[TrackId], corpus: Corpus, recordings: Recordings) -> Floats:
    """How many spreads each row steps back, 0 or less."""
    since = offered(recent, corpus, recordings)
    ages = np.array([since.get(row, -1) for row in rows.tolist()], dtype=np.float64)
    return np.where(ages < 0, 0.0, -BACK * 0.5 ** (ages / HALF))


def _chances(ids: Sequence[TrackId], draw: int, seed: str) -> Floats:
    """A number in [-1, 1] for each id, as good as random (splitmix64; Steele and others, 2014)."""
    start = crc32(f"{draw} {seed}".encode())
    mixed = np.array([crc32(each.encode(), start) for each in ids], dtype=np.uint64)
    mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + np.uint64(start)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return mixed.astype(np.float64) / 2.0**63 - 1.0
