"""What came of judging models of attributes, as a record: for JSON, CSV, the terminal and pages.

The records it is made of are in `segue.evaluation.findings`.
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from segue.attributes.targets import TargetSet
from segue.errors import BadFileError
from segue.evaluation.findings import Confusion, Importance, Margin, Score, Standing
from segue.evaluation.metrics import FIRST, METRICS
from segue.exports.cells import cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

KIND = "attributes report"
"""What a report's JSON says it is."""

FORMAT = 1
"""Grows when a report's JSON changes its shape."""

COLUMNS = (
    *("model", "pipeline", "group", "target", "metric"),
    *("value", "low", "high", "pooled", "folds", "rows"),
)
"""Columns of the CSV, one row a score; an empty target stands for the group."""

_DIGITS = 6


@dataclass(frozen=True, slots=True)
class AttributesReport:
    """Everything that was found.

    Attributes
    ----------
    name
        Of the model, or of the comparison.
    inputs, source, digest, rows
        What it was judged on, as `segue.attributes.examples.Examples` has it.
    artists
        How many artists the tracks are by; None where the source names none.
    folds
        How many folds; 0 where a finished model was judged on tracks of its own.
    draws, seed
        Of the intervals.
    targets
        What was predicted.
    known, deviations
        By target: rows with a value, and the standard deviation of a number.
    standings
        Who was judged; the first one with the role "model" is whom the report is about.
    scores, margins, confusions, importances
        See there.
    promised
        The share of tracks that intervals were made to hold; None where there are none.
    goals
        By target: what the first metric of its kind was to reach; may be empty.
    pictures
        File names of pictures that go with it.
    notes
        What a reader has to know, as sentences without the full stop.
    """

    name: str
    inputs: str
    source: str
    digest: str
    rows: int
    artists: int | None
    folds: int
    draws: int
    seed: int
    targets: TargetSet
    known: Mapping[str, int]
    deviations: Mapping[str, float]
    standings: tuple[Standing, ...]
    scores: tuple[Score, ...]
    margins: tuple[Margin, ...]
    confusions: tuple[Confusion, ...] = ()
    importances: tuple[Importance, ...] = ()
    promised: float | None = None
    goals: Mapping[str, float] | None = None
    pictures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def audio(self) -> bool:
        """Whether the features are Segue's own descriptors of sound."""
        return self.inputs.startswith("descriptors")

    @property
    def main(self) -> Standing:
        """Whom the report is about."""
        return next((each for each in self.standings if each.role == "model"), self.standings[0])

    def score(self, standing: Standing, target: str, metric: str) -> Score | None:
        """One figure; None where this contender has none."""
        named = (standing.model, standing.pipeline, target, metric)
        for each in self.scores:
            if (each.model, each.pipeline, each.target, each.metric) == named:
                return each
        return None

    def to_json(self) -> dict[str, Any]:
        """As a document of plain values; what is not defined is null.

        ``figures`` holds the main model's values by target and metric, for readers in a hurry.
        """
        document = plain(asdict(self) | {"targets": self.targets.to_json()})
        figures: dict[str, dict[str, Any]] = {}
        for each in self.scores:
            if (each.model, each.pipeline) == (self.main.model, self.main.pipeline):
                named = each.target or f"group {each.group}"
                figures.setdefault(named, {})[each.metric] = plain(each.value)
        return {"kind": KIND, "format": FORMAT, "figures": figures, **document}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> AttributesReport:
        """The report a document holds.

        Raises
        ------
        BadFileError
            It is no report, or one of another format.
        """
        if document.get("kind") != KIND or document.get("format") != FORMAT:
            raise BadFileError(
                "this is no report about attributes that this version can read",
                remedy="Write it again: `segue evaluate attributes`",
            )
        given = {spec.name: document[spec.name] for spec in fields(cls) if spec.name in document}
        for name, kind in _PARTS.items():
            given[name] = tuple(_record(kind, each) for each in given.get(name, ()))
        for name in ("pictures", "notes"):
            given[name] = tuple(given.get(name, ()))
        given["deviations"] = {name: _number(each) for name, each in given["deviations"].items()}
        return cls(**given | {"targets": TargetSet.from_json(document["targets"])})

    def csv(self) -> str:
        """All scores as CSV with the header `COLUMNS`; what is not defined is empty."""
        return written((self,))

    def table(self) -> tuple[tuple[str, ...], ...]:
        """One row a target for the terminal: its name, figures with intervals, who is ahead."""
        rows = []
        for target in self.targets.targets:
            first = self.score(self.main, target.name, FIRST[target.kind])
            if first is None:
                continue
            others = (
                self.score(self.main, target.name, name) for name in _TABLE if name != first.metric
            )
            rows.append(
                (
                    target.name,
                    f"{METRICS[first.metric].label} {figure(first.value)}",
                    f"({figure(first.low)} to {figure(first.high)})",
                    ", ".join(
                        f"{METRICS[each.metric].label} {figure(each.value)}"
                        for each in others
                        if each is not None
                    ),
                    self._rival(target.name),
                )
            )
        return tuple(rows)

    def _rival(self, target: str) -> str:
        """How the main model stands to its best member, in words; empty where it has none."""
        for each in self.margins:
            named = (each.model, each.pipeline, each.target, each.reason)
            if named == (self.main.model, self.main.pipeline, target, "member"):
                return compared(each)
        return ""


