"""The frozen records that cross stages: what one part of Segue hands to the next.

tracks     what sources say and the catalogue knows: tracks, files, playlists, plays
judgements blind comparisons of two lenses: what is asked, and what was answered
asked      how an answer is wished for: filters, dials
answers    recommendations, and why each of them
copies     files that hold the same recording
journeys   tracks in an order that is meant, and the playlist files they are written to

Sources yield `TrackRecord`, `FileRecord` and `PlaylistRecord` (or a `Rejection`), the catalogue
stores them and gives back `Track`, the engine answers with `Answer`. Nothing here computes more
than its own fields can say, and nothing here loads numpy.
"""

from __future__ import annotations

from segue.records.answers import Answer, Comparison, Contribution, Passage, Reasons, Recommendation
from segue.records.asked import UNSELECTED, Between, Dials, Filters
from segue.records.copies import Copies, Copy, Duplicates, Excerpt, Namesakes
from segue.records.journeys import Export, Journey, RadioState, Smoothness, Step
from segue.records.judgements import Judgement, ListeningQuestion, TestKind
from segue.records.tracks import (
    CONTINUOUS,
    KEYS,
    Attributes,
    FileRecord,
    OutsideId,
    Play,
    PlaylistRecord,
    Recording,
    Rejection,
    Track,
    TrackRecord,
)

__all__ = [
    "CONTINUOUS",
    "KEYS",
    "UNSELECTED",
    "Answer",
    "Attributes",
    "Between",
    "Comparison",
    "Contribution",
    "Copies",
    "Copy",
    "Dials",
    "Duplicates",
    "Excerpt",
    "Export",
    "FileRecord",
    "Filters",
    "Journey",
    "Judgement",
    "ListeningQuestion",
    "Namesakes",
    "OutsideId",
    "Passage",
    "Play",
    "PlaylistRecord",
    "RadioState",
    "Reasons",
    "Recommendation",
    "Recording",
    "Rejection",
    "Smoothness",
    "Step",
    "TestKind",
    "Track",
    "TrackRecord",
]
