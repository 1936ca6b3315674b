"""Embedders in a folder: one subfolder a space, called as the space is.

Segue's own lie in the package, `SHIPPED`. Those of a catalogue lie in its folder of models, where
whoever wants to puts another beside them.

One that is being replaced lies for an instant as ``.NAME-xxxxxxxx.old`` beside its place. Where
that is all there is, whoever replaced it was killed in that instant, and it goes back.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from segue.embedding.manifest import is_space
from segue.errors import UnavailableError
from segue.models.folder import FILE
from segue.models.leftovers import restore, waylaid

SHIPPED = Path(__file__).parent / "shipped"
"""What comes with Segue."""


def find(folder: Path) -> dict[str, Path]:
    """Folders of embedders by the name of their space, in the order of these names.

    Every subfolder with a manifest, whether or not that can be followed; what has no name of a
    space (a copy kept as ``sound.old``, something half-written) is passed by. No folder holds none.

    Raises
    ------
    UnavailableError
        The folder may not be read.
    """
    try:
        inside = _inside(folder)
        lost = [name for name in waylaid(inside) if is_space(name)]
        for name in lost:
            with suppress(OSError):  # what cannot be moved back is not there
                restore(folder / name)
        inside = _inside(folder) if lost else inside
    except OSError as error:
        raise UnavailableError(
            f"the folder of models cannot be read ({error.strerror})",
            where=str(folder),
            remedy="Give yourself the right to read it",
        ) from error
    return {each.name: each for each in inside if is_space(each.name) and (each / FILE).is_file()}


def _inside(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
