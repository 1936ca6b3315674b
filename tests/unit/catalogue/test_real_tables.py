"""The real tables: what is known of them comes out of the catalogue."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from segue.catalogue import links, playlists, search, tracks
from segue.catalogue import schema as tables
from segue.catalogue.database import Database, open_database
from segue.names import is_collective
from segue.sources.playlists import read_playlists
from segue.sources.tables import read_tracks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segue.summaries import ImportSummary

pytestmark = [pytest.mark.realdata, pytest.mark.slow]

TABLE = "tracks/spotify_tracks_114k.csv.gz"


@pytest.fixture(scope="module")
def imported(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, ImportSummary]]:
    """The 114k table in a catalogue, and how the import went."""
    with open_database(tmp_path_factory.mktemp("real") / "real.db") as db:
        yield db, tracks.add(db, read_tracks(shared_data / TABLE))


def test_rows_become_unique_tracks_with_all_their_genres(
    imported: tuple[Database, ImportSummary],
) -> None:
    db, summary = imported
    counts = (summary.read, summary.imported, summary.merged, summary.duplicate)
    assert counts == (114_000, 89_741, 23_809, 450)
    assert (summary.rejected, summary.linked, summary.ambiguous) == (0, 0, 0)
    assert summary.notes == ("1 have an id but no title; they are kept by their id",)
    assert tracks.count(db) == 89_741
    with db.read() as connection:
        genres = connection.execute(select(func.count()).select_from(tables.genres)).scalar()
        of_tracks = connection.execute(
            select(func.count()).select_from(tables.track_genres)
        ).scalar()
        artists = connection.execute(select(tables.artists.c.name)).scalars().all()
        nobody = connection.execute(
            select(func.count()).select_from(tables.tracks).where(tables.tracks.c.artist_key == "")
        ).scalar()
    assert (genres, of_tracks) == (114, 114_000 - 450)
    assert not [name for name in artists if is_collective(name)]
    assert nobody == 1  # the row without names


def test_importing_the_table_again_says_nothing_new(
    imported: tuple[Database, ImportSummary], shared_data: Path
) -> None:
    db, _ = imported
    again = tracks.add(db, islice(read_tracks(shared_data / TABLE), 20_000))
    assert (again.read, again.duplicate) == (20_000, 20_000)


def test_a_slice_of_playlists_meets_the_table_by_id(
    imported: tuple[Database, ImportSummary], shared_data: Path
) -> None:
    db, _ = imported
    slice_file = sorted((shared_data / "playlists" / "mpd").iterdir())[0]
    before = tracks.count(db)
    summary = playlists.add(db, read_playlists(slice_file))
    assert (summary.read, summary.imported, summary.rejected) == (1_000, 1_000, 0)
    with db.read() as connection:
        entries = tables.playlist_entries
        total, distinct, known = connection.execute(
            select(
                func.count(),
                func.count(entries.c.track_id.distinct()),
                func.count(entries.c.track_id.distinct()).filter(entries.c.track_id <= before),
            )
        ).one()
    assert total > 60_000
    assert tracks.count(db) - before == distinct - known
    assert known > 1_000
    # Every entry has a Spotify id, and so has every track: nothing could meet by name.
    assert links.listing(db) == []


def test_names_of_the_table_are_found(imported: tuple[Database, ImportSummary]) -> None:
    db, _ = imported
    (found,) = search.tracks(db, "gen hoshino comedy", limit=1)
    assert (found.title, found.artists) == ("Comedy", ("Gen Hoshino",))
    assert found.attributes is not None
    assert found.attributes.key == 1
