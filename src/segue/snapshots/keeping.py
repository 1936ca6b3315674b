"""The folder that a built snapshot is kept in, and opened from.

::

    NAME.derived/snapshots/counts.json     which of the folders counts, and what it must be
                           1f6c…/graph.json    objects (`segue.snapshots.writing`)
                                 regions       their arrays, each at a multiple of 64 bytes

A snapshot is written into a folder of its own; then the small file is replaced as a whole. So who
opens one finds the old or the new, whoever is killed, and two who write at once do no harm: the
last one counts. The size and a digest of each part stand in the small file: what is cut short or
damaged is told in the log and never believed.

Of several programs that want the same snapshot built, one builds it (`Cupboard.turn`).
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from segue.collector import collector_silent
from segue.snapshot import Snapshot
from segue.snapshots import regions
from segue.snapshots.classes import Classes
from segue.snapshots.reading import Reader
from segue.snapshots.writing import Writer
from segue.spaces.registry import built, kinds
from segue.storage.leases import holding, remove, storage_time
from segue.storage.turns import turn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from segue.snapshot import Corpus, Space
    from segue.snapshots.marking import Mark
    from segue.snapshots.regions import Regions

_log = logging.getLogger(__name__)

_FAULTS = (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RuntimeError)
"""What a file that is not what it should be leads to."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A snapshot from a file, of the catalogue's `epoch`, and what was `measured` of it."""

    snapshot: Snapshot
    measured: Mapping[str, Any]

    @property
    def epoch(self) -> int:
        """That of the catalogue it was built from."""
        return self.snapshot.epoch


