"""The catalogue on PostgreSQL: the same calls, the same answers as in a SQLite file."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from busy import build
from oracles import write_model
from printed import add_file, measure, printed, worn
from segue.attributes.estimates import ENOUGH
from segue.catalogue import (
    corpus,
    descriptions,
    embeddings,
    feedback,
    files,
    guesses,
    history,
    ledger,
    listening,
    playlists,
    recordings,
    schema,
    search,
    tracks,
    trained,
    vectors,
)
from segue.catalogue.database import epoch, open_database
from segue.catalogue.embeddings import Mark
from segue.errors import BadFileError, BusyError, NotFoundError, UnavailableError
from segue.jobs.charting import Redrawing
from segue.jobs.comparing import Compared, compare
from segue.jobs.guessing import estimator_of, settle
from segue.library import Segue
from segue.records import (
    CONTINUOUS,
    Attributes,
    FileRecord,
    OutsideId,
    Play,
    PlaylistRecord,
    Recording,
    TrackRecord,
)
from segue.settings import Settings
from settled import fill, vectors_of

if TYPE_CHECKING:
    from segue.catalogue.database import Database

MUSIC = Path("/music")
ASKED = ledger.Stage("descriptors", "1", "30 s")
HEARD = Recording(
    duration=10.5,
    loudness=-14.25,
    loudness_range=None,
    true_peak=-0.5,
    waveform=bytes(range(256)),
    waveform_rate=2.5,
    fingerprint=b"\0\xff" * 4,
    warning="it breaks off",
)


def new_database(server: str, name: str) -> str:
    """The address of a new, empty database."""
    import psycopg

    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{server}/{name}"


def test_both_databases_give_the_same_answers(postgres_server: str, tmp_path: Path) -> None:
    there, _, linked, grown = build(new_database(postgres_server, "answers"))
    here, _, linked_here, grown_here = build(tmp_path / "answers.db")
    assert there == here
    assert (linked, grown) == (linked_here, grown_here)


def test_a_search_finds_the_same_tracks(postgres_server: str, tmp_path: Path) -> None:
    found = []
    for url in (new_database(postgres_server, "search"), tmp_path / "search.db"):
        build(url)
        with open_database(url) as db:
            words = ("har", "håkon", "lantern", "jäger", "nothing at all")
            found.append([{t.id for t in search.tracks(db, w, limit=10_000)} for w in words])
    assert found[0] == found[1]
    assert [bool(tracks_found) for tracks_found in found[0]] == [True] * 4 + [False]


def test_the_scripts_build_what_the_schema_says(postgres_server: str) -> None:
    with open_database(new_database(postgres_server, "scripts")) as db, db.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, schema.metadata)
    # The comments stand in schema.py for its readers; the scripts do not repeat them.
    flat = [one for each in differences for one in (each if isinstance(each, list) else [each])]
    said = [one for one in flat if "comment" not in one[0]]
    # What only a server keeps for the search.
    found = [one[1].name if one[0] == "remove_index" else one[3].name for one in said]
    assert sorted(found) == ["ix_tracks_words", "searched", "searched_words"]


def test_a_catalogue_opens_again_and_is_not_made_unasked(postgres_server: str) -> None:
    url = new_database(postgres_server, "again")
    with pytest.raises(NotFoundError, match="the database is empty"):
        open_database(url, create=False)
    with open_database(url) as db:
        tracks.add(db, [TrackRecord("Harbour", ("Ada",))])
    with open_database(url, create=False) as db:
        assert (tracks.count(db), epoch(db)) == (1, 1)


def test_a_read_sees_one_state(postgres_server: str) -> None:
    with open_database(new_database(postgres_server, "reads")) as db, db.read() as reading:
        count = text("SELECT count(*) FROM tracks")
        assert reading.execute(count).scalar() == 0
        tracks.add(db, [TrackRecord("Harbour", ("Ada",))])
        assert reading.execute(count).scalar() == 0


def test_writers_wait_for_each_other_and_give_up_in_time(postgres_server: str) -> None:
    url = new_database(postgres_server, "writers")
    with open_database(url) as db:

        def write(number: int) -> None:
            for turn in range(5):
                tracks.add(db, [TrackRecord(f"Song {number} {turn}", ("Ada",))])

        threads = [threading.Thread(target=write, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (tracks.count(db), epoch(db)) == (15, 15)
        with (
            open_database(url, busy_seconds=0.2) as hasty,
            db.write(),
            pytest.raises(BusyError, match="locked by another program"),
        ):
            tracks.add(hasty, [TrackRecord("Window", ("Bo",))])


def test_what_is_wrong_with_an_address_is_said_plainly(postgres_server: str) -> None:
    with pytest.raises(UnavailableError, match='database "nowhere" does not exist'):
        open_database(f"{postgres_server}/nowhere")
    with pytest.raises(UnavailableError, match="does not let us in: Connection refused") as caught:
        open_database("postgresql://me:secret@127.0.0.1:1/music")
    assert "secret" not in str(caught.value)
    other = new_database(postgres_server, "other")
    import psycopg

    with psycopg.connect(other, autocommit=True) as connection:
        connection.execute("CREATE TABLE customers (id integer)")
    with pytest.raises(BadFileError, match="not a Segue catalogue"):
        open_database(other)


def test_what_was_heard_is_kept_the_same_way(postgres_server: str, tmp_path: Path) -> None:
    """Ledger, vectors, estimates and recordings: asked anew, replaced, counted by reason."""
    found = []
    for url in (new_database(postgres_server, "heard"), tmp_path / "heard.db"):
        with open_database(url) as db:
            files.apply_scan(db, MUSIC, read=[audio(n) for n in range(4)], unchanged=(), gone=())
            hear(db)
            track = files.track_of(db, MUSIC / "0.mp3")
            assert track is not None
            found.append(
                (
                    ledger.counts(db, ASKED),
                    ledger.counts(db, replace(ASKED, parameters="whole")),
                    ledger.causes(db, ASKED),
                    ledger.pace(db, ASKED),
                    [one.content_hash for one in files.waiting(db, ASKED)],
                    [one.attempts for one in ledger.failures(db, ASKED)],
                    recordings.get(db, track),
                    recordings.by_hash(db, "hash 1"),
                    vectors.get(db, track, "descriptors"),
                    tracks.get(db, track).attributes,
                    ledger.retry(db, ASKED, words="no AUDIO"),
                    ledger.retry(db, ASKED),
                    epoch(db),
                )
            )
    assert found[0] == found[1]
    assert found[0][0].analysed == 1
    assert found[0][6] == HEARD


def test_what_is_guessed_from_sound_is_settled_the_same_way(
    postgres_server: str, tmp_path: Path
) -> None:
    """Estimates by the catalogue's own measure, a model, another, none: shown alike in both."""
    told = []
    models = [write_model(tmp_path / name, name=name) for name in ("one", "two")]
    for url in (new_database(postgres_server, "guessed"), tmp_path / "guessed.db"):
        with open_database(url) as db:
            ids = fill(db, vectors_of(ENOUGH + 8), given=range(ENOUGH))
            steps = []
            for folder in (None, models[0], models[1], models[1], None):
                settled = settle(db, settings=Settings(attributes_model=folder))
                found = [tracks.get(db, one) for one in (ids[0], ids[ENOUGH])]
                shown = [(one.attributes, one.provenance, one.origins) for one in found]
                steps.append((settled, shown, guesses.counts(db), estimator_of(db).to_text()))
            told.append((steps, epoch(db)))
    assert told[0] == told[1]
    steps, _ = told[0]
    counts = [(settled.estimated, settled.predicted, settled.withdrawn) for settled, *_ in steps]
    every = ENOUGH + 8
    assert counts == [
        (every, 0, 0), (0, every, 0), (0, every, every), (0, 0, 0), (0, 0, every)
    ]  # fmt: skip
    best = [[provenance for _, provenance, _ in shown] for _, shown, *_ in steps]
    assert best == [
        ["given", "estimated"],
        ["given", "predicted:one"],
        ["given", "predicted:two"],
        ["given", "predicted:two"],
        ["given", "estimated"],
    ]


