"""How fast and how well search as you type answers over the 114k table.

Names of random tracks are typed letter by letter, as titles, as "artist title" and as
"artist – title". Every keystroke is a query. The wanted track counts as found when it, or one of
the same artists and title, is among the ten shown. With two letters swapped it should be among the
three the program then names as closest. Times are given by the clock and by the processor: on a
machine that is busy with other things only the second tells about the program.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import report
from segue.catalogue import search, tracks
from segue.catalogue.database import open_database
from segue.names import fold
from segue.sources.tables import read_tracks

if TYPE_CHECKING:
    from segue.catalogue.database import Database
    from segue.records import Track

SEED = 42
NAMES = 300
LONGEST = 40
TARGET_P95_MS = 20.0


def main() -> None:
    """Import the table, type, and write ``results/search.json``."""
    table = report.shared("tracks/spotify_tracks_114k.csv.gz")
    with (
        tempfile.TemporaryDirectory() as folder,
        open_database(Path(folder) / "search.db") as db,
    ):
        tracks.add(db, read_tracks(table))
        figures = measure(db)
    report.write("search", figures, inputs=[table], seed=SEED)


def measure(db: Database) -> dict[str, object]:
    """Times of every keystroke, and how often and how soon the wanted track is shown."""
    chance = random.Random(SEED)
    wanted = chance.sample(sample(db), NAMES)
    search.tracks(db, "warm")
    times: list[tuple[float, float]] = []
    strokes: list[int] = []
    whole = close = 0
    for number, track in enumerate(wanted):
        text = spoken(track, number)[:LONGEST]
        shown = [timed(db, text[:end], times) for end in range(1, len(text) + 1)]
        strokes += [end for end, found in enumerate(shown, 1) if is_among(track, found)][:1]
        whole += is_among(track, shown[-1])
        close += is_among(track, search.closest(db, swapped(text, chance)))
    walls, processor = (sorted(each) for each in zip(*times, strict=True))
    return {
        "tracks": tracks.count(db),
        "queries": len(times),
        "median_ms": round(1e3 * statistics.median(walls), 2),
        "p95_ms": share(walls, 0.95),
        "p99_ms": share(walls, 0.99),
        "worst_ms": share(walls, 1.0),
        "median_processor_ms": round(1e3 * statistics.median(processor), 2),
        "p95_processor_ms": share(processor, 0.95),
        "p99_processor_ms": share(processor, 0.99),
        "target_p95_ms": TARGET_P95_MS,
        "found_when_typed_whole": round(whole / NAMES, 3),
        "median_letters_until_shown": statistics.median(strokes),
        "closest_with_two_letters_swapped": round(close / NAMES, 3),
    }


def sample(db: Database) -> list[Track]:
    """Some thousand tracks from all over the catalogue, in the order of their ids."""
    pages: list[Track] = []
    for letter in "abcdefghijklmnopqrstuvwxyz234567":
        pages += tracks.page(db, after=f"t{letter}", limit=100)  # type: ignore[arg-type]
    return [track for track in pages if track.title and track.artists]


def spoken(track: Track, number: int) -> str:
    """One of three ways to type a track's name."""
    first = track.artists[0]
    return (track.title, f"{first} {track.title}", f"{first} – {track.title}")[number % 3].lower()


def swapped(text: str, chance: random.Random) -> str:
    """The text with two neighbouring letters swapped."""
    at = chance.randrange(max(1, len(text) - 1))
    return text[:at] + text[at : at + 2][::-1] + text[at + 2 :]


def timed(db: Database, text: str, times: list[tuple[float, float]]) -> list[Track]:
    """The answer to one keystroke; how long it took, by the clock and the processor, is noted."""
    began = time.perf_counter(), time.thread_time()
    found = search.tracks(db, text, limit=10)
    times.append((time.perf_counter() - began[0], time.thread_time() - began[1]))
    return found


def share(ordered: list[float], part: float) -> float:
    """Milliseconds that `part` of the times stay within."""
    return round(1e3 * ordered[min(int(part * len(ordered)), len(ordered) - 1)], 2)


def is_among(track: Track, found: list[Track]) -> bool:
    """Whether the track, or one of the same name, is among those found."""
    return any(one.id == track.id or fold(one.name) == fold(track.name) for one in found)


if __name__ == "__main__":
    main()
