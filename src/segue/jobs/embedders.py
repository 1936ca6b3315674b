"""Embedders at work for a catalogue: which there are, and what stands in the way of others.

At work are those in the models folder, and for spaces that it lacks those that come with Segue. One
of these that was taught with invented music alone, and is not shown to help with real music, is at
work where all music is invented. An embedder that cannot be used is told with the reason and takes
no part; what was embedded before stays, since nothing else may take its place unasked.

A file from outside is embedded by the version that stands in the catalogue
(`segue.catalogue.embeddings`), wherever of these places it is found.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segue.catalogue import embeddings
from segue.errors import SegueError, UnavailableError
from segue.jobs.ears import Ear

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from segue.catalogue.database import Database
    from segue.embedding.embedder import Embedder
    from segue.settings import Settings

RESERVED = frozenset(
    {
        "album",
        "artist",
        "attributes",
        "audio",
        "balanced",
        "descriptors",
        "factors",
        "federated",
        "genre_votes",
        "hybrid",
        "latent",
        "mood",
        "playlists",
        "recording",
        "rejected",
        "tempo",
        "text",
        "titles",
        "together",
    }
)
"""Names that no embedder's space may have: other spaces, lenses and passes are called so, and the
folder of those that were found to be of no help."""


@dataclass(frozen=True, slots=True)
class AtWork:
    """Embedders by space, the ears they are, and sentences about those that cannot be used.

    `problems` are by space, or by the folder where even that is not known.
    """

    embedders: Mapping[str, Embedder] = field(default_factory=dict)
    ears: tuple[Ear, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)


def at_work(db: Database, settings: Settings) -> dict[str, Embedder]:
    """The embedders at work for a catalogue, by space; those that cannot be used are left out."""
    return dict(looked_up(db, settings).embedders)


def models_folder(db: Database, settings: Settings) -> Path | None:
    """Where a catalogue's embedders lie; None on a server where the setting names no folder."""
    if settings.models_folder is not None:
        return settings.models_folder.expanduser().absolute()
    return None if db.path is None else db.path.with_suffix(".models")


def looked_up(db: Database, settings: Settings) -> AtWork:
    """The embedders at work, and why others are not."""
    problems: dict[str, str] = {}
    try:
        chosen = _chosen(db, settings)
    except SegueError as problem:  # the folder itself; nothing takes the place of what is in it
        return AtWork(problems={str(models_folder(db, settings)): str(problem)})
    found: dict[str, tuple[Embedder, Path]] = {}
    for space, folder in sorted(chosen.items()):
        try:
            found[space] = _usable(space, folder), folder
        except SegueError as problem:
            problems[space] = str(problem)
    if any(embedder.manifest.unproven for embedder, _ in found.values()):
        invented = embeddings.invented(db)
        shipped = set(_shipped().values())
        found = {
            space: (embedder, folder)
            for space, (embedder, folder) in found.items()
            if invented or folder not in shipped or not embedder.manifest.unproven
        }
    return AtWork(
        embedders={space: embedder for space, (embedder, _) in found.items()},
        ears=tuple(Ear.of(*each) for each in found.values()),
        problems=problems,
    )


def _chosen(db: Database, settings: Settings) -> dict[str, Path]:
    """Folders by space: the catalogue's own where there is one, else Segue's."""
    return _shipped() | _own(db, settings)


def standing_ears(db: Database, settings: Settings) -> tuple[tuple[Ear, ...], dict[str, str]]:
    """Ears for the versions that stand, and by space what the others would need.

    What they would need ends a sentence that begins "It needs".
    """
    from segue.embedding.embedder import Embedder

    there = {_version(folder): folder for folder in _everywhere(db, settings)}
    ears: list[Ear] = []
    lacking: dict[str, str] = {}
    for space, mark in embeddings.standing_in(db).items():
        folder = there.get(mark.version)
        try:
            if folder is not None:
                ears.append(Ear.of(Embedder.load(folder, space=space), folder))
                continue
            why = _gone(space, db, settings)
        except SegueError as problem:
            why = f"its embedder, which cannot be used: {str(problem).rstrip('.')}"
        lacking[space] = why
    return tuple(ears), lacking


def _gone(space: str, db: Database, settings: Settings) -> str:
    """What a file needs where the embedder of the version that stands is nowhere."""
    if space in looked_up(db, settings).embedders:
        return (
            f"the embedder that the catalogue's {space} was made by, and another is taking its "
            "place: `segue analyse` brings all files over to that"
        )
    folder = models_folder(db, settings)
    where = f" in {folder}" if folder is not None else ", in a folder that the settings name"
    return f"the embedder that the catalogue's {space} was made by, which is no longer{where}"


def _everywhere(db: Database, settings: Settings) -> Iterator[Path]:
    yield from _shipped().values()
    with suppress(SegueError):  # a folder that cannot be read holds nothing that could be used
        yield from _own(db, settings).values()


def _own(db: Database, settings: Settings) -> dict[str, Path]:
    """Those of the catalogue; none where nobody has named a folder and there is none.

    A folder that is named, and away with its disk, is not taken for an empty one: another embedder
    would take the place of what is in it.
    """
    from segue.embedding import shelf

    folder = models_folder(db, settings)
    if folder is None:
        return {}
    found = dict(shelf.find(folder))
    if found or folder.is_dir() or not (settings.models_folder is not None or folder.exists()):
        return found
    raise UnavailableError(
        "the folder of models is no folder" if folder.exists() else "there is no folder of models",
        where=str(folder),
        remedy="Connect its disk, make the folder, or correct the setting `models_folder`",
    )


def _shipped() -> dict[str, Path]:
    from segue.embedding import shelf

    return dict(shelf.find(shelf.SHIPPED))


def _usable(space: str, folder: Path) -> Embedder:
    from segue.embedding.embedder import Embedder

    if space in RESERVED:
        raise UnavailableError(
            f"an embedder's space cannot be called {space!r}: that means something else here",
            where=str(folder),
            remedy="Give it, and its folder, another name",
        )
    return Embedder.load(folder, space=space)


def _version(folder: Path) -> str:
    """The version of the embedder in a folder: what its manifest's sha256 begins with."""
    from segue.models.folder import digest

    return digest(folder)[:16]
