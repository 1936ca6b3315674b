"""Folders of models: only what the manifest names is opened, and only if it is as it should be."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.errors import BadFileError, NotFoundError, UnavailableError
from segue.models import folder as folders
from segue.models.soundness import bad

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    (tmp_path / folders.FILE).write_bytes(folders.written({"name": "é", "values": (1, 2.5)}))
    assert folders.read(tmp_path, dict) == {"name": "é", "values": [1, 2.5]}


def test_why_a_manifest_is_refused_is_said_with_its_place(tmp_path: Path) -> None:
    (tmp_path / folders.FILE).write_text("{}", encoding="utf-8")

    def refuse(_: Any) -> None:
        raise bad("is empty")

    with pytest.raises(BadFileError, match=r"manifest\.json: the manifest is empty\. Copy the"):
        folders.read(tmp_path, refuse)


@pytest.mark.parametrize("content", [b"", b"no json", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / folders.FILE).write_bytes(content)
    with pytest.raises(BadFileError, match=r"manifest\.json: the manifest is no JSON"):
        folders.read(tmp_path, dict)


def test_no_model_is_told_apart_from_no_folder(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"no model in this folder.*segue train"):
        folders.read(tmp_path, dict)
    with pytest.raises(NotFoundError, match="there is no such folder"):
        folders.read(tmp_path / "away", dict)


def test_the_digest_is_that_of_the_manifest(tmp_path: Path) -> None:
    assert folders.digest(tmp_path) == ""
    (tmp_path / folders.FILE).write_bytes(b"{}")
    assert folders.digest(tmp_path) == sha256(b"{}").hexdigest()


def test_graphs_must_be_those_that_are_meant(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"graph")
    files = {"a.onnx": sha256(b"graph").hexdigest()}
    assert folders.graphs(tmp_path, files) == {"a.onnx": b"graph"}
    with pytest.raises(BadFileError, match=r"lacks its graph b\.onnx"):
        folders.graphs(tmp_path, files | {"b.onnx": "0" * 64})
    with pytest.raises(BadFileError, match=r"a\.onnx: this is not the graph .* says 000000000000"):
        folders.graphs(tmp_path, {"a.onnx": "0" * 64})


def test_a_file_larger_than_any_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "MOST_BYTES", 10)
    (tmp_path / "a.onnx").write_bytes(b"x" * 11)
    with pytest.raises(BadFileError, match="11 bytes are more than any model has"):
        folders.graphs(tmp_path, {"a.onnx": "0" * 64})


def test_what_cannot_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.onnx").write_bytes(b"x")

    def refused(_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(tmp_path), "read_bytes", refused)
    with pytest.raises(UnavailableError, match=r"Permission denied.*right to read it"):
        folders.graphs(tmp_path, {"a.onnx": "0" * 64})


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(_VALUES)
def test_whatever_is_known_becomes_json_and_stays_it(value: Any) -> None:
    plain = folders.plain(value)
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert folders.plain(plain) == plain


def test_arrays_are_lists_and_no_numbers_are_null() -> None:
    plain = folders.plain({1: np.array([1.0, np.nan]), "b": (np.float32(0.5), float("inf"))})
    assert plain == {"1": [1.0, None], "b": [0.5, None]}
