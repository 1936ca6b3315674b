"""Which tracks are versions of one recording, and share a row.

Two tracks are versions of one recording when their files sound the same (`Corpus.recordings`), or
when their titles have the same key (`segue.names.title_key`: base and version alike, but for
"remaster": a remaster is the same performance, though linking keeps it a track of its own), they
share a real artist, and their durations, where both are known, differ by no more than 3 seconds or
2 percent. A live recording, a remix and a cover stay apart from the song. The best of them becomes
the row, the others stand behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from segue.columns import Alike
from segue.names import artist_keys, performance_key, title_key

if TYPE_CHECKING:
    from segue.recommend.seeds import Seed
    from segue.snapshot import Corpus

SECONDS = 3.0
SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Recording:
    """What tells recordings apart; `duration` in seconds, NaN where unknown.

    `number` is the same for files that sound the same, -1 where nobody has heard another.
    """

    title: str
    artists: frozenset[str]
    duration: float
    number: int = -1

    def same(self, other: Recording) -> bool:
        """Whether both are one recording; by names never without a title or a real artist."""
        if 0 <= self.number == other.number:
            return True
        if not self.title or self.title != other.title or not self.artists & other.artists:
            return False
        apart = abs(self.duration - other.duration)
        # Written so that NaN, an unknown duration, does not tell two recordings apart.
        return not apart > max(SECONDS, SHARE * max(self.duration, other.duration))


class Recordings:
    """Which rows of one corpus are versions of one recording."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def of(self, row: int) -> Recording:
        """The recording that a row holds."""
        corpus = self._corpus
        return Recording(
            performance_key(corpus.title_keys[row]),
            frozenset(corpus.artist_keys[row]),
            float(corpus.duration[row]),
            int(corpus.recordings[row]) if len(corpus.recordings) else -1,
        )

    def of_seed(self, seed: Seed) -> Recording:
        """The recording that a seed is: what its row holds where the corpus has it."""
        track = seed.track
        row = self._corpus.row_of.get(track.id)
        if row is not None:
            return self.of(row)
        duration = float("nan") if track.duration is None else track.duration
        title = performance_key(title_key(track.title))
        return Recording(title, frozenset(artist_keys(track.artists)), duration)

    def versions(self, recording: Recording) -> list[int]:
        """Every row that holds it, ascending."""
        named = self._titled.rows(recording.title)
        rows = [row for row in named if recording.same(self.of(row))]
        heard = self._numbered.get(recording.number, _NOBODY)
        return sorted({*rows, *heard}) if heard else rows

    @cached_property
    def _titled(self) -> Alike:
        known = self._corpus.performances
        return Alike(map(performance_key, self._corpus.title_keys)) if known is None else known

    @cached_property
    def _numbered(self) -> dict[int, list[int]]:
        rows: dict[int, list[int]] = {}
        for row, number in enumerate(self._corpus.recordings.tolist()):
            if number >= 0:
                rows.setdefault(number, []).append(row)
        return rows


_NOBODY: list[int] = []
