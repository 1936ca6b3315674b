"""How often records meet the right track by name: planted cases, and real tables without their ids.

Planted: `tests/planted.py` makes pairs that are one recording and pairs that only look like it.
A pair is right when the record meets its track if and only if it is the same recording.

Real: records of five public sources whose Spotify id stands in the 114k table, and whose names are
not spelled exactly as there, arrive without their id. One that meets the track of its own id is
right. One that meets another release is judged by what the table says of the sound of both: the
same recording differs by little (`SAME_SOUND`), otherwise the meeting is wrong. What stays apart
says why: several releases were equally good, or none was sure enough.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

import report
from segue.catalogue import tracks
from segue.catalogue.database import open_database
from segue.catalogue.loading import known_identities, rows_where
from segue.catalogue.schema import tracks as table
from segue.catalogue.settling import settle
from segue.names import artist_keys
from segue.records import OutsideId, Rejection, TrackRecord
from segue.sources.playlists import read_playlists
from segue.sources.tables import read_tracks

sys.path.insert(0, str(report.REPOSITORY / "tests"))

from planted import Case, kinds, planted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from segue.catalogue.database import Database
    from segue.catalogue.meeting import Meeting
    from segue.records import Track

SEED = 7
BATCH = 5_000

SAME_SOUND = {"energy": 0.1, "acousticness": 0.15, "danceability": 0.1, "valence": 0.1}
"""How far two releases of one recording may lie apart; loudness differs with the mastering."""


def main() -> None:
    """Measure both and write ``results/linking.json``."""
    figures: dict[str, Any] = {"planted": of_planted(planted(SEED, each=20))}
    catalogue = report.shared("tracks/spotify_tracks_114k.csv.gz")
    inputs = [catalogue]
    with (
        tempfile.TemporaryDirectory() as folder,
        open_database(Path(folder) / "linking.db") as db,
    ):
        tracks.add(db, read_tracks(catalogue))
        for name, path, records in real_sources():
            inputs.append(path)
            figures[name] = of_real(db, records)
    report.write("linking", figures, inputs=inputs, seed=SEED)


def of_planted(cases: list[Case]) -> dict[str, Any]:
    """Precision and recall, and the kinds that went wrong."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_database(Path(folder) / "planted.db") as db,
    ):
        tracks.add(db, [case.track for case in cases])
        there = [case.track.outside_ids[0] for case in cases]
        with db.write() as connection:
            known = known_identities(connection, there)
            met = settle(connection, [case.record for case in cases], door="row")
    right = missed = wrong = 0
    bad: Counter[str] = Counter()
    for case, own, one in zip(cases, there, met, strict=True):
        linked = one.state == "linked"
        hit = linked and case.same and one.track == known[own][0]
        right += hit
        wrong += linked and not hit
        missed += case.same and not hit
        bad[case.kind] += case.same != hit or (linked and not hit)
    return {
        "pairs": len(cases),
        "same": sum(case.same for case in cases),
        "kinds": sum(1 for _ in kinds(cases)),
        "precision": round(right / (right + wrong), 4),
        "recall": round(right / (right + missed), 4),
        "kinds_with_errors": sorted(+bad),
    }


def real_sources() -> Iterator[tuple[str, Path, Iterable[TrackRecord | Rejection]]]:
    """Name, file and records of each source, all of other hands than the catalogue."""
    for name, file in (("mpd", "mpd"), ("editorial", "editorial_471_playlists_32k.csv.gz")):
        path = report.shared(f"playlists/{file}")
        yield name, path, entries(path)
    named = {"title": "track_name", "artists": "artist_name", "spotify": "track_uri"}
    path = report.shared("playlists/followed_6k/tracks.parquet")
    yield "followed_without_durations", path, read_tracks(path, mapping=named)
    for name, file in (("moods", "moods_936.csv"), ("previews", "preview_urls_5k.csv")):
        path = report.shared(f"tracks/{file}")
        yield name, path, read_tracks(path)


def entries(path: Path) -> Iterator[TrackRecord]:
    """All entries of the playlists in a file or folder."""
    for one in read_playlists(path):
        if not isinstance(one, Rejection):
            yield from one.entries


def of_real(db: Database, records: Iterable[TrackRecord | Rejection]) -> dict[str, Any]:
    """What became of the records whose id the catalogue knows, once each, without their id."""
    wanted = {
        one: record
        for record in records
        if not isinstance(record, Rejection) and record.title and artist_keys(record.artists)
        for one in record.outside_ids
        if one.scheme == "spotify"
    }
    with db.read() as connection:
        known = known_identities(connection, wanted)
    counts: Counter[str] = Counter()
    for ids in batches(sorted(known, key=lambda one: one.value)):
        counts.update(outcomes(db, {one: wanted[one] for one in ids}))
    total = sum(counts.values())
    wrong = counts["another_release_another_sound"]
    met = counts["own_track"] + counts["another_release_same_sound"] + wrong
    return {
        "records": total,
        "outcomes": dict(sorted(counts.items())),
        "precision": round(1 - wrong / met, 4),
        "recall": round((met - wrong) / total, 4),
    }


def batches(ids: list[OutsideId]) -> Iterator[list[OutsideId]]:
    """The ids in parts of `BATCH`."""
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def outcomes(db: Database, wanted: Mapping[OutsideId, TrackRecord]) -> Iterator[str]:
    """What became of each record, each tried against the catalogue as it was."""
    own = tracks_of(db, wanted)
    odd = [one for one, record in wanted.items() if spelled_otherwise(record, own[one])]
    found = tried(db, [replace(wanted[one], outside_ids=()) for one in odd])
    there = {track.id: track for track in tracks.many(db, [one.track_id for one in found])}
    for one, meeting in zip(odd, found, strict=True):
        if meeting.state != "linked":
            yield "apart_ambiguous" if meeting.state else "apart_not_sure"
        elif meeting.track_id == own[one].id:
            yield "own_track"
        elif same_sound(own[one], there[meeting.track_id]):
            yield "another_release_same_sound"
        else:
            yield "another_release_another_sound"


def tracks_of(db: Database, ids: Iterable[OutsideId]) -> dict[OutsideId, Track]:
    """The track of every id; each is known."""
    with db.read() as connection:
        known = known_identities(connection, ids)
        query = select(table.c.id, table.c.public_id)
        numbers = [number for number, _ in known.values()]
        public = dict(rows_where(connection, query, table.c.id, numbers))
    there = {track.id: track for track in tracks.many(db, public.values())}
    return {one: there[public[number]] for one, (number, _) in known.items()}


def tried(db: Database, records: list[TrackRecord]) -> list[Meeting]:
    """Where each record would go if it came alone; nothing is kept."""
    found = []
    with db.write() as connection:
        for record in records:
            with connection.begin_nested() as trial:
                found += settle(connection, [record], door="row")
                trial.rollback()
    return found


def spelled_otherwise(record: TrackRecord, track: Track) -> bool:
    """Whether title or artists are not letter by letter those of the catalogue."""
    return (record.title, record.artists) != (track.title, track.artists)


def same_sound(one: Track, other: Track) -> bool:
    """Whether two tracks differ in every attribute by no more than two releases of one do."""
    if one.attributes is None or other.attributes is None:
        return False
    mine, theirs = one.attributes.known(), other.attributes.known()
    return all(
        abs(mine[name] - theirs[name]) <= most
        for name, most in SAME_SOUND.items()
        if name in mine and name in theirs
    )


if __name__ == "__main__":
    main()
