"""Embedders: a real graph beside a manifest hears real sound; one that does not fit is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from brought import bring, graph, manifest, model
from segue.descriptors.frames import Sound
from segue.embedding.embedder import BATCH, Embedder
from segue.embedding.fronts import front_of
from segue.embedding.manifest import GRAPH
from segue.errors import (
    BadFileError,
    BadRequestError,
    BusyError,
    NotFoundError,
    UnavailableError,
)
from segue.models import folder as folders

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RATE = 22_050
OURS = {"kind": "segue-mel"}
SMALL = {"kind": "mel", "rate": 16_000, "fft": 256, "hop": 128, "bands": 8, "frames": 5}
FRONTS: dict[str, dict[str, Any]] = {
    "mel": SMALL | {"layout": "cbt", "level": "log", "offset": 0.01, "scale": "htk"},
    "samples": {"kind": "samples", "rate": 8_000, "seconds": 0.25},
}


@pytest.fixture(scope="module")
def sound() -> Sound:
    rng = np.random.default_rng(7)
    return Sound((0.1 * rng.standard_normal(RATE * 6)).astype(np.float32), rate=RATE)


def small(**options: Any) -> onnx.ModelProto:
    return graph((5, 8), **options)


def means() -> onnx.ModelProto:
    """Segue's windows → the mean of every band."""
    nodes = [helper.make_node("ReduceMean", ["windows"], ["embedding"], axes=[1], keepdims=0)]
    taken = {"windows": (TensorProto.FLOAT, ["n", 128, 128])}
    return model(nodes, taken, {"embedding": ["n", 128]})


@pytest.mark.parametrize("kind", FRONTS)
@pytest.mark.parametrize("batch", ["n", None, 1])
def test_a_brought_network_hears_what_it_declares(
    kind: str, batch: Any, tmp_path: Path, sound: Sound
) -> None:
    front = front_of(FRONTS[kind])
    width = int(np.prod(front.shape))
    made = graph(front.shape, batch=batch)
    embedder = Embedder.load(
        bring(tmp_path / "brought", made, manifest(FRONTS[kind], width, windows=12)),
        space="brought",
    )
    vectors = embedder.embed(sound)
    np.testing.assert_array_equal(vectors, front.windows(sound, 12).reshape(12, width))
    assert vectors.dtype == np.float32


def test_a_network_for_our_windows_hears_those(tmp_path: Path, sound: Sound) -> None:
    stated = manifest(OURS, 128, unit=True, windows=10)
    embedder = Embedder.load(bring(tmp_path / "brought", means(), stated))
    vectors = embedder.embed(sound)
    assert vectors.shape == (10, 128)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, rtol=1e-5)
    plain = embedder.front.windows(sound, 10).mean(axis=1)
    np.testing.assert_allclose(
        vectors, plain / np.linalg.norm(plain, axis=1, keepdims=True), atol=1e-5
    )
    assert embedder.space == "brought"
    assert embedder.unheard == ""


def test_a_vector_of_zeros_stays_one() -> None:
    embedder = Embedder.of(manifest(SMALL, 40, unit=True), small().SerializeToString())
    assert not embedder.embed_windows(np.zeros((2, 5, 8), dtype=np.float32)).any()


def test_windows_are_embedded_alike_alone_and_among_many() -> None:
    embedder = Embedder.of(manifest(SMALL, 40), small().SerializeToString())
    windows = np.random.default_rng(0).random((2 * BATCH + 3, 5, 8), dtype=np.float32)
    together = embedder.embed_windows(windows)
    for row, window in zip(together, windows, strict=True):
        np.testing.assert_array_equal(embedder.embed_windows(window[np.newaxis])[0], row)
    assert embedder.embed_windows(windows[:0]).shape == (0, 40)
    with pytest.raises(BadRequestError, match=r"hears windows of shape \(5, 8\), not \(8, 5\)"):
        embedder.embed_windows(windows.transpose(0, 2, 1))


def test_genres_are_named_where_the_graph_names_some(sound: Sound) -> None:
    labels = ("jazz", "rock", "waltz")
    made = small(genres=3).SerializeToString()
    embedder = Embedder.of(manifest(SMALL, 40, labels=labels), made)
    windows = embedder.front.windows(sound, 4)
    np.testing.assert_allclose(embedder.name_genres(windows), np.full((4, 3), 1 / 3))
    assert embedder.name_genres(windows[:0]).shape == (0, 3)
    with pytest.raises(NotFoundError, match="'mine' names no genres"):
        Embedder.of(manifest(SMALL, 40), made).name_genres(windows)


def test_a_version_is_the_manifest(tmp_path: Path) -> None:
    first = Embedder.load(bring(tmp_path / "a", small(), manifest(SMALL, 40)))
    same = Embedder.load(bring(tmp_path / "b", small(), manifest(SMALL, 40)))
    other = Embedder.load(bring(tmp_path / "c", small(), manifest(SMALL, 40, windows=4)))
    assert first.version == same.version == folders.digest(tmp_path / "a")[:16]
    assert other.version != first.version
    assert Embedder.load(tmp_path / "a") is first  # opened once


