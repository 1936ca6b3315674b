"""The folder of a model: its manifest, and every graph with the sha256 it should have.

Only files that the manifest may name are opened, all of them in the folder itself.
"""

from __future__ import annotations

import json
import math
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar

from segue.errors import BadFileError, NotFoundError, UnavailableError
from segue.models.soundness import WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

M = TypeVar("M")

FILE = "manifest.json"

MOST_BYTES = 1 << 30
"""Larger than any file of a model."""


def read(folder: Path, parse: Callable[[Any], M]) -> M:
    """The manifest of the model in `folder`.

    Parameters
    ----------
    parse
        Makes the manifest from what its JSON holds.

    Raises
    ------
    NotFoundError
        There is no such folder, or no manifest in it.
    BadFileError, UnavailableError
        It cannot be read, or not followed; says why.
    """
    path = folder / FILE
    if not path.is_file():
        raise NotFoundError(
            "there is no model in this folder" if folder.is_dir() else "there is no such folder",
            where=str(folder),
            remedy="Name a folder that `segue train` wrote: it holds manifest.json",
        )
    try:
        document = json.loads(_content(path))
    except (ValueError, RecursionError) as problem:
        raise BadFileError(
            f"the manifest is no JSON ({problem})", where=str(path), remedy=WHOLE
        ) from None
    try:
        return parse(document)
    except (BadFileError, UnavailableError) as problem:
        raise type(problem)(problem.what, where=str(path), remedy=problem.remedy) from None


def digest(folder: Path) -> str:
    """sha256 of the manifest, which tells a model from another of the same name.

    Empty where it cannot be read; loading the model will say why.
    """
    try:
        return sha256((folder / FILE).read_bytes()).hexdigest()
    except OSError:
        return ""


def graphs(folder: Path, files: Mapping[str, str]) -> dict[str, bytes]:
    """The graphs of the model in `folder`, by the names of their files.

    Parameters
    ----------
    files
        sha256 by name, as the manifest says.

    Raises
    ------
    BadFileError
        One is missing, or has changed.
    UnavailableError
        One may not be read.
    """
    found = {}
    for name, expected in files.items():
        path = folder / name
        if not path.is_file():
            raise BadFileError(f"the model lacks its graph {name}", where=str(folder), remedy=WHOLE)
        content = _content(path)
        actual = sha256(content).hexdigest()
        if actual != expected:
            raise BadFileError(
                f"this is not the graph that the manifest means: its sha256 begins with "
                f"{actual[:12]}, and the manifest says {expected[:12]}",
                where=str(path),
                remedy=WHOLE,
            )
        found[name] = content
    return found


def written(document: Mapping[str, Any]) -> bytes:
    """A manifest as it stands in its file."""
    text = json.dumps(plain(document), indent=2, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def plain(value: Any) -> Any:  # noqa: ANN401 (whatever metrics and parameters hold)
    """What JSON can hold: tuples and arrays as lists, numbers that are none as null."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict) or hasattr(value, "items"):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MOST_BYTES else b""
    except OSError as error:
        raise UnavailableError(
            f"it cannot be read ({error.strerror})",
            where=str(path),
            remedy="Give yourself the right to read it",
        ) from error
    if size > MOST_BYTES:
        raise BadFileError(
            f"{size:,} bytes are more than any model has", where=str(path), remedy=WHOLE
        )
    return content
