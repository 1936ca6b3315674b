"""Training as a whole: from examples to a folder, judged on what the model has never seen."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from learnable import KEYS, PLANTED, songs, world
from segue.attributes.model import Model, Predictions
from segue.attributes.targets import Group, TargetSet
from segue.errors import BadTableError, UnavailableError
from segue.training import working
from segue.training.attributes import gathered, planned, settle, train
from segue.training.tasks import Done, Task
from segue.training.working import Plan

if TYPE_CHECKING:
    from pathlib import Path

QUICK = Plan(folds=3, trials=0)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory):
    from segue.training import members

    patch = pytest.MonkeyPatch()
    patch.setattr(members, "TREES", 20)
    patch.setattr(members, "ROUNDS", 30)
    out = tmp_path_factory.mktemp("training") / "model"
    heard: list[tuple[int, int | None, str]] = []
    done = train(
        world(),
        targets=PLANTED,
        out=out,
        name="planted",
        plan=QUICK,
        on_progress=lambda *told: heard.append(told),
    )
    patch.undo()
    return out, done, heard


def test_the_folder_holds_a_model_its_report_and_pictures(trained) -> None:
    out, done, _ = trained
    model = Model.load(out)
    assert model.provenance == "predicted:planted"
    said = model.predict(world(seed=8).features)
    assert set(said.numbers) == {"bright", "wild"}
    assert said.classes["mood"].shape == (160, 3)
    report = json.loads((out / "report.json").read_text())
    assert report["figures"]["bright"]["r2"] > 0.8
    assert (out / "report.csv").read_text().startswith("model,pipeline,group,target,metric")
    assert done.report.pictures
    assert all((out / name).read_bytes().startswith(b"\x89PNG") for name in done.report.pictures)


def test_the_manifest_says_what_it_was_learned_from_and_how_well(trained) -> None:
    out, done, _ = trained
    manifest = Model.load(out).manifest
    assert manifest.data["rows"] == 160
    assert manifest.data["artists"] == 40
    assert manifest.data["digest"] == world().digest
    assert manifest.metrics["bright"]["r2"] == pytest.approx(
        done.report.score(done.report.main, "bright", "r2").value, abs=1e-6
    )
    assert all(each["within"] >= 0.99 for each in manifest.parity.values())
    assert set(manifest.parameters["numbers"]) == {
        *("forest", "boosted", "svm", "ridge", "lasso", "elasticnet")
    }


def test_stack_members_and_the_constant_answer_are_judged_on_the_same_tracks(trained) -> None:
    _, done, _ = trained
    roles = {each.model: each.role for each in done.report.standings}
    assert roles["stack"] == "model"
    assert roles["mean"] == "baseline"
    assert {"svm", "ridge", "logistic"} <= {
        name for name, role in roles.items() if role == "member"
    }
    rows = {each.rows for each in done.report.scores if each.target == "bright"}
    assert rows == {160}


def test_progress_counts_pieces_up_to_all_of_them(trained) -> None:
    _, _, heard = trained
    assert heard[0] == (0, 8, "")
    assert [told[0] for told in heard] == list(range(9))
    assert any("numbers, fold 1" in told[2] for told in heard)


def test_no_artist_and_no_row_stands_on_both_sides() -> None:
    examples = world()
    artists = np.array(examples.artists)
    for task in planned(examples, PLANTED, QUICK):
        assert not set(artists[task.train]) & set(artists[task.test])
        assert not set(task.train.tolist()) & set(task.test.tolist())
        if task.fold is None:
            assert len(task.train) == len(examples)


def test_rows_without_a_target_are_left_out_of_its_group_only() -> None:
    examples = world()
    wild = examples.values["wild"].copy()
    wild[:30] = np.nan
    examples = replace(examples, values={**examples.values, "wild": wild})
    rows = {
        task.group.name: len(task.train)
        for task in planned(examples, PLANTED, QUICK)
        if task.fold is None
    }
    assert rows == {"numbers": 130, "mood": 160}


def test_a_shuffled_target_scores_nothing(tmp_path: Path) -> None:
    numbers = TargetSet("numbers", PLANTED.groups[:1])
    examples = world(shuffled=True)
    done = train(examples, targets=numbers, out=tmp_path / "m", name="shuffled", plan=QUICK)
    for target in ("bright", "wild"):
        assert done.report.score(done.report.main, target, "r2").value <= 0.02


def test_a_member_that_did_not_take_part_in_every_fold_is_not_judged() -> None:
    numbers = TargetSet("numbers", PLANTED.groups[:1])
    tasks = [task for task in planned(world(), numbers, QUICK) if task.fold is not None]

    def done(task: Task, *names: str) -> Done:
        said = {name: np.full(len(task.test), 0.5) for name in ("bright", "wild")}
        answers = {name: Predictions(said, {}, {}, {}) for name in names}
        return Done(task, None, answers, {}, (), 0.0)

    pieces = [done(tasks[0], "svm", "ridge"), done(tasks[1], "ridge"), done(tasks[2], "ridge")]
    assert set(gathered(pieces, "ridge", numbers, 160).numbers) == {"bright", "wild"}
    assert not np.isnan(gathered(pieces, "ridge", numbers, 160).numbers["bright"]).any()
    assert gathered(pieces, "svm", numbers, 160).numbers == {}


def test_key_and_mode_are_learned_by_turns_and_judged_as_such(tmp_path: Path) -> None:
    keys = TargetSet("keys", (KEYS,))
    done = train(songs(100), targets=keys, out=tmp_path / "keys", name="keys", plan=QUICK)
    report = done.report
    assert report.score(report.main, "key", "accuracy").value > 0.7
    assert report.score(report.main, "mode", "accuracy").value > 0.7
    assert any("names no artists" in note for note in report.notes)


def test_without_pitch_classes_key_and_mode_are_learned_apart() -> None:
    assert settle(TargetSet("keys", (KEYS,)), songs().names).groups == (KEYS,)
    apart = settle(TargetSet("keys", (KEYS,)), ("timbre0_mean",)).groups
    assert apart == (Group("key", KEYS.targets[:1]), Group("mode", KEYS.targets[1:]))


def test_what_cannot_be_learned_is_refused_before_anything_is_trained(tmp_path: Path) -> None:
    examples = world()
    constant = replace(examples, values={**examples.values, "bright": np.full(160, 0.5)})
    with pytest.raises(BadTableError, match="bright"):
        train(constant, targets=PLANTED, out=tmp_path / "m", name="m", plan=QUICK)
    assert not (tmp_path / "m").exists()


def test_a_folder_with_something_else_in_it_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear")
    with pytest.raises(UnavailableError):
        train(world(), targets=PLANTED, out=tmp_path, name="m", plan=QUICK)
    assert (tmp_path / "letters.txt").read_text() == "dear"


def test_a_dask_cluster_does_the_same_work(tmp_path: Path) -> None:
    from distributed import LocalCluster

    bright = TargetSet("bright", (Group("bright", PLANTED.groups[0].targets[:1]),))
    examples = world(60)
    plan = Plan(folds=2, trials=0)
    here = train(examples, targets=bright, out=tmp_path / "here", name="one", plan=plan)
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        there = train(
            examples,
            targets=bright,
            out=tmp_path / "there",
            name="one",
            plan=replace(plan, dask=cluster.scheduler_address),
        )
    assert there.report.to_json()["figures"] == here.report.to_json()["figures"]


def test_a_cluster_that_does_not_answer_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "CALLING", 1)
    plan = Plan(folds=2, trials=0, dask="tcp://127.0.0.1:1")
    with pytest.raises(UnavailableError, match="no Dask scheduler answers"):
        train(world(60), targets=PLANTED, out=tmp_path / "m", name="m", plan=plan)
