"""What a space has to tell of its tracks so that they can be laid out on a plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from segue.types import Mask, Rows, Vectors


@runtime_checkable
class Directed(Protocol):
    """What a space may promise beside `segue.snapshot.Space`: that its tracks have directions.

    A space that counts (votes, shared playlists, equal names) has none, and no map.
    """

    name: str
    needs: str
    placed: Mask

    def directions(self, rows: Rows) -> Vectors:
        """Vectors of tracks that stand in the space, shape (rows, dims), of length 1.

        The nearer two of them, the more alike the tracks.
        """
        ...