def test_what_was_replaced_is_opened_anew(tmp_path: Path) -> None:
    before = Embedder.load(bring(tmp_path / "a", small(), manifest(SMALL, 40)))
    after = Embedder.load(bring(tmp_path / "a", small(), manifest(SMALL, 40, name="next")))
    assert (before.manifest.name, after.manifest.name) == ("mine", "next")


def test_what_is_replaced_meanwhile_is_not_taken_for_what_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = bring(tmp_path / "brought", small(), manifest(SMALL, 40))
    digests = iter(["0" * 64, folders.digest(place)])
    monkeypatch.setattr(folders, "digest", lambda _: next(digests))
    with pytest.raises(BusyError, match=r"being replaced at this moment\. Try again"):
        Embedder.load(place)


def test_what_a_network_cannot_be_given_is_said() -> None:
    deaf = SMALL | {"rate": 48_000}
    embedder = Embedder.of(manifest(deaf, 40), small().SerializeToString())
    assert embedder.unheard == ("It listens up to 24,000 Hz, and sound is analysed up to 11,025 Hz")


def test_the_space_must_be_that_of_the_folder(tmp_path: Path) -> None:
    place = bring(tmp_path / "sound", small(), manifest(SMALL, 40))
    with pytest.raises(BadFileError, match=r"calls the space 'brought'.*'sound'.*same name"):
        Embedder.load(place, space="sound")


def test_no_folder_no_manifest_and_no_graph_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="there is no such folder"):
        Embedder.load(tmp_path / "away")
    with pytest.raises(NotFoundError, match="there is no model in this folder"):
        Embedder.load(tmp_path)
    place = bring(tmp_path / "brought", small(), manifest(SMALL, 40))
    (place / GRAPH).unlink()
    with pytest.raises(BadFileError, match=rf"brought: the model lacks its graph {GRAPH}"):
        Embedder.load(place)


def test_another_graph_than_the_manifest_means_is_refused(tmp_path: Path) -> None:
    place = bring(tmp_path / "brought", small(), manifest(SMALL, 40))
    (place / GRAPH).write_bytes(small(genres=2).SerializeToString())
    with pytest.raises(BadFileError, match=r"not the graph that the manifest means: its sha256"):
        Embedder.load(place)
    (place / GRAPH).write_bytes(b"")
    with pytest.raises(BadFileError, match="not the graph that the manifest means"):
        Embedder.load(place)


def test_another_format_is_refused_with_its_place(tmp_path: Path) -> None:
    place = bring(tmp_path / "brought", small(), manifest(SMALL, 40), format=2)
    with pytest.raises(UnavailableError, match=r"brought/manifest\.json: .*format 2"):
        Embedder.load(place)


def test_a_file_that_is_no_graph_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match=r"there: ONNX Runtime .* cannot open the graph"):
        Embedder.of(manifest(SMALL, 40), b"no graph", where="there")


def test_a_graph_that_keeps_numbers_elsewhere_is_refused(tmp_path: Path) -> None:
    made = small(genres=2)
    (kept,) = made.graph.initializer
    onnx.external_data_helper.set_external_data(kept, location="../../secret.bin")
    kept.ClearField("raw_data")
    place = bring(tmp_path / "brought", made, manifest(SMALL, 40, labels=("a", "b")))
    with pytest.raises(BadFileError, match=r"points to other files .*'location'.*in the graph it"):
        Embedder.load(place)


