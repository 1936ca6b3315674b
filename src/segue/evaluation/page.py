"""A page about models of attributes, written from their reports: Markdown from JSON, nothing else.

What predicts from audio and what predicts from the published numbers of a table are two different
models; each has its own sections, and the latter is called what it is, a benchmark of the
machinery. Reports on the same tracks and targets stand together: they are one model on several
pipelines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segue.evaluation.findings import GROUP
from segue.evaluation.markdown import table
from segue.evaluation.metrics import FIRST, METRICS
from segue.evaluation.report import AttributesReport, compared, figure, together

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from segue.attributes.targets import Group, Target
    from segue.evaluation.findings import Score, Standing

AUDIO = "heard in audio"
TABLE = "from the numbers of a table: a benchmark of the machinery"

_INTRODUCTION = """\
Two kinds of models are told apart here and never mixed. What is **heard in audio** takes Segue's
own descriptors of the sound; only such a model can serve an upload. What predicts **from the
numbers of a table** takes published statistics that nobody can compute for a file of their own:
it is a benchmark of the machinery, never called prediction from audio.

Figures are means over folds that were kept from the model; where no folds are named, a finished
model was judged on tracks of their own. In brackets stands the 95 % interval: how far the
figure would move with other tracks of the same kind, drawn as whole artists where artists are
known. Errors are in the unit of their target, those of a group in standard deviations. **Holds**
is the share of tracks whose true value lies in the told interval, and **top** the same among the
quarter with the highest true values."""

_COLUMNS = {
    "number": ("r2", "mae", "rmse", "spearman", "coverage", "coverage_top"),
    "class": (
        *("accuracy", "balanced_accuracy", "f1_macro", "f1_weighted"),
        *("precision_macro", "recall_macro", "roc_auc", "mirex"),
    ),
}
_LABELS = {"coverage": "holds", "coverage_top": "top"}
_PICTURES = {
    "heatmap": "All contenders and targets",
    "bars-numbers": "Every group of numbers, contender and metric",
    "bars-classes": "Every group of classes, contender and metric",
    "predicted": "True over predicted values",
    "residuals": "How far off predictions are, over the true values",
    "confusion": "Which class is taken for which",
    "importance": "What the model listens to",
}
_FAMILIES = 4
_LEVEL = 0.03
"""How far below what was promised intervals may hold before it is told."""


def page(
    documents: Sequence[Mapping[str, Any]],
    *,
    title: str = "How well attributes are known",
    made: str = "",
    pictures: str = "pictures",
) -> str:
    """The page.

    Parameters
    ----------
    documents
        Reports as `AttributesReport.to_json` gives them, at least one; the first of each kind
        decides what its section is about.
    title
        Of the page.
    made
        A line below the title, such as a comment that says where the page comes from.
    pictures
        The folder of the pictures the reports name, relative to the page.

    Raises
    ------
    BadFileError
        A document is no report.
    """
    reports = [AttributesReport.from_json(document) for document in documents]
    sections: dict[tuple[bool, str, str], list[AttributesReport]] = {}
    for report in reports:
        sections.setdefault((not report.audio, report.source, report.targets.name), []).append(
            report
        )
    parts = [f"# {title}", made, _INTRODUCTION]
    for _, each in sorted(sections.items(), key=lambda item: item[0][0]):
        parts += _section(together(each), pictures)
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(report: AttributesReport, pictures: str) -> Iterator[str]:
    """Everything about one model."""
    yield f"## {report.name}, {AUDIO if report.audio else TABLE}"
    yield _judged_on(report)
    for group in report.targets.groups:
        if any(target.name in report.known for target in group.targets):
            yield f"### {report.name}: {group.name}\n\n{_group(report, group)}"
    yield f"### {report.name}: beside others\n\n{_contenders(report)}"
    models = [each for each in report.standings if each.role == "model"]
    if len(models) > 1:
        yield f"### {report.name}: by pipeline\n\n{_pipelines(report, models)}"
    if report.importances:
        yield f"### {report.name}: what it listens to\n\n{_importances(report)}"
    if report.pictures:
        yield "\n\n".join(_picture(name, pictures) for name in report.pictures)
    yield f"### {report.name}: what falls short\n\n{_short(report)}"


def _judged_on(report: AttributesReport) -> str:
    """A paragraph about tracks, features and folds."""
    by = "artists unknown" if report.artists is None else f"by {report.artists:,} artists"
    how = (
        f"{report.folds} folds" if report.folds else "a finished model, judged on tracks of its own"
    )
    promised = (
        f" Intervals were made to hold {_percent(report.promised)} of the tracks."
        if report.promised
        else ""
    )
    return (
        f"{report.rows:,} tracks ({by}) of {report.source}; features: {report.inputs}; {how}; "
        f"{report.draws:,} draws for the intervals.{promised}"
    )


def _group(report: AttributesReport, group: Group) -> str:
    """The table of one group: a row a target, and one for all of them."""
    targets = [target for target in group.targets if target.name in report.known]
    first = METRICS[FIRST[group.kind]]
    shown = [
        name
        for name in _COLUMNS[group.kind]
        if name != first.name and any(_of(report, group, each, name) for each in _rows(targets))
    ]
    goals = report.goals or {}
    heads = ["target", first.label]
    heads += ["goal"] if any(target.name in goals for target in targets) else []
    heads += [_LABELS.get(name, METRICS[name].label) for name in shown]
    heads += ["beside its best member"] if report.margins else []
    lines = []
    for name in _rows(targets):
        score = _of(report, group, name, first.name)
        if score is None:
            continue
        cells = [_target(name, group), f"**{figure(score.value)}** {_ends(score)}"]
        if "goal" in heads:
            cells.append(_goal(goals.get(name), score))
        cells += [_cell(_of(report, group, name, each)) for each in shown]
        if report.margins:
            cells.append(_rival(report, name))
        lines.append(cells)
    return table(heads, lines)


def _rows(targets: Sequence[Target]) -> list[str]:
    """Targets, and the group as a whole where it is more than one."""
    names = [target.name for target in targets]
    return [*names, GROUP] if len(names) > 1 else names


def _target(name: str, group: Group) -> str:
    return name if name else f"*all of {group.name}*"


def _of(report: AttributesReport, group: Group, target: str, name: str) -> Score | None:
    """A figure of the main model; MIREX stands with the group, as it judges key and mode."""
    main = report.main
    for each in report.scores:
        if (each.model, each.pipeline, each.group, each.metric) == (
            main.model,
            main.pipeline,
            group.name,
            name,
        ) and (each.target == target or (name == "mirex" and target == GROUP)):
            return each
    return None


def _cell(score: Score | None) -> str:
    return "" if score is None else figure(score.value)


def _ends(score: Score) -> str:
    return f"({figure(score.low)} to {figure(score.high)})"


def _goal(goal: float | None, score: Score) -> str:
    """The goal, and by how much it is missed."""
    if goal is None:
        return ""
    missed = round(goal - score.value, 3)
    return f"{goal:g}, missed by {figure(missed)}" if missed > 0 else f"{goal:g}, reached"


def _rival(report: AttributesReport, target: str) -> str:
    main = report.main
    for each in report.margins:
        if (each.model, each.pipeline, each.target) == (main.model, main.pipeline, target) and (
            each.reason == "member"
        ):
            return compared(each)
    return ""


def _contenders(report: AttributesReport) -> str:
    """Everybody's first figure for every target, the best in bold."""
    targets = [target for target in report.targets.targets if target.name in report.known]
    heads = ["model", "pipeline"]
    heads += [f"{target.name} ({METRICS[FIRST[target.kind]].label})" for target in targets]
    columns = [
        [report.score(each, target.name, FIRST[target.kind]) for each in report.standings]
        for target in targets
    ]
    lines = []
    for place, standing in enumerate(report.standings):
        cells = [_who(standing), standing.pipeline]
        for column in columns:
            best = max((figure(each.value) for each in column if each), default="", key=_read)
            told = _cell(column[place])
            cells.append(f"**{told}**" if told and told == best else told)
        lines.append(cells)
    return table(heads, lines)


