"""What is asked of methods that continue playlists: hidden tracks, and the seeds beside them.

A playlist held out is asked for its tracks in up to four **scenarios**: from a random ``half`` of
them, from ``5``, from ``1``, and from its ``title`` alone. What is not a seed is hidden. Playlists
of fewer than `LEAST` tracks are left out, and in ``title`` those without a title. Which tracks are
seeds is drawn by the playlist's own key, so other playlists, and their order, change nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from segue.records import TrackRecord
    from segue.training.playlists.material import Material
    from segue.types import Rows

LEAST = 10
"""Tracks that a playlist needs to be asked for them."""

HALF, TITLE = "half", "title"
SCENARIOS = (HALF, "5", "1", TITLE)

SEED = 42


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One playlist in one scenario.

    `seeds` are rows that the corpus holds, `strangers` seeds that it does not; `hidden` may be rows
    beyond it. `title` is empty save where it is what is asked by.
    """

    key: str
    seeds: Rows
    hidden: Rows
    title: str = ""
    strangers: tuple[TrackRecord, ...] = ()


def questions(material: Material, scenario: str, *, seed: int = SEED) -> list[Question]:
    """What is asked about playlists held out.

    Parameters
    ----------
    material
        Whose.
    scenario
        One of `SCENARIOS`, or any number of seeds.
    seed
        Settles, with a playlist's key, which of its tracks are seeds.
    """
    found = []
    tracks = len(material.corpus)
    for one in material.held:
        if len(one.rows) < LEAST or (scenario == TITLE and not one.title.strip()):
            continue
        shuffled = _generator(one.key, seed).permutation(one.rows)
        count = _count(scenario, len(one.rows))
        seeds = shuffled[:count]
        title = one.title if scenario == TITLE else ""
        outside = tuple(material.strangers[row] for row in seeds[seeds >= tracks].tolist())
        found.append(Question(one.key, seeds[seeds < tracks], shuffled[count:], title, outside))
    return found


def _count(scenario: str, tracks: int) -> int:
    if scenario == HALF:
        return tracks // 2
    return 0 if scenario == TITLE else min(int(scenario), tracks - 1)


def _generator(key: str, seed: int) -> np.random.Generator:
    digest = hashlib.sha256(key.encode()).digest()
    return np.random.default_rng((seed, int.from_bytes(digest[:8], "little")))


def told(scenario: str) -> str:
    """A scenario in words."""
    words = {HALF: "half of their tracks", "1": "1 track", TITLE: "their titles"}
    return words.get(scenario, f"{scenario} tracks")
