"""Records as JSON documents: field names are the words of ``docs/vocabulary.md``, unknown is null.

Tracks and answers have the same shape here as in the HTTP API; a test compares the two. Numbers
that are not finite are null, as JSON has no word for them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from segue.records import Answer, Comparison, Contribution, Track

_LEFT_OUT: Mapping[type, frozenset[str]] = {Comparison: frozenset({"agreement", "contrast"})}
"""Parts of the reason's sentence, which stands in the document as a whole."""


def plain(value: object) -> Any:  # noqa: ANN401 (JSON has no narrower type)
    """`value` made of dicts, lists, strings, numbers, booleans and None alone.

    Raises
    ------
    TypeError
        It holds something that is no record and no plain value.
    """
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Path):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        # Before the sequences: an Answer is both, and its fields say more than its rows.
        left_out = _LEFT_OUT.get(type(value), frozenset())
        names = (spec.name for spec in fields(value) if spec.name not in left_out)
        return {name: plain(getattr(value, name)) for name in names} | _beyond_fields(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _beyond_fields(record: object) -> dict[str, Any]:
    """What a record's document says beyond, or otherwise than, its fields."""
    if isinstance(record, Track):
        return {"labels": [{"kind": kind, "value": value} for kind, value in record.labels]}
    if isinstance(record, Contribution):
        return {"value": record.value}
    if isinstance(record, Answer):
        return {"count": len(record)}
    return {}
