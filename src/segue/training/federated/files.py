"""Rounds and updates as files: arrays and a manifest, nothing that is run, all of it to look at.

A file is an ``.npz``, that is a ZIP of plain arrays: ``manifest``, which is JSON, and

========  ======================================================  ==========================
round     ``weights`` (columns, dims), ``scales`` (columns,)      written by begin and merge
update    ``values`` (columns, dims)                              written by update
========  ======================================================  ==========================

all of them little-endian float32, none of them packed. Files come from other people: what is taken
of them is settled by `segue.training.federated.foreign`. What a file is called by is the SHA-256 of
its bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from segue.errors import BadFileError, BadRequestError, NotFoundError
from segue.spaces import buckets
from segue.training.federated.foreign import (
    DAMAGED,
    FORMAT,
    MOST,
    ROUND,
    UPDATE,
    VERSION,
    digits,
    real,
    several,
    unpacked,
    whole,
)
from segue.training.federated.plan import Plan, Round, Update

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

T = TypeVar("T", Round, Update)

_PEERS = 1_000_000
"""Instances of a round at most."""

_PROMISE = ("epsilon", "delta")

_SAID = 200
"""Characters of what a library said of a damaged file."""


@dataclass(frozen=True, slots=True, eq=False)
class Named(Generic[T]):
    """A round or an update, the file that holds it, and the digest of that."""

    held: T
    path: Path
    digest: str


@contextmanager
def reserved(path: Path) -> Iterator[None]:
    """Hold the place of a file that is about to be written: what fails here has cost nothing yet.

    Raises
    ------
    BadRequestError
        There is such a file already, or none can be written there.
    """
    try:
        beside = _beside(path)
        beside.touch()
    except OSError as problem:
        raise _unwritten(path, problem) from problem
    try:
        yield
    finally:
        beside.unlink(missing_ok=True)


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
        number = whole(manifest["number"], least=0, most=plan.rounds)
        peers = tuple(whole(each, least=1, most=_PEERS) for each in several(manifest["peers"]))
        heights = tuple(real(each) for each in several(manifest["heights"]))
    except (BadRequestError, ValueError) as problem:
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
    finite = np.isfinite(weights).all() and np.isfinite(scales).all() and (scales > 0).all()
    turns = plan.dims if number > 1 else 0
    if not finite or (len(peers), len(heights)) != (number, turns):
        raise BadFileError("the round does not agree with itself", where=str(path))
    return Named(Round(plan, number, weights, scales, peers, heights), path, digest)


def read_update(path: Path) -> Named[Update]:
    """An update from its file; errors as in `read_round`.

    Whether it belongs to a round is for `segue.training.federated.merging.check` to say.
    """
    _, manifest, arrays, digest = _read(path, wanted=UPDATE)
    try:
        shape = tuple(whole(each, least=1) for each in several(manifest["shape"]))
        whole(manifest["playlists_at_most"], least=1)
        update = Update(
            federation=digits(manifest["federation"], 16),
            number=whole(manifest["number"], least=0),
            answers=digits(manifest["answers"], 64),
            instance=digits(manifest["instance"], 16),
            noise=real(manifest["noise"]),
            values=arrays["values"],
        )
    except ValueError as problem:
        raise BadFileError(f"the manifest makes no sense: {problem}", where=str(path)) from problem
    _shaped(path, "values", update.values, shape)
    return Named(update, path, digest)


def kind_of(path: Path) -> str:
    """`ROUND` or `UPDATE`; errors as in `read_round`."""
    return _read(path, wanted="")[0]


def _plan(said: object) -> Plan:
    names = {spec.name for spec in fields(Plan)}
    if not isinstance(said, dict) or set(said) != names:
        raise ValueError(f"a plan says {', '.join(sorted(names))}")
    numbers = {name: whole(said[name], least=0) for name in names - {"federation", *_PROMISE}}
    promise = {name: None if said[name] is None else real(said[name]) for name in _PROMISE}
    return Plan(federation=digits(said["federation"], 16), **numbers, **promise)  # type: ignore[arg-type]


def _shaped(path: Path, name: str, array: NDArray[Any], shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise BadFileError(
            f"{name} has shape {array.shape}, its manifest says {shape}", where=str(path)
        )


def _write(
    path: Path, kind: str, manifest: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]
) -> str:
    beside = _beside(path)
    said = {"format": FORMAT, "version": VERSION, "kind": kind, **manifest}
    text = json.dumps(said, indent=2, sort_keys=True, allow_nan=False).encode()
    stream = io.BytesIO()
    plain = {name: np.ascontiguousarray(array, dtype="<f4") for name, array in arrays.items()}
    np.savez(stream, allow_pickle=False, manifest=np.frombuffer(text, np.uint8), **plain)
    data = stream.getvalue()
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as problem:
        raise _unwritten(path, problem) from problem
    return hashlib.sha256(data).hexdigest()


def _beside(path: Path) -> Path:
    """Where a file is written before it takes its place, which must be free."""
    if path.exists():
        raise BadRequestError(
            "there is such a file already", where=str(path), remedy="Name another with --out"
        )
    return path.with_name(f".{path.name}.part")


def _unwritten(path: Path, problem: OSError) -> BadRequestError:
    return BadRequestError(
        f"the file cannot be written: {problem.strerror}",
        where=str(path),
        remedy="Name one in a folder that is there and may be written to",
    )


def _read(path: Path, *, wanted: str) -> tuple[str, dict[str, Any], dict[str, NDArray[Any]], str]:
    try:
        size = path.stat().st_size
        if size > 3 * MOST:
            raise BadFileError(f"{size:,} bytes are no file of a federation", where=str(path))
        data = path.read_bytes()
    except FileNotFoundError as problem:
        raise NotFoundError("there is no such file", where=str(path)) from problem
    except OSError as problem:
        raise BadFileError(f"it cannot be read: {problem.strerror}", where=str(path)) from problem
    try:
        manifest, arrays = unpacked(data)
    except DAMAGED as problem:
        why = str(problem) if isinstance(problem, ValueError | zipfile.BadZipFile) else "damaged"
        raise BadFileError(
            f"it is no file of a federation, or not whole: {ascii(why)[1:-1][:_SAID]}",
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