_PARTS: dict[str, type] = {
    "standings": Standing,
    "scores": Score,
    "margins": Margin,
    "confusions": Confusion,
    "importances": Importance,
}
_TABLE = ("mae", "spearman", "coverage", "balanced_accuracy", "f1_macro", "roc_auc")


def together(reports: Sequence[AttributesReport]) -> AttributesReport:
    """Reports on the same tracks and targets as one: a model on several pipelines side by side.

    The first one gives the name and whom the report is about. Margins stay within each report,
    since draws of another one are not at hand.

    Parameters
    ----------
    reports
        At least one.
    """
    goals: dict[str, float] = {}
    for report in reversed(reports):
        goals.update(report.goals or {})
    parts: dict[str, Any] = {
        name: tuple(dict.fromkeys(each for report in reports for each in getattr(report, name)))
        for name in ("standings", "scores", "margins", "confusions", "importances", "pictures")
    }
    notes = tuple(dict.fromkeys(note for report in reports for note in report.notes))
    whole = replace(reports[0], goals=goals or None, notes=notes, **parts)
    return _without_repeats(whole)


def _without_repeats(report: AttributesReport) -> AttributesReport:
    """A baseline that says the same on every pipeline, as the mean does, once."""
    said: dict[tuple[Any, ...], Standing] = {}
    dropped: set[tuple[str, str]] = set()
    for each in report.standings:
        scores = (
            (score.target, score.metric, score.by_fold or score.value)
            for score in report.scores
            if (score.model, score.pipeline) == (each.model, each.pipeline)
        )
        named = (each.model, repr(list(scores)))
        if each.role == "baseline" and said.setdefault(named, each) is not each:
            dropped.add((each.model, each.pipeline))
    return replace(
        report,
        standings=tuple(
            each for each in report.standings if (each.model, each.pipeline) not in dropped
        ),
        scores=tuple(each for each in report.scores if (each.model, each.pipeline) not in dropped),
    )


def written(reports: Iterable[AttributesReport]) -> str:
    """The scores of several reports as one CSV; see `COLUMNS`."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for report in reports:
        for each in report.scores:
            row = plain(asdict(each)) | {"folds": len(each.by_fold)}
            table.writerow([cell(row[name]) for name in COLUMNS])
    return out.getvalue()


def figure(value: float) -> str:
    """A figure in few digits: three after the point, fewer for large ones, a dash for none."""
    if not math.isfinite(value):
        return "–"
    digits = 3 if abs(value) < 10 else 1
    # Plus nothing, so that what rounds to 0 has no sign.
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def compared(margin: Margin) -> str:
    """A margin in words: "0.012 ahead of svm (0.004 to 0.020)"."""
    whom = margin.rival if margin.reason == "member" else margin.rival_pipeline
    ends = f"({figure(margin.low)} to {figure(margin.high)})"
    if not margin.sure:
        return f"level with {whom}: {figure(margin.value)} {ends}"
    way = "ahead of" if margin.ahead else "behind"
    return f"{figure(abs(margin.value))} {way} {whom} {ends}"


def plain(value: Any) -> Any:  # noqa: ANN401 (JSON has no narrower type)
    """Tuples as lists, floats in `_DIGITS` digits after the point, what is not finite as None."""
    if isinstance(value, float):
        return round(value, _DIGITS) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value


def _record(kind: type, document: Mapping[str, Any]) -> Any:  # noqa: ANN401 (one of `_PARTS`)
    return kind(**{name: _number(each) for name, each in document.items()})


def _number(value: Any) -> Any:  # noqa: ANN401
    """What `plain` made of a value, back: None as NaN, lists as tuples."""
    if value is None:
        return math.nan
    if isinstance(value, list):
        return tuple(_number(each) for each in value)
    return value
