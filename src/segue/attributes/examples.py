"""Examples: tracks of which both the features and the targets are known.

What a model is trained on, and what it is judged on. Where they come from (a table of numbers, a
table with audio files, the catalogue) is told in `source` and `inputs`; nothing behind this record
needs to know more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.types import Floats, Rows, Vectors

COLUMNS = "columns"
"""`Examples.inputs` where the features are the columns of a table."""


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Tracks with features and targets, one entry a row.

    Attributes
    ----------
    ids
        What the source calls them, for messages.
    names
        Names of the features.
    features
        Shape (tracks, len(names)), float32, raw.
    values
        By column of the source, shape (tracks,): numbers, or codes of classes; NaN where unknown.
    artists
        The normal form of each track's artist (`segue.names.artist_key`), "" where unknown; None
        where the source names no artists at all.
    inputs
        What the features are: "descriptors 2, 30 s, decoding 1", or "columns" of a table.
    source
        Where they come from, as a person would say it.
    digest
        sha256 of what was read.
    labels
        Names of classes by column, in the order of their codes, for columns that held text.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    features: Vectors
    values: Mapping[str, Floats]
    artists: tuple[str, ...] | None
    inputs: str
    source: str
    digest: str
    labels: Mapping[str, tuple[str, ...]]

    def __len__(self) -> int:
        """How many tracks."""
        return len(self.ids)

    @property
    def from_table(self) -> bool:
        """Whether the features are the columns of a table."""
        return self.inputs == COLUMNS

    def at(self, rows: Rows) -> Examples:
        """Only these rows, in this order."""
        picked = rows.tolist()
        artists = self.artists
        return replace(
            self,
            ids=tuple(self.ids[row] for row in picked),
            features=self.features[rows],
            values={column: values[rows] for column, values in self.values.items()},
            artists=None if artists is None else tuple(artists[row] for row in picked),
        )
