"""A track record as JSON and back: what a link keeps of the record that came.

Only fields that say something are written. Undoing a link reads the record again and founds a
track from it, so everything a record can say must survive the way there and back.
"""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

from segue.records import Attributes, OutsideId, TrackRecord

_BLANK = TrackRecord()


def to_json(record: TrackRecord) -> str:
    """One line of JSON with the fields that say something."""
    said = {
        field.name: value
        for field in fields(record)
        if (value := getattr(record, field.name)) != getattr(_BLANK, field.name)
    }
    if record.attributes is not None:
        said["attributes"] = record.attributes.known()
    said["outside_ids"] = [[one.scheme, one.value] for one in record.outside_ids]
    return json.dumps(said, ensure_ascii=False, sort_keys=True)


def from_json(text: str) -> TrackRecord:
    """The record that `to_json` wrote."""
    said = json.loads(text)
    for name in ("artists", "genres"):
        said[name] = tuple(said.get(name, ()))
    said["labels"] = tuple((kind, value) for kind, value in said.get("labels", ()))
    said["outside_ids"] = tuple(OutsideId(scheme, value) for scheme, value in said["outside_ids"])
    if "attributes" in said:
        said["attributes"] = Attributes(**said["attributes"])
    return TrackRecord(**said)


def joined(first: TrackRecord, second: TrackRecord) -> TrackRecord:
    """Both records as one: lists united in order, blanks of the first filled from the second."""
    united: dict[str, Any] = {
        name: tuple(dict.fromkeys((*getattr(first, name), *getattr(second, name))))
        for name in ("genres", "labels", "outside_ids")
    }
    filled: dict[str, Any] = {
        field.name: getattr(second, field.name)
        for field in fields(first)
        if field.name not in united and getattr(first, field.name) == getattr(_BLANK, field.name)
    }
    return replace(first, **united, **filled)