def test_a_version_of_embeddings_takes_the_place_of_another_the_same_way(
    postgres_server: str, tmp_path: Path
) -> None:
    told = []
    for url in (new_database(postgres_server, "embedded"), tmp_path / "embedded.db"):
        with open_database(url) as db:
            files.apply_scan(db, MUSIC, read=[audio(n) for n in range(3)], unchanged=(), gone=())
            steps = []
            for mark in (Mark("sound", "old"), Mark("sound", "new", unproven=True)):
                stage = ledger.Stage("sound", mark.version, "30 s")
                for number in range(3):
                    embed(db, mark, stage, number)
                    placed = corpus.load(db).placed["sound"]
                    steps.append((placed.version, placed.width, placed.vectors.tolist(), epoch(db)))
                steps.append((embeddings.turn_to(db, mark, stage), embeddings.progress(db, stage)))
            told.append((steps, embeddings.standing_in(db), embeddings.invented(db)))
    assert told[0] == told[1]
    steps, standing, invented = told[0]
    assert [step[0] for step in steps] == ["old"] * 3 + [True] + ["old"] * 3 + [True]
    assert (standing, invented) == ({"sound": Mark("sound", "new", unproven=True)}, False)


def test_playlists_and_what_was_learned_from_them_load_the_same_way(
    postgres_server: str, tmp_path: Path
) -> None:
    told = []
    for url in (new_database(postgres_server, "learned"), tmp_path / "learned.db"):
        with open_database(url) as db:
            songs = [TrackRecord(f"Song {number}", ("Ada",)) for number in range(12)]
            orders = ([11, 2, 9, 2, 10, 3], [], [5])
            mixes = [
                PlaylistRecord(f"夜 {n}", OutsideId("own", str(n)), tuple(songs[s] for s in order))
                for n, order in enumerate(orders)
            ]
            playlists.add(db, mixes)
            tracks.delete(db, tracks.page(db)[1].id)
            ids = [track.id for track in tracks.page(db)]
            for version, many in (("99", 3), ("1", 2)):
                places = np.arange(2 * many, dtype=np.float32).reshape(many, 2) - 1.5
                stored = trained.put(
                    db, "factors", version=version, state={"titel": "夜"},
                    arrays={"map": places}, vectors=(ids[:many], places),
                )  # fmt: skip
                assert stored == many
            history.add(db, [Play("me", songs[2], at=5.0), Play("me", songs[9], times=3)])
            feedback.give(db, "me", ids[0], "like")
            feedback.give(db, "me", ids[0], "skip")
            feedback.give(db, "me", ids[1], "like")
            feedback.undo(db, "me", ids[1])
            found = corpus.load(db)
            learned, placed = found.trained["factors"], found.placed["factors"]
            told.append(
                (
                    found.playlists.titles,
                    found.playlists.starts.tolist(),
                    [found.ids[row] for row in found.playlists.rows],
                    (learned.version, learned.state, learned.arrays["map"].tolist()),
                    (placed.version, placed.rows.tolist(), placed.vectors.tolist()),
                    vectors.get(db, ids[0], "factors"),
                    listening.heard(db, "me"),
                    [(one.track_id, one.kind) for one in feedback.of(db, "me")],
                    trained.forget(db, "factors"),
                    trained.forget(db, "factors"),
                    epoch(db),
                )
            )
    assert told[0] == told[1]
    assert told[0][1][-1] == 5
    assert told[0][4][0] == "1"


