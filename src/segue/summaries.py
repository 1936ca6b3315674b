"""What long work says of itself when it is done: imports, scans, passes of analysis.

Every summary adds up: what was found is what became of it, one number for each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.records import Rejection


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """How an import went; it adds up: read = imported + merged + duplicate + rejected.

    `imported` became new tracks (or playlists), `merged` added something to a known one (a
    further genre, attributes, an outside id), `duplicate` said nothing new.
    """

    read: int = 0
    imported: int = 0
    merged: int = 0
    duplicate: int = 0
    rejections: tuple[Rejection, ...] = ()
    rejected: int = 0
    linked: int = 0
    ambiguous: int = 0
    seconds: float = 0.0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CrawlSummary:
    """How a crawl went; over all its playlists: found = taken + known + failed + waiting.

    `taken` are those of this run, `known` those taken before. Of the playlists of this run,
    `tracks` counts entries, `unknown` the tracks among them whose id no track of the catalogue had,
    and `left_out` entries that are no tracks. `finished` is False where the crawl was broken off
    for `reason`; `resumed` says that it went on where an earlier run was.
    """

    found: int = 0
    taken: int = 0
    known: int = 0
    failed: int = 0
    waiting: int = 0
    tracks: int = 0
    unknown: int = 0
    left_out: int = 0
    rejections: tuple[Rejection, ...] = ()
    resumed: bool = False
    finished: bool = True
    reason: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class ScanSummary:
    """How a look through a music folder went: found = new + changed + moved + unchanged + rejected.

    `gone` counts files the catalogue knew that are no longer there; they are kept, marked missing.
    """

    found: int = 0
    new: int = 0
    changed: int = 0
    moved: int = 0
    unchanged: int = 0
    rejected: int = 0
    gone: int = 0
    linked: int = 0
    ambiguous: int = 0
    rejections: tuple[Rejection, ...] = ()
    seconds: float = 0.0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PassSummary:
    """How one pass of analysis went: found = analysed + queued + failed + skipped, over all files.

    `done` counts the files this run took up, `failures` lists what could not be read.
    """

    found: int = 0
    analysed: int = 0
    queued: int = 0
    failed: int = 0
    skipped: int = 0
    done: int = 0
    failures: tuple[Rejection, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class AnalysisSummary:
    """How each pass went (None: not wanted), embedders by space, and what could not be done."""

    descriptors: PassSummary
    recording: PassSummary | None = None
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    embeddings: Mapping[str, PassSummary] = field(default_factory=dict)
