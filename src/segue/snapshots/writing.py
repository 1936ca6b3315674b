"""Objects as a graph of plain nodes, and arrays beside it.

A **node** is a list that JSON can hold: what it is, then what is in it. A **value** is None, a
truth value, a whole number, a text or a finite float as JSON writes it; ``{"float": "nan"}`` for
the others; or ``[7]``, which is the node 7. So an object that is met twice is one node, and an
object may hold itself.

===========================================  =====================================================
node                                         what it is
===========================================  =====================================================
``["tuple", values]``, ``["list", values]``  a container
``["words", texts]``                         a tuple of texts
``["texts", [[text, …], …]]``                a tuple of tuples of texts
``["floats", value]``                        a list of floats, as an array
``["dict", keys, values]``                   a dictionary, in its order
``["numbered", texts]``                      a dictionary from texts to 0, 1, 2, …
``["array", region, dtype, shape, order]``   an array; its numbers are a region of the file
``["number", value]``                        a number of numpy's, as an array without a shape
``["mapped", name, offset, dtype, shape]``   an array in another file of the same folder
``["bytes", region]``, ``["run", region]``   bytes, or a view of bytes that stay in the file
``["view", region, format]``                 a view of numbers, by their letter in `struct`
``["sparse", kind, shape, values]``          a sparse array by its three arrays
``["path", name]``                           a path within the folder
``["object", class, names, values]``         an object by its attributes
``["plain", class, value]``                  an object by what it says it is made of
===========================================  =====================================================
"""

from __future__ import annotations

import inspect
import math
from functools import cached_property
from mmap import ALLOCATIONGRANULARITY
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csc_array, csr_array

from segue.index.plain import Plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from segue.snapshots.classes import Classes

NUMBERS = "biuf"
"""Kinds of arrays that may stand in a file: truth values and numbers."""


class UnstorableError(TypeError):
    """Something that no node stands for."""


