"""Finding spaces, also somebody else's.

A space is announced by an entry point in the group ``segue.spaces`` whose name is the space's
name and whose object is a class keeping `segue.snapshot.Space`::

    [project.entry-points."segue.spaces"]
    moods = "my_package.moods:MoodSpace"
"""

from __future__ import annotations

import logging
import time
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, cast

from segue.errors import SegueError, UnavailableError
from segue.spaces.embedded import brought

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.metadata import EntryPoint

    from segue.snapshot import Corpus, Space

GROUP = "segue.spaces"

_PROMISED = ("name", "needs", "build", "point", "place", "score", "score_exactly", "compare")

_log = logging.getLogger(__name__)


def discover() -> dict[str, type[Space]]:
    """Every space that is installed, by name, in the order of names.

    Raises
    ------
    UnavailableError
        An entry point cannot be loaded, or what it names is no space, or two share a name.
    """
    return load(entry_points(group=GROUP))


def load(points: Iterable[EntryPoint]) -> dict[str, type[Space]]:
    """The spaces that entry points name; errors as in `discover`."""
    found: dict[str, type[Space]] = {}
    for point in sorted(points, key=lambda each: (each.name, each.value)):
        space = _loaded(point)
        if found.setdefault(point.name, space) is not space:
            raise _unusable(point, f"another package names its space {point.name!r} too")
    return found


def _loaded(point: EntryPoint) -> type[Space]:
    try:
        space = point.load()
    except Exception as error:
        raise _unusable(point, f"it cannot be loaded: {error!r}") from error
    missing = [part for part in _PROMISED if not hasattr(space, part)]
    if missing:
        raise _unusable(point, f"it is no space: it has no {', '.join(missing)}")
    if space.name != point.name:
        raise _unusable(point, f"its space calls itself {space.name!r}")
    return cast("type[Space]", space)


def kinds(corpus: Corpus) -> dict[str, type[Space]]:
    """The class of every installed space, and of those of embedders somebody brought, by name.

    Raises
    ------
    UnavailableError
        A space cannot be loaded.
    """
    installed = discover()
    others = sorted(
        name
        for name, placed in corpus.placed.items()
        if placed.width is not None and name not in installed
    )
    return {**installed, **{name: cast("type[Space]", brought(name)) for name in others}}


def build_all(corpus: Corpus) -> dict[str, Space]:
    """Every installed space built from `corpus`, and those of embedders somebody brought, by name.

    Raises
    ------
    UnavailableError
        A space cannot be loaded or built; the message names its entry point.
    """
    return {name: built(name, kind, corpus) for name, kind in kinds(corpus).items()}


def built(name: str, kind: type[Space], corpus: Corpus) -> Space:
    """One space built from `corpus`; errors as in `build_all`."""
    began = time.perf_counter()
    try:
        space = kind.build(corpus)
    except SegueError:
        raise
    except Exception as error:
        raise UnavailableError(
            f"the space {name!r} ({kind.__module__}:{kind.__qualname__}) cannot be built "
            f"from {len(corpus)} tracks: {error!r}",
            remedy="Update or uninstall the package it comes from",
        ) from error
    _log.info("space %s built in %.2f s", name, time.perf_counter() - began)
    return space


def _unusable(point: EntryPoint, why: str) -> UnavailableError:
    return UnavailableError(
        f"the entry point {point.name} = {point.value!r} cannot be used: {why}",
        where=f"entry points of the group {GROUP}",
        remedy="Update or uninstall the package it comes from",
    )
