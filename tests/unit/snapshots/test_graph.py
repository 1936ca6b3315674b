"""Objects come back from a graph as they were: equal, shared as before, and never as code."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.sparse import csr_array

from segue.columns import Known, Lists, Pooled, Sorted, Texts
from segue.index.exact import ExactIndex
from segue.snapshots import regions
from segue.snapshots.classes import Classes
from segue.snapshots.reading import Reader
from segue.snapshots.writing import UnstorableError, Writer

FOLDER = Path("/derived")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two things, of a class that no module of Segue's has."""

    one: Any
    other: Any


class Lazy:
    """What it measures is made again where it cannot be kept."""

    def __init__(self) -> None:
        self.given = 3

    @cached_property
    def measured(self) -> list[float]:
        return [0.5, 2.0]

    @cached_property
    def handle(self) -> object:
        return object()


CLASSES = Classes({"pair": Pair, "lazy": Lazy})


def there_and_back(given: object, place: Path, *, folder: Path = FOLDER) -> Any:
    writer = Writer(CLASSES, folder=folder)
    told = json.loads(json.dumps([writer.value(given), writer.nodes]))
    regions.write(place / "regions", writer.regions)
    parts = regions.mapped(place / "regions", regions.laid(writer.regions))
    return Reader(told[1], parts, classes=CLASSES, folder=folder).value(told[0])


def read(nodes: list[Any], value: object = (0,)) -> Any:
    told = list(value) if isinstance(value, tuple) else value
    return Reader(nodes, [memoryview(bytes(64))], classes=CLASSES, folder=FOLDER).value(told)


