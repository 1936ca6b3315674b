"""Lessons: what each of the two networks learns from material, and on whom it is judged.

An encoder learns which windows are by the same artist, or, where no two tracks are, of the same
track; a genre network learns the genre of each window. Whole artists are held back to judge on
(`segue.training.ears.judging`). Several entries of one id are versions of one track: they are
learned from together, held back together, and only the first is ever judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.errors import BadRequestError
from segue.training.ears import judging
from segue.training.ears.plan import steps_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor

    from segue.embedding.material import Material
    from segue.training.ears.plan import Plan
    from segue.types import Frames, Rows


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What one network learns: labels of tracks, and how those held back are judged.

    `held` are the rows that are kept out, versions of tracks and all; `asked` those of them that
    are judged, one a track.

    `trunk` are weights to start from, where they are not those of the plan's `start`.
    """

    space: str
    material: Material
    labels: Rows
    plan: Plan
    held: Rows
    asked: Rows
    judge: Callable[[Frames], float]
    genres: tuple[str, ...] = ()
    trunk: Mapping[str, Tensor] | None = None

    @property
    def steps(self) -> int:
        """Most batches."""
        return self.plan.steps or steps_for(len(set(self.material.ids)), self.plan.batch)


def sound_lesson(material: Material, plan: Plan) -> Lesson:
    """What an encoder learns from material.

    Raises
    ------
    BadRequestError
        There is nothing to tell apart: fewer than two labels.
    """
    once = material.at(_once(material))
    of_artists = plan.positives == "artist" and judging.can_judge_artists(once.artists)
    labels = _numbered(material.artists if of_artists else material.ids)
    count = int(labels.max(initial=-1)) + 1
    if count < 2:
        raise BadRequestError(
            f"the material names {count} {'artist' if of_artists else 'track'}, and likeness needs"
            " two to tell apart",
            where=material.source,
            remedy="Add music by others, or learn by track: --positives track",
        )
    held = judging.held_back(_alone(material), share=plan.validation, seed=plan.seed)
    asked = _asked(material, held)
    artists = [material.artists[row] for row in asked]
    by_artists = judging.can_judge_artists(artists)
    judge = judging.by_artist(artists) if by_artists else judging.by_track
    return Lesson("sound", material, labels, plan, held if len(asked) else asked, asked, judge)


def genre_lesson(material: Material, plan: Plan) -> Lesson:
    """What a genre network learns from material.

    Tracks without a genre, and those of a genre that only one track has, are left out.

    Raises
    ------
    BadRequestError
        Fewer than two genres have two tracks.
    """
    names, counts = np.unique([each for each in material.genres if each], return_counts=True)
    genres = tuple(names[counts > 1].tolist())
    if len(genres) < 2:
        raise BadRequestError(
            f"{len(genres)} genres have two tracks or more, and naming them needs two genres",
            where=material.source,
            remedy="Give the files genre tags, or learn by artist: segue train sound",
        )
    known = np.flatnonzero([genre in genres for genre in material.genres])
    material = material.at(known)
    labels = np.array([genres.index(genre) for genre in material.genres])
    held = _spread(material, labels, plan)
    asked = _asked(material, held)
    judge = judging.by_genre(
        [material.artists[row] for row in asked], [material.genres[row] for row in asked]
    )
    held = held if len(asked) else asked
    return Lesson("genre", material, labels, plan, held, asked, judge, genres)


def _spread(material: Material, labels: Rows, plan: Plan) -> Rows:
    """Artists held back, of all genres; none where that leaves nothing to learn or judge by."""
    held = judging.held_back(
        _alone(material), share=plan.validation, seed=plan.seed, classes=labels.astype(np.float64)
    )
    whole = len(np.unique(np.delete(labels, held))) == labels.max() + 1
    asked = material.at(_asked(material, held))
    if whole and judging.can_judge_genres(asked.artists, asked.genres):
        return held
    return np.empty(0, dtype=np.int64)


def _once(material: Material) -> Rows:
    """The first entry of each track; what comes after are versions of it."""
    first = {name: row for row, name in reversed(list(enumerate(material.ids)))}
    return np.array(sorted(first.values()), dtype=np.int64)


def _asked(material: Material, held: Rows) -> Rows:
    """Those of the rows held back that are judged: each track once; none where they are too few."""
    asked = np.intersect1d(held, _once(material))
    return asked if len(asked) >= judging.LEAST else asked[:0]


def _alone(material: Material) -> list[str]:
    """Artists for splitting; a track of nobody's stays together with its versions."""
    return [
        artist or f"\0{name}" for artist, name in zip(material.artists, material.ids, strict=True)
    ]


def _numbered(names: Sequence[str]) -> Rows:
    """A number for each name, -1 for ""."""
    numbers = {name: place for place, name in enumerate(sorted(set(names) - {""}))}
    return np.array([numbers.get(name, -1) for name in names], dtype=np.int64)
