"""How good the neighbours in spaces of sound are, beside those that anybody finds: the record.

`compare` judges every contender on the same tracks and the same draws
(`segue.evaluation.retrieval`), and says of each how far it is ahead of a reference, which is the
space `descriptors` unless that is not among them. A contender without scores is one that could not
be heard here; it stands in the table with the reason, so that nobody takes its absence for a
result.
"""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from segue.evaluation.report import figure as written
from segue.evaluation.report import plain
from segue.evaluation.retrieval import METRICS, Retrieval
from segue.evaluation.seeds import robustness, shares_kept
from segue.exports.cells import cell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.evaluation.intervals import Interval
    from segue.evaluation.retrieval import Figure, Gallery
    from segue.types import Floats, Progress, Rows

KIND = "audio report"
"""What a report's JSON says it is."""

FORMAT = 1
"""Grows when a report's JSON changes its shape."""

REFERENCE = "descriptors"
"""Whom others are set against."""

COLUMNS = (
    *("method", "role", "metric", "value", "low", "high", "queries"),
    *("ahead", "ahead_low", "ahead_high"),
)
"""Columns of the CSV, one row a method and metric."""

FEW = 100
"""Queries below which a reader is told that figures are shaky."""

CEILING = 0.95
"""What a perfect space should be able to reach; a reader is told of less."""

Role = Literal["space", "fused", "baseline", "chance"]


@dataclass(frozen=True, slots=True, eq=False)
class Contender:
    """One way to say how alike tracks are.

    Attributes
    ----------
    name, role
        Who it is.
    scores
        Shape (n, n): likeness of every track to every track; None where it could not be had.
    missing
        Why there are no scores, as a clause.
    flattered
        What of these very tracks it was trained on, as a clause; "" for nothing that is known.
    altered
        By alteration, shape (heard again, n): likeness of altered tracks to all.
    """

    name: str
    role: Role
    scores: Floats | None = None
    missing: str = ""
    flattered: str = ""
    altered: Mapping[str, Floats] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What came of one contender.

    Attributes
    ----------
    name, role, missing, flattered
        As the contender's.
    figures
        By metric; none where there were no scores.
    hubness
        Skewness of the 10-occurrence; NaN where there were no scores.
    ahead
        By metric: how far its figure is above the reference's; none for the reference itself.
    kept
        By alteration: the mean share of ten neighbours that is kept.
    """

    name: str
    role: Role
    missing: str = ""
    flattered: str = ""
    figures: Mapping[str, Figure] = field(default_factory=dict)
    hubness: float = np.nan
    ahead: Mapping[str, Interval] = field(default_factory=dict)
    kept: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the figures were computed from, for whoever judges further.

    Attributes
    ----------
    artists
        Of every track, "" where unknown.
    found
        By contender: what every query found.
    kept
        By contender and alteration: the share of ten neighbours that each altered track keeps.
    heard_again
        Rows of the altered tracks.
    """

    artists: Sequence[str]
    found: Mapping[str, Retrieval]
    kept: Mapping[str, Mapping[str, Floats]]
    heard_again: Rows


@dataclass(frozen=True, slots=True, eq=False)
class AudioReport:
    """Everything that was found.

    Attributes
    ----------
    source
        What it was judged on, as a person would say it.
    tracks, artists, genres
        How many tracks there are, and how many known artists and genres.
    queries
        By metric: how many tracks asked.
    reference
        Whom the others are set against; "" where that one is missing.
    heard_again
        How many tracks were altered and heard again.
    draws, seed
        Of the intervals.
    standings
        One a contender, in their order.
    notes
        What a reader has to know, as sentences without the full stop.
    evidence
        What the figures were computed from; no part of the JSON.
    """

    source: str
    tracks: int
    artists: int
    genres: int
    queries: Mapping[str, int]
    reference: str
    heard_again: int
    draws: int
    seed: int
    standings: tuple[Standing, ...]
    notes: tuple[str, ...] = ()
    evidence: Evidence | None = None

    def to_json(self) -> dict[str, Any]:
        """As a document of plain values; what is not defined is null."""
        told = asdict(replace(self, evidence=None))
        del told["evidence"]
        return {"kind": KIND, "format": FORMAT, **plain(told)}

    def csv(self) -> str:
        """All figures as CSV with the header `COLUMNS`; what is not defined is empty."""
        out = io.StringIO()
        table = csv.writer(out, lineterminator="\n")
        table.writerow(COLUMNS)
        for each in self.standings:
            for row in _lines(each):
                table.writerow([cell(plain(value)) for value in row])
        return out.getvalue()

    def table(self) -> tuple[tuple[str, ...], ...]:
        """The terminal's table: heads, then one row a contender."""
        heads = ("", *METRICS.values(), "hubs", *(("kept",) if self.heard_again else ()))
        return (heads, *(self._row(each) for each in self.standings))

    def _row(self, each: Standing) -> tuple[str, ...]:
        if each.missing:
            return (each.name, each.missing)
        cells = [_cell(each.figures[metric], metric) for metric in METRICS]
        worst = min(each.kept.values(), default=np.nan)
        heard = (written(worst),) if self.heard_again else ()
        return (each.name, *cells, written(each.hubness), *heard)