def _misfits() -> Iterator[tuple[onnx.ModelProto, dict[str, Any], str]]:
    taken = (TensorProto.FLOAT, ["n", 5, 8])
    add = [helper.make_node("Add", ["a", "b"], ["c"]), helper.make_node("Flatten", ["c"], ["e"])]
    yield model(add, {"a": taken, "b": taken}, {"e": ["n", 40]}), {}, "takes 2 arrays"
    yield small(taken=TensorProto.FLOAT16), {}, r"takes tensor\(float16\), and windows are"
    yield graph((8, 5)), {}, r"windows of shape \(n, 8, 5\), .* of \(windows, 5, 8\)"
    yield graph((40,)), {}, r"windows of shape \(n, 40\), "
    yield small(batch=4), {}, "takes 4 windows at a time"
    yield small(output="other"), {}, "gives other, and no 'embedding'"
    yield small(), {"width": 39}, r"gives 'embedding' of shape \(n, 40\).*\(windows, 39\)"
    yield small(stated=["n", "w"]), {"width": 39}, r"\(n, 40\).*\(windows, 39\)"
    yield small(), {"labels": ("a", "b")}, "gives embedding, and no 'probabilities'"
    yield small(genres=3), {"labels": ("a", "b")}, r"'probabilities' of shape \(n, 3\).*, 2\)"
    integers = [
        helper.make_node("Flatten", ["a"], ["f"]),
        helper.make_node("Cast", ["f"], ["embedding"], to=TensorProto.INT64),
    ]
    whole = model(integers, {"a": taken}, {"embedding": ["n", 40]}, given=TensorProto.INT64)
    yield whole, {}, r"gives tensor\(int64\) as 'embedding'"
    same = [helper.make_node("Identity", ["a"], ["embedding"])]
    yield model(same, {"a": taken}, {"embedding": ["n", 5, 8]}), {}, r"shape \(n, 5, 8\), and"
    alone = {"to": np.array([1, 40])}
    fixed = [helper.make_node("Reshape", ["a", "to"], ["embedding"])]
    stuck = model(fixed, {"a": taken}, {"embedding": ["n", 40]}, alone)
    yield stuck, {}, "cannot be run on 2 windows"
    mean = [helper.make_node("ReduceMean", ["a"], ["m"], axes=[0], keepdims=1)]
    mixed = [*mean, helper.make_node("Flatten", ["m"], ["embedding"])]
    yield model(mixed, {"a": taken}, {"embedding": ["m", 40]}), {}, r"\(1, 40\) for 2 windows"


@pytest.mark.parametrize(("made", "changes", "reason"), list(_misfits()), ids=lambda each: "")
def test_a_graph_that_does_not_fit_is_refused(
    made: onnx.ModelProto, changes: dict[str, Any], reason: str
) -> None:
    stated = manifest(SMALL, **{"width": 40} | changes)
    with pytest.raises(BadFileError, match=rf"there: the graph .*{reason}.*docs/embedders\.md"):
        Embedder.of(stated, made.SerializeToString(), where="there")


def test_a_network_that_gives_no_number_is_said_to(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Flatten", ["a"], ["f"]),
        helper.make_node("Log", ["f"], ["embedding"]),
    ]
    made = model(nodes, {"a": (TensorProto.FLOAT, ["n", 5, 8])}, {"embedding": ["n", 40]})
    embedder = Embedder.of(manifest(SMALL, 40), made.SerializeToString())
    assert embedder.embed_windows(np.ones((1, 5, 8), dtype=np.float32)).shape == (1, 40)
    with pytest.raises(UnavailableError, match="'mine' gives no number for a window"):
        embedder.embed_windows(-np.ones((1, 5, 8), dtype=np.float32))


def test_a_network_that_fails_on_some_windows_is_said_to() -> None:
    nodes = [
        helper.make_node("Cast", ["a"], ["whole"], to=TensorProto.INT64),
        helper.make_node("ReduceMax", ["whole"], ["places"], axes=[1, 2], keepdims=0),
        helper.make_node("Gather", ["rows", "places"], ["embedding"], axis=0),
    ]
    taken = {"a": (TensorProto.FLOAT, ["n", 5, 8])}
    rows = {"rows": np.eye(3, 40, dtype=np.float32)}
    made = model(nodes, taken, {"embedding": ["n", 40]}, rows)
    embedder = Embedder.of(manifest(SMALL, 40), made.SerializeToString())
    assert embedder.embed_windows(np.ones((1, 5, 8), dtype=np.float32))[0, 1] == 1.0
    with pytest.raises(UnavailableError, match=r"'mine' cannot compute a window .*Gather"):
        embedder.embed_windows(np.full((1, 5, 8), 9.0, dtype=np.float32))


def test_a_graph_in_halves_or_doubles_gives_singles() -> None:
    for kind in (TensorProto.FLOAT16, TensorProto.DOUBLE):
        nodes = [
            helper.make_node("Flatten", ["a"], ["f"]),
            helper.make_node("Cast", ["f"], ["embedding"], to=kind),
        ]
        taken = {"a": (TensorProto.FLOAT, ["n", 5, 8])}
        made = model(nodes, taken, {"embedding": ["n", 40]}, given=kind)
        embedder = Embedder.of(manifest(SMALL, 40), made.SerializeToString())
        vectors = embedder.embed_windows(np.full((2, 5, 8), 0.5, dtype=np.float32))
        assert vectors.dtype == np.float32
        np.testing.assert_array_equal(vectors, 0.5)


def test_a_manifest_by_hand_needs_six_fields(tmp_path: Path, sound: Sound) -> None:
    place = bring(tmp_path / "brought", small(), manifest(SMALL, 40))
    document = json.loads((place / folders.FILE).read_text(encoding="utf-8"))
    kept = ("format", "space", "name", "front", "width", "files")
    (place / folders.FILE).write_text(
        json.dumps({name: document[name] for name in kept}), encoding="utf-8"
    )
    vectors = Embedder.load(place).embed(sound)
    assert vectors.shape == (10, 40)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, rtol=1e-5)
