"""Rounds and updates as files: arrays and a manifest, nothing that is run, all of it to look at.

A file is an ``.npz``, that is a ZIP of plain arrays: ``manifest``, which is JSON, and

========  ======================================================  ==========================
round     ``weights`` (columns, dims), ``scales`` (columns,)      written by begin and merge
update    ``values`` (columns, dims)                              written by update
========  ======================================================  ==========================

all of them little-endian float32. Files come from other people, so before an array is unpacked it
is known what may be in there and how large it may be, and nothing else is read. What a file is
called by is the SHA-256 of its bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from segue.errors import BadFileError, BadRequestError, NotFoundError
from segue.spaces import buckets
from segue.training.federated.plan import Plan, Round, Update

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

T = TypeVar("T", Round, Update)

FORMAT, VERSION = "segue federation", 1

ROUND, UPDATE = "round", "update"

ARRAYS = {ROUND: ("scales", "weights"), UPDATE: ("values",)}
"""What a file of each kind holds beside its manifest, and nothing else."""

_MOST = buckets.WIDTH * 256 * 4 + 4_096
"""Bytes of an array at most, and of a manifest `_MANIFEST`."""
_MANIFEST = 65_536

_KEYS = {
    ROUND: {"format", "version", "kind", "plan", "number", "peers", "heights"},
    UPDATE: {
        *("format", "version", "kind", "federation", "number", "answers", "instance", "noise"),
        *("playlists_at_most", "shape"),
    },
}


@dataclass(frozen=True, slots=True, eq=False)
class Named(Generic[T]):
    """A round or an update, the file that holds it, and the digest of that."""

    held: T
    path: Path
    digest: str


def write_round(path: Path, one: Round) -> str:
    """Write a round; the digest of its file.

    Raises
    ------
    BadRequestError
        There is such a file already.
    """
    manifest = {
        "plan": asdict(one.plan),
        "number": one.number,
        "peers": list(one.peers),
        "heights": list(one.heights),
    }
    return _write(path, ROUND, manifest, {"scales": one.scales, "weights": one.weights})


def write_update(path: Path, one: Update, *, plan: Plan) -> str:
    """Write an update; the digest of its file. Errors as in `write_round`."""
    manifest = {
        "federation": one.federation,
        "number": one.number,
        "answers": one.answers,
        "instance": one.instance,
        "noise": one.noise,
        "playlists_at_most": plan.most,
        "shape": list(one.values.shape),
    }
    return _write(path, UPDATE, manifest, {"values": one.values})


def read_round(path: Path) -> Named[Round]:
    """A round from its file.

    Raises
    ------
    NotFoundError
        There is no such file.
    BadFileError
        It is no round, or not whole.
    """
    _, manifest, arrays, digest = _read(path, wanted=ROUND)
    try:
        plan = _plan(manifest["plan"])
        number = int(manifest["number"])
        peers = tuple(int(each) for each in manifest["peers"])
        heights = tuple(float(each) for each in manifest["heights"])
    except (BadRequestError, KeyError, TypeError, ValueError) as problem:
        raise BadFileError(f"the manifest makes no sense: {problem}", where=str(path)) from problem
    if plan.features != buckets.VERSION:
        raise BadFileError(
            f"the round has features of version {plan.features}, this Segue of {buckets.VERSION}",
            where=str(path),
            remedy="Let all instances run the same version of Segue",
        )
    weights, scales = arrays["weights"], arrays["scales"]
    _shaped(path, "weights", weights, (plan.columns, plan.dims))
    _shaped(path, "scales", scales, (plan.columns,))
    whole = np.isfinite(weights).all() and np.isfinite(scales).all() and (scales > 0).all()
    turns = plan.dims if number > 1 else 0
    if not (whole and 0 <= number <= plan.rounds) or (len(peers), len(heights)) != (number, turns):
        raise BadFileError("the round does not agree with itself", where=str(path))
    return Named(Round(plan, number, weights, scales, peers, heights), path, digest)


def read_update(path: Path) -> Named[Update]:
    """An update from its file; errors as in `read_round`.

    Whether it belongs to a round is for `segue.training.federated.merging.check` to say.
    """
    _, manifest, arrays, digest = _read(path, wanted=UPDATE)
    try:
        shape = tuple(int(each) for each in manifest["shape"])
        update = Update(
            federation=str(manifest["federation"]),
            number=int(manifest["number"]),
            answers=str(manifest["answers"]),
            instance=str(manifest["instance"]),
            noise=float(manifest["noise"]),
            values=arrays["values"],
        )
    except (TypeError, ValueError) as problem:
        raise BadFileError(f"the manifest makes no sense: {problem}", where=str(path)) from problem
    _shaped(path, "values", update.values, shape)
    return Named(update, path, digest)


def kind_of(path: Path) -> str:
    """`ROUND` or `UPDATE`; errors as in `read_round`."""
    return _read(path, wanted="")[0]


def _plan(said: Mapping[str, Any]) -> Plan:
    names = {spec.name for spec in fields(Plan)}
    if set(said) != names:
        raise ValueError(f"a plan says {', '.join(sorted(names))}")
    federation = str(said["federation"])
    int(federation, 16)
    whole = {name: int(said[name]) for name in names - {"federation", "epsilon", "delta"}}
    promise = {
        name: None if said[name] is None else float(said[name]) for name in ("epsilon", "delta")
    }
    return Plan(federation=federation, **whole, **promise)  # type: ignore[arg-type]


def _shaped(path: Path, name: str, array: NDArray[Any], shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise BadFileError(
            f"{name} has shape {array.shape}, its manifest says {shape}", where=str(path)
        )


def _write(
    path: Path, kind: str, manifest: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
) -> str:
    if path.exists():
        raise BadRequestError(
            "there is such a file already", where=str(path), remedy="Name another with --out"
        )
    said = {"format": FORMAT, "version": VERSION, "kind": kind, **manifest}
    text = json.dumps(said, indent=2, sort_keys=True, allow_nan=False).encode()
    stream = io.BytesIO()
    plain = {name: np.ascontiguousarray(array, dtype="<f4") for name, array in arrays.items()}
    np.savez(stream, allow_pickle=False, manifest=np.frombuffer(text, np.uint8), **plain)
    data = stream.getvalue()
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as problem:
        raise BadRequestError(
            f"the file cannot be written: {problem.strerror}", where=str(path)
        ) from problem
    return hashlib.sha256(data).hexdigest()


def _read(path: Path, *, wanted: str) -> tuple[str, dict[str, Any], dict[str, NDArray[Any]], str]:
    try:
        size = path.stat().st_size
        if size > 3 * _MOST:
            raise BadFileError(f"{size:,} bytes are no file of a federation", where=str(path))
        data = path.read_bytes()
    except FileNotFoundError as problem:
        raise NotFoundError("there is no such file", where=str(path)) from problem
    except OSError as problem:
        raise BadFileError(f"it cannot be read: {problem.strerror}", where=str(path)) from problem
    try:
        manifest, arrays = _unpacked(data)
    except (ValueError, KeyError, EOFError, OSError, zipfile.BadZipFile) as problem:
        raise BadFileError(
            f"it is no file of a federation, or not whole: {problem}",
            where=str(path),
            remedy="Get it again from whoever sent it",
        ) from problem
    kind = str(manifest["kind"])
    if wanted and kind != wanted:
        raise BadFileError(
            f"it is an {kind}" if kind == UPDATE else f"it is a {kind}",
            where=str(path),
            remedy=f"Name a file that holds the {wanted}",
        )
    return kind, manifest, arrays, hashlib.sha256(data).hexdigest()


def _unpacked(data: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The manifest and the arrays; ValueError and the like where anything is not as it must be."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        entries = {each.filename: each.file_size for each in packed.infolist()}
        if len(entries) != len(packed.infolist()) or "manifest.npy" not in entries:
            raise ValueError("it has no manifest, or two")
        if entries["manifest.npy"] > _MANIFEST or max(entries.values()) > _MOST:
            raise ValueError("a part of it is too large")
    with np.load(io.BytesIO(data), allow_pickle=False) as held:
        said = held["manifest"]
        if said.dtype != np.uint8:
            raise ValueError("its manifest is no text")
        manifest = json.loads(said.tobytes())
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise ValueError("it says so itself")
        if manifest.get("version") != VERSION:
            raise ValueError(f"its version is {manifest.get('version')}, not {VERSION}")
        kind = manifest.get("kind")
        if kind not in ARRAYS or set(manifest) != _KEYS[kind]:
            raise ValueError("its manifest does not say what it must, or more")
        if set(held.files) != {"manifest", *ARRAYS[kind]}:
            raise ValueError("it holds other arrays than declared")
        arrays = {name: held[name] for name in ARRAYS[kind]}
    if any(array.dtype != np.dtype("<f4") for array in arrays.values()):
        raise ValueError("an array is not of float32")
    return manifest, arrays
