"""The file a backup is: a ZIP archive of a SQLite file and a manifest that vouches for it.

Any program that opens ZIP archives can take the catalogue out. Nothing in a backup is believed
before it was checked: not the size of what is packed, not a revision, not a count.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from dataclasses import asdict, dataclass, field, replace
from typing import IO, TYPE_CHECKING, Any

from segue.catalogue.placing import check_room
from segue.catalogue.upgrading import HEAD, REVISIONS
from segue.errors import BadFileError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from segue.types import Progress

FORMAT = 1
"""Which rules a backup keeps."""

_DATABASE, _MANIFEST = "catalogue.db", "manifest.json"
_CHUNK = 1 << 20
_LARGEST_MANIFEST = 1 << 20
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)
"""What the reader of archives says of one that is broken, encrypted, or packed in other ways."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    Attributes
    ----------
    format
        Which rules it keeps.
    segue
        The version that wrote it.
    made
        When, seconds since 1970.
    database
        What it was made from: ``sqlite`` or ``postgresql``.
    revision, epoch, counts
        As `segue.catalogue.copying.Holdings`.
    size, sha256
        Of the SQLite file in it; 0 and empty while it is being written.
    """

    format: int
    segue: str
    made: float
    database: str
    revision: str
    epoch: int
    counts: Mapping[str, int] = field(default_factory=dict)
    size: int = 0
    sha256: str = ""


def pack(
    copy: Path, out: IO[bytes], manifest: Manifest, *, on_progress: Progress | None
) -> Manifest:
    """Write the archive; gives the manifest with the size and the digest of what is in it."""
    size, done, digest = copy.stat().st_size, 0, hashlib.sha256()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with copy.open("rb") as source, archive.open(_DATABASE, "w", force_zip64=True) as packed:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                packed.write(chunk)
                done += len(chunk)
                if on_progress is not None:
                    on_progress(done, size, "bytes packed")
        whole = replace(manifest, size=done, sha256=digest.hexdigest())
        archive.writestr(_MANIFEST, json.dumps(asdict(whole), indent=1, sort_keys=True))
    return whole


def unpack(path: Path, copy: Path, *, on_progress: Progress | None) -> Manifest:
    """Take the SQLite file out of a backup and see that it is the one that was put in.

    Raises
    ------
    NotFoundError, BadFileError
        There is no such file, it is no backup, or it is damaged.
    UnavailableError
        A newer Segue wrote it, the file cannot be read, or there is no room.
    """
    if path.is_file() and not zipfile.is_zipfile(path):
        raise BadFileError(
            "this is no backup of Segue, or one that was cut off",
            where=str(path),
            remedy="Name a file that `segue backup` wrote",
        )
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            manifest = _read_manifest(archive, path)
            check_room(copy.parent, manifest.size)
            with archive.open(_DATABASE) as packed, copy.open("wb") as out:
                digest = _copied(packed, out, manifest.size, on_progress)
    except FileNotFoundError as error:
        raise NotFoundError(
            "there is no such backup", where=str(path), remedy="Check the name of the file"
        ) from error
    except IsADirectoryError as error:
        raise BadFileError(
            "this is a folder, not a backup", where=str(path), remedy="Name a file in it"
        ) from error
    except PermissionError as error:
        raise UnavailableError(
            "the backup may not be read", where=str(path), remedy="It belongs to who made it"
        ) from error
    except _DAMAGED as error:
        raise _damaged(path, str(error) or "it breaks off") from error
    if digest != manifest.sha256:
        raise _damaged(path, "the catalogue in it is not the one that was put in")
    return manifest


def _copied(packed: IO[bytes], out: IO[bytes], size: int, on_progress: Progress | None) -> str:
    """Copy `size` bytes, one more at most; the digest of what came."""
    done, digest = 0, hashlib.sha256()
    while chunk := packed.read(min(_CHUNK, size - done + 1)):
        done += len(chunk)
        if done > size:
            break
        digest.update(chunk)
        out.write(chunk)
        if on_progress is not None:
            on_progress(done, size, "bytes unpacked")
    return digest.hexdigest() if done == size else ""


def _read_manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    names = archive.namelist()
    if sorted(names) != sorted([_DATABASE, _MANIFEST]):
        raise BadFileError(
            "this is an archive, but no backup of Segue",
            where=str(path),
            remedy="Name a file that `segue backup` wrote",
        )
    with archive.open(_MANIFEST) as file:
        text = file.read(_LARGEST_MANIFEST)
    try:
        told = json.loads(text)
        newer = int(told["format"]) > FORMAT or told["revision"] not in REVISIONS
        version = str(told["segue"])
        manifest = None if newer else _manifest(told)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(path, "its manifest cannot be read") from error
    if manifest is None:
        raise UnavailableError(
            f"the backup was written by a newer Segue ({version[:40]}; this one knows"
            f" revision {HEAD})",
            where=str(path),
            remedy="Update Segue and restore it again",
        )
    return manifest


def _manifest(told: Mapping[str, Any]) -> Manifest:
    """What a manifest says; ValueError and the like where it says nonsense."""
    if int(told["size"]) < 0:
        raise ValueError(told["size"])
    return Manifest(
        format=int(told["format"]),
        segue=str(told["segue"]),
        made=float(told["made"]),
        database=str(told["database"]),
        revision=str(told["revision"]),
        epoch=int(told["epoch"]),
        counts={str(name): int(count) for name, count in told["counts"].items()},
        size=int(told["size"]),
        sha256=str(told["sha256"]),
    )


def _damaged(path: Path, how: str) -> BadFileError:
    return BadFileError(
        f"the backup is damaged: {how.rstrip('.')}",
        where=str(path),
        remedy="Take an earlier one; nothing was changed",
    )
