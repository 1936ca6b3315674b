"""The final list: one row a recording, not too many by one artist.

Two tracks are versions of one recording when their titles have the same key
(`segue.names.title_key`: base and version alike, but for "remaster": a remaster is the same
performance, though linking keeps it a track of its own), they share a real artist, and their
durations, where both are known, differ by no more than 3 seconds or 2 percent. The best of them
becomes the row, the others stand behind it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from segue.names import artist_keys, joined_key, title_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segue.recommend.seeds import Seed
    from segue.snapshot import Corpus
    from segue.types import Mask

SECONDS = 3.0
SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Recording:
    """What tells recordings apart; `duration` in seconds, NaN where unknown."""

    title: str
    artists: frozenset[str]
    duration: float

    def same(self, other: Recording) -> bool:
        """Whether both are one recording; never without a title or a real artist."""
        if not self.title or self.title != other.title or not self.artists & other.artists:
            return False
        apart = abs(self.duration - other.duration)
        # Written so that NaN, an unknown duration, does not tell two recordings apart.
        return not apart > max(SECONDS, SHARE * max(self.duration, other.duration))


def _performance(key: str) -> str:
    """The key of a title without its remaster; a live remaster is still live."""
    if "remaster" not in key:
        return key
    base, _, version = key.partition(" | ")
    return joined_key(base, " ".join(word for word in version.split() if word != "remaster"))


class Recordings:
    """Which rows of one corpus are versions of one recording."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def of(self, row: int) -> Recording:
        """The recording that a row holds."""
        corpus = self._corpus
        return Recording(
            _performance(corpus.title_keys[row]),
            frozenset(corpus.artist_keys[row]),
            float(corpus.duration[row]),
        )

    def of_seed(self, seed: Seed) -> Recording:
        """The recording that a seed is."""
        track = seed.track
        duration = float("nan") if track.duration is None else track.duration
        title = _performance(title_key(track.title))
        return Recording(title, frozenset(artist_keys(track.artists)), duration)

    def versions(self, recording: Recording) -> list[int]:
        """Every row that holds it, ascending."""
        return [
            row for row in self._titled.get(recording.title, ()) if recording.same(self.of(row))
        ]

    @cached_property
    def _titled(self) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = {}
        for row, title in enumerate(self._corpus.title_keys):
            rows.setdefault(_performance(title), []).append(row)
        return rows


@dataclass(frozen=True, slots=True)
class Choice:
    """One row of an answer and the versions behind it, ascending; `place` is its rank as scored."""

    place: int
    row: int
    versions: tuple[int, ...]


def choose(
    rows: Iterable[int],
    *,
    n: int,
    artists: tuple[tuple[str, ...], ...],
    per_artist: int | None,
    recordings: Recordings | None,
    allowed: Mask | None = None,
    taken: Iterable[int] = (),
) -> list[Choice]:
    """The first `n` of `rows` that repeat no recording and no artist too often.

    Parameters
    ----------
    rows
        Best first.
    n
        How many at most.
    artists
        Artist keys by row.
    per_artist
        Most rows that one artist may have a part in; None for any number.
    recordings
        For grouping versions; None to leave them apart.
    allowed
        Rows that may stand behind another as its version; all when None.
    taken
        Rows that may not be chosen.
    """
    gone = set(taken)
    heard: Counter[str] = Counter()
    chosen: list[Choice] = []
    for place, row in enumerate(rows):
        if len(chosen) == n:
            break
        if row in gone:
            continue
        if per_artist is not None and any(heard[name] >= per_artist for name in artists[row]):
            continue
        others = [] if recordings is None else recordings.versions(recordings.of(row))
        versions = tuple(
            each
            for each in others
            if each != row and each not in gone and (allowed is None or allowed[each])
        )
        gone.update((row, *others))
        heard.update(artists[row])
        chosen.append(Choice(place, row, versions))
    return chosen
