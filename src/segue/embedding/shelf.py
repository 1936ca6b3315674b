"""Embedders in a folder: one subfolder a space, called as the space is.

Segue's own lie in the package, `SHIPPED`. Those of a catalogue lie in its folder of models, where
whoever wants to puts another beside them.
"""

from __future__ import annotations

from pathlib import Path

from segue.embedding.manifest import is_space
from segue.errors import UnavailableError
from segue.models.folder import FILE

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
        inside = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        raise UnavailableError(
            f"the folder of models cannot be read ({error.strerror})",
            where=str(folder),
            remedy="Give yourself the right to read it",
        ) from error
    return {each.name: each for each in inside if is_space(each.name) and (each / FILE).is_file()}
