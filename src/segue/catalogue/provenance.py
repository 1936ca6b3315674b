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
    known = {name: by_provenance[name].known() for name in ranked(by_provenance)}
    known = {name: said for name, said in known.items() if said}
    if not known:
        return None, "", {}
    best = next(reversed(known))
    if len(known) == 1:  # nearly always
        return by_provenance[best], best, dict.fromkeys(known[best], best)
    values, origins = _merged(known)
    return Attributes(**values), best, origins  # type: ignore[arg-type]


def _merged(
    known: dict[str, dict[str, float]],
) -> tuple[dict[str, float], dict[str, str]]:
    """Values and their provenances, out of what each knows, from the least trusted to the best."""
    chosen: dict[str, str] = {}
    for statement in STATEMENTS:
        wanted = set(statement)
        source = next((name for name in reversed(known) if wanted & known[name].keys()), None)
        if source is not None:
            chosen.update(dict.fromkeys(wanted & known[source].keys(), source))
    in_order = [spec.name for spec in fields(Attributes) if spec.name in chosen]
    return (
        {name: known[chosen[name]][name] for name in in_order},
        {name: chosen[name] for name in in_order},
    )
