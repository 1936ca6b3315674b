"""Where attributes come from, and which of two are shown.

``given`` by a source, ``estimated`` from the signal by a formula, or ``predicted:<model>``. One
track may hold one row of each; the best stands for it, whole: attributes of different origins
are never mixed into one row.
"""

from __future__ import annotations

GIVEN = "given"
ESTIMATED = "estimated"
ORIGINS = (ESTIMATED, "predicted", GIVEN)
"""Kinds of provenance, from the least trusted to the best."""


def worth(provenance: str) -> int:
    """How far to trust it, more is better; -1 for a kind nobody knows."""
    kind = provenance.partition(":")[0]
    return ORIGINS.index(kind) if kind in ORIGINS else -1