class Cupboard:
    """Where the snapshot of one catalogue is kept.

    Parameters
    ----------
    folder
        For files that follow from the catalogue; it need not be there.
    """

    def __init__(self, folder: Path) -> None:
        self._beside = folder
        self._folder = folder / "snapshots"
        self._counts = self._folder / "counts.json"

    def opened(self, mark: Mark) -> Kept | None:
        """The snapshot that is kept for a state of the catalogue.

        Parameters
        ----------
        mark
            What it must agree with; one of an epoch of its `earlier` ones is as good.

        Returns
        -------
        Kept or None
            None where none is kept that counts. One that cannot be read is told in the log.
        """
        # Between the small file and what it names, another process may have kept a newer one.
        for _ in range(2):
            about = self._about()
            if about is None or not _agrees(about, mark):
                return None
            try:
                place = self._place(about)
                with holding(place), collector_silent():
                    kept = self._read(place, about)
                self._sweep(place)
                return kept
            except _FAULTS as fault:
                if about != self._about():
                    continue
                _log.warning(
                    "the snapshot kept in %s cannot be read and is built anew: %r",
                    self._folder,
                    fault,
                )
                # So that the next that is built is kept in its place; too many open files, say,
                # is no fault of what is kept.
                if not isinstance(fault, OSError) or isinstance(fault, FileNotFoundError):
                    with suppress(OSError):
                        self._counts.unlink(missing_ok=True)
                return None
        return None

    def counts(self, mark: Mark) -> int | None:
        """How much was measured of the one that agrees with a mark; None where none is kept.

        Whether it can be read is not looked at.
        """
        about = self._about()
        if about is None or not _agrees(about, replace(mark, earlier={})):
            return None
        measured = about.get("measured")
        return measured if isinstance(measured, int) else 0

    def turn(self, mark: Mark, *, worth: Callable[[int], bool]) -> AbstractContextManager[bool]:
        """Wait for one's turn to build the snapshot of a mark; see `segue.storage.turns.turn`.

        Programs of another version build their own.

        Parameters
        ----------
        worth
            Whether one that builds the snapshot of an epoch is still worth waiting for.
        """
        lock = self._folder / f"building-{mark.maker[:8]}.lock"
        return turn(lock, about=mark.epoch, worth=lambda held: worth(held.about))

    def keep(self, snapshot: Snapshot, measured: Mapping[str, Any], mark: Mark) -> int:
        """Write a snapshot, in place of the one before.

        A space of a class that is not Segue's own is left out, and built when it is opened.

        Parameters
        ----------
        measured
            What is kept beside it: containers of Segue's own objects and of numbers.

        Returns
        -------
        int
            How many bytes it takes.

        Raises
        ------
        OSError
            The disk is full, or the folder cannot be written to. The one before still counts.
        """
        before = self._about()
        graph, parts = _graph(snapshot, measured, folder=self._beside)
        place = self._folder / secrets.token_hex(8)
        place.mkdir(parents=True)
        try:
            with holding(place):
                (place / "graph.json").write_bytes(graph)
                regions.write(place / "regions", parts)
            about: dict[str, Any] = {"folder": place.name, "epoch": mark.epoch, "stamp": mark.stamp}
            about |= {"maker": mark.maker, "graph": regions.told(place / "graph.json")}
            about |= {"regions": regions.told(place / "regions")}
            about |= {"measured": extent(measured)}
            part = place / "about.json"
            part.write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
            if before is not None:
                # Somebody may have read at this moment that it counts.
                with suppress(OSError, ValueError, KeyError):
                    os.utime(self._place(before))
            os.replace(part, self._counts)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        self._sweep(place)
        return sum(path.stat().st_size for path in place.iterdir())

    def _about(self) -> dict[str, Any] | None:
        """What the small file says; None where there is none, or none that can be read."""
        try:
            about: object = json.loads(self._counts.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as fault:
            _log.warning("%s cannot be read: %s", self._counts, fault)
            return None
        return about if isinstance(about, dict) else None

    def _place(self, about: Mapping[str, Any]) -> Path:
        """The folder that the small file names."""
        name = about["folder"]
        if not isinstance(name, str) or not name.isalnum():
            raise ValueError(f"{name!r} is no folder of a snapshot")
        return self._folder / name

    def _read(self, place: Path, about: Mapping[str, Any]) -> Kept:
        for name in ("graph.json", "regions"):
            if regions.told(place / name) != about[name.partition(".")[0]]:
                raise ValueError(f"{name} is not as it was written")
        document = json.loads((place / "graph.json").read_bytes())
        parts = regions.mapped(place / "regions", document["regions"])
        reader = Reader(document["nodes"], parts, classes=Classes({}), folder=self._beside)
        corpus: Corpus = reader.value(document["corpus"])
        classes = kinds(corpus)
        reader.classes = _made(classes)
        held = document["spaces"]
        spaces = {
            name: reader.value(held[name]) if name in held else built(name, kind, corpus)
            for name, kind in classes.items()
        }
        return Kept(Snapshot(corpus, spaces), reader.value(document["measured"]))

    def _sweep(self, place: Path) -> None:
        """Remove what no longer counts, where nobody has it mapped or is writing it."""
        others = [each for each in self._folder.iterdir() if each.is_dir() and each != place]
        try:
            now = storage_time(self._folder) if others else 0.0
        except OSError as fault:
            _log.info("nothing is removed from %s: %s", self._folder, fault)
            return
        for other in others:
            remove(other, now=now)


def extent(measured: Mapping[str, Any]) -> int:
    """How many things were measured."""
    return sum(len(kind) for kind in measured.values())


def _graph(
    snapshot: Snapshot, measured: Mapping[str, Any], *, folder: Path
) -> tuple[bytes, Regions]:
    """A snapshot as a document, and its regions."""
    writer = Writer(_made(kinds(snapshot.corpus)), folder=folder)
    corpus = writer.value(snapshot.corpus)
    tried = {name: writer.attempted(space) for name, space in snapshot.spaces.items()}
    document = {
        "corpus": corpus,
        "spaces": {name: value for name, value in tried.items() if value is not None},
        "measured": writer.value(dict(measured)),
        "nodes": writer.nodes,
        "regions": regions.laid(writer.regions),
    }
    for name in tried.keys() - document["spaces"].keys():
        _log.info("the space %s cannot be kept, and is built whenever a program starts", name)
    return json.dumps(document, separators=(",", ":")).encode(), writer.regions


def _made(classes: Mapping[str, type[Space]]) -> Classes:
    """Classes of spaces that no module names: those of embedders that somebody brought."""
    own = {name: kind for name, kind in classes.items() if kind.__module__.startswith("segue.")}
    return Classes({f"space {name}": kind for name, kind in own.items()})


def _agrees(about: Mapping[str, Any], mark: Mark) -> bool:
    """Whether the small file tells of a state that a mark names, made by the same."""
    epoch = about.get("epoch")
    if not isinstance(epoch, int) or about.get("maker") != mark.maker:
        return False
    known = mark.stamp if epoch == mark.epoch else mark.earlier.get(epoch)
    return known is not None and about.get("stamp") == known
