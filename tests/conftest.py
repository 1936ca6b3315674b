"""Fixtures every test may use."""

from __future__ import annotations

import gc
import os
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

if TYPE_CHECKING:
    from xdist.remote import Producer

# One thread a process: native pools fight each other on small machines.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

settings.register_profile("segue", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("segue")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with real data beside the checkout, or a skip that says what is missing."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("real data: the folder ../shared/data is not beside this checkout")
    return folder


_CACHES = count()


@pytest.fixture(scope="session", autouse=True)
def no_cache_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is made for a whole session is cached among the session's temporary files."""
    os.environ["SEGUE_CACHE_FOLDER"] = str(tmp_path_factory.getbasetemp() / "cache")


@pytest.fixture(autouse=True)
def clean_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No setting of the person running the tests leaks into them; every test has its own cache."""
    for name in list(os.environ):
        if name.startswith("SEGUE_"):
            monkeypatch.delenv(name)
    own = tmp_path_factory.getbasetemp() / f"cache-{next(_CACHES)}"
    monkeypatch.setenv("SEGUE_CACHE_FOLDER", str(own))


BROWSER = "tests/browser/"
LONG = (
    BROWSER,
    "tests/contracts/test_api_schema",
    "tests/docs/",
    "tests/services/",
    "tests/contracts/",
    "tests/unit/cli/",
)
"""Beginnings of what takes longest, so that no worker is left with it when the others are done."""


class ByFile(LoadFileScheduling):
    """Each file is one worker's, and all that has to do with the browser is.

    Two browsers that draw by software take each other's time, many times over.
    """

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return BROWSER if file.startswith(BROWSER) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Who does what, where several do it (`-n 3`)."""
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; the order within a file stays."""

    def place(item: pytest.Item) -> int:
        return next((n for n, name in enumerate(LONG) if item.nodeid.startswith(name)), len(LONG))

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the collector need not walk it again and again."""
    gc.collect()
    gc.freeze()
