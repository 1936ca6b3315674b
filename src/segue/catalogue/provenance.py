"""Where attributes come from, and which of two are shown.

``given`` by a source, ``estimated`` from the signal by a formula, or ``predicted:<model>``. One
track may hold one row of each; every attribute is shown from the best row that knows it. Key and
mode are one statement: both come from the best row that knows either, for the tonic of one and the
mode of another would be a key that nobody named.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from segue.records import CONTINUOUS, Attributes
from segue.snapshot import ESTIMATED, GIVEN, PREDICTED, trust

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["ESTIMATED", "GIVEN", "PREDICTED", "STATEMENTS", "joined", "ranked"]

STATEMENTS: tuple[tuple[str, ...], ...] = (
    *((name,) for name in (*CONTINUOUS, "tempo")),
    ("key", "mode"),
    ("time_signature",),
)
"""Attributes that come from one row, together."""


def ranked(provenances: Iterable[str]) -> list[str]:
    """From the least trusted to the best; models among each other by name."""
    return sorted(provenances, key=lambda one: (trust(one), one))


def joined(
    by_provenance: Mapping[str, Attributes],
) -> tuple[Attributes | None, str, dict[str, str]]:
    """What is shown of a track, out of its rows.

    Parameters
    ----------
    by_provenance
        Its rows; may be none.

    Returns
    -------
    tuple
        The attributes, the best of their provenances, and by attribute where each comes from; None,
        "" and nothing where nothing is known.
    """
    order = ranked(by_provenance)
    known = {name: by_provenance[name].known() for name in order}
    values: dict[str, float] = {}
    origins: dict[str, str] = {}
    for statement in STATEMENTS:
        source = next((s for s in reversed(order) if known[s].keys() & set(statement)), None)
        if source is not None:
            said = [name for name in statement if name in known[source]]
            values.update((name, known[source][name]) for name in said)
            origins.update((name, source) for name in said)
    shown = {spec.name: values.get(spec.name) for spec in fields(Attributes)}
    if not origins:
        return None, "", {}
    in_order = {name: origins[name] for name in shown if name in origins}
    best = ranked(origins.values())[-1]
    return Attributes(**shown), best, in_order  # type: ignore[arg-type]
