"""Manifests: read as they were written, and refused with the reason where none can be followed."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from segue.attributes.manifest import Manifest
from segue.attributes.soundness import file_of
from segue.attributes.targets import MUSICAL, Group, Target, TargetSet
from segue.errors import BadFileError, NotFoundError, UnavailableError
from segue.models import folder as folders

if TYPE_CHECKING:
    from pathlib import Path


def manifest(**changes: Any) -> Manifest:
    stated = {
        "name": "small",
        "version": "0.1.0",
        "created": "2026-11-28T12:00:00Z",
        "inputs": "descriptors 2, 30 s, decoding 1",
        "names": ("rms_mean", "flux_mean", "tempo"),
        "targets": MUSICAL,
        "files": {file_of(group.name): "0f" * 32 for group in MUSICAL.groups},
        "coverage": 0.9,
        "data": {"rows": 1764, "source": "a table", "digest": "ab", "artists": None},
        "metrics": {"energy": {"r2": 0.9}},
        "notes": ("Artists may repeat.",),
    }
    return Manifest(**stated | changes)


def document(**changes: Any) -> dict[str, Any]:
    return json.loads(folders.written(manifest().to_json())) | changes


def read(folder: Path) -> Manifest:
    return folders.read(folder, Manifest.from_json)


def write(folder: Path, stated: Any) -> Path:
    (folder / "manifest.json").write_text(json.dumps(stated), encoding="utf-8")
    return folder


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    stated = manifest()
    (tmp_path / "manifest.json").write_bytes(folders.written(stated.to_json()))
    again = read(tmp_path)
    for each in fields(Manifest):
        assert getattr(again, each.name) == getattr(stated, each.name), each.name
    assert again.provenance == "predicted:small"


def test_what_metrics_may_hold_becomes_json() -> None:
    stated = manifest(
        metrics={"a": np.float64("nan"), "b": (np.int64(3), float("inf")), "c": np.eye(2)},
        parameters={"svm": {"C": np.float32(0.5), "front": None}},
    )
    written = json.loads(folders.written(stated.to_json()))
    assert written["metrics"] == {"a": None, "b": [3, None], "c": [[1, 0], [0, 1]]}
    assert written["parameters"] == {"svm": {"C": 0.5, "front": None}}


def test_no_model_is_told_apart_from_no_folder(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no model in this folder.*segue train"):
        read(tmp_path)
    with pytest.raises(NotFoundError, match=r"away: there is no such folder"):
        read(tmp_path / "away")


@pytest.mark.parametrize(
    "content", [b"", b"not json", b"\xff\xfe\x00", b"{'name': 1}", b"[" * 100_000]
)
def test_a_manifest_that_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(BadFileError, match=r"manifest\.json: the manifest is no JSON"):
        read(tmp_path)


@pytest.mark.parametrize("stated", [[], "text", 3, None])
def test_a_manifest_that_is_no_object_is_refused(tmp_path: Path, stated: Any) -> None:
    with pytest.raises(BadFileError, match="holds no object"):
        read(write(tmp_path, stated))


@pytest.mark.parametrize("number", [0, 2, "1", None, True, [1]])
def test_another_format_is_refused(tmp_path: Path, number: Any) -> None:
    with pytest.raises(UnavailableError, match=r"format .*this Segue reads 1\. Use the Segue"):
        read(write(tmp_path, document(format=number)))


@pytest.mark.parametrize("name", [each.name for each in fields(Manifest) if each.name != "format"])
def test_every_field_must_be_there_and_of_its_kind(tmp_path: Path, name: str) -> None:
    stated = document()
    del stated[name]
    with pytest.raises(BadFileError, match=rf"manifest\.json: the manifest lacks '{name}'"):
        read(write(tmp_path, stated))
    with pytest.raises(BadFileError, match=rf"something else than it should as '{name}'"):
        read(write(tmp_path, document(**{name: True})))


DIGEST = "0f" * 32


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": ""}, "calls the model ''"),
        ({"name": "../up"}, r"calls the model '\.\./up'"),
        ({"name": "a b"}, "calls the model 'a b'"),
        ({"names": []}, "names no features"),
        ({"names": ["a", "a"]}, "one of them twice"),
        ({"names": ["a", 3]}, "something else than words in 'names'"),
        ({"notes": [{}]}, "something else than words in 'notes'"),
        ({"coverage": 1.0}, "for a share of 1"),
        ({"coverage": 0}, "for a share of 0"),
        ({"targets": {}}, "targets of the manifest cannot be read"),
        ({"targets": {"name": "x", "groups": [{"name": "g"}]}}, "cannot be read"),
        ({"targets": {"name": "x", "groups": []}}, "has no targets"),
        ({"files": {}}, r"does not name the graph energy-mood\.onnx"),
        ({"files": document()["files"] | {"tempo.onnx": "xyz"}}, r"no sha256 of tempo\.onnx"),
        ({"files": document()["files"] | {"tempo.onnx": 7}}, r"no sha256 of tempo\.onnx"),
        ({"files": document()["files"] | {"../x.onnx": DIGEST}}, r"names a file '\.\./x\.onnx'"),
        ({"files": document()["files"] | {"/etc/passwd": DIGEST}}, "names a file '/etc/passwd'"),
        ({"files": document()["files"] | {"more.bin": DIGEST}}, r"names a file 'more\.bin'"),
    ],
)
def test_what_does_not_go_together_is_refused(
    tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(BadFileError, match=rf"{reason}.*segue train"):
        read(write(tmp_path, document(**changes)))


ENERGY = MUSICAL.targets[0]
MODE = Target("mode", "class", "mode", labels=("minor", "major"))


@pytest.mark.parametrize(
    "groups",
    [
        (Group("g", ()),),
        (Group("g", (ENERGY, MODE)),),
        (Group("", (ENERGY,)),),
        (Group("é" * 60, (ENERGY,)),),
        (Group("g", (ENERGY,)), Group("g", (MODE,))),
        (Group("g", (ENERGY,)), Group("h", (ENERGY,))),
        (Group("g", (replace(ENERGY, scale="odd"),)),),
        (Group("g", (replace(ENERGY, low=1.0),)),),
        (Group("g", (replace(ENERGY, name=""),)),),
        (Group("g", (replace(ENERGY, kind="other"),)),),
        (Group("g", (replace(MODE, labels=("one",)),)),),
        (Group("g", (replace(MODE, labels=("one", "one")),)),),
        (Group("g", (replace(MODE, labels=("one", 2)),)),),
        (Group("g", (replace(MODE, edges=(1.0, 2.0)),)),),
        (Group("g", (replace(MODE, edges=("1",)),)),),
    ],
)
def test_targets_that_nothing_could_predict_are_refused(
    tmp_path: Path, groups: tuple[Group, ...]
) -> None:
    stated = document(targets=TargetSet("odd", groups).to_json())
    stated["files"] = {file_of(group.name): DIGEST for group in groups}
    with pytest.raises(BadFileError, match=r"manifest\.json: the (manifest|targets)"):
        read(write(tmp_path, stated))


@pytest.mark.parametrize("name", ["..", "../../x", "a/b", "C:\\x", ".", "a\0b", "/x", "~"])
def test_no_group_is_called_so_that_its_file_leaves_the_folder(tmp_path: Path, name: str) -> None:
    place = tmp_path / file_of(name)
    assert place.resolve().parent == tmp_path.resolve()
    place.write_bytes(b"fits")


def test_features_that_fit_are_taken() -> None:
    manifest().expect(
        names=["rms_mean", "flux_mean", "tempo"], inputs="descriptors 2, 60 s, decoding 1"
    )


@pytest.mark.parametrize(
    ("names", "inputs", "reason"),
    [
        (
            "rms_mean flux_mean tempo",
            "descriptors 3, 30 s",
            "from descriptors 2, not from desc.* 3",
        ),
        ("rms_mean flux_mean tempo", "columns", "from descriptors 2, not from columns"),
        ("rms_mean tempo", "descriptors 2", "'flux_mean' cannot be found"),
        ("", "descriptors 2", "'rms_mean', 'flux_mean', 'tempo' cannot be found"),
        ("rms_mean flux_mean tempo key a b c", "descriptors 2", "'key', 'a', 'b' and 1 more"),
        ("rms_mean flux_mean tempo tempo", "descriptors 2", "takes 3 features, not 4"),
        ("rms_mean tempo flux_mean", "descriptors 2", "feature 2 is 'flux_mean' there and 'tempo'"),
    ],
)
def test_features_that_do_not_fit_are_refused(names: str, inputs: str, reason: str) -> None:
    with pytest.raises(UnavailableError, match=rf"'small' does not fit.*{reason}.*Train one"):
        manifest().expect(names=names.split(), inputs=inputs)
