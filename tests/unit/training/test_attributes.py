"""Training as a whole: from examples to a folder, judged on what the model has never seen."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from learnable import KEYS, NAMES, PLANTED, songs, world
from segue import clusters
from segue.attributes.model import Model, Predictions
from segue.attributes.targets import Group, Target, TargetSet
from segue.errors import BadTableError, UnavailableError
from segue.evaluation.splits import folds as parted
from segue.training.attributes import gathered, planned, settle, train
from segue.training.fitted import FAINT
from segue.training.rotations import said_of_turns
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


def test_a_cluster_that_does_not_answer_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "CALLING", 1)
    plan = Plan(folds=2, trials=0, over="dask://127.0.0.1:1")
    with pytest.raises(UnavailableError, match="no Dask scheduler answers"):
        train(world(60), targets=PLANTED, out=tmp_path / "m", name="m", plan=plan)


def refused(examples, *groups: Group, folds: int, out: Path) -> str:
    """Why training is refused, before any work."""
    heard: list[object] = []
    with pytest.raises(BadTableError) as caught:
        train(
            examples,
            targets=TargetSet("own", groups),
            out=out,
            name="m",
            plan=Plan(folds=folds, trials=0),
            on_progress=lambda *told: heard.append(told),
        )
    assert not heard
    assert not out.exists()
    assert caught.value.where == examples.source
    assert caught.value.remedy
    return caught.value.what


def test_a_class_that_an_inner_part_takes_away_is_refused_before_any_work(tmp_path: Path) -> None:
    examples = replace(
        world(65),
        values={"mood": np.array([0.0] * 5 + [1.0] * 60)},
        artists=(*"XXXYY", *(f"other {number % 20}" for number in range(60))),
    )
    mood = Target("mood", "class", "mood", labels=("rare", "common"))
    said = refused(examples, Group("mood", (mood,)), folds=5, out=tmp_path / "m")
    assert said == (
        "when fold 1 of 5 is kept back, and part 4 of the rest, the target 'mood' is 'common' in"
        " every row that remains"
    )


def test_a_class_that_is_absent_from_one_inner_part_alone_is_learned() -> None:
    codes = np.concatenate([np.arange(60) % 2 + 1.0, [0.0] * 5])
    examples = replace(
        world(65),
        values={"mood": codes},
        artists=(*(f"other {number % 20}" for number in range(60)), *"XXXYY"),
    )
    tasks = planned(examples, TargetSet("own", PLANTED.groups[1:]), replace(QUICK, folds=5))
    lacking = [
        part
        for task in tasks
        if task.fold is not None
        for part, _ in parted(
            len(task.train),
            count=5,
            artists=[examples.artists[row] for row in task.train],
            classes=codes[task.train],
        )
        if not (codes[task.train][part] == 0).any()
    ]
    assert lacking


def test_minor_songs_of_two_artists_are_refused_before_any_work(tmp_path: Path) -> None:
    examples = songs(60)
    minor = np.isin(np.arange(60), (0, 1, 2, 3))
    examples = replace(
        examples,
        values={**examples.values, "mode": np.where(minor, 0.0, 1.0)},
        artists=(*"XXYY", *(f"other {number % 20}" for number in range(56))),
    )
    said = refused(examples, KEYS, folds=5, out=tmp_path / "m")
    assert "the target 'mode' is 'major' in every row that remains" in said


def test_as_many_artists_as_folds_are_too_few_for_what_remains(tmp_path: Path) -> None:
    numbers = PLANTED.groups[0]
    five = replace(world(60), artists=tuple(f"artist {number % 5}" for number in range(60)))
    said = refused(five, numbers, folds=5, out=tmp_path / "m")
    assert said == (
        "bright, wild: when fold 1 of 5 is kept back, 4 artists remain, too few to be parted into"
        " 5 in turn"
    )
    said = refused(replace(world(6), artists=None), numbers, folds=6, out=tmp_path / "m")
    assert "5 rows remain" in said
    seven = replace(five, artists=tuple(f"artist {number % 7}" for number in range(60)))
    assert planned(seven, TargetSet("own", (numbers,)), Plan(folds=5, trials=0))


def test_a_nearly_constant_number_is_refused_before_any_work(tmp_path: Path) -> None:
    examples = world()
    wild = np.full(160, 0.5)
    wild[[0, 40]] = 0.25, 0.75  # by one artist
    once = replace(examples, values={**examples.values, "wild": wild})
    said = refused(once, PLANTED.groups[0], folds=3, out=tmp_path / "m")
    assert "the target 'wild' is 0.5 in every row that remains" in said
    assert "rest" not in said
    twice = wild.copy()
    twice[40], twice[2] = 0.5, 0.75  # by two, in unlike folds
    twice = replace(examples, values={**examples.values, "wild": twice})
    said = refused(twice, PLANTED.groups[0], folds=3, out=tmp_path / "m")
    assert "of the rest, the target 'wild' is 0.5 in every row that remains" in said


def test_classes_are_settled_under_names_of_their_own() -> None:
    both = Target("numbers", "class", "Numbers", labels=("few", "many"))
    more = Target("numbers class", "class", "More", labels=("few", "many"))
    targets = TargetSet("own", (Group("classes", (both, more)), PLANTED.groups[0]))
    settled = settle(targets, NAMES)
    names = [group.name for group in settled.groups]
    assert names == ["numbers class", "numbers class class", "numbers"]
    assert [group.targets for group in settled.groups[:2]] == [(both,), (more,)]


def test_names_that_no_file_could_have_are_refused_before_any_work(tmp_path: Path) -> None:
    long = replace(PLANTED.groups[1].targets[0], name="歌" * 30)
    short = replace(long, name="mood")
    said = refused(world(), Group("classes", (short, long)), folds=3, out=tmp_path / "m")
    assert "after which no file can be named" in said
    twins = (Group("one", (short,)), Group("one", PLANTED.groups[0].targets))
    said = refused(world(), *twins, folds=3, out=tmp_path / "m")
    assert "two groups of one name" in said


def test_a_kind_of_turn_that_a_member_has_not_met_is_the_least_likely() -> None:
    from sklearn.linear_model import LogisticRegression

    asked = np.random.default_rng(1).normal(size=(24, 3)).astype(np.float32)
    member = LogisticRegression().fit(asked, np.arange(24) % 2 * 2.0)
    said = said_of_turns(member, asked)
    assert said.shape == (2, 12, 3)
    np.testing.assert_allclose(said[:, :, 1], np.log(FAINT))
    chances = member.predict_proba(asked).reshape(2, 12, 2)
    np.testing.assert_allclose(np.exp(said[:, :, [0, 2]]), chances)
