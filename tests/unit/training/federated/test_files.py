"""Files of a federation: what is in them and nothing else, and what is not let in."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries import corpus_of, lists_of
from segue.errors import BadFileError, BadRequestError, NotFoundError
from segue.training.federated import files, plan, steps
from segue.training.federated.plan import Plan, Update

if TYPE_CHECKING:
    from pathlib import Path

AGREED = Plan("00000000000000aa", 3, 4, 64, 0, None, None)
CORPUS = corpus_of(lists_of(0))


@pytest.fixture
def round_file(tmp_path: Path) -> Path:
    files.write_round(tmp_path / "round.npz", plan.begun(AGREED))
    return tmp_path / "round.npz"


@pytest.fixture
def update_file(round_file: Path) -> Path:
    where = files.read_round(round_file)
    values = steps.moved(CORPUS, where.held)
    update = Update(AGREED.federation, 0, where.digest, "0" * 16, 0.0, values)
    path = round_file.with_name("update.npz")
    files.write_update(path, update, plan=AGREED)
    return path


def rewritten(path: Path, manifest: dict[str, Any] | None = None, **arrays: np.ndarray) -> Path:
    """The file with another manifest or other arrays."""
    with np.load(path) as held:
        parts = {name: held[name] for name in held.files}
    if manifest is not None:
        said = {**json.loads(parts["manifest"].tobytes()), **manifest}
        parts["manifest"] = np.frombuffer(json.dumps(said).encode(), np.uint8)
    parts |= arrays
    changed = path.with_name("changed.npz")
    np.savez(changed, **parts)
    return changed


def test_what_is_written_is_read(round_file: Path) -> None:
    begun = plan.begun(AGREED)
    read = files.read_round(round_file).held
    assert read.plan == AGREED
    np.testing.assert_array_equal(read.weights, begun.weights)
    assert (read.number, read.peers, read.finished) == (0, (), False)


def test_the_same_round_is_the_same_file(round_file: Path) -> None:
    again = round_file.with_name("again.npz")
    files.write_round(again, plan.begun(AGREED))
    assert again.read_bytes() == round_file.read_bytes()


def test_an_update_holds_one_array_and_a_manifest_of_declared_words(update_file: Path) -> None:
    with np.load(update_file, allow_pickle=False) as held:
        assert set(held.files) == {"manifest", "values"}
        assert held["values"].shape == (AGREED.columns, AGREED.dims)
        manifest = json.loads(held["manifest"].tobytes())
    assert set(manifest) == {
        *("format", "version", "kind", "federation", "number", "answers", "instance", "noise"),
        *("playlists_at_most", "shape"),
    }
    assert manifest["playlists_at_most"] == AGREED.most


def test_no_name_id_or_playlist_is_in_an_update(update_file: Path) -> None:
    data = update_file.read_bytes().lower()
    for word in (b"song", b"artist ", b"album", b"mix", *(i.encode() for i in CORPUS.ids)):
        assert word not in data


def test_nothing_is_written_over(round_file: Path) -> None:
    with pytest.raises(BadRequestError, match="there is such a file already"):
        files.write_round(round_file, plan.begun(AGREED))


def test_a_kind_is_not_taken_for_the_other(round_file: Path, update_file: Path) -> None:
    with pytest.raises(BadFileError, match="it is an update"):
        files.read_round(update_file)
    with pytest.raises(BadFileError, match="it is a round"):
        files.read_update(round_file)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no such file"):
        files.read_update(tmp_path / "none.npz")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"number": 9}, "does not agree with itself"),
        ({"peers": ["x"]}, "makes no sense"),
        ({"plan": {"federation": "aa"}}, "a plan says"),
        ({"format": "other"}, "it says so itself"),
        ({"version": 99}, "its version is 99"),
        ({"more": 1}, "does not say what it must"),
    ],
)
def test_manifests_that_lie(round_file: Path, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(BadFileError, match=said):
        files.read_round(rewritten(round_file, changed))


def test_features_of_another_version(round_file: Path) -> None:
    with np.load(round_file) as held:
        said = json.loads(held["manifest"].tobytes())["plan"]
    with pytest.raises(BadFileError, match="features of version 99"):
        files.read_round(rewritten(round_file, {"plan": {**said, "features": 99}}))


def test_arrays_that_are_others_than_declared(round_file: Path, update_file: Path) -> None:
    small = np.zeros((2, 2), dtype=np.float32)
    with pytest.raises(BadFileError, match=r"weights has shape \(2, 2\)"):
        files.read_round(rewritten(round_file, weights=small))
    with pytest.raises(BadFileError, match="other arrays than declared"):
        files.read_update(rewritten(update_file, titles=small))
    with pytest.raises(BadFileError, match="not of float32"):
        files.read_update(rewritten(update_file, values=small.astype(np.float64)))
    with pytest.raises(BadFileError, match="does not agree with itself"):
        files.read_round(rewritten(round_file, scales=np.zeros(AGREED.columns, dtype=np.float32)))


def test_an_array_of_objects_runs_nothing(update_file: Path) -> None:
    with np.load(update_file) as held:
        manifest = held["manifest"]
    bad = update_file.with_name("objects.npz")
    np.savez(bad, allow_pickle=True, manifest=manifest, values=np.array([{}], dtype=object))
    with pytest.raises(BadFileError, match="no file of a federation, or not whole"):
        files.read_update(bad)


def test_a_part_that_would_fill_memory_is_not_unpacked(update_file: Path) -> None:
    with zipfile.ZipFile(update_file) as held:
        manifest = held.read("manifest.npy")
    bad = update_file.with_name("large.npz")
    with zipfile.ZipFile(bad, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("manifest.npy", manifest)
        packed.writestr("values.npy", bytes(60_000_000))
    with pytest.raises(BadFileError, match="a part of it is too large"):
        files.read_update(bad)


@given(cut=st.integers(0, 3000), flip=st.integers(0, 3000), length=st.booleans())
def test_damaged_files_are_refused_or_the_same(cut: int, flip: int, *, length: bool) -> None:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "round.npz"
        files.write_round(path, plan.begun(AGREED))
        data = bytearray(path.read_bytes())
        if length:
            data = data[: max(0, len(data) - 1 - cut)]
        else:
            data[flip % len(data)] ^= 0x55
        path.write_bytes(bytes(data))
        try:
            read = files.read_round(path).held
        except BadFileError:
            return
        assert read.weights.shape == (AGREED.columns, AGREED.dims)
        assert np.isfinite(read.weights).all()


def test_text_is_no_file(tmp_path: Path) -> None:
    path = tmp_path / "text.npz"
    path.write_bytes(io.BytesIO(b"a shopping list").getvalue())
    with pytest.raises(BadFileError, match="no file of a federation"):
        files.read_round(path)
