"""What training found out about a catalogue's spaces and lenses: from what, and when.

Spaces such as ``factors`` are learned from the whole catalogue at once and kept in it
(`segue.catalogue.trained`). They stand as they were learned until training runs again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segue.catalogue import trained
from segue.recommend.lenses import BALANCED
from segue.snapshot import MAP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.catalogue.database import Database
    from segue.catalogue.trained import Kept

LATENT, TOGETHER, FEDERATED = "latent", "together", "federated"


@dataclass(frozen=True, slots=True)
class LearnedStatus:
    """One space, lens or map that was learned.

    Attributes
    ----------
    name
        Of the space or lens; that of a map is ``map:SPACE``.
    source
        What it was learned from, in words; how its parameters were chosen, where they were.
    created
        When, in seconds since 1970, UTC.
    """

    name: str
    source: str
    created: float


def learned(db: Database) -> list[LearnedStatus]:
    """All of it, by name."""
    return [of(each) for each in trained.listing(db)]


def of(kept: Kept) -> LearnedStatus:
    """How one of them stands."""
    return LearnedStatus(kept.name, source(kept.name, kept.state), kept.created)


def source(name: str, state: Mapping[str, Any]) -> str:
    """What something was learned from, in words, as its origin says."""
    origin: Mapping[str, Any] = state.get("origin") or {}
    if name == BALANCED:
        said = str(origin.get("sentence") or "weights")
        return f"{said}: {_counted(len(state.get('patterns') or ()), 'pattern')}"
    if name.startswith(MAP):
        drawn = f"{len(state.get('tracks') or ()):,}"
        return f"{drawn} of {_counted(origin.get('placed'), 'track')} of the space"
    if name == FEDERATED:
        promise = origin.get("epsilon")
        noise = "no noise" if promise is None else f"ε = {promise:g}"
        rounds = _counted(origin.get("rounds"), "round")
        return f"{_counted(origin.get('instances'), 'instance')} in {rounds}, with {noise}"
    if name == LATENT:
        words = [
            _counted(len(state.get(kind) or ()), kind.removesuffix("s"))
            for kind in ("numbers", "artists", "genres", "emotions")
        ]
        return f"{_counted(origin.get('tracks'), 'track')}: {', '.join(words)}"
    said = (
        f"{_counted(origin.get('playlists'), 'playlist')} with {origin.get('entries') or 0:,} "
        "entries"
    )
    tries = (origin.get("search") or {}).get("tries")
    if tries:
        return f"{said}, with the best of {tries:,} sets of parameters"
    return f"{said}, with ordinary parameters" if name == TOGETHER else said


def _counted(number: int | None, what: str) -> str:
    return f"{number or 0:,} {what}{'' if number == 1 else 's'}"