class Writer:
    """Makes nodes.

    Parameters
    ----------
    classes
        Whose objects may be written.
    folder
        Where files lie that follow from the catalogue: paths and mapped files within it may be
        named.

    Attributes
    ----------
    nodes
        Those made so far.
    regions
        The numbers of arrays and runs of bytes, each as bytes.
    """

    def __init__(self, classes: Classes, *, folder: Path) -> None:
        self.nodes: list[list[Any]] = []
        self.regions: list[NDArray[np.uint8]] = []
        self._classes = classes
        self._folder = folder
        # Whose each node is: an object that is held is no other's number.
        self._held: list[object] = []
        self._places: dict[int, int] = {}
        self._lying: dict[tuple[int, int], int] = {}

    def value(self, given: object) -> Any:  # noqa: ANN401 (as JSON is)
        """The value that stands for an object.

        Raises
        ------
        UnstorableError
            For something in it there is no node.
        """
        if given is None or type(given) in (bool, int, str):
            return given
        if type(given) is float:
            return given if math.isfinite(given) else {"float": repr(given)}
        return [self._node(given)]

    def attempted(self, given: object) -> Any | None:  # noqa: ANN401 (as JSON is)
        """As `value`; None, and nothing is left of it, where it cannot be written."""
        nodes, regions = len(self.nodes), len(self.regions)
        try:
            return self.value(given)
        except UnstorableError:
            for one in self._held[nodes:]:
                self._places.pop(id(one), None)
            del self.nodes[nodes:], self._held[nodes:], self.regions[regions:]
            self._lying = {key: at for key, at in self._lying.items() if at < regions}
            return None

    def _node(self, given: object) -> int:
        place = self._places.get(id(given))
        if place is None:
            place = self._places[id(given)] = len(self.nodes)
            self._held.append(given)
            self.nodes.append([])
            self.nodes[place] = self._told(given)
        return place

    def _told(self, given: object) -> list[Any]:
        exact = _EXACT.get(type(given))
        if exact is not None:
            return exact(self, given)
        for kind, tell in _KINDS:
            if isinstance(given, kind):
                return tell(self, given)
        return self._object(given)

    def _sequence(self, given: tuple[Any, ...] | list[Any]) -> list[Any]:
        if _texts(given):
            return ["words", list(given)]
        if type(given) is tuple and all(map(_texts, given)):
            return ["texts", [list(each) for each in given]]
        if type(given) is list and given and all(type(each) is float for each in given):
            return ["floats", self.value(np.array(given))]
        return [type(given).__name__, [self.value(each) for each in given]]

    def _dictionary(self, given: dict[Any, Any]) -> list[Any]:
        # Another thread may be adding to it.
        held = given.copy()
        keys, values = list(held), list(held.values())
        texts = bool(keys) and all(type(key) is str for key in keys)
        if texts and all(type(one) is int for one in values) and values == [*range(len(values))]:
            return ["numbered", keys]
        return ["dict", [self.value(key) for key in keys], [self.value(one) for one in values]]

    def _run(self, given: bytes | memoryview) -> list[Any]:
        run = np.frombuffer(given, np.uint8) if len(given) else np.empty(0, np.uint8)
        if isinstance(given, memoryview) and given.format != "B":
            return ["view", self._region(run), given.format]
        return ["bytes" if type(given) is bytes else "run", self._region(run)]

    def _sparse(self, given: csr_array | csc_array) -> list[Any]:
        parts = [self.value(part) for part in (given.data, given.indices, given.indptr)]
        return ["sparse", given.format, [int(each) for each in given.shape], parts]

    def _number(self, given: np.generic) -> list[Any]:
        return ["number", self.value(np.array(given))]

    def _path(self, given: Path) -> list[Any]:
        if not given.is_relative_to(self._folder):
            raise UnstorableError(f"the path {given} outside {self._folder}")
        return ["path", given.relative_to(self._folder).as_posix()]

    def _array(self, given: NDArray[Any]) -> list[Any]:
        if given.dtype.kind not in NUMBERS or not given.dtype.isnative:
            raise UnstorableError(f"an array of {given.dtype}")
        kind, shape = given.dtype.str, list(given.shape)
        mapped = self._mapped(given)
        if mapped is not None:
            return ["mapped", *mapped, kind, shape]
        columns = given.flags.f_contiguous and not given.flags.c_contiguous
        whole = given.T if columns else np.ascontiguousarray(given)
        run = whole.reshape(-1).view(np.uint8)
        return ["array", self._region(run), kind, shape, "F" if columns else "C"]

    def _region(self, run: NDArray[np.uint8]) -> int:
        """The number of a region; runs that are the same memory share one."""
        lying = (run.ctypes.data, run.nbytes)
        if lying not in self._lying:
            self._lying[lying] = len(self.regions)
            self.regions.append(run)
        return self._lying[lying]

    def _mapped(self, given: NDArray[Any]) -> tuple[str, int] | None:
        """In which file of the folder an array lies, and where; None where it does not."""
        held: Any = given
        while isinstance(held, np.ndarray) and not isinstance(held, np.memmap):
            held = held.base
        if not isinstance(held, np.memmap) or not held.filename or not given.flags.c_contiguous:
            return None
        path = Path(held.filename)
        if path.resolve().parent != self._folder.resolve():
            return None
        mapped: Any = held
        # A map begins at a whole page of the file, which may lie before what was asked for.
        first = mapped.offset - mapped.offset % ALLOCATIONGRANULARITY
        begin = np.frombuffer(mapped._mmap, dtype=np.uint8).ctypes.data
        return path.name, first + given.ctypes.data - begin

    def _object(self, given: object) -> list[Any]:
        name = self._classes.name_of(type(given))
        if name is None:
            raise UnstorableError(f"an object of {type(given).__module__}.{type(given).__name__}")
        if isinstance(given, Plain):
            made_of = given.plain()
            if made_of is None:
                raise UnstorableError(f"an object of {name} that cannot say what it is made of")
            return ["plain", name, self.value(dict(made_of))]
        names, values = [], []
        for attribute, held in _attributes(given):
            lazy = inspect.getattr_static(type(given), attribute, None)
            value = (self.attempted if isinstance(lazy, cached_property) else self.value)(held)
            # What is lazy is made again when it is asked for.
            if value is not None or not isinstance(lazy, cached_property) or held is None:
                names.append(attribute)
                values.append(value)
        return ["object", name, names, values]


_EXACT: dict[type, Callable[[Writer, Any], list[Any]]] = {
    tuple: Writer._sequence,
    list: Writer._sequence,
    dict: Writer._dictionary,
    bytes: Writer._run,
    memoryview: Writer._run,
    csr_array: Writer._sparse,
    csc_array: Writer._sparse,
}

_KINDS: tuple[tuple[type, Callable[[Writer, Any], list[Any]]], ...] = (
    (np.ndarray, Writer._array),
    (np.generic, Writer._number),
    (Path, Writer._path),
)


def _texts(given: object) -> bool:
    return type(given) is tuple and all(type(each) is str for each in given)


def _attributes(given: object) -> Iterable[tuple[str, object]]:
    """What an object holds, by name."""
    for kind in type(given).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in {"__dict__", "__weakref__"} and hasattr(given, name):
                yield name, getattr(given, name)
    # Another thread may be adding what is lazy.
    yield from getattr(given, "__dict__", {}).copy().items()
