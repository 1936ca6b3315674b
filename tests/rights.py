"""Be somebody who may not do everything, also where the tests run as root."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = 65_534


@contextmanager
def without_rights(folder: Path) -> Iterator[None]:
    """Inside, files that root owns and keeps for itself are out of reach.

    `folder` (pytest's ``tmp_path``) and the folders above it are opened to everybody first.
    """
    if os.geteuid() != 0:
        yield
        return
    top = Path(tempfile.gettempdir()).resolve()
    for place in (folder, *folder.resolve().parents):
        if place == top:
            break
        place.chmod(0o777)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
