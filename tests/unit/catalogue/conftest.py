"""An empty catalogue for every test, copied from one that was made once."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from segue.catalogue.database import Database, open_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

NOBODY = 65534


@pytest.fixture(scope="session")
def empty_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a catalogue without anything in it; to be copied, not opened."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    open_database(path).close()
    return path


@pytest.fixture
def db(tmp_path: Path, empty_catalogue: Path) -> Iterator[Database]:
    """A new catalogue of this test alone."""
    path = tmp_path / "segue.db"
    shutil.copyfile(empty_catalogue, path)
    with open_database(path) as database:
        yield database


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine may enter."""
    with tempfile.TemporaryDirectory(prefix="segue-") as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path
        path.chmod(0o755)


@pytest.fixture
def without_rights() -> Callable[[], AbstractContextManager[None]]:
    """A block in which file permissions count, even when the tests run as root."""

    @contextmanager
    def block() -> Iterator[None]:
        if os.geteuid() != 0:
            yield
            return
        os.seteuid(NOBODY)
        try:
            yield
        finally:
            os.seteuid(0)

    return block
