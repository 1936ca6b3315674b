"""A folder that predicts what was trained: whole, or not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from segue.attributes.model import Model
from segue.attributes.targets import Group, Target, TargetSet
from segue.errors import BadFileError, InternalError, UnavailableError
from segue.training import export
from segue.training.fitted import FittedClasses, FittedMember
from segue.training.replacing import check_place
from stacked import FEATURES, MOODS, NUMBERS, TARGETS, UNSEEN, manifest, stacks


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("models") / "small"
    export.write(place, stacks(), manifest(), features=UNSEEN)
    return place


@pytest.mark.parametrize("place", range(3), ids=["numbers", "class", "key and mode"])
def test_a_graph_says_what_was_trained(place: int) -> None:
    fitted = stacks()[place]
    graph = export.graph_of(fitted, width=FEATURES.shape[1])
    measured = export.parity(fitted, graph=graph, features=UNSEEN)
    assert measured["rows"] == len(UNSEEN)
    assert measured["within"] >= 0.99
    assert 0 < measured["largest"] < 0.2  # where a tree of an interval took another turn


def test_parity_sees_a_graph_of_another_stack() -> None:
    numbers, _, _ = stacks()
    graph = export.graph_of(numbers, width=FEATURES.shape[1])
    shifted = replace(numbers, intercept=numbers.intercept + 0.01)
    measured = export.parity(shifted, graph=graph, features=UNSEEN)
    assert measured["within"] < 0.1
    assert measured["largest"] > 0.005


def test_the_folder_predicts_what_was_trained(folder: Path) -> None:
    predicted = Model.load(folder).predict(UNSEEN)
    numbers, mood, key = (fitted.predict(UNSEEN) for fitted in stacks())
    for place, target in enumerate(NUMBERS.targets):
        for name, there in (
            ("value", predicted.numbers),
            ("low", predicted.low),
            ("high", predicted.high),
        ):
            apart = np.abs(there[target.name] - numbers[name][:, place])
            assert (apart <= 1e-4).mean() >= 0.99
    for name, wanted in (mood | key).items():
        np.testing.assert_allclose(predicted.classes[name], wanted, atol=1e-4)


def test_in_memory_it_is_the_same_model(folder: Path) -> None:
    there = Model.load(folder).predict(UNSEEN)
    here = export.served(stacks(), manifest()).predict(UNSEEN)
    for name in ("numbers", "low", "high", "classes"):
        for target, values in getattr(here, name).items():
            np.testing.assert_array_equal(values, getattr(there, name)[target])


def test_the_manifest_tells_the_files_and_the_parity(folder: Path) -> None:
    document = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert set(document["files"]) == {"numbers.onnx", "how is it%3F.onnx", "key-mode.onnx"}
    assert {path.name for path in folder.iterdir()} == {"manifest.json", *document["files"]}
    assert set(document["parity"]) == {"numbers", "how is it?", "key-mode"}
    assert all(each["within"] >= 0.99 for each in document["parity"].values())


def test_several_classes_of_one_group_stand_in_one_graph() -> None:
    (_, mood, _) = stacks()
    other = replace(MOODS.targets[0], name="again")
    group = Group("moods", (other, MOODS.targets[0]))
    first = FittedClasses(group, other, mood.members[:1], *_alone(mood))
    second = replace(mood, group=group)
    graph = export.graph_of(second, first, width=FEATURES.shape[1])
    assert [output.name for output in graph.graph.output] == ["class_0", "class_1"]
    measured = export.parity(first, second, graph=graph, features=UNSEEN)
    assert measured["within"] == 1.0
    stated = manifest(targets=TargetSet("two", (group,)))
    predicted = export.served([second, first], stated).predict(UNSEEN)
    np.testing.assert_allclose(
        predicted.classes["again"], first.predict(UNSEEN)["again"], atol=1e-4
    )


def _alone(fitted: FittedClasses) -> tuple[np.ndarray, np.ndarray]:
    count = len(fitted.intercept)
    return np.eye(count), np.zeros(count)


def test_stacks_and_targets_must_be_the_same() -> None:
    with pytest.raises(InternalError, match=r"missing: .*'key-mode'"):
        export.served(stacks()[:2], manifest())
    fewer = manifest(targets=TargetSet("few", TARGETS.groups[:1]))
    with pytest.raises(InternalError, match=r"no one asked for: .*'key-mode'"):
        export.served(stacks(), fewer)


def test_a_model_is_replaced_by_a_whole_one(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "deep" / "model"
    few = manifest(targets=TargetSet("few", TARGETS.groups[:2]))
    export.write(place, stacks(), manifest(), features=UNSEEN[:5])
    (place / "notes.txt").write_text("mine", encoding="utf-8")
    export.write(place, stacks()[:2], few, features=UNSEEN[:5])
    assert {path.name for path in place.iterdir()} == {
        "manifest.json",
        "numbers.onnx",
        "how is it%3F.onnx",
    }
    assert list(place.parent.iterdir()) == [place]


def test_a_failure_leaves_the_model_that_stood_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "model"
    export.write(place, stacks(), manifest(), features=UNSEEN[:5])
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    rename = Path.rename

    def full(path: Path, target: Path) -> Path:
        if path.suffix == ".part":
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(UnavailableError, match=r"No space left.*Make room"):
        export.write(place, stacks(), manifest(name="other"), features=UNSEEN[:5])
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in place.iterdir()} == before
    assert list(tmp_path.iterdir()) == [place]


def test_what_is_no_model_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "song.flac").write_bytes(b"music")
    for place in (tmp_path, tmp_path / "song.flac"):
        with pytest.raises(UnavailableError, match="something else than a model"):
            export.write(place, stacks(), manifest(), features=UNSEEN[:5])
    assert (tmp_path / "song.flac").read_bytes() == b"music"
    empty = tmp_path / "empty"
    empty.mkdir()
    check_place(empty)
    check_place(tmp_path / "new")


def test_a_name_that_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match="'a b'"):
        export.write(tmp_path / "model", stacks(), manifest(name="a b"), features=UNSEEN[:5])
    assert list(tmp_path.iterdir()) == []


def test_graphs_that_say_something_else_are_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "NEAR", 1e-12)  # nearer than float32 can be
    with pytest.raises(InternalError, match=r"graph of numbers says .* rows, by up .* Report it"):
        export.write(tmp_path / "model", stacks(), manifest(), features=UNSEEN)
    assert list(tmp_path.iterdir()) == []


def test_a_member_that_has_no_graph_is_refused() -> None:
    class Odd:
        n_features_in_ = 22

        def predict(self, features: np.ndarray) -> np.ndarray:
            return features[:, :2]

    numbers, _, _ = stacks()
    odd = replace(numbers, members=(FittedMember("odd", Odd()),))
    with pytest.raises(InternalError, match=r"Odd.*cannot be exported"):
        export.graph_of(odd, width=22)


def test_targets_may_be_called_anything(tmp_path: Path) -> None:
    (_, mood, _) = stacks()
    target = Target("location of 🎷", "class", "where", labels=("a", "b", "c"))
    group = Group("../location", (target,))
    fitted = replace(mood, group=group, target=target)
    stated = manifest(targets=TargetSet("odd", (group,)))
    export.write(tmp_path / "model", [fitted], stated, features=UNSEEN[:5])
    predicted = Model.load(tmp_path / "model").predict(UNSEEN)
    assert set(predicted.classes) == {"location of 🎷"}
    assert not (tmp_path / "location.onnx").exists()
