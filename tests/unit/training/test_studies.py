"""Where studies are kept: any path will do, and what is no study is said to be none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import optuna
import pytest

from segue.errors import BadFileError
from segue.training.search import studies

if TYPE_CHECKING:
    from pathlib import Path


def test_a_path_may_hold_signs_that_mean_something_in_an_address(tmp_path: Path) -> None:
    path = tmp_path / "50%20 {more} é" / "what?mode=memory#.db"
    with studies(path) as storage:
        optuna.create_study(study_name="one", storage=storage)
    with studies(path) as storage:
        assert optuna.study.get_all_study_names(storage) == ["one"]
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_what_is_no_study_or_damaged_is_refused_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "study.db"
    with studies(path):
        pass
    half = path.read_bytes()[: path.stat().st_size // 2]
    for content in (b"energy,valence\n" * 100, half):
        path.write_bytes(content)
        with (
            pytest.raises(BadFileError, match=r"is no study of searches .* Delete it and search"),
            studies(path),
        ):
            pytest.fail("it was opened")
        assert path.read_bytes() == content
