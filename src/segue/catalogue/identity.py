"""What makes a record the same record again: outside ids, and digests where there is none.

A record's **identities** are the ids others gave it (Spotify, ISRC, …). A record that came with
none gets one of scheme ``record``: a digest of its normal form, so that the same row imported
again is known again. A file adds one of scheme ``file``, the hash of its bytes. An entry of a
playlist file may have one of scheme ``path``: the file that lies there, or will once it is
scanned. Two records that share an identity are one track, without doubt and without a link.

The **public id** of a track is made from the identity that founded it, so the same data gives the
same ids in every catalogue, whatever else is in it.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from segue.names import artist_keys, fold
from segue.records import OutsideId
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segue.records import TrackRecord

RECORD = "record"
FILE = "file"
PATH = "path"
OWN_SCHEMES = frozenset({RECORD, FILE, PATH})
"""Schemes that are ours: never shown, and two of them on one track are no contradiction."""

_ID_LENGTH = 15
_ID_BYTES = 10


def identities(record: TrackRecord) -> tuple[OutsideId, ...]:
    """The identities of a record, the founding one first; empty when nothing identifies it.

    Ids from outside come first, in the record's order, then the digest of the record when it
    has a title but no id from outside, then those of a file. A file without an artist gets no
    digest.
    """
    given = [clean(one) for one in record.outside_ids if one.value.strip()]
    own = [one for one in given if one.scheme in OWN_SCHEMES]
    outside = [one for one in given if one.scheme not in OWN_SCHEMES] if own else given
    # "Track 01" by nobody names no recording: a file is then known by its bytes and place alone.
    lies = any(one.scheme in {FILE, PATH} for one in own)
    nameless = lies and not artist_keys(record.artists)
    if not outside and record.title.strip() and not nameless:
        outside = [record_digest(record)]
    ids = outside + own
    return tuple(dict.fromkeys(ids)) if len(ids) > 1 else tuple(ids)


def record_digest(record: TrackRecord) -> OutsideId:
    """The identity of a record without any: artists, title, album and whole seconds, folded."""
    seconds = "" if record.duration is None else str(round(record.duration))
    artists = ";".join(artist_keys(record.artists))
    form = "\x1f".join((artists, fold(record.title), fold(record.album), seconds))
    return OutsideId(RECORD, hashlib.sha256(form.encode()).hexdigest()[:32])


def outside_schemes(ids: Iterable[OutsideId]) -> frozenset[str]:
    """The schemes among `ids` in which a second, different value would be a contradiction."""
    return frozenset(one.scheme for one in ids) - OWN_SCHEMES


def public_id(founder: OutsideId, *, attempt: int = 0) -> TrackId:
    """``t`` and 15 characters (75 bits) of the digest of the founding identity.

    `attempt` above 0 gives the next one, should another track already have it.
    """
    form = f"{founder.scheme}\x1f{founder.value}" + (f"\x1f{attempt}" if attempt else "")
    digest = hashlib.sha256(form.encode()).digest()[:_ID_BYTES]
    return TrackId("t" + base64.b32encode(digest).decode().lower()[:_ID_LENGTH])


def refusal(record: TrackRecord) -> str:
    """Why a record cannot become a track, as a sentence; empty when it can."""
    if record.title.strip() or any(one.value.strip() for one in record.outside_ids):
        return ""
    return "it has neither a title nor an id"


def clean(one: OutsideId) -> OutsideId:
    """Spellings that mean the same id; ISRC is written with and without hyphens."""
    scheme, value = one.scheme.strip().lower(), one.value.strip()
    if scheme == "isrc":
        value = value.replace("-", "").replace(" ", "").upper()
    same = scheme == one.scheme and value == one.value
    return one if same else OutsideId(scheme, value)
