"""Search on a server that keeps the vectors too, such as PostgreSQL with pgvector.

The server has a **table** of vectors in half precision with a graph over them, made once for all
programs that search there; what comes and goes is added to it and taken out by whoever knows of it
first, never by a program that is behind (`VectorTables.bring`). It is asked which
vectors are nearest, and its answer is settled by the vectors held here: a score is never wrong, and
about one in a hundred of the true nearest is missed. Where a filter leaves few, or the walk on the
server gives up before it has found enough, all that are left are compared here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self, runtime_checkable

import numpy as np

from segue.index.nearest import EXTRA, Nearest, widening
from segue.index.shelf import marks, matched

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from segue.index.exact import ExactIndex
    from segue.index.shelf import Marks
    from segue.types import Mask, Rows, Vector, Vectors

MOST_WALKED = 1_000
"""Who asks for more than this is answered by comparing all; pgvector keeps no more in mind."""

COMPARED = 2_000
"""Where no more than this may be found, all of them are compared."""

SHARE_WALKED = 0.05
"""Part of the vectors that a filter has to leave for a walk to be worth it."""


class VectorTables(Protocol):
    """Tables of vectors on a server, by name; each vector under a number of its own.

    A number never comes to mean another vector.
    """

    def at(self, epoch: int) -> VectorTables:
        """The same for vectors of a state of the catalogue: its `epoch`."""
        ...

    def bring(
        self,
        name: str,
        *,
        marks: Marks,
        vectors: NDArray[np.float16],
        matched: Callable[[Marks, Marks], Rows],
        going_on: Callable[[int], bool],
    ) -> Rows | None:
        """Bring a table to the vectors of the epoch there is, all of it or nothing.

        A table that is at a later epoch is left as it is.

        Parameters
        ----------
        marks, vectors
            Of all it is to have, shapes (vectors,) and (vectors, dims).
        matched
            Which of the second marks each of the first is, -1 where none.
        going_on
            Asked now and then with how many were sent; False gives the work up.

        Returns
        -------
        Rows or None
            The number of each vector; None when the work was given up, or a table of a later epoch
            lacks some of them.
        """
        ...

    def nearest(self, name: str, query: Vector, *, k: int, allowed: bytes | None) -> Rows:
        """The numbers of about the `k` nearest vectors of a table, the nearest first.

        Parameters
        ----------
        query
            Of length 1, shape (dims,).
        k
            At most `MOST_WALKED`.
        allowed
            A bit for every number from 0 on, the lowest of a byte first; numbers behind the end are
            not allowed. None allows all.
        """
        ...


@runtime_checkable
class Servable(Protocol):
    """What a space may promise: that a server's table of its vectors can do the search."""

    def serve_from(self, tables: VectorTables, *, going_on: Callable[[int], bool]) -> None:
        """Bring the table of this space to its vectors, and search there from then on.

        A space whose vectors are not of length 1 goes on as it is. `going_on` is asked now and then
        with how many were sent; False gives the work up.
        """
        ...


class ServedIndex:
    """Approximate search over a table on a server.

    Parameters
    ----------
    tables
        Of the server.
    name
        Of the table.
    order
        By numbers of the table which of `vectors` each is; -1 where none.
    vectors
        The same vectors here, of length 1.
    """

    tier = "pgvector"

    def __init__(
        self, tables: VectorTables, name: str, *, order: Rows, vectors: ExactIndex
    ) -> None:
        self._tables, self._name = tables, name
        self._order = order
        self._vectors = vectors
        self._alone = True
        self.dims = vectors.dims
        self.error = vectors.error

    @classmethod
    def fitted(
        cls,
        tables: VectorTables,
        name: str,
        vectors: ExactIndex,
        *,
        going_on: Callable[[int], bool],
    ) -> Self | None:
        """One over the table of a name, which is brought to the vectors there are.

        Parameters
        ----------
        vectors
            Those there are, of length 1.
        going_on
            Asked now and then with how many were sent; False gives the work up.

        Returns
        -------
        ServedIndex or None
            None when the work was given up, or the table is at a later epoch and lacks some of the
            vectors: then all are compared here until this program follows.
        """
        halves = np.asarray(vectors.vectors, dtype=np.float16)
        numbers = tables.bring(
            name, marks=marks(halves), vectors=halves, matched=matched, going_on=going_on
        )
        if numbers is None:
            return None
        order = np.full(int(numbers.max(initial=-1)) + 1, -1, dtype=np.int64)
        order[numbers] = np.arange(len(numbers))
        return cls(tables, name, order=order, vectors=vectors)

    def __len__(self) -> int:
        """How many vectors there are."""
        return len(self._vectors)

    def at(self, places: Rows) -> Vectors:
        """The vectors of places, as they are held here."""
        return self._vectors.at(places)

    def score(self, queries: Vectors) -> Vectors:
        """All products; exact."""
        return self._vectors.score(queries)

    def search(
        self, query: Vector, *, k: int, allowed: Mask | None = None, margin: float = 0.0
    ) -> Nearest:
        """Nearly all of the `k` highest inner products; see `Index.search`."""
        possible = len(self) if allowed is None else int(np.count_nonzero(allowed))
        few = possible <= max(COMPARED, SHARE_WALKED * len(self))
        if few or k + EXTRA > MOST_WALKED:
            return self._vectors.search(query, k=k, allowed=allowed, margin=margin)
        length = float(np.sqrt(query @ query))
        if not length:
            return self._vectors.search(query, k=k, allowed=allowed, margin=margin)
        unit, bits, gave_up = query / length, self._bits(allowed), False

        def ask(asked: int) -> tuple[Vector, Rows]:
            nonlocal gave_up
            numbers = self._tables.nearest(
                self._name, unit, k=min(asked, MOST_WALKED), allowed=bits
            )
            known = self._order[numbers[numbers < len(self._order)]]
            places = known[known >= 0]
            # What another program added since is passed over from now on.
            self._alone = self._alone and len(places) == len(numbers)
            gave_up = len(places) < asked
            scores = self._vectors.at(places) @ query
            best = np.argsort(-scores, kind="stable")
            return scores[best], places[best]

        found = widening(ask, k=k, possible=possible, margin=margin)
        if gave_up:
            return self._vectors.search(query, k=k, allowed=allowed, margin=margin)
        return found

    def search_many(
        self, queries: Vectors, *, k: int, allowed: Mask | None = None, margin: float = 0.0
    ) -> list[Nearest]:
        """`search` for every query, one after the other."""
        return [self.search(query, k=k, allowed=allowed, margin=margin) for query in queries]

    def _bits(self, allowed: Mask | None) -> bytes | None:
        """Which numbers of the table may be given; None for all."""
        if allowed is None:
            if self._alone:
                return None
            there = self._order >= 0
        else:
            # -1 stands for one that is never allowed.
            there = np.append(allowed, False)[self._order]
        return np.packbits(there, bitorder="little").tobytes()
