"""Lessons of the real clips: the table beside them is read as it is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from segue.jobs.lesson_tables import from_table
from segue.jobs.lessons import order

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.realdata


def test_every_clip_is_listed_with_artist_and_genre(shared_data: Path) -> None:
    found = from_table(shared_data / "audio" / "labels.csv")
    assert len(found) == 458
    assert found.rejections == ()
    artists = Counter(lesson.artist for lesson in found.lessons)
    genres = Counter(lesson.genre for lesson in found.lessons)
    assert {"rock", "pop", "classical", "electronic"} <= set(genres)
    assert sum(count > 1 for artist, count in artists.items() if artist) > 60
    first = [found.lessons[row].artist for row in order(found.lessons, seed=1)[:100].tolist()]
    assert set(Counter(first).values()) == {2}