def compare(
    contenders: Sequence[Contender],
    gallery: Gallery,
    *,
    source: str,
    heard_again: Rows | None = None,
    notes: Sequence[str] = (),
    on_progress: Progress | None = None,
) -> AudioReport:
    """Judge contenders on the same tracks.

    Parameters
    ----------
    contenders
        At least one.
    gallery
        The tracks.
    source
        See `AudioReport`.
    heard_again
        Rows of the tracks whose altered versions the contenders have scores of.
    notes
        Put before what is found here.
    on_progress
        Called after every contender.

    Raises
    ------
    BadRequestError
        Scores are not of these tracks, or not finite.
    """
    again = np.empty(0, dtype=np.int64) if heard_again is None else heard_again
    found: dict[str, Retrieval] = {}
    for done, each in enumerate(contenders, start=1):
        if each.scores is not None:
            found[each.name] = gallery.judge(each.scores)
        if on_progress is not None:
            on_progress(done, len(contenders), f"judging {each.name}")
    reference = REFERENCE if REFERENCE in found else ""
    standings = tuple(_standing(each, found, gallery, reference, again) for each in contenders)
    asking = next((each.figures for each in standings if each.figures), {})
    queries = {metric: asking[metric].queries for metric in asking}
    return AudioReport(
        source=source,
        tracks=len(gallery),
        artists=len(set(gallery.artists) - {""}),
        genres=len(set(gallery.genres) - {""}),
        queries=queries,
        reference=reference,
        heard_again=len(again),
        draws=gallery.draws,
        seed=gallery.seed,
        standings=standings,
        notes=tuple(
            dict.fromkeys(
                [
                    *notes,
                    *_of_queries(queries, gallery),
                    *_of_ceiling(gallery),
                    *_of_training(standings),
                ]
            )
        ),
        evidence=Evidence(
            gallery.artists,
            found,
            {
                each.name: shares_kept(each.scores, each.altered, queries=again)
                for each in contenders
                if each.scores is not None and len(again)
            },
            again,
        ),
    )


def _standing(
    each: Contender,
    found: Mapping[str, Retrieval],
    gallery: Gallery,
    reference: str,
    again: Rows,
) -> Standing:
    """One contender's figures."""
    if each.scores is None:
        return Standing(each.name, each.role, missing=each.missing, flattered=each.flattered)
    ours = found[each.name]
    ahead = (
        {metric: gallery.difference(ours, found[reference], metric) for metric in METRICS}
        if reference and each.name != reference
        else {}
    )
    return Standing(
        each.name,
        each.role,
        flattered=each.flattered,
        figures=gallery.figures(ours),
        hubness=ours.hubness,
        ahead=ahead,
        kept=robustness(each.scores, each.altered, queries=again) if len(again) else {},
    )


def _of_queries(queries: Mapping[str, int], gallery: Gallery) -> list[str]:
    """A sentence where few tracks ask, or there is nothing to tell apart."""
    notes = []
    kinds = (
        ("artist", "artist_precision_10", gallery.artists),
        ("genre", "genre_precision_10", gallery.genres),
    )
    for kind, metric, names in kinds:
        asking = queries.get(metric, 0)
        if asking == 0:
            notes.append(f"No track asks for its {kind}: nothing can be said of {kind}s")
        elif len(set(names)) < 2:
            notes.append(f"All tracks are of one {kind}: whatever is near is of it")
        elif asking < FEW:
            who = "1 track asks" if asking == 1 else f"{asking} tracks ask"
            notes.append(f"Only {who} for the {kind}: other tracks could well tell another story")
    return notes


def _of_ceiling(gallery: Gallery) -> list[str]:
    """A sentence where no space could find ten tracks of the same genre by others."""
    most = gallery.most()["genre_precision_10"]
    if not most < CEILING:
        return []
    return [
        f"No space could reach more than {written(most)} in genre P@10 here: other artists have "
        "too few tracks of some genres"
    ]


def _of_training(standings: Sequence[Standing]) -> list[str]:
    """A sentence for each that was trained on what it is judged on."""
    return [f"{each.name} is flattered: {each.flattered}" for each in standings if each.flattered]


def _cell(figure: Figure, metric: str) -> str:
    """A figure; those of ten with the ends of their interval."""
    value = written(figure.value)
    if not metric.endswith("_10") or not np.isfinite(figure.low):
        return value
    return f"{value} ({written(figure.low)}–{written(figure.high)})"


def _lines(each: Standing) -> list[tuple[Any, ...]]:
    """Rows of the CSV."""
    nothing = (np.nan,) * 3
    lines: list[tuple[Any, ...]] = []
    for metric, figure in each.figures.items():
        ahead = each.ahead.get(metric)
        ends = nothing if ahead is None else (ahead.value, ahead.low, ahead.high)
        told = (figure.value, figure.low, figure.high, figure.queries)
        lines.append((each.name, each.role, metric, *told, *ends))
    rest = {"hubness": each.hubness} if each.figures else {}
    rest |= {f"kept_{name}": share for name, share in each.kept.items()}
    lines += [(each.name, each.role, name, value, *(np.nan,) * 6) for name, value in rest.items()]
    return lines
