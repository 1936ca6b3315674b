"""A graph as objects again; arrays stay in the file, read-only, mapped to memory.

See `segue.snapshots.writing` for the nodes. Whatever does not fit raises: a file that somebody has
changed gives no object rather than half of one.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csc_array, csr_array

from segue.snapshots.writing import NUMBERS
from segue.storage.leases import hold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from segue.snapshots.classes import Classes

_SPARSE = {"csr": csr_array, "csc": csc_array}


class Reader:
    """Makes objects of nodes, each once.

    Parameters
    ----------
    nodes
        All of a file.
    regions
        Where the bytes of every region lie.
    classes
        Whose objects may be made.
    folder
        Where the paths and mapped files of the nodes lie.
    """

    def __init__(
        self,
        nodes: Sequence[list[Any]],
        regions: Sequence[memoryview],
        *,
        classes: Classes,
        folder: Path,
    ) -> None:
        self.classes = classes
        self._nodes, self._regions, self._folder = nodes, regions, folder
        self._made: dict[int, Any] = {}

    def value(self, told: Any) -> Any:  # noqa: ANN401 (as JSON is)
        """The object that a value stands for.

        Raises
        ------
        ValueError, TypeError, KeyError, IndexError, AttributeError, OSError
            There is no such node, it does not say what it should, or a file is gone.
        """
        if isinstance(told, list):
            (place,) = told
            if place not in self._made:
                node = self._nodes[place]
                self._made[place] = _KINDS[node[0]](self, place, *node[1:])
            return self._made[place]
        return float(told["float"]) if isinstance(told, dict) else told

    def _values(self, told: Sequence[Any]) -> list[Any]:
        return [self.value(each) for each in told]

    def _tuple(self, _: int, told: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(self._values(told))

    def _list(self, _: int, told: Sequence[Any]) -> list[Any]:
        return self._values(told)

    def _words(self, _: int, told: Sequence[str]) -> tuple[str, ...]:
        return tuple(told)

    def _texts(self, _: int, told: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
        return tuple(map(tuple, told))

    def _floats(self, _: int, told: Any) -> list[float]:  # noqa: ANN401 (as JSON is)
        found: list[float] = self.value(told).tolist()
        return found

    def _dict(self, _: int, keys: Sequence[Any], values: Sequence[Any]) -> dict[Any, Any]:
        return dict(zip(self._values(keys), self._values(values), strict=True))

    def _numbered(self, _: int, texts: Sequence[str]) -> dict[str, int]:
        return dict(zip(texts, range(len(texts)), strict=True))

    def _array(
        self, _: int, region: int, kind: str, shape: Sequence[int], order: str
    ) -> NDArray[Any]:
        held = _numbers_of(self._regions[region], kind)
        wanted = tuple(shape) if order == "C" else tuple(reversed(shape))
        whole = held.reshape(wanted)
        return whole if order == "C" else whole.T

    def _number(self, _: int, told: Any) -> np.generic:  # noqa: ANN401 (as JSON is)
        found: np.generic = self.value(told)[()]
        return found

    def _mapped(
        self, _: int, name: str, offset: int, kind: str, shape: Sequence[int]
    ) -> NDArray[Any]:
        path = self._within(name)
        kept = _numbers(kind)
        made: Any = np.memmap(path, dtype=kept, mode="r", offset=offset, shape=tuple(shape))
        hold(path, by=made._mmap)
        held: NDArray[Any] = made
        return held

    def _bytes(self, _: int, region: int) -> bytes:
        return bytes(self._regions[region])

    def _run(self, _: int, region: int) -> memoryview:
        return self._regions[region]

    def _view(self, _: int, region: int, kind: str) -> memoryview:
        return self._regions[region].cast(kind)  # type: ignore[call-overload,no-any-return]

    def _sparse(self, _: int, kind: str, shape: Sequence[int], told: Sequence[Any]) -> object:
        return _SPARSE[kind](tuple(self._values(told)), shape=tuple(shape))

    def _path(self, _: int, name: str) -> Path:
        return self._within(name)

    def _within(self, name: str) -> Path:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError(f"the path {name!r} leads out of the folder")
        return self._folder / path

    def _object(
        self, place: int, name: str, attributes: Sequence[str], values: Sequence[Any]
    ) -> object:
        kind: Any = self.classes.named(name)
        # Known before its attributes are: one of them may hold it.
        made = self._made[place] = kind.__new__(kind)
        for attribute, told in zip(attributes, values, strict=True):
            if not attribute.isidentifier() or attribute.startswith("__"):
                raise ValueError(f"{attribute!r} is no attribute of {name}")
            # Past those who forbid it: a frozen object is being made, not changed.
            object.__setattr__(made, attribute, self.value(told))
        return made

    def _plain(self, _: int, name: str, told: Any) -> object:  # noqa: ANN401 (as JSON is)
        kind: Any = self.classes.named(name)
        made: object = kind.of_plain(self.value(told))
        return made


_KINDS: dict[str, Callable[..., Any]] = {
    "tuple": Reader._tuple,
    "list": Reader._list,
    "words": Reader._words,
    "texts": Reader._texts,
    "floats": Reader._floats,
    "dict": Reader._dict,
    "numbered": Reader._numbered,
    "array": Reader._array,
    "number": Reader._number,
    "mapped": Reader._mapped,
    "bytes": Reader._bytes,
    "run": Reader._run,
    "sparse": Reader._sparse,
    "path": Reader._path,
    "view": Reader._view,
    "object": Reader._object,
    "plain": Reader._plain,
}


def _numbers_of(region: memoryview, kind: str) -> NDArray[Any]:
    """The numbers of a region; numpy refuses to read none."""
    held = _numbers(kind)
    return np.frombuffer(region, dtype=held) if len(region) else np.empty(0, dtype=held)


def _numbers(kind: str) -> np.dtype[Any]:
    found = np.dtype(kind)
    if found.kind not in NUMBERS:
        raise ValueError(f"an array of {kind!r} holds more than numbers")
    return found
