"""``segue doctor``: whether everything Segue needs is there, with a remedy for what is not."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from segue.cli import elsewhere
from segue.errors import NotFoundError, SegueError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.cli.session import Session
    from segue.settings import Settings

State = Literal["ok", "warn", "fail"]

OLDEST_PYTHON = (3, 11)
LITTLE_DISK = 2_000_000_000
NO_DISK = 100_000_000
"""Bytes of free disk below which imports are at risk, and below which nothing goes well."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: how it stands, what was found, what to do about it."""

    name: str
    state: State
    found: str
    remedy: str = ""


def doctor(session: Session) -> None:
    """Check that everything Segue needs is there.

    Each line is ok, warn or fail, with what to do. The exit code is 2 where anything fails.
    """
    from segue.cli.render import checks

    found = list(examine(session))
    failed = sum(check.state == "fail" for check in found)
    session.answer({"ok": failed == 0, "checks": found}, checks(found))
    if failed:
        session.note(f"{failed} of {len(found)} checks failed; each says what to do.")
        raise typer.Exit(2)


def examine(session: Session) -> Iterator[Check]:
    """Look at everything, in the order in which one thing needs the other."""
    yield python()
    yield sqlite()
    yield from decoders()
    yield spaces()
    try:
        settings = session.settings()
    except SegueError as error:
        yield Check("settings", "fail", error.what, error.remedy)
        return
    yield Check("settings", "ok", f"read; the catalogue is {_shown(settings.database)}")
    yield database(settings.database)
    yield disk(settings.database)
    yield cache(settings)
    yield model(settings)
    yield port(settings)
    yield elsewhere.kept(settings)
    yield elsewhere.spotify(settings)


def python() -> Check:
    """The interpreter's version."""
    found = platform.python_version()
    if sys.version_info < OLDEST_PYTHON:
        return Check("python", "fail", found, "Segue needs Python 3.11 or newer; install one")
    return Check("python", "ok", found)


def sqlite() -> Check:
    """SQLite's version, and whether it can search text."""
    version = sqlite3.sqlite_version
    memory = sqlite3.connect(":memory:")
    try:
        memory.execute("CREATE VIRTUAL TABLE probe USING fts5(words)")
    except sqlite3.OperationalError as error:
        return Check(
            "sqlite",
            "fail",
            f"{version} without full-text search ({error})",
            "Use a Python whose SQLite has FTS5, such as that of python.org or your distribution",
        )
    finally:
        memory.close()
    return Check("sqlite", "ok", f"{version} with full-text search")


def decoders() -> Iterator[Check]:
    """Whether a short tone comes back from every format of music files."""
    from segue.cli.decoding import probe

    for ending, problem in probe():
        if problem:
            yield Check(
                f"decode {ending}", "fail", problem, "Install PyAV again: pip install --force av"
            )
        else:
            yield Check(f"decode {ending}", "ok", "a tone comes back")


def spaces() -> Check:
    """Whether the spaces' entry points are found and load."""
    from segue.spaces.registry import discover

    try:
        found = discover()
    except SegueError as error:
        return Check("spaces", "fail", error.what, error.remedy)
    if not found:
        return Check("spaces", "fail", "none is found", "Install Segue again: pip install -e .")
    return Check("spaces", "ok", ", ".join(sorted(found)))


def database(url: str) -> Check:
    """Whether the catalogue opens and can be written to; makes none where there is none."""
    from segue.catalogue.database import epoch, open_database

    try:
        with open_database(url, create=False) as opened:
            return _opened(opened.read_only, epoch(opened))
    except NotFoundError as error:
        return Check("database", "warn", error.what, "Any import, scan or `segue demo` makes it")
    except SegueError as error:
        return Check("database", "fail", error.what, error.remedy)


def _opened(read_only: bool, epoch: int) -> Check:
    if read_only:
        return Check(
            "database",
            "warn",
            f"can be read at epoch {epoch}, not written to",
            "Give yourself the right to write to the file and its folder, unless that is meant",
        )
    return Check("database", "ok", f"can be read and written to, epoch {epoch}")


def disk(url: str) -> Check:
    """Free space where the catalogue stands; a server looks after its own."""
    if "://" in url and not url.startswith("sqlite"):
        return Check("disk", "ok", "the database server looks after its own")
    folder = _nearest(Path(url.removeprefix("sqlite:///")).expanduser().absolute().parent)
    free = shutil.disk_usage(folder).free
    words = f"{free / 1e9:,.1f} GB free in {folder}"
    if free < NO_DISK:
        return Check("disk", "fail", words, "Free some, or name another place with --database")
    if free < LITTLE_DISK:
        return Check("disk", "warn", words, "An import of 114,000 tracks takes about .2 GB")
    return Check("disk", "ok", words)


def _nearest(folder: Path) -> Path:
    """The folder, or the lowest above it that is there."""
    while not folder.is_dir():
        folder = folder.parent
    return folder


def cache(settings: Settings) -> Check:
    """Whether numbers are kept between runs, and how much room they take."""
    from segue.descriptors.cache import Cache

    kept = Cache.of(settings)
    if not kept.on:
        return Check("cache", "ok", "off: SEGUE_CACHE_MEGABYTES is 0")
    try:
        held = kept.held()
    except SegueError as error:
        return Check("cache", "warn", f"{error.where}: {error.what}", error.remedy)
    size = sum(each.bytes for each in held.values()) / 1e6
    words = f"{size:,.1f} of {kept.megabytes:,} MB in {kept.folder}"
    if not os.access(_nearest(kept.folder), os.W_OK):
        remedy = "Give yourself the right to write there, or name another: SEGUE_CACHE_FOLDER"
        return Check("cache", "warn", f"cannot be written to; {words}", remedy)
    return Check("cache", "ok", words)


def model(settings: Settings) -> Check:
    """Whether the model that predicts attributes can be used, where one is set."""
    from segue.jobs.guessing import predictor_of

    try:
        predictor = predictor_of(settings)
    except SegueError as error:
        found = f"SEGUE_ATTRIBUTES_MODEL: {error.where}: {error.what}".replace(": :", ":")
        return Check("model", "fail", found, error.remedy)
    if predictor is None:
        return Check("model", "ok", "none is set: attributes are estimated from the signal")
    names = ", ".join(predictor.shown)
    return Check("model", "ok", f"{predictor.model.manifest.name} predicts {names}")


def port(settings: Settings) -> Check:
    """Whether the web server could listen where it is set to."""
    from segue.serve.run import listening

    try:
        with listening(settings.host, settings.port):
            return Check("port", "ok", f"{settings.port} on {settings.host} is free")
    except SegueError as error:
        return Check("port", "warn", error.what, error.remedy)


def _shown(url: str) -> str:
    """A database address without its password."""
    scheme, slashes, rest = url.partition("://")
    if not slashes or "@" not in rest:
        return url
    user = rest.rpartition("@")[0].partition(":")[0]
    return f"{scheme}://{user}@{rest.rpartition('@')[2]}"