def _pipelines(report: AttributesReport, models: Sequence[Standing]) -> str:
    """The same model on several descriptors, with intervals; a row a target."""
    lines = []
    for target in report.targets.targets:
        scores = [report.score(each, target.name, FIRST[target.kind]) for each in models]
        if not any(scores):
            continue
        best = max((figure(each.value) for each in scores if each), key=_read)
        told = ("" if each is None else f"{_cell(each)} {_ends(each)}" for each in scores)
        marked = [f"**{cell}**" if cell.startswith(f"{best} ") else cell for cell in told]
        lines.append([target.name, METRICS[FIRST[target.kind]].label, *marked])
    return table(["target", "metric", *(each.pipeline for each in models)], lines)


def _who(standing: Standing) -> str:
    return standing.model if standing.role != "model" else f"**{standing.model}**"


def _read(text: str) -> float:
    """What `figure` wrote, as a number; a dash is less than all."""
    return -np.inf if text == "–" else float(text.replace("−", "-"))


def _importances(report: AttributesReport) -> str:
    """The families that matter most for each target."""
    named = dict.fromkeys((each.pipeline, each.target) for each in report.importances)
    lines = []
    for pipeline, target in named:
        falls = sorted(
            (
                each
                for each in report.importances
                if (each.pipeline, each.target) == (pipeline, target)
            ),
            key=lambda each: -each.value,
        )
        told = ", ".join(f"{each.family} {figure(each.value)}" for each in falls[:_FAMILIES])
        lines.append([target, pipeline, METRICS[falls[0].metric].label, told])
    return (
        "How much the metric falls when the columns of a family are shuffled over the tracks, all "
        "together:\n\n" + table(["target", "pipeline", "metric", "families"], lines)
    )


def _picture(name: str, folder: str) -> str:
    """A picture with words for those who do not see it."""
    stem = name.removesuffix(".png")
    words = next((said for kind, said in _PICTURES.items() if kind in stem), stem)
    return f"![{words}]({folder}/{name})"


def _short(report: AttributesReport) -> str:
    """What is missed, and what a reader has to know, as a list."""
    found = [*_missed(report), *_narrow(report), *report.notes]
    return "\n".join(f"- {each}." for each in found) if found else "- Nothing that was looked for."


def _missed(report: AttributesReport) -> Iterator[str]:
    """Goals that are not reached."""
    for target in report.targets.targets:
        score = report.score(report.main, target.name, FIRST[target.kind])
        goal = (report.goals or {}).get(target.name)
        if goal is not None and score is not None and round(goal - score.value, 3) > 0:
            label = METRICS[score.metric].label
            yield f"{target.name}: {label} {figure(score.value)} where {goal:g} was the goal"


def _narrow(report: AttributesReport) -> Iterator[str]:
    """Intervals that hold fewer tracks than they promise."""
    if report.promised is None:
        return
    for name, where in (("coverage", "all tracks"), ("coverage_top", "the top quarter")):
        scores = [report.score(report.main, each.name, name) for each in report.targets.targets]
        held = [
            f"{score.target} {_percent(score.value)}"
            for score in scores
            if score is not None and score.value < report.promised - _LEVEL
        ]
        if held:
            yield (
                f"Of {where}, intervals hold less than the {_percent(report.promised)} they were "
                f"made for: {', '.join(held)}"
            )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