def same(one: Any, other: Any) -> bool:
    """Whether two are of one type and equal, NaN and -0.0 and the order of dictionaries too."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray | np.generic):
        equal = one.dtype == other.dtype and one.shape == other.shape
        return bool(equal) and one.tobytes() == other.tobytes()
    if isinstance(one, float):
        return math.isnan(other) if math.isnan(one) else repr(one) == repr(other)
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    if isinstance(one, Pair):
        return same((one.one, one.other), (other.one, other.other))
    return bool(one == other)


KINDS = st.sampled_from(["f2", "f4", "f8", "i1", "i4", "i8", "u4", "u8", "?"])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.binary()
    | KINDS.flatmap(lambda kind: arrays.from_dtype(np.dtype(kind)))
    | KINDS.flatmap(lambda kind: arrays.arrays(kind, arrays.array_shapes(max_side=4, min_side=0)))
)
THINGS = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.lists(st.lists(st.text()).map(tuple)).map(tuple)
        | st.dictionaries(st.text() | st.integers(), inner)
        | st.builds(Pair, inner, inner)
    ),
    max_leaves=12,
)


@given(THINGS)
def test_whatever_is_written_is_read_back(tmp_path_factory: Any, thing: object) -> None:
    assert same(there_and_back(thing, tmp_path_factory.getbasetemp()), thing)


def test_surrogates_and_texts_of_any_script_come_back(tmp_path: Path) -> None:
    texts = ("\udc80 broken", "日本語", "", "Ω\x00")
    assert there_and_back((texts, texts[::-1]), tmp_path) == (texts, texts[::-1])
    assert tuple(there_and_back(Texts(texts), tmp_path)) == texts


def test_what_is_shared_stays_shared_and_arrays_lie_in_the_file_once(tmp_path: Path) -> None:
    numbers = np.arange(3000.0)
    pair = Pair(numbers, numbers.reshape(3, 1000))
    found = there_and_back([pair, pair, numbers], tmp_path)
    assert found[0] is found[1]
    assert found[0].one is found[2]
    assert np.shares_memory(found[0].one, found[0].other)
    assert (tmp_path / "regions").stat().st_size < 2 * numbers.nbytes
    assert not found[2].flags.writeable


def test_views_of_numbers_lie_where_their_array_does(tmp_path: Path) -> None:
    ends = np.array([0, 3, 70_000], dtype=np.uint32)
    none = np.empty(0, dtype=np.int64)
    array, view, empty = there_and_back((ends, ends.data, none.data), tmp_path)
    assert list(view) == [0, 3, 70_000]
    assert (view.format, empty.format, len(empty)) == ("I", none.data.format, 0)
    assert np.shares_memory(np.asarray(view), array)


def test_an_object_may_hold_itself(tmp_path: Path) -> None:
    around: list[Any] = []
    pair = Pair("itself", around)
    lazy = Lazy()
    lazy.__dict__["given"] = [lazy, pair]
    found = there_and_back(lazy, tmp_path)
    assert found.given[0] is found
    assert found.given[1].one == "itself"


def test_the_order_of_the_numbers_in_memory_is_kept(tmp_path: Path) -> None:
    table = np.arange(12.0).reshape(3, 4)
    found = there_and_back((table, table.T, table[:, ::2]), tmp_path)
    assert found[0].flags.c_contiguous
    assert found[1].flags.f_contiguous
    assert np.array_equal(found[1], table.T)
    assert np.array_equal(found[2], table[:, ::2])


def test_columns_read_the_same_from_a_file(tmp_path: Path) -> None:
    names = ("Ada", "Björk", "", "Zoë")
    columns = (
        Texts(names),
        Sorted(Texts(sorted(names))),
        Pooled([("a", "b"), (), ("a", "b")]),
        Lists([("x",), (), ("y", "z")]),
        Known.texts({1: "one", 3: "three"}, rows=5),
        Known.pooled({0: "calm", 2: "calm"}, rows=3),
        Known.lists({2: ("/a.mp3", "/b.mp3")}, rows=3),
    )
    found = there_and_back(columns, tmp_path)
    for before, after in zip(columns, found, strict=True):
        assert type(after) is type(before)
        assert list(after) == list(before)
        assert after == before
    assert found[1]["Björk"] == 2
    assert found[4].get(3) == "three"
    assert found[4].get(0, "") == ""
    assert 7 not in found[4]


def test_sparse_arrays_and_indexes_come_back(tmp_path: Path) -> None:
    table = csr_array(np.eye(3)[[0, 2, 2]])
    vectors = np.random.default_rng(2).normal(size=(40, 6)).astype(np.float32)
    exact, half = ExactIndex(vectors), ExactIndex(vectors, half=True)
    found = there_and_back([table, table.tocsc(), exact, half], tmp_path)
    assert [each.format for each in found[:2]] == ["csr", "csc"]
    assert np.array_equal(found[0].toarray(), table.toarray())
    assert np.array_equal(found[1].toarray(), table.toarray())
    allowed = np.arange(40) % 3 > 0
    for before, after in ((exact, found[2]), (half, found[3])):
        assert (after.tier, after.error, after.dims) == (before.tier, before.error, before.dims)
        assert np.array_equal(after.score(vectors[:3]), before.score(vectors[:3]))
        for mask in (None, allowed):
            ours = before.search(vectors[0], k=7, allowed=mask)
            theirs = after.search(vectors[0], k=7, allowed=mask)
            assert np.array_equal(ours.places, theirs.places)
            assert np.array_equal(ours.scores, theirs.scores)


def test_an_index_of_nothing_comes_back(tmp_path: Path) -> None:
    found = there_and_back(ExactIndex(np.empty((0, 4), dtype=np.float32)), tmp_path)
    assert len(found) == 0
    assert len(found.search(np.ones(4, dtype=np.float32), k=3).places) == 0


def test_what_is_lazy_is_kept_where_it_can_be_and_made_again_where_not(tmp_path: Path) -> None:
    lazy = Lazy()
    assert lazy.measured == [0.5, 2.0]
    assert lazy.handle is lazy.handle
    found = there_and_back(lazy, tmp_path)
    assert vars(found) == {"given": 3, "measured": [0.5, 2.0]}
    assert type(found.handle) is object


def test_what_cannot_be_kept_leaves_nothing_behind() -> None:
    writer = Writer(CLASSES, folder=FOLDER)
    shared = [np.arange(9), ("a", 2)]
    kept = writer.attempted(shared)
    before = len(writer.nodes), len(writer.regions)
    assert writer.attempted([np.arange(50), shared, len]) is None
    assert (len(writer.nodes), len(writer.regions)) == before
    assert writer.attempted(shared) == kept
    with pytest.raises(UnstorableError, match=r"an object of builtins\.builtin_function_or_method"):
        writer.value(len)


@pytest.mark.parametrize(
    "thing",
    [Path("/elsewhere/file"), np.array(["text"]), np.array([None]), {1, 2}, object(), 1j],
    ids=["a path elsewhere", "texts of numpy", "objects of numpy", "a set", "object", "complex"],
)
def test_for_some_things_there_is_no_node(thing: object) -> None:
    assert Writer(CLASSES, folder=FOLDER).attempted(thing) is None


def test_paths_and_mapped_files_follow_the_folder(tmp_path: Path) -> None:
    derived, copied = tmp_path / "one.derived", tmp_path / "two.derived"
    for folder in (derived, copied):
        folder.mkdir()
        np.arange(9000, dtype=np.float32).tofile(folder / "sound.vectors")
    windows = np.memmap(derived / "sound.vectors", dtype=np.float32, mode="r").reshape(-1, 3)
    writer = Writer(CLASSES, folder=derived)
    told = writer.value([windows, windows[1000:], derived / "sound", derived])
    assert writer.regions == []
    found = Reader(writer.nodes, [], classes=CLASSES, folder=copied).value(told)
    assert np.array_equal(found[0], windows)
    assert np.array_equal(found[1], windows[1000:])
    assert Path(found[1].filename) == (copied / "sound.vectors").resolve()
    assert found[2:] == [copied / "sound", copied]


@pytest.mark.parametrize(
    ("node", "said"),
    [
        (["object", "os:system", [], []], "no class of a snapshot"),
        (["object", "segue.snapshot:dataclass", [], []], "no class of a snapshot"),
        (["object", "segue.spaces.text:Counter", [], []], "no class of a snapshot"),
        (["object", "segue.spaces.units:Units.score", [], []], "no class of a snapshot"),
        (["plain", "subprocess:Popen", 3], "no class of a snapshot"),
        (["object", "lazy", ["__class__"], [1]], "no attribute"),
        (["path", "../outside"], "leads out of the folder"),
        (["path", "/etc/passwd"], "leads out of the folder"),
        (["mapped", "../x", 0, "<f4", [1]], "leads out of the folder"),
        (["array", 0, "|O", [8], "C"], "more than numbers"),
        (["array", 0, "<f8", [9], "C"], "reshape"),
    ],
)
def test_a_graph_that_somebody_wrote_makes_nothing_but_plain_things(
    node: list[Any], said: str
) -> None:
    with pytest.raises((ValueError, TypeError), match=said):
        read([node])


@pytest.mark.parametrize("node", [["call", "os"], [], ["tuple", [[5]]], ["dict", [1, 2], [3]]])
def test_nodes_of_no_kind_and_places_of_no_node_are_refused(node: list[Any]) -> None:
    with pytest.raises((ValueError, KeyError, IndexError)):
        read([node])


def test_a_region_beyond_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "regions").write_bytes(bytes(128))
    with pytest.raises(ValueError, match="a region of 100 bytes at 64 in a file of 128"):
        regions.mapped(tmp_path / "regions", [(0, 64), (64, 100)])


@given(st.binary(min_size=1, max_size=3000), st.integers(0, 10**6), st.integers(0, 7))
def test_any_bit_that_changes_is_told(
    tmp_path_factory: Any, content: bytes, at: int, bit: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "bits"
    path.write_bytes(content)
    before = regions.told(path)
    changed = bytearray(content)
    changed[at % len(content)] ^= 1 << bit
    path.write_bytes(changed)
    assert regions.told(path) != before
    path.write_bytes(content[:-1])
    assert regions.told(path) != before
