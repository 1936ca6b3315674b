"""Intake of real tables: everything in them is read, and can be learned."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.attributes.checks import check_training
from segue.attributes.targets import MUSICAL
from segue.jobs.table_examples import from_table
from segue.settings import Settings
from segue.sources.example_tables import Columns

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.realdata

EMOTIONS = (
    *("amazement", "solemnity", "tenderness", "nostalgia", "calmness", "power"),
    *("joyful_activation", "tension", "sadness"),
)


def test_the_published_segments(shared_data: Path) -> None:
    path = shared_data / "attributes" / "spotify_segments_2k.parquet"
    found = from_table(path, columns=Columns(), settings=Settings())
    assert (found.read, len(found.examples), found.repeated, found.rejections) == (
        1764,
        1764,
        0,
        (),
    )
    assert found.targets == MUSICAL
    assert found.notes == ()
    assert len(found.examples.names) == 339
    assert found.examples.artists is None
    check_training(found.examples, found.targets, folds=5)
    part = from_table(path, columns=Columns(features=("pitch*_mean",)), settings=Settings())
    assert len(part.examples.names) == 12


def test_four_moods_from_attributes(shared_data: Path) -> None:
    features = ("danceability", "energy", "valence", "loudness", "acousticness", "tempo")
    found = from_table(
        shared_data / "tracks" / "moods_936.csv",
        columns=Columns(features=features),
        settings=Settings(),
        targets=("mood",),
    )
    assert found.examples.names == (
        *("danceability", "acousticness", "energy", "valence", "loudness", "tempo"),
    )
    assert (found.read, len(found.examples), found.repeated) == (936, 932, 4)
    assert found.targets.targets[0].labels == ("Calm", "Energetic", "Happy", "Sad")
    check_training(found.examples, found.targets, folds=5)


def test_ten_genres_from_numbers_of_other_programs(shared_data: Path) -> None:
    found = from_table(
        shared_data / "attributes" / "gtzan_features_30_sec.csv",
        columns=Columns(),
        settings=Settings(),
        targets=("label",),
    )
    assert len(found.examples) == 1000
    assert len(found.examples.names) == 56
    assert len(found.targets.targets[0].labels) == 10
    check_training(found.examples, found.targets, folds=5)


def test_nine_emotions_from_audio(shared_data: Path, tmp_path: Path) -> None:
    """A few clips of each genre, with artists from the other table, as a person would join them."""
    audio = shared_data / "audio"
    with (audio / "labels.csv").open(encoding="utf-8") as stream:
        artists = {row["path"]: row["artist"] for row in csv.DictReader(stream)}
    with (audio / "emotify_emotions.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))[::50]
    table = tmp_path / "emotify.csv"
    with table.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("artist", *EMOTIONS, "clip"))
        for row in rows:
            told = (row[name] for name in EMOTIONS)
            writer.writerow((artists[row["path"]], *told, audio / row["path"]))
    found = from_table(
        table,
        columns=Columns(),
        settings=Settings(niceness=0),
        targets=EMOTIONS,
        audio="clip",
    )
    assert (found.read, len(found.examples), found.rejections) == (len(rows), len(rows), ())
    (group,) = found.targets.groups
    assert [target.name for target in group.targets] == list(EMOTIONS)
    assert all((target.low, target.high) == (0, 1) for target in group.targets)
    assert found.examples.features.shape == (len(rows), 565)
    assert np.isfinite(found.examples.features).all()
