"""Records out of JSON: by the names of their fields, whatever else a newer server says beside."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from segue.client import answers
from segue.records import (
    Answer,
    Attributes,
    Comparison,
    Contribution,
    Journey,
    OutsideId,
    Passage,
    RadioState,
    Reasons,
    Recommendation,
    Smoothness,
    Step,
    Track,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")

_PARTS: Mapping[type, Mapping[str, type]] = {
    Track: {"attributes": Attributes, "outside_ids": OutsideId},
    Recommendation: {"track": Track, "reasons": Reasons},
    Reasons: {
        "contributions": Contribution,
        "agree": Comparison,
        "differs": Comparison,
        "passages": Passage,
    },
    Answer: {"seed": Track, "recommendations": Recommendation},
    Step: {"track": Track, "reasons": Reasons},
    Journey: {"steps": Step, "smoothness": Smoothness, "before": Smoothness},
    RadioState: {},
    answers.Kept: {"tracks": Track},
    answers.Job: {"refused": answers.Refused},
    answers.FileRow: {"reasons": Reasons},
    answers.FileAnswer: {"recommendations": answers.FileRow, "attributes": Attributes},
}
"""Fields that hold records, or lists of them."""


def read(kind: type[T], value: Mapping[str, Any]) -> T:
    """A record of a kind.

    Parameters
    ----------
    value
        A JSON object with at least the fields that the record must have.
    """
    parts = _PARTS.get(kind, {})
    known = {spec.name for spec in fields(kind)}  # type: ignore[arg-type]
    given = {name: _value(parts.get(name), each) for name, each in value.items() if name in known}
    if kind is Track:
        labels = value.get("labels", ())
        given["labels"] = tuple((each["kind"], each["value"]) for each in labels)
    return kind(**given)


def _value(kind: type | None, value: Any) -> Any:  # noqa: ANN401 (any JSON)
    if isinstance(value, list):
        return tuple(_value(kind, each) for each in value)
    return read(kind, value) if kind is not None and isinstance(value, dict) else value
