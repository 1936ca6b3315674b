"""Every embedder that a catalogue knows: those at work, those that rest, those that did not help.

========  ================================================================================
role      what it means
========  ================================================================================
stands    answers are made from what it heard
coming    it is at work, and what it heard takes the place of the other when it is whole
resting   it comes with Segue and is not at work: another is, or it is not shown to help here
rejected  it was taught with this library and did no better there than descriptors
broken    it lies in the folder of models and cannot be used
gone      what it heard stands, and it is nowhere to be found
========  ================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from segue.catalogue import embeddings
from segue.descriptors.hearing import Hearing
from segue.errors import SegueError
from segue.jobs.embedders import looked_up, models_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segue.catalogue.database import Database
    from segue.embedding.manifest import Manifest
    from segue.jobs.ears import Ear
    from segue.settings import Settings

Role = Literal["stands", "coming", "resting", "rejected", "broken", "gone"]

REJECTED = "rejected"
"""Subfolder of the models folder with embedders that did not help, as `segue train` leaves it."""


@dataclass(frozen=True, slots=True)
class EmbedderStatus:
    """How one embedder stands for a catalogue.

    Attributes
    ----------
    space, name
        Of the embedder; the name is empty where nothing can be read of it.
    role
        See the module.
    synthetic
        Whether it was taught with invented music alone.
    unproven
        The same, and it is not shown to help with real music.
    embedded
        Tracks that have a vector of its version.
    waiting
        Files that it has still to hear.
    problem
        Why it cannot be used, as a sentence; else empty.
    """

    space: str
    name: str
    role: Role
    synthetic: bool = False
    unproven: bool = False
    embedded: int = 0
    waiting: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class KnownEmbedder:
    """How an embedder stands, and what its manifest says; None where that cannot be read."""

    status: EmbedderStatus
    manifest: Manifest | None


def known(db: Database, *, settings: Settings) -> list[KnownEmbedder]:
    """All of them, by space; those at work first."""
    found = looked_up(db, settings)
    standing = embeddings.standing_in(db)
    listed = []
    for ear in found.ears:
        manifest = found.embedders[ear.space].manifest
        stands = standing.get(ear.space) in (None, ear.mark)
        status = _at_work(db, ear, manifest=manifest, stands=stands, settings=settings)
        listed.append(KnownEmbedder(status, manifest))
    listed += [
        KnownEmbedder(EmbedderStatus(space, "", "broken", problem=problem), None)
        for space, problem in sorted(found.problems.items())
    ]
    for space, mark in sorted(standing.items()):
        if space not in found.embedders and space not in found.problems:
            embedded = embeddings.embedded(db, mark)
            gone = EmbedderStatus(
                space=space,
                name="",
                role="gone",
                synthetic=mark.unproven,
                unproven=mark.unproven,
                embedded=embedded,
            )
            listed.append(KnownEmbedder(gone, None))
    return [*listed, *_others(db, settings, {ear.folder for ear in found.ears})]


def statuses(db: Database, *, settings: Settings) -> tuple[EmbedderStatus, ...]:
    """How those stand that have anything to do with the catalogue as it is."""
    others: set[Role] = {"resting", "rejected"}
    every = (each.status for each in known(db, settings=settings))
    return tuple(each for each in every if each.role not in others)


def _at_work(
    db: Database, ear: Ear, *, manifest: Manifest, stands: bool, settings: Settings
) -> EmbedderStatus:
    progress = embeddings.progress(db, ear.stage(Hearing.of(settings)))
    return EmbedderStatus(
        space=ear.space,
        name=manifest.name,
        role="stands" if stands else "coming",
        synthetic=manifest.synthetic,
        unproven=manifest.unproven,
        embedded=progress.embedded,
        waiting=progress.waiting,
    )


def _others(db: Database, settings: Settings, at_work: set[str]) -> Iterator[KnownEmbedder]:
    """Those that can be used and are not."""
    from segue.embedding import shelf

    folder = models_folder(db, settings)
    places: list[tuple[Role, Path]] = [("resting", shelf.SHIPPED)]
    if folder is not None:
        places.append(("rejected", folder / REJECTED))
    for role, place in places:
        try:
            inside = shelf.find(place)
        except SegueError:
            continue  # nothing can be said of what may not be read
        for space, own in inside.items():
            manifest = _manifest(own) if str(own) not in at_work else None
            if manifest is not None:
                status = EmbedderStatus(
                    space=space,
                    name=manifest.name,
                    role=role,
                    synthetic=manifest.synthetic,
                    unproven=manifest.unproven,
                )
                yield KnownEmbedder(status, manifest)


def _manifest(folder: Path) -> Manifest | None:
    from segue.embedding.manifest import Manifest
    from segue.models.folder import read

    try:
        return read(folder, Manifest.from_json)
    except SegueError:
        return None
