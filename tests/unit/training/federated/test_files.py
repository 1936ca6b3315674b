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
        ({"number": 9}, "not a whole one from 0 to 3"),
        ({"number": 1}, "does not agree with itself"),
        ({"number": True}, "not a whole one"),
        ({"number": 1.0}, "not a whole one"),
        ({"number": 10**400}, "not a whole one"),
        ({"number": 1, "peers": [-5]}, "not a whole one from 1 to"),
        ({"number": 1, "peers": [0]}, "not a whole one from 1 to"),
        ({"number": 1, "peers": [10**400]}, "not a whole one from 1 to"),
        ({"peers": "12"}, "one thing where several belong"),
        ({"heights": [float("nan")]}, "NaN is no number"),
        ({"heights": [-1.0]}, "not one from 0 on"),
        ({"plan": 7}, "a plan says"),
        ({"kind": ["round"]}, "does not say what it must"),
        ({"kind": "update"}, "does not say what it must"),
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
    with pytest.raises(BadFileError, match="other arrays than a round or an update"):
        files.read_update(rewritten(update_file, titles=small))
    with pytest.raises(BadFileError, match="not of float32"):
        files.read_update(rewritten(update_file, values=small.astype(np.float64)))
    with pytest.raises(BadFileError, match="does not agree with itself"):
        files.read_round(rewritten(round_file, scales=np.zeros(AGREED.columns, dtype=np.float32)))


HOSTILE = "\x1b[2J"


@pytest.mark.parametrize("key", ["federation", "instance", "answers"])
@pytest.mark.parametrize("said", [HOSTILE, "", "0X" + "0" * 14, "0" * 15 + "\n", "٠" * 16, 7, None])
def test_an_update_tells_no_text_but_digits(update_file: Path, key: str, said: object) -> None:
    with pytest.raises(BadFileError, match=r"not made of (16|64) hexadecimal digits"):
        files.read_update(rewritten(update_file, {key: said}))


@pytest.mark.parametrize("said", [HOSTILE, "0x000000000000aa", "aa", "+0000000000000aa", 0xAA])
def test_a_round_tells_no_text_but_digits(round_file: Path, said: object) -> None:
    with np.load(round_file) as held:
        agreed = json.loads(held["manifest"].tobytes())["plan"]
    with pytest.raises(BadFileError, match="not made of 16 hexadecimal digits"):
        files.read_round(rewritten(round_file, {"plan": {**agreed, "federation": said}}))


@pytest.mark.parametrize("key", ["version", "format", "kind"])
def test_what_others_wrote_does_not_reach_a_terminal(round_file: Path, key: str) -> None:
    with pytest.raises(BadFileError) as refused:
        files.read_round(rewritten(round_file, {key: HOSTILE * 500}))
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 600 + len(str(round_file))


@pytest.mark.parametrize("noise", ["much", -1.0, 10**400, None])
def test_noise_that_is_no_number(update_file: Path, noise: object) -> None:
    with pytest.raises(BadFileError, match="not one from 0 on"):
        files.read_update(rewritten(update_file, {"noise": noise}))


def repacked(path: Path, *, how: int = zipfile.ZIP_STORED, **parts: bytes) -> Path:
    """The file with other bytes in some of its parts, which need be no array."""
    with zipfile.ZipFile(path) as held:
        all_ = {name: held.read(name) for name in held.namelist()}
    all_ |= {name.replace("_npy", ".npy"): data for name, data in parts.items()}
    changed = path.with_name("repacked.npz")
    with zipfile.ZipFile(changed, "w", how) as packed:
        for name, data in all_.items():
            packed.writestr(name, data)
    return changed


def headed(shape: str, *, kind: str = "<f4", body: bytes = b"") -> bytes:
    """An array that says of itself what it likes."""
    header = f"{{'descr': {kind!r}, 'fortran_order': False, 'shape': {shape}, }}".encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + body


def worded(text: bytes) -> bytes:
    return headed(f"({len(text)},)", kind="|u1", body=text)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"values_npy": headed("(1000000000000000,)")}, "another size than its header"),
        ({"values_npy": headed("(-2, -2)", body=bytes(16))}, "another size than its header"),
        ({"values_npy": headed("(" * 900 + ")" * 900)}, "no file of a federation"),
        ({"values_npy": headed("(1,", body=bytes(4))}, "no file of a federation"),
        ({"values_npy": b""}, "no file of a federation"),
        ({"values_npy": b"\x93NUMPY\x03\x00"}, "of another version"),
        ({"manifest_npy": headed("(1000000000000000,)", kind="|u1")}, "another size"),
        ({"manifest_npy": worded(b"[" * 60_000)}, "no file of a federation"),
        ({"manifest_npy": worded(b'{"number": Infinity}')}, "Infinity is no number"),
        ({"manifest_npy": worded(b'{"number": ' + b"9" * 5000 + b"}")}, "no file of a federation"),
        ({"manifest_npy": worded(b"[]")}, "it says so itself"),
        ({"manifest_npy": worded(b"\xff\xfe\x00")}, "no file of a federation"),
        ({"manifest": b"{}"}, "other arrays than a round or an update"),
    ],
)
def test_parts_that_nobody_would_write(
    update_file: Path, part: dict[str, bytes], said: str
) -> None:
    with pytest.raises(BadFileError, match=said):
        files.read_update(repacked(update_file, **part))


def test_infinity_as_a_number_is_none(update_file: Path) -> None:
    with np.load(update_file) as held:
        text = held["manifest"].tobytes()
    endless = text.replace(b'"number": 0', b'"number": 1e999')
    assert endless != text
    with pytest.raises(BadFileError, match="not a whole one"):
        files.read_update(repacked(update_file, manifest_npy=worded(endless)))


@pytest.mark.parametrize("how", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packed_parts_are_not_unpacked(update_file: Path, how: int) -> None:
    with pytest.raises(BadFileError, match="a part of it is packed"):
        files.read_update(repacked(update_file, how=how))


@pytest.mark.parametrize(
    ("local", "central", "value", "said"),
    [
        (6, 8, 1, "no file of a federation, or not whole"),  # encrypted
        (8, 10, 99, "a part of it is packed"),  # a method that nobody knows
        (8, 10, 8, "a part of it is packed"),  # deflated, it says
    ],
)
def test_parts_that_are_packed_strangely(
    update_file: Path, local: int, central: int, value: int, said: str
) -> None:
    data = bytearray(update_file.read_bytes())
    for mark, place in ((b"PK\x03\x04", local), (b"PK\x01\x02", central)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + place : at + place + 2] = value.to_bytes(2, "little")
    update_file.write_bytes(bytes(data))
    with pytest.raises(BadFileError, match=said):
        files.read_update(update_file)


def test_two_manifests(update_file: Path) -> None:
    with zipfile.ZipFile(update_file, "a") as packed, pytest.warns(UserWarning, match="Duplicate"):
        packed.writestr("manifest.npy", worded(b"{}"))
    with pytest.raises(BadFileError, match="other arrays than a round or an update"):
        files.read_update(update_file)


@pytest.mark.parametrize("folder", ["none", "file"])
def test_a_place_that_cannot_be_written_is_found_before(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with (
        pytest.raises(BadRequestError, match="the file cannot be written"),
        files.reserved(tmp_path / folder / "a.npz"),
    ):
        raise AssertionError("nothing is done before")


def test_a_reserved_place_is_written_or_left_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "round.npz"
    with pytest.raises(ZeroDivisionError), files.reserved(out):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    with files.reserved(out):
        files.write_round(out, plan.begun(AGREED))
    assert list(tmp_path.iterdir()) == [out]


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
