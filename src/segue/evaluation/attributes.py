"""Judge predictions of attributes: every figure with its interval, and who is ahead of whom.

`compare` takes what several contenders said of the same tracks, each track said by a model that
had not seen it (out of fold, or of tracks kept aside), and gives an `AttributesReport`. `judge`
does it for one finished model and a table.

All contenders are judged on the same draws of tracks (`segue.evaluation.intervals`), so that
differences between them are told sharply. A model is set against its **best** member, the one
with the best figure on these very tracks; that choice favours the member.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from segue.errors import BadTableError
from segue.evaluation.contenders import Contender, constant
from segue.evaluation.intervals import DRAWS
from segue.evaluation.judging import Judging
from segue.evaluation.report import AttributesReport, figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue.attributes.examples import Examples
    from segue.attributes.model import Model
    from segue.attributes.targets import TargetSet
    from segue.evaluation.findings import Importance, Margin
    from segue.evaluation.splits import Folds
    from segue.types import Floats, Progress, Vectors

_NAMED = 5
"""Most things a note lists."""


def truth(targets: TargetSet, examples: Examples) -> dict[str, Floats]:
    """True values by target, NaN where unknown; without targets of which none is known.

    Raises
    ------
    BadTableError
        Nothing is known of any target.
    """
    read = {
        target.name: target.read(examples.values[target.column])
        for target in targets.targets
        if target.column in examples.values
    }
    known = {name: values for name, values in read.items() if not np.isnan(values).all()}
    if not known:
        wanted = ", ".join(dict.fromkeys(target.column for target in targets.targets))
        raise BadTableError(
            "no true value of anything that is predicted stands in it",
            where=examples.source,
            remedy=f"It needs at least one of the columns {wanted}",
        )
    return known


def compare(
    examples: Examples,
    contenders: Sequence[Contender],
    *,
    targets: TargetSet,
    name: str,
    folds: Folds | Mapping[str, Folds] = (),
    draws: int = DRAWS,
    seed: int = 42,
    promised: float | None = None,
    goals: Mapping[str, float] | None = None,
    importances: Sequence[Importance] = (),
    notes: Sequence[str] = (),
    on_progress: Progress | None = None,
) -> AttributesReport:
    """Judge what contenders said of the same tracks.

    Parameters
    ----------
    examples
        The tracks.
    contenders
        At least one; the first one of role "model" is whom the report is about.
    targets
        What was predicted. A target a contender says nothing of is left out for it.
    name
        Of the report.
    folds
        As `segue.evaluation.splits.folds` gives them, by group where groups were parted apart;
        rows in no test part are not judged. None for predictions of a finished model.
    draws, seed
        Of the intervals.
    promised
        The share of tracks that the main model's intervals were made to hold.
    goals
        By target, what its first metric was to reach.
    importances, notes
        Put into the report. Importances that name no pipeline are taken for the first contender's,
        and what is found here is added to the notes.
    on_progress
        Called after every contender and group.

    Raises
    ------
    BadTableError
        Nothing is known of any target.
    InternalError
        A prediction for a known track is not a number.
    """
    known = truth(targets, examples)
    judging = Judging(targets, known, folds=folds, artists=examples.artists, draws=draws, seed=seed)
    steps = [(contender, group) for contender in contenders for group in targets.groups]
    for done, (contender, group) in enumerate(steps, start=1):
        judging.group(contender, group)
        if on_progress is not None:
            on_progress(done, len(steps), f"{contender.model}: {group.name}")
    margins = tuple(judging.margins(contenders))
    parts = list(folds.values()) if isinstance(folds, Mapping) else [folds]
    said = [*notes, *_of_artists(examples, parts), *_of_gaps(targets, known), *_behind(margins)]
    return AttributesReport(
        name=name,
        inputs=examples.inputs,
        source=examples.source,
        digest=examples.digest,
        rows=len(examples),
        artists=None if examples.artists is None else len(set(examples.artists) - {""}),
        folds=max(map(len, parts), default=0),
        draws=draws,
        seed=seed,
        targets=targets,
        known={each: int((~np.isnan(values)).sum()) for each, values in known.items()},
        deviations=judging.deviations,
        standings=tuple(contender.standing for contender in contenders),
        scores=tuple(judging.scores),
        margins=margins,
        confusions=tuple(judging.confusions),
        importances=tuple(
            each if each.pipeline else replace(each, pipeline=contenders[0].pipeline)
            for each in importances
        ),
        promised=promised,
        goals=goals,
        notes=tuple(dict.fromkeys(said)),
    )


def judge(
    model: Model,
    examples: Examples,
    *,
    pipeline: str = "",
    draws: int = DRAWS,
    seed: int = 42,
    on_progress: Progress | None = None,
) -> AttributesReport:
    """Judge a finished model on tracks whose attributes are known.

    Beside it stands the best constant answer for these tracks (`constant`), which no one could
    know beforehand.

    Parameters
    ----------
    model
        As loaded.
    examples
        Tracks the model should not have been trained on. Only the very same table, byte for byte
        (its sha256), is known again, and the report says so then; a copy that differs in anything,
        or single tracks it was trained on, nobody notices. Features may stand in any order, and
        there may be more than the model takes.
    pipeline
        The descriptors the model takes, for the report; "audio" or "columns" unless given.
    draws, seed
        Of the intervals.
    on_progress
        Called now and then.

    Raises
    ------
    BadTableError
        Features the model needs are missing, or nothing is known of any target.
    BadRequestError
        A feature is no finite number.
    UnavailableError
        The features are of another kind than the model's.
    """
    manifest = model.manifest
    manifest.expect(names=manifest.names, inputs=examples.inputs)
    predicted = model.predict(aligned(examples, manifest.names))
    seen = pipeline or ("audio" if examples.inputs.startswith("descriptors") else "columns")
    known = truth(manifest.targets, examples)
    contenders = (
        Contender(manifest.name, seen, "model", predicted),
        Contender("constant", seen, "baseline", constant(manifest.targets, known)),
    )
    notes = []
    if examples.digest and manifest.data.get("digest") == examples.digest:
        notes.append("The model was trained on this very table: its figures flatter it")
    return compare(
        examples,
        contenders,
        targets=manifest.targets,
        name=manifest.name,
        draws=draws,
        seed=seed,
        promised=manifest.coverage,
        notes=notes,
        on_progress=on_progress,
    )


def aligned(examples: Examples, names: Sequence[str]) -> Vectors:
    """Features by name, in the order a model takes them.

    Raises
    ------
    BadTableError
        Some are missing.
    """
    if tuple(names) == examples.names:
        return examples.features
    places = {name: place for place, name in enumerate(examples.names)}
    missing = [name for name in names if name not in places]
    if missing:
        raise BadTableError(
            f"{len(missing)} of {len(names)} features the model takes are missing: "
            f"{_listed(missing)}",
            where=examples.source,
            remedy="Use a table of the shape it was trained on, or train on this one",
        )
    ordered: Vectors = examples.features[:, [places[name] for name in names]]
    return ordered


def _of_artists(examples: Examples, parts: Sequence[Folds]) -> Iterator[str]:
    """What is to be said about artists who may stand on both sides."""
    artists = examples.artists
    if artists is None:
        if any(parts):
            yield "The table names no artists: the same artist may stand on both sides of a fold"
        else:
            yield "The table names no artists: its tracks are taken for independent of each other"
        return
    unknown = sum(not artist for artist in artists)
    if unknown:
        yield f"{unknown:,} of {len(artists):,} tracks name no artist; each is taken for its own"
    keys = np.array(artists)
    if any(
        set(keys[train].tolist()) & set(keys[test].tolist()) - {""}
        for each in parts
        for train, test in each
    ):
        yield "The same artist stands on both sides of a fold: the figures flatter the model"


def _of_gaps(targets: TargetSet, known: Mapping[str, Floats]) -> Iterator[str]:
    """Targets and classes of which nothing, or not all, is known."""
    for target in targets.targets:
        if target.name not in known:
            yield f"Nothing is known of {target.name}, which is not judged"
            continue
        values = known[target.name]
        unknown = int(np.isnan(values).sum())
        if unknown:
            yield f"In {unknown:,} tracks {target.name} is unknown; they are left out there"
        if target.kind == "class":
            there = set(values[~np.isnan(values)].astype(np.int64).tolist())
            absent = [label for code, label in enumerate(target.labels) if code not in there]
            if absent:
                yield f"No track has the {target.name} {_listed(absent)}"


def _behind(margins: Sequence[Margin]) -> Iterator[str]:
    """Where a model does not surely beat its best member, one sentence a model."""
    models = dict.fromkeys((each.model, each.pipeline) for each in margins)
    for model, pipeline in models:
        ours = [
            each
            for each in margins
            if (each.model, each.pipeline, each.reason) == (model, pipeline, "member")
        ]
        behind = [
            f"{each.target} ({each.rival} by {figure(-each.value)})"
            for each in ours
            if not each.ahead
        ]
        level = [each.target for each in ours if each.ahead and not each.sure]
        if behind:
            yield f"The {model} ({pipeline}) does not beat its best member on {', '.join(behind)}"
        if level:
            yield (
                f"The {model} ({pipeline}) is ahead of its best member, but not surely, on "
                f"{', '.join(level)}"
            )


def _listed(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
