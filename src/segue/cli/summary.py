"""How an import, a scan or an analysis went, in sentences that add up."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from segue.cli.progress import duration
from segue.errors import BadRequestError, NotFoundError, UnavailableError
from segue.exports.cells import cell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from segue.catalogue.ledger import LedgerCounts
    from segue.jobs.examples import Gathered
    from segue.records import Rejection
    from segue.summaries import (
        AnalysisSummary,
        CrawlSummary,
        ImportSummary,
        PassSummary,
        ScanSummary,
    )

SHOWN = 10
"""Rejections shown to a person; `--json` and `--rejections FILE` have all."""


def imported(summary: ImportSummary, *, what: str) -> str:
    """The paragraph about an import of `what` ("tracks", "playlists", "plays")."""
    sums = f"{summary.imported:,} imported + {summary.merged:,} merged"
    sums += f" + {summary.duplicate:,} duplicate + {summary.rejected:,} rejected"
    lines = [f"Read {summary.read:,} {what} = {sums}, in {duration(summary.seconds)}."]
    lines += _links(summary.linked, summary.ambiguous)
    lines += [f"Note: {note}" for note in summary.notes]
    lines += rejections(summary.rejections, total=summary.rejected, verb="rejected", rest=_WRITTEN)
    return "\n".join(lines)


def crawled(summary: CrawlSummary) -> str:
    """The paragraph about a crawl for playlists."""
    sums = f"{summary.taken:,} taken + {summary.known:,} taken before"
    sums += f" + {summary.failed:,} failed + {summary.waiting:,} waiting"
    lines = ["Went on where an earlier crawl stopped."] if summary.resumed else []
    lines += [f"Listed {summary.found:,} playlists = {sums}, in {duration(summary.seconds)}."]
    if summary.taken:
        lines.append(
            f"They hold {summary.tracks:,} tracks; {summary.unknown:,} of these the catalogue did"
            " not know."
        )
    if summary.left_out:
        lines.append(f"Note: {summary.left_out:,} entries are no tracks and were left out.")
    lines += rejections(summary.rejections, total=summary.failed, verb="failed")
    if not summary.finished:
        lines.append(f"Broken off: {summary.reason}.")
    return "\n".join(lines)


def scanned(summary: ScanSummary, *, folder: Path) -> str:
    """The paragraph about a look through `folder`."""
    sums = f"{summary.new:,} new + {summary.changed:,} changed + {summary.moved:,} moved"
    sums += f" + {summary.unchanged:,} unchanged + {summary.rejected:,} rejected"
    lines = [
        f"Found {summary.found:,} audio files in {folder} = {sums}, in {duration(summary.seconds)}."
    ]
    if summary.gone:
        lines.append(
            f"{summary.gone:,} known files are no longer there; they are marked missing, "
            "nothing is removed."
        )
    lines += _links(summary.linked, summary.ambiguous)
    lines += [f"Note: {note}" for note in summary.notes]
    lines += rejections(summary.rejections, total=summary.rejected, verb="rejected")
    return "\n".join(lines)


def analysed(summary: AnalysisSummary) -> str:
    """The paragraph about a run of analysis and how the whole catalogue stands after it."""
    lines = _passed(summary.descriptors, did="Described {} files", idle="analysis")
    for space, stand in summary.embeddings.items():
        if stand.done:
            lines.append(f"Embedded {stand.done:,} files in {space}, {duration(stand.seconds)}.")
        lines.append(f"In {space}: {sum_of(stand)}.")
    if summary.recording is not None:
        lines += _passed(
            summary.recording, did="Read {} files from end to end", idle="reading from end to end"
        )
    return "\n".join([*lines, *(f"Note: {note}" for note in summary.notes)])


def gathered(found: Gathered) -> str:
    """The paragraph about examples that were gathered."""
    examples = found.examples
    sums = f"{len(examples):,} examples + {found.repeated:,} repeated"
    sums += f" + {len(found.rejections):,} rejected"
    names = ", ".join(target.name for target in found.targets.targets)
    lines = [
        f"Read {found.read:,} rows of {examples.source} = {sums}, in {duration(found.seconds)}.",
        f"{len(examples.names):,} features; targets: {names}.",
    ]
    lines += [f"Note: {note}" for note in found.notes]
    lines += rejections(
        found.rejections, total=len(found.rejections), verb="rejected", rest=_WRITTEN
    )
    return "\n".join(lines)


def _passed(summary: PassSummary, *, did: str, idle: str) -> list[str]:
    """How one pass went: what it did, how all files stand, what failed."""
    lines = [
        f"{did.format(f'{summary.done:,}')} in {duration(summary.seconds)}."
        if summary.done
        else f"No file waited for {idle}.",
        f"All {sum_of(summary)}.",
    ]
    return lines + rejections(summary.failures, total=len(summary.failures), verb="not read")


def sum_of(stand: LedgerCounts | PassSummary) -> str:
    """How files stand in one pass, as a sum that adds up."""
    return (
        f"{stand.found:,} files = {stand.analysed:,} analysed + {stand.queued:,} queued"
        f" + {stand.failed:,} failed + {stand.skipped:,} skipped"
    )


_WRITTEN = "--json lists them, --rejections FILE writes them"


def rejections(
    listed: Sequence[Rejection], *, total: int, verb: str, rest: str = "--json lists them"
) -> list[str]:
    """The first few refused things, one a line, and how to see the rest of them."""
    lines = [f"  {verb}: {_place(item)}: {item.reason}" for item in listed[:SHOWN]]
    if total > SHOWN:
        lines.append(f"  … and {total - SHOWN:,} more; {rest}.")
    return lines


def _place(item: Rejection) -> str:
    return item.place if item.line is None else f"{item.place}, line {item.line:,}"


def _links(linked: int, ambiguous: int) -> list[str]:
    lines: list[str] = []
    if linked:
        lines.append(f"{linked:,} joined tracks already known by their names (`segue links list`).")
    if ambiguous:
        lines.append(
            f"{ambiguous:,} could have been one of several tracks and were kept apart "
            "(`segue links list --state ambiguous`)."
        )
    return lines


def check_source(source: Path) -> None:
    """Refuse what is not there before a catalogue is made for it.

    Raises
    ------
    NotFoundError
        There is nothing of that name, or it cannot be reached.
    """
    try:
        source.stat()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise NotFoundError(
            f"there is no file or folder {str(source)!r} ({why})",
            remedy="Check the path, and that its disk is connected",
        ) from error


def check_target(target: Path | None, *, source: Path) -> None:
    """Refuse a place for rejections that would lose data, before any work is done.

    Raises
    ------
    BadRequestError
        The folder is missing, it is a folder itself, or it is what is being read.
    """
    if target is None:
        return
    if not target.parent.is_dir() or target.is_dir():
        raise BadRequestError(
            f"rejections cannot be written to {target}", remedy="Name a file in a folder that is"
            " there"
        )  # fmt: skip
    if target.exists() and source.exists() and target.samefile(source):
        raise BadRequestError(
            f"rejections would overwrite {target}, which is being read",
            remedy="Name another file",
        )


def write_rejections(target: Path, listed: Sequence[Rejection]) -> None:
    """Write all of them as CSV: place, line, reason."""
    try:
        with target.open("w", encoding="utf-8", newline="", errors="surrogateescape") as out:
            table = csv.writer(out)
            table.writerow(("place", "line", "reason"))
            rows = ((item.place, item.line, item.reason) for item in listed)
            table.writerows(map(cell, row) for row in rows)
    except OSError as error:
        raise UnavailableError(
            f"the rejections could not be written: {error.strerror}",
            where=str(target),
            remedy="Name another file with --rejections",
        ) from error
