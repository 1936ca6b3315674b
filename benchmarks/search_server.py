"""Search as you type on a PostgreSQL server beside the same catalogue in a file.

The names of `benchmarks/search.py` are typed letter by letter into both, over the 114k table; a
server of its own is begun and ended. Given the sources of an older Segue (``git worktree add OLD
COMMIT``, then this file with ``--before OLD``), the first names are typed into that as well, in
the same run, on a server catalogue of its own. Beside times stands how far both databases agree on
the ten that are shown: whether they find equally many, the share of the file's ten that the server
shows too, and how often the first is the same. Where more than ten are about as good, they may
differ.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import report
from search import LONGEST, SEED, sample, share, spoken
from segue.catalogue import search, tracks
from segue.catalogue.database import open_database
from segue.catalogue.moving import move
from segue.sources.tables import read_tracks

sys.path.insert(0, str(report.REPOSITORY / "tests"))
from postgres_server import PostgresServer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.catalogue.database import Database

NAMES = 120
NAMES_BEFORE = 10
TARGET_P95_MS = 100.0


def main() -> None:
    """Type into both and write ``results/search_server.json``, or only type for ``--typed``."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--before", type=Path, help="sources of an older Segue")
    asked.add_argument("--typed", nargs=2, metavar=("URL", "TEXTS"), help="type these texts only")
    given = asked.parse_args()
    if given.typed:
        url, texts = given.typed
        with open_database(url) as db:
            print(json.dumps(typed(db, json.loads(Path(texts).read_text()))[0]))
        return
    table = report.shared("tracks/spotify_tracks_114k.csv.gz")
    with tempfile.TemporaryDirectory() as folder, PostgresServer() as server:
        figures = measure(Path(folder), server, table, before=given.before)
    report.write("search_server", figures, inputs=[table], seed=SEED)


def measure(
    folder: Path, server: PostgresServer, table: Path, *, before: Path | None
) -> dict[str, Any]:
    """Figures of the file, of the server and, where asked, of an older Segue on a server."""
    file, texts = folder / "search.db", folder / "texts.json"
    with open_database(file) as db:
        tracks.add(db, read_tracks(table))
        strokes = keystrokes(db)
        here = typed(db, strokes)
        count = tracks.count(db)
    figures: dict[str, Any] = {"tracks": count, "keystrokes": len(strokes)}
    older = sum(1 for text in strokes if text[0] < NAMES_BEFORE)
    if before is not None:
        texts.write_text(json.dumps(strokes[:older]))
        figures["before"] = {"keystrokes": older} | elsewhere(before, server, texts)
    url = server.database("now")
    move(file, url)
    with open_database(url) as db:
        there = typed(db, strokes)
    figures["file"] = spread(here[0], strokes)
    figures["server"] = spread(there[0], strokes)
    figures["server_same_keystrokes"] = spread(there[0][:older], strokes[:older])
    pairs = list(zip(here[1], there[1], strict=True))
    shown = [(set(a), set(b)) for a, b in pairs if a]
    figures["agreement"] = {
        "equally_many": round(sum(len(a) == len(b) for a, b in pairs) / len(pairs), 4),
        "same_when_fewer_than_ten": round(
            sum(a == b for a, b in shown if len(a) < 10)
            / max(1, sum(len(a) < 10 for a, _ in shown)), 4
        ),
        "shared_of_ten": round(sum(len(a & b) / len(a) for a, b in shown) / len(shown), 4),
        "same_first": round(sum(a[:1] == b[:1] for a, b in pairs) / len(pairs), 4),
    }  # fmt: skip
    return figures | {"target_p95_ms": TARGET_P95_MS, **upgraded(server, file)}


def keystrokes(db: Database) -> list[tuple[int, str]]:
    """What stands in the field after each letter, and of which name."""
    wanted = random.Random(SEED).sample(sample(db), NAMES)
    names = [spoken(track, number)[:LONGEST] for number, track in enumerate(wanted)]
    return [(at, name[:end]) for at, name in enumerate(names) for end in range(1, len(name) + 1)]


def typed(db: Database, strokes: Sequence[tuple[int, str]]) -> tuple[list[float], list[list[str]]]:
    """Seconds of every keystroke, and the ids it shows."""
    search.tracks(db, "warm")
    times, shown = [], []
    for _, text in strokes:
        began = time.perf_counter()
        found = search.tracks(db, text, limit=10)
        times.append(time.perf_counter() - began)
        shown.append([str(track.id) for track in found])
    return times, shown


def spread(times: Sequence[float], strokes: Sequence[tuple[int, str]]) -> dict[str, Any]:
    """Milliseconds of all, and of texts of one word and of several."""
    parts = {
        "": list(times),
        "one_word_": [t for t, (_, text) in zip(times, strokes, strict=True) if " " not in text],
        "several_words_": [t for t, (_, text) in zip(times, strokes, strict=True) if " " in text],
    }
    return {
        f"{name}{label}_ms": share(sorted(each), part)
        for name, each in parts.items()
        for label, part in (("median", 0.5), ("p95", 0.95), ("worst", 1.0))
    }


def elsewhere(source: Path, server: PostgresServer, texts: Path) -> dict[str, Any]:
    """The first names typed into an older Segue, which makes its own catalogue on the server."""
    url = server.database("before")
    environment = os.environ | {"PYTHONPATH": str(source / "src")}
    table = report.shared("tracks/spotify_tracks_114k.csv.gz")
    program = (
        "import sys; from pathlib import Path; from segue.catalogue import tracks;"
        " from segue.catalogue.database import open_database;"
        " from segue.sources.tables import read_tracks;"
        " tracks.add(open_database(sys.argv[1]), read_tracks(Path(sys.argv[2])))"
    )
    subprocess.run([sys.executable, "-c", program, url, str(table)], check=True, env=environment)
    words = [sys.executable, __file__, "--typed", url, str(texts)]
    said = subprocess.run(words, check=True, env=environment, capture_output=True, text=True)
    return spread(json.loads(said.stdout), json.loads(texts.read_text()))


def upgraded(server: PostgresServer, file: Path) -> dict[str, float]:
    """Seconds that revision 0014 takes over a catalogue of the revision before."""
    from alembic import command

    from segue.catalogue.upgrading import migration_config

    url = server.database("older")
    move(file, url)
    with open_database(url) as db, db.write() as connection:
        config = migration_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0013")
    began = time.perf_counter()
    open_database(url).close()
    return {"upgrade_seconds": round(time.perf_counter() - began, 1)}


if __name__ == "__main__":
    main()
