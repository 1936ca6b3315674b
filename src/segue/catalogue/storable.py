"""Text a database can hold.

Half a surrogate pair (from broken JSON, or a file name that is no UTF-8) cannot be written as
UTF-8, and PostgreSQL takes no NUL. Such characters never belong to a name: the first become the
replacement character U+FFFD, the second are dropped, so that one broken tag costs one letter and
not the record.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from typing import Any

from segue.records import OutsideId, TrackRecord

_BROKEN = re.compile("[\0\ud800-\udfff]")


def storable_text(text: str) -> str:
    """`text` without what no database holds; nearly always the same object."""
    if not _BROKEN.search(text):
        return text
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def storable(record: TrackRecord) -> TrackRecord:
    """`record` with storable text in every field; nearly always the same object."""
    if not _BROKEN.search("".join(_texts(record))):
        return record
    return replace(
        record, **{one.name: _mended(getattr(record, one.name)) for one in fields(record)}
    )


def _texts(record: TrackRecord) -> list[str]:
    texts = [record.title, record.album, record.album_artist, record.language, record.lyrics]
    texts.append(record.place)
    texts += record.artists
    texts += record.genres
    for one in record.outside_ids:
        texts += (one.scheme, one.value)
    for label in record.labels:
        texts += label
    return texts


def _mended(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, tuple):
        return tuple(_mended(one) for one in value)
    if isinstance(value, OutsideId):
        return OutsideId(storable_text(value.scheme), storable_text(value.value))
    return value
