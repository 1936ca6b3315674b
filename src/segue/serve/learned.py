"""What training found out, as the page of models shows it; and what to type where it has not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from segue.catalogue import trained
from segue.jobs import learned
from segue.recommend.balanced import Balanced, Pattern, sentence
from segue.recommend.lenses import BALANCED
from segue.serve import words
from segue.serve.curves import Curve, losses
from segue.snapshot import MAP, Inferring

if TYPE_CHECKING:
    from segue.catalogue.trained import Kept
    from segue.library import Segue

KINDS: dict[str, str] = {
    "together": (
        "Two tracks are alike that stand in the same playlists. This needs no training: what can "
        "be learned is how much each playlist counts."
    ),
    "factors": "Two tracks are alike that the same playlists would hold next.",
    "playlists": "Two tracks are alike that are kept beside the same tracks.",
    "latent": (
        "All that the catalogue says of a track, in a few numbers, from which its attributes can "
        "be rebuilt and its artist, genre and emotion told."
    ),
    BALANCED: (
        "Which sense of likeness counts how much, by those that a seed stands in and by how many "
        "seeds there are. The first line counts that is for so many and weighs only spaces that "
        "they stand in."
    ),
}
"""What can be learned from a catalogue, and what it is."""


@dataclass(frozen=True, slots=True)
class Row:
    """One pattern of the lens ``balanced``: for which seeds, weights in words, where from."""

    seeds: str
    weights: str
    origin: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing that can be learned.

    `facts` are pairs of a word and what is said of it; empty where it was not learned, where
    `command` says what to type. `about` says what it is.
    """

    name: str
    label: str
    about: str
    command: str
    facts: tuple[tuple[str, str], ...]
    curve: Curve | None = None
    patterns: tuple[Row, ...] = ()
    shipped: bool = False

    @property
    def learned(self) -> bool:
        """Whether it was."""
        return bool(self.facts)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One map: of which space, and what is said of it."""

    space: str
    facts: str


def shown(segue: Segue) -> tuple[list[Shown], list[Drawn]]:
    """Everything that can be learned from a catalogue, and the maps that it keeps."""
    kept = {each.name: each for each in trained.listing(segue.database)}
    maps = [
        Drawn(name.removeprefix(MAP), f"{learned.of(each).source}, {_day(each)}")
        for name, each in kept.items()
        if name.startswith(MAP)
    ]
    return [_shown(segue, name, kept.get(name)) for name in KINDS], maps


def _shown(segue: Segue, name: str, kept: Kept | None) -> Shown:
    patterns: tuple[Pattern, ...] = ()
    if name == BALANCED:
        patterns = _shipped(segue) if kept is None else _own(kept)
    said = (
        []
        if kept is None
        else [("Where from" if name == BALANCED else "Learned from", learned.of(kept).source)]
    )
    day = [] if kept is None else [("Made", _day(kept))]
    return Shown(
        name=name,
        label=words.LENSES[name][0],
        about=KINDS[name],
        command=f"segue train {name}",
        facts=(*said, *(_places(segue, name) if said else ()), *day),
        curve=losses(kept.state.get("history") or ()) if kept and name == learned.LATENT else None,
        patterns=tuple(Row(_seeds(each), _weights(each), each.origin) for each in patterns),
        shipped=kept is None and bool(patterns),
    )


def _places(segue: Segue, name: str) -> tuple[tuple[str, str], ...]:
    """How many tracks stand in the space, and by what; nothing before there is an engine."""
    space = segue.engine().snapshot.spaces.get(name) if segue.ready else None
    if space is None:
        return ()
    placed = int(space.placed.sum())
    inferred = int(space.inferred.sum()) if isinstance(space, Inferring) else 0
    by = f", {inferred:,} of them by their content alone" if inferred else ""
    return (("Tracks", f"{placed:,}{by}"),)


def _own(kept: Kept) -> tuple[Pattern, ...]:
    origin = sentence(kept.state.get("origin") or {})
    return tuple(Pattern.read(each, origin=origin) for each in kept.state["patterns"])


def _shipped(segue: Segue) -> tuple[Pattern, ...]:
    """The weights that come with Segue, where nothing was learned."""
    return Balanced.of(segue.engine().snapshot.corpus).patterns if segue.ready else ()


def _seeds(pattern: Pattern) -> str:
    """For which seeds a pattern is."""
    least, most = pattern.least, pattern.most
    if most is None:
        seeds = f"{least} or more" if least > 1 else "one or more" if least else "any"
    elif most == least:
        seeds = {0: "a title alone", 1: "one"}.get(least, str(least))
    else:
        seeds = f"{least} to {most}"
    title = ", with a title" if pattern.titled else ""
    return seeds + title + (f", {pattern.genre}" if pattern.genre else "")


def _weights(pattern: Pattern) -> str:
    total = sum(pattern.weights.values())
    heaviest = sorted(pattern.weights.items(), key=lambda each: -each[1])
    return ", ".join(f"{words.space(name)} {weight / total:.2f}" for name, weight in heaviest)


def _day(kept: Kept) -> str:
    return datetime.fromtimestamp(kept.created, tz=UTC).date().isoformat()
