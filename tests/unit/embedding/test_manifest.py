"""Manifests of embedders: small by hand, whole by training, and refused with the reason."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.embedding.fronts import Mel, Samples, SegueMel
from segue.embedding.manifest import GRAPH, Manifest, is_space
from segue.errors import BadFileError, SegueError, UnavailableError
from segue.models import folder as folders

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = "0f" * 32
SMALL: dict[str, Any] = {
    "format": 1,
    "space": "mine",
    "name": "a-network",
    "front": {"kind": "segue-mel"},
    "width": 128,
    "files": {GRAPH: DIGEST},
}


@pytest.mark.parametrize(
    ("synthetic", "metrics", "unproven"),
    [
        (False, {}, False),
        (True, {}, True),
        (True, {"decision": {"at_work": True, "invented": False}}, False),
        (True, {"decision": {"at_work": True, "invented": True}}, True),
        (True, {"decision": {"at_work": True}}, True),
        (True, {"decision": {"at_work": False, "invented": False}}, True),
        (True, {"decision": {"at_work": 1, "invented": False}}, True),
        (True, {"decision": [True]}, True),
    ],
)
def test_a_network_of_invented_music_is_unproven_until_it_is_shown_to_help(
    synthetic: bool, metrics: dict[str, Any], unproven: bool
) -> None:
    manifest = Manifest.from_json(SMALL | {"synthetic": synthetic, "metrics": metrics})
    assert manifest.unproven is unproven


def test_six_fields_are_enough() -> None:
    manifest = Manifest.from_json(SMALL)
    assert manifest.output == "embedding"
    assert manifest.unit
    assert manifest.windows == 10
    assert manifest.labels == manifest.notes == manifest.history == ()
    assert not manifest.synthetic
    assert manifest.hears() == SegueMel()


@pytest.mark.parametrize("name", sorted(SMALL))
def test_none_of_the_six_may_be_left_out(name: str) -> None:
    lacking = {each: value for each, value in SMALL.items() if each != name}
    with pytest.raises((BadFileError, UnavailableError), match=name):
        Manifest.from_json(lacking)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    stated = Manifest(
        space="genre",
        name="genre-1",
        front={"kind": "segue-mel"},
        width=256,
        files={GRAPH: DIGEST},
        unit=False,
        labels=("jazz", "rock"),
        synthetic=True,
        version="0.1.0",
        created="2026-11-28T12:00:00Z",
        data={"tracks": 12, "artists": 4},
        parameters={"seed": 42},
        metrics={"artist": np.float32(0.5), "genre": float("nan")},
        parity={"largest": 1e-7},
        history=({"step": 1, "loss": 0.5, "validation": None},),
        notes=("Heard in the demo world alone.",),
    )
    (tmp_path / folders.FILE).write_bytes(folders.written(stated.to_json()))
    again = folders.read(tmp_path, Manifest.from_json)
    for each in fields(Manifest):
        wanted = {"artist": 0.5, "genre": None} if each.name == "metrics" else None
        assert getattr(again, each.name) == (wanted or getattr(stated, each.name)), each.name


@pytest.mark.parametrize("name", [each.name for each in fields(Manifest) if each.name != "format"])
def test_every_field_must_be_of_its_kind(name: str) -> None:
    with pytest.raises(BadFileError, match=rf"something else than it should as '{name}'"):
        Manifest.from_json(SMALL | {name: None})
    odd = 1 if name in {"unit", "synthetic"} else True
    with pytest.raises(BadFileError, match=rf"something else than it should as '{name}'"):
        Manifest.from_json(SMALL | {name: odd})


@pytest.mark.parametrize("number", [0, 2, "1", None, True])
def test_another_format_is_refused(number: Any) -> None:
    with pytest.raises(UnavailableError, match=r"format .*this Segue reads 1\. Use the Segue"):
        Manifest.from_json(SMALL | {"format": number})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"unti": False}, "holds 'unti', which no manifest of an embedder has"),
        ({"space": ""}, "calls the space ''"),
        ({"space": "../up"}, r"calls the space '\.\./up'"),
        ({"space": "1st"}, "calls the space '1st'"),
        ({"space": "a-b"}, "calls the space 'a-b'"),
        ({"name": "a b"}, "calls the embedder 'a b'"),
        ({"width": 0}, "vectors have 0 numbers"),
        ({"width": 10**6}, "vectors have 1,000,000 numbers"),
        ({"windows": 0}, "a track has 0 windows"),
        ({"windows": 10_000}, "a track has 10,000 windows"),
        ({"labels": ["jazz", "jazz"]}, "a label twice"),
        ({"labels": ["jazz", ""]}, "one without a name"),
        ({"labels": ["jazz", 3]}, "something else than words in 'labels'"),
        ({"notes": [3]}, "something else than words in 'notes'"),
        ({"history": [3]}, "something else than steps in 'history'"),
        ({"front": {}}, "front end with None as 'kind'"),
        ({"files": {}}, rf"does not name the graph {GRAPH}"),
        ({"files": {GRAPH: "xyz"}}, rf"no sha256 of {GRAPH}"),
        ({"files": {GRAPH: 3}}, rf"no sha256 of {GRAPH}"),
        ({"files": {GRAPH: DIGEST, "../x.onnx": DIGEST}}, r"names a file '\.\./x\.onnx'"),
        ({"files": {GRAPH: DIGEST, "weights.bin": DIGEST}}, r"names a file 'weights\.bin'"),
    ],
)
def test_what_does_not_go_together_is_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadFileError, match=rf"the manifest .*{reason}"):
        Manifest.from_json(json.loads(json.dumps(SMALL | changes)))


def test_half_a_character_is_refused() -> None:
    with pytest.raises(BadFileError, match="half a character"):
        Manifest.from_json(SMALL | {"notes": ["\ud800"]})


NUMBERS = st.integers() | st.floats() | st.sampled_from([10**400, -(10**400), 1e308, 5e-324])
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=4) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
FIELDS_OF_FRONTS = sorted({each.name for kind in (Mel, Samples) for each in fields(kind)})
FRONTS = st.sampled_from(
    [
        {"kind": "mel", "rate": 16_000, "fft": 512, "hop": 160, "bands": 64, "frames": 96},
        {"kind": "samples", "rate": 16_000, "seconds": 0.975},
        {"kind": "segue-mel"},
    ]
)


@given(
    FRONTS,
    st.dictionaries(st.sampled_from(FIELDS_OF_FRONTS), NUMBERS | JSON, max_size=3),
    st.dictionaries(st.sampled_from([each.name for each in fields(Manifest)]), JSON, max_size=2),
)
def test_whatever_json_is_read_or_refused(
    front: dict[str, Any], declared: dict[str, Any], stated: dict[str, Any]
) -> None:
    try:
        manifest = Manifest.from_json(SMALL | {"front": front | declared} | stated)
    except SegueError:
        return
    heard = manifest.hears()
    assert all(1 <= length <= 2**24 for length in heard.shape)
    assert np.isfinite(heard.ceiling)
    assert manifest.unproven in {True, False}


@pytest.mark.parametrize("stated", [[], "text", 3, None])
def test_a_manifest_that_is_no_object_is_refused(stated: Any) -> None:
    with pytest.raises(BadFileError, match="holds no object"):
        Manifest.from_json(stated)


def test_names_of_spaces_are_words() -> None:
    assert all(is_space(name) for name in ("sound", "genre", "vggish_2", "A"))
    assert not any(is_space(name) for name in ("", "sound.old", ".part", "a b", "ä", "x" * 33))
