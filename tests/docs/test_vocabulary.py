"""Every word that crosses a door is in the vocabulary."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from segue import records

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "vocabulary.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"`([\w:]+)`", TEXT))
RECORDS = sorted(
    (kind for kind in vars(records).values() if isinstance(kind, type) and is_dataclass(kind)),
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("record", RECORDS, ids=lambda kind: kind.__name__)
def test_every_field_of_a_record_is_in_the_vocabulary(record: type) -> None:
    assert {spec.name for spec in fields(record)} - WORDS == set()


def test_every_attribute_stands_in_the_order_of_the_matrices() -> None:
    section = TEXT.partition("## Attributes")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| `(\w+)`", section, flags=re.MULTILINE)
    assert tuple(listed) == (*records.CONTINUOUS, "tempo", "key", "mode", "time_signature")
