"""Questions that a catalogue can ask itself, because it knows the answers.

**Playlists held out** judge what people put together: some tracks of one are the seeds, the others
the answer. Candidates are tracks that stand in another playlist, so that nothing is found by the
mere fact that a held-out playlist brought it into the catalogue.

**Tracks by one artist**, and of one genre by other artists, judge what is heard: the sound of an
artist is alike, and listening to a genre says more than its name. Whoever's music a network was
taught with does not ask.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from segue.errors import UnavailableError
from segue.names import fold
from segue.recommend.seeds import Member, Seed, seed_from, track_at
from segue.records import Track, TrackRecord
from segue.snapshot import Description
from segue.training.lenses.evidence import Asked
from segue.training.lenses.judging import FEWEST
from segue.training.playlists.material import Listed, Material, memberships
from segue.training.playlists.overlaps import overlapping
from segue.training.playlists.questions import LEAST, TITLE, questions
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from segue.snapshot import Corpus
    from segue.training.playlists.questions import Question
    from segue.types import Rows

HELD = 8
"""One playlist of so many is held out."""

MOST_HELD = 200
"""Most playlists that are asked for."""

HEARD = 300
"""Most tracks that ask by their sound."""

SEED = 42


def held_out(corpus: Corpus) -> Material:
    """Hold out a part of the playlists of a catalogue, always the same; near copies do not ask.

    Raises
    ------
    UnavailableError
        There are too few playlists.
    """
    lists = [
        Listed(_key(corpus, number), title, rows)
        for number, (title, rows) in enumerate(_playlists(corpus))
    ]
    order = sorted(range(len(lists)), key=lambda number: lists[number].key)
    long = [number for number in order if len(lists[number].rows) >= LEAST]
    held = long[: min(MOST_HELD, len(long) // HELD)]
    left = sorted(set(range(len(lists))) - set(held))
    rest = memberships([lists[number] for number in left])
    # What another playlist says nearly track by track was not taken out by taking one of them out.
    copied = overlapping(rest, [lists[number].rows for number in held])
    asking = [number for number, copy in zip(held, copied.tolist(), strict=True) if not copy]
    if len(asking) < FEWEST:
        raise UnavailableError(
            f"{len(long):,} playlists of {LEAST} tracks or more are too few to learn weights from",
            remedy=f"Import at least {FEWEST * HELD:,} that differ, with `segue import playlists`",
        )
    return Material(replace(corpus, playlists=rest), tuple(lists[number] for number in asking))


def of_playlists(material: Material, scenario: str, *, titled: bool = False) -> list[Asked]:
    """Questions of playlists held out, in one scenario (`segue.training.playlists.questions`).

    Parameters
    ----------
    material
        What was learned from, and what was held out.
    scenario
        ``half``, a number of seeds, or ``title`` for the title alone.
    titled
        Whether the title is given with the seeds; playlists without one do not ask.
    """
    corpus = material.corpus
    counts = np.bincount(corpus.playlists.rows, minlength=len(corpus))
    allowed = counts > 0
    titles = {one.key: one.title for one in material.held}
    asked = []
    for one in questions(material, scenario):
        title = titles[one.key].strip() if titled or scenario == TITLE else ""
        if (titled and not title) or not (len(one.seeds) or one.strangers or title):
            continue
        seed = _seed(corpus, one, title=title)
        known = one.hidden[one.hidden < len(corpus)]
        asked.append(Asked(seed, known, len(one.hidden), allowed, group=one.key))
    return asked


def of_sound(corpus: Corpus, rows: Rows, *, without: Collection[str] = ()) -> list[Asked]:
    """Questions of tracks: which are by the same artist, and which by others of the same genre.

    Parameters
    ----------
    corpus
        Whose tracks.
    rows
        Those that stand where they are to be compared.
    without
        Normal forms of artists who do not ask: a network was taught with their music.
    """
    here = np.zeros(len(corpus), dtype=np.bool_)
    here[rows] = True
    by_artist = _places(corpus.artist_keys, rows)
    by_genre = _places([tuple(fold(name) for name in names) for names in corpus.genres], rows)
    asked: list[Asked] = []
    for row in _shuffled(rows):
        artists = corpus.artist_keys[row]
        if len(asked) >= 2 * HEARD:
            break
        if not artists or any(name in without for name in artists):
            continue
        mine = np.unique(np.concatenate([by_artist[name] for name in artists]))
        seed = Seed(track_at(corpus, row), row)
        others = mine[mine != row]
        if others.size:
            asked.append(Asked(seed, others, len(others), here, group=artists[0]))
        genre = fold(corpus.genres[row][0]) if corpus.genres[row] else ""
        alike = np.setdiff1d(by_genre.get(genre, mine), mine)
        if alike.size:
            apart = here.copy()
            apart[mine] = False
            asked.append(Asked(seed, alike, len(alike), apart, group=artists[0], genre=genre))
    return asked


def _playlists(corpus: Corpus) -> Iterator[tuple[str, Rows]]:
    lists = corpus.playlists
    for number, title in enumerate(lists.titles):
        span = slice(*lists.starts[number : number + 2])
        yield title, lists.rows[span].astype(np.int64)


def _key(corpus: Corpus, number: int) -> str:
    """What settles whether a playlist is held out: its content, whatever stands beside it."""
    lists = corpus.playlists
    rows = lists.rows[slice(*lists.starts[number : number + 2])].tolist()
    said = "\x1f".join([lists.titles[number], *(corpus.ids[row] for row in rows)])
    return hashlib.sha256(said.encode()).hexdigest()


def _seed(corpus: Corpus, question: Question, *, title: str) -> Seed:
    """The seed that a question is, as somebody would ask it."""
    track = Track(TrackId(""), title or "a playlist", ())
    members = [Member(Seed(track_at(corpus, row), row)) for row in question.seeds.tolist()]
    members += [Member(seed_from(Description(one, {}))) for one in question.strangers]
    description = Description(TrackRecord(), {}, title=title) if title else None
    return Seed(track, description=description, members=tuple(members))


def _places(names: Sequence[tuple[str, ...]], rows: Rows) -> dict[str, Rows]:
    found: dict[str, list[int]] = {}
    for row in rows.tolist():
        for name in names[row]:
            found.setdefault(name, []).append(row)
    return {name: np.array(these, dtype=np.int64) for name, these in found.items()}


def _shuffled(rows: Rows) -> list[int]:
    shuffled: list[int] = np.random.default_rng(SEED).permutation(rows).tolist()
    return shuffled
