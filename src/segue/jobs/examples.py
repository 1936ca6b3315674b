"""Examples as they are gathered: what they are, what descriptors they hold, which repeat others.

What is gathered adds up: read = examples + repeated + rejected. A row repeats another where both
name one track or hold the same bytes of audio: a track must not be learned from and judged on.
Tables are read by `segue.jobs.table_examples`, the catalogue by `segue.jobs.catalogue_examples`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors import extract
from segue.descriptors.hearing import Hearing
from segue.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.attributes.examples import Examples
    from segue.attributes.targets import TargetSet
    from segue.records import Rejection
    from segue.settings import Settings
    from segue.types import Rows

BOTH = "both"
"""All descriptors, where not one pipeline alone is wanted."""

PIPELINES: tuple[str, ...] = (*extract.PIPELINES, BOTH)


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """Examples, and how they came about: read = len(examples) + repeated + len(rejections).

    Attributes
    ----------
    examples
        What can be learned from, or judged on.
    targets
        What is known of them.
    read
        Rows or tracks there were.
    repeated
        Those left out because an earlier one is the same track.
    rejections
        Those that cannot be used.
    notes
        What else is worth knowing, as sentences.
    seconds
        How long it took.
    """

    examples: Examples
    targets: TargetSet
    read: int
    repeated: int
    rejections: tuple[Rejection, ...]
    notes: tuple[str, ...]
    seconds: float


def descriptor_names(pipeline: str) -> tuple[str, ...]:
    """The descriptors of a pipeline; BadRequestError where there is none of this name."""
    if pipeline == BOTH:
        return extract.NAMES
    if pipeline not in extract.PIPELINES:
        raise BadRequestError(
            f"there is no pipeline {pipeline!r}", remedy=f"Use one of: {', '.join(PIPELINES)}"
        )
    return extract.PIPELINES[pipeline]


def inputs_of(settings: Settings) -> str:
    """What descriptors are today: their version, and how files are heard."""
    return f"descriptors {extract.VERSION}, {Hearing.of(settings).parameters}"


def once(ids: Sequence[str], hashes: Sequence[str], *, count: int) -> Rows:
    """Rows that repeat no earlier one by id or hash, where these are given."""
    marks: list[set[str]] = [set() for _ in range(count)]
    for kind, given in (("id", ids), ("audio", hashes)):
        for held, each in zip(marks, given, strict=False):
            held.add(f"{kind} {each}")
    seen: set[str] = set()
    kept = []
    for row, held in enumerate(marks):
        if not held & seen:
            kept.append(row)
        seen |= held
    return np.array(kept, dtype=np.int64)
