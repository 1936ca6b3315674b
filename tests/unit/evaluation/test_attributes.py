"""Who is judged how: figures by fold and pooled, margins on the same tracks, and what is noted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from onnx import TensorProto, helper

from contest import KEY, MODE, ROWS, TARGETS, contenders, report, said, tracks
from segue.attributes.manifest import Manifest
from segue.attributes.model import Model, Predictions
from segue.attributes.targets import Group, TargetSet
from segue.errors import BadRequestError, BadTableError, InternalError, UnavailableError
from segue.evaluation import classes, keys, numbers
from segue.evaluation.attributes import aligned, compare, judge, truth
from segue.evaluation.contenders import Contender, constant
from segue.evaluation.findings import GROUP
from segue.evaluation.intervals import bootstrap, paired
from segue.evaluation.splits import folds

KNOWN = truth(TARGETS, tracks())
PARTS = folds(ROWS, artists=tracks().artists)
STACK = contenders()[0]


def test_a_figure_is_the_mean_over_folds_and_pooled_that_of_all_rows() -> None:
    score = report().score(report().main, "loud", "r2")
    true, guess = KNOWN["loud"], STACK.predicted.numbers["loud"]
    by_fold = [float(numbers.r2(true[test], guess[test])) for _, test in PARTS]
    assert score.by_fold == pytest.approx(by_fold)
    assert score.value == pytest.approx(np.mean(by_fold))
    assert score.pooled == pytest.approx(float(numbers.r2(true, guess)))
    assert score.rows == ROWS
    found = bootstrap(numbers.r2, true, guess, folds=PARTS, artists=tracks().artists, draws=200)
    assert (score.low, score.high) == pytest.approx((found.low, found.high))


def test_rows_without_a_true_value_are_left_out() -> None:
    score = report().score(report().main, "bright", "mae")
    assert score.rows == ROWS - 3
    assert report().known["bright"] == ROWS - 3


def test_a_margin_is_against_the_best_member_on_the_same_draws() -> None:
    by_target = {each.target: each for each in report().margins}
    assert {each.rival for each in by_target.values()} == {"sharp"}
    assert by_target["loud"].ahead
    assert by_target["loud"].sure
    assert not by_target["key"].ahead
    first, second = (each.predicted.classes["key"] for each in contenders()[:2])
    expected = paired(
        classes.accuracy,
        KNOWN["key"],
        first,
        second,
        folds=PARTS,
        artists=tracks().artists,
        draws=200,
    )
    assert by_target["key"].value == pytest.approx(expected.value)
    assert by_target["key"].low == pytest.approx(expected.low)


def test_errors_of_a_group_are_in_deviations_of_their_targets() -> None:
    found = report()
    group = next(
        each
        for each in found.scores
        if (each.model, each.group, each.target, each.metric) == ("stack", "sound", GROUP, "mae")
    )
    each = [
        found.score(found.main, name, "mae").value / found.deviations[name]
        for name in ("bright", "loud")
    ]
    assert group.value == pytest.approx(np.mean(each))
    assert group.low < group.value < group.high


def test_key_and_mode_are_judged_together_too() -> None:
    score = report().score(report().main, "key and mode", "mirex")
    taken = (classes.chosen(STACK.predicted.classes[name]) for name in ("key", "mode"))
    pooled = keys.mirex(keys.whole(KNOWN["key"], KNOWN["mode"]), keys.whole(*taken))
    assert score.pooled == pytest.approx(float(pooled))


def test_a_confusion_counts_every_judged_row() -> None:
    found = {each.target: each for each in report().confusions}
    assert set(found) == {"key", "mode"}
    assert np.sum(found["key"].counts) == ROWS
    assert np.array(found["mode"].counts).shape == (2, 2)


def test_what_a_reader_has_to_know_is_noted() -> None:
    notes = " ".join(report().notes)
    assert "In 3 tracks bright is unknown; they are left out there" in notes
    assert "1 of 150 tracks name no artist; each is taken for its own" in notes
    assert "does not beat its best member on key (sharp by " in notes
    nameless = " ".join(report(artists=False).notes)
    assert "the same artist may stand on both sides of a fold" in nameless
    assert report(artists=False).artists is None
    assert report().artists == 50


def test_an_artist_on_both_sides_is_told() -> None:
    found = compare(
        tracks(), contenders()[:1], targets=TARGETS, name="leak", folds=folds(ROWS), draws=5
    )
    assert "The same artist stands on both sides of a fold: the figures flatter" in found.notes[1]


def test_groups_may_be_parted_apart_and_rows_outside_all_parts_are_not_judged() -> None:
    some = np.arange(100)
    parts = {"sound": tuple((some[some % 2 != side], some[some % 2 == side]) for side in (0, 1))}
    wanted = TargetSet("sound", TARGETS.groups[:1])
    told = {name: np.where(np.arange(ROWS) < 100, each, np.nan)
            for name, each in STACK.predicted.numbers.items()}  # fmt: skip
    stack = replace(STACK, predicted=Predictions(told, {}, {}, {}))
    found = compare(tracks(), [stack], targets=wanted, name="part", folds=parts, draws=5)
    assert found.score(found.main, "loud", "r2").rows == 100
    assert found.folds == 2
    with pytest.raises(InternalError, match=r"what stack \(columns\) says of bright is not a num"):
        compare(tracks(), [stack], targets=wanted, name="all", draws=5)


def test_pipelines_are_compared_on_the_same_tracks() -> None:
    other = Contender("stack", "mfcc", "model", said(0.9, 2.0, seed=9))
    found = compare(tracks(), [STACK, other], targets=TARGETS, name="two", folds=PARTS, draws=50)
    margins = [each for each in found.margins if each.reason == "pipeline"]
    assert {(each.pipeline, each.rival_pipeline) for each in margins} == {("columns", "mfcc")}
    assert all(each.ahead for each in margins)


def test_targets_and_classes_nothing_is_known_of_are_told() -> None:
    values = {**tracks().values, "key": np.full(ROWS, 3.0)}
    del values["loud"]
    found = compare(
        replace(tracks(), values=values), [STACK], targets=TARGETS, name="gaps", draws=5
    )
    assert "Nothing is known of loud, which is not judged" in found.notes
    assert "No track has the key C, C♯, D, E, F and 6 more" in found.notes
    assert found.score(found.main, "loud", "r2") is None
    assert np.isnan(found.score(found.main, "key", "roc_auc").value)


def test_a_table_without_any_answer_is_refused() -> None:
    with pytest.raises(BadTableError, match="no true value of anything that is predicted"):
        compare(
            replace(tracks(), values={"other": np.zeros(ROWS)}), [STACK], targets=TARGETS, name="no"
        )


def test_the_constant_answer_is_what_the_other_folds_hold() -> None:
    answers = constant(TARGETS, KNOWN, PARTS)
    train, test = PARTS[0]
    assert answers.numbers["bright"][test] == pytest.approx(np.nanmean(KNOWN["bright"][train]))
    shares = np.bincount(KNOWN["mode"][train].astype(int)) / len(train)
    np.testing.assert_allclose(answers.classes["mode"][test], np.tile(shares, (len(test), 1)))
    whole = constant(TARGETS, KNOWN)
    assert whole.numbers["loud"] == pytest.approx(KNOWN["loud"].mean())
    assert constant(TARGETS, {}).numbers == {}


def linear(targets: TargetSet, names: tuple[str, ...]) -> Model:
    """A model whose numbers are 0.1 times the first feature, and whose classes are all alike."""
    graphs = {}
    for group in targets.groups:
        width = [len(each.labels) for each in group.targets]
        outputs = (
            dict.fromkeys(("value", "low", "high"), len(group.targets))
            if group.kind == "number"
            else {f"class_{place}": count for place, count in enumerate(width)}
        )
        nodes, weights = (
            [helper.make_node("Cast", ["features"], ["wide"], to=TensorProto.DOUBLE)],
            [],
        )
        for name, count in outputs.items():
            slopes = np.zeros((len(names), count))
            if group.kind == "number":
                slopes[0] = 0.1
            weights.append(
                helper.make_tensor(f"{name}_w", TensorProto.DOUBLE, slopes.shape, slopes.ravel())
            )
            raw = f"{name}_raw"
            nodes.append(helper.make_node("MatMul", ["wide", f"{name}_w"], [raw]))
            kind = "Identity" if group.kind == "number" else "Softmax"
            nodes.append(helper.make_node(kind, [raw], [name]))
        graph = helper.make_graph(
            nodes,
            group.name,
            [helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, len(names)])],
            [
                helper.make_tensor_value_info(name, TensorProto.DOUBLE, [None, count])
                for name, count in outputs.items()
            ],
            weights,
        )
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        graphs[f"{group.name}.onnx"] = made.SerializeToString()
    manifest = Manifest(
        name="linear-1",
        version="0",
        created="2026-01-01T00:00:00+00:00",
        inputs="columns",
        names=names,
        targets=targets,
        coverage=0.9,
        data={"rows": 1, "source": "elsewhere", "digest": "elsewhere", "artists": None},
    )
    return Model.of(manifest, graphs)


MODEL = linear(TARGETS, ("pitch0_mean", "timbre0_mean"))


def test_a_finished_model_is_judged_beside_the_best_constant_answer() -> None:
    found = judge(MODEL, tracks(), draws=50)
    assert found.folds == 0
    assert found.promised == 0.9
    assert [(each.model, each.role) for each in found.standings] == [
        ("linear-1", "model"),
        ("constant", "baseline"),
    ]
    score = found.score(found.main, "bright", "mae")
    guess = np.clip(0.1 * tracks().features[:, 2].astype(float), 0, 1)
    assert score.value == pytest.approx(float(numbers.mae(KNOWN["bright"], guess)), abs=1e-6)
    assert score.by_fold == ()
    assert found.score(found.main, "bright", "width").value == 0
    constant_score = found.score(found.standings[1], "bright", "r2")
    assert constant_score.value == pytest.approx(0)


def test_features_are_found_by_name_and_missing_ones_are_refused() -> None:
    assert aligned(tracks(), ("pitch0_mean",)).tolist() == tracks().features[:, [2]].tolist()
    assert aligned(tracks(), tracks().names) is tracks().features
    with pytest.raises(BadTableError, match="1 of 2 features the model takes are missing: tuning"):
        aligned(tracks(), ("pitch0_mean", "tuning"))


def test_a_model_is_not_judged_on_features_of_another_kind() -> None:
    heard = replace(tracks(), inputs="descriptors 2, 30 s, decoding 1")
    with pytest.raises(UnavailableError, match="it predicts from columns, not from descriptors 2"):
        judge(MODEL, heard)


def test_a_feature_that_is_no_number_is_refused() -> None:
    features = tracks().features.copy()
    features[4, 2] = np.nan
    with pytest.raises(BadRequestError, match="'pitch0_mean' is nan"):
        judge(MODEL, replace(tracks(), features=features))


def test_judging_on_what_was_learned_is_told() -> None:
    found = judge(MODEL, replace(tracks(), digest="elsewhere"), draws=5)
    assert "The model was trained on this very table: its figures flatter it" in found.notes


def test_progress_comes_to_its_end() -> None:
    seen = []
    compare(
        tracks(),
        contenders()[:2],
        targets=TargetSet("one", (Group("key-mode", (KEY, MODE)),)),
        name="x",
        draws=5,
        on_progress=lambda *each: seen.append(each),
    )
    assert seen == [(1, 2, "stack: key-mode"), (2, 2, "sharp: key-mode")]
