"""What training needs beside what everything else does, looked for before any work is done."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from segue.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence


def check_packages(names: Sequence[str], *, extra: str) -> None:
    """Refuse to begin where a package is missing that is needed in the end.

    Parameters
    ----------
    names
        Of the packages, as they are imported.
    extra
        The extra of Segue that brings them.

    Raises
    ------
    UnavailableError
        Some are not installed; says which, and how they are had.
    """
    missing = [name for name in names if find_spec(name) is None]
    if missing:
        raise UnavailableError(
            f"training needs packages that are not installed: {', '.join(missing)}",
            remedy=f"Run: make train-setup (or pip install 'segue[{extra}]')",
        )