def embed(db: Database, mark: Mark, stage: ledger.Stage, number: int) -> None:
    """Two windows of a file by one version, and their line in the ledger."""
    width = 2 + len(mark.version) % 2 + mark.unproven
    windows = np.arange(2 * width, dtype=np.float32).reshape(2, width) + number
    content = f"hash {number}"
    with db.write() as connection:
        embeddings.put(connection, mark, content_hash=content, windows=windows)
        ledger.record(connection, stage, content_hash=content, state="analysed")


def hear(db: Database) -> None:
    """Everything a pass of analysis may write."""
    for number, state in enumerate(("analysed", "failed", "skipped")):
        content = f"hash {number}"
        for _ in range(2):
            with db.write() as connection:
                which = {"content_hash": content, "space": "descriptors", "version": "1"}
                if state == "analysed":
                    estimated = Attributes(tempo=92.5, key=9, mode=0)
                    descriptions.put(connection, **which, vector=bytes(8), estimated=estimated)
                    recordings.put(connection, content_hash=content, version="1", recording=HEARD)
                else:
                    descriptions.remove(connection, **which)
                    recordings.remove(connection, content_hash=content)
                ledger.record(
                    connection,
                    ASKED,
                    content_hash=content,
                    state=state,
                    reason="" if state == "analysed" else f"no audio after {number}.5 s",
                    seconds=0.5,
                )


def audio(number: int) -> FileRecord:
    """A file with a track of its own."""
    return FileRecord(
        path=MUSIC / f"{number}.mp3",
        root=MUSIC,
        content_hash=f"hash {number}",
        size=1,
        modified=0.0,
        format="mp3",
        duration=10.0,
        track=TrackRecord(f"Song {number}", ("Ada",)),
    )


def test_copies_are_found_and_told_as_in_a_file(postgres_server: str) -> None:
    song = printed(1)
    with Segue.open(new_database(postgres_server, "copies"), settings=Settings()) as segue:
        for name, numbers in {
            "a.mp3": worn(song, share=0.03),
            "b.flac": song,
            "c.mp3": printed(2),
        }.items():
            add_file(segue.database, name, title="Harbour")
            measure(segue.database, name, numbers)
        before = epoch(segue.database)
        assert compare(segue.database) == Compared(compared=3, matches=1, moved=2)
        assert compare(segue.database) == Compared()
        assert epoch(segue.database) == before + 1
        (group,) = segue.duplicates().copies
        assert [copy.path for copy in group.files] == ["/music/b.flac", "/music/a.mp3"]
        assert len(segue.duplicates().namesakes) == 1
        measure(segue.database, "a.mp3", printed(3))
        assert segue.duplicates().copies == ()


def test_a_map_is_drawn_of_a_catalogue_on_a_server(postgres_server: str, tmp_path: Path) -> None:
    url = new_database(postgres_server, "mapped")
    settings = Settings(_env_file=None, database=url, derived_folder=tmp_path / "derived")
    with Segue.open(settings=settings) as segue:
        assert segue.can_keep_maps
        table = [
            TrackRecord(
                f"Song {n}",
                ("Ada",),
                attributes=Attributes(
                    **dict.fromkeys(CONTINUOUS, n / 9), tempo=90.0 + n, key=n, mode=n % 2
                ),
            )
            for n in range(9)
        ]
        tracks.add(segue.database, table)
        due = Redrawing(segue.database, settings=settings)
        assert [list(due()) for _ in range(2)] == [[], [{"space": ""}]]
        drawn = segue.draw_map("attributes")
        assert len(segue.track_map("attributes").rows) == len(drawn.rows) == 9
    (folder,) = (tmp_path / "derived").iterdir()
    assert list(folder.rglob("*")) != []
