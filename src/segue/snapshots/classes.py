"""Which classes may stand in a file: Segue's own, from the modules that snapshots are made of."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HOMES = ("segue.spaces", "segue.index", "segue.columns", "segue.snapshot")
"""Modules, and packages with all below them."""


class Classes:
    """Classes by name.

    Parameters
    ----------
    made
        Classes that are made as a program runs, by a name without a colon: no module names them.
    """

    def __init__(self, made: Mapping[str, type]) -> None:
        self._made = dict(made)
        self._names = {kind: name for name, kind in made.items()}

    def name_of(self, kind: type) -> str | None:
        """The name of a class; None of one that may not stand in a file."""
        name = f"{kind.__module__}:{kind.__qualname__}"
        return name if _own(name) is kind else self._names.get(kind)

    def named(self, name: str) -> type:
        """The class of a name.

        Raises
        ------
        ValueError
            None that may stand in a file is called so.
        """
        found = self._made.get(name) or _own(name)
        if found is None:
            raise ValueError(f"{name!r} is no class of a snapshot")
        return found


def _own(name: str) -> type | None:
    """The class ``module:name`` of Segue's; None where there is none."""
    home, _, path = name.partition(":")
    if not any(home == one or home.startswith(f"{one}.") for one in HOMES):
        return None
    try:
        found: object = import_module(home)
    except ImportError:
        return None
    for part in path.split("."):
        found = getattr(found, part, None)
    # A module also names what it imports: only what is defined in it counts.
    own = isinstance(found, type) and f"{found.__module__}:{found.__qualname__}" == name
    return found if own and isinstance(found, type) else None
