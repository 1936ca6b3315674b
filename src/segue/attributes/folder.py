"""The folder of a model: its manifest, and every graph with the sha256 it should have.

Only files that the manifest may name are opened, all of them in the folder itself.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

from segue.attributes.manifest import AGAIN, Manifest
from segue.attributes.soundness import WHOLE
from segue.errors import BadFileError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

FILE = "manifest.json"

MOST_BYTES = 1 << 30
"""Larger than any file of a model."""


def read(folder: Path) -> Manifest:
    """The manifest of the model in `folder`.

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
            remedy="Name a folder that `segue train attributes` wrote: it holds manifest.json",
        )
    try:
        document = json.loads(_content(path))
    except (ValueError, RecursionError) as problem:
        raise BadFileError(
            f"the manifest is no JSON ({problem})", where=str(path), remedy=AGAIN
        ) from None
    try:
        return Manifest.from_json(document)
    except (BadFileError, UnavailableError) as problem:
        raise type(problem)(problem.what, where=str(path), remedy=problem.remedy) from None


def graphs(folder: Path, manifest: Manifest) -> dict[str, bytes]:
    """The graphs of the model in `folder`, by the names of their files.

    Raises
    ------
    BadFileError
        One is missing, or has changed.
    UnavailableError
        One may not be read.
    """
    found = {}
    for name, digest in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise BadFileError(f"the model lacks its graph {name}", where=str(folder), remedy=WHOLE)
        content = _content(path)
        actual = sha256(content).hexdigest()
        if actual != digest:
            raise BadFileError(
                f"this is not the graph that was trained: its sha256 begins with {actual[:12]}, "
                f"and the manifest says {digest[:12]}",
                where=str(path),
                remedy=WHOLE,
            )
        found[name] = content
    return found


def written(manifest: Manifest) -> bytes:
    """The manifest as it stands in its file."""
    text = json.dumps(manifest.to_json(), indent=2, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


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
