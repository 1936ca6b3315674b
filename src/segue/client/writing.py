"""Questions as parameters: what is left as it is by default is not sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from segue.records import Dials, Filters

if TYPE_CHECKING:
    from segue.records import Between

Lens = str | Mapping[str, float]
"""A lens by name, or weights by space."""

_SINGULAR = {
    "genres": "genre",
    "exclude_genres": "exclude_genre",
    "artists": "artist",
    "exclude_artists": "exclude_artist",
    "exclude_tracks": "exclude_track",
    "languages": "language",
    "folders": "folder",
}
"""Fields of which one may be given several times, and what each is called then."""


def asked(
    *,
    n: int | None,
    lens: Lens | None,
    filters: Filters | None,
    dials: Dials | None = None,
) -> dict[str, Any]:
    """A question as the fields of a query, or of a JSON document.

    Parameters
    ----------
    n
        How many; the server's usual number when None.
    lens
        What similar means; the server's choice when None.
    filters, dials
        What an answer may hold, and how its rows are chosen.
    """
    told: dict[str, Any] = {} if n is None else {"n": n}
    if isinstance(lens, str):
        told["lens"] = lens
    elif lens is not None:
        told["weights"] = ",".join(f"{space}:{weight!r}" for space, weight in lens.items())
    return told | _changed(filters, Filters()) | _changed(dials, Dials())


def _changed(given: Filters | Dials | None, usual: Filters | Dials) -> dict[str, Any]:
    if given is None:
        return {}
    told = {}
    for spec in fields(given):
        value = getattr(given, spec.name)
        if value != getattr(usual, spec.name):
            told[_SINGULAR.get(spec.name, spec.name)] = _written(spec.name, value)
    return told


def _written(name: str, value: Any) -> Any:  # noqa: ANN401 (any field)
    if name == "between":
        return [_range(each) for each in value]
    if isinstance(value, tuple | frozenset):
        return sorted(value) if isinstance(value, frozenset) else list(value)
    return str(value) if name == "key" else value


def _range(one: Between) -> str:
    least, most = ("" if end is None else repr(end) for end in (one.least, one.most))
    return f"{one.attribute}:{least}:{most}"
