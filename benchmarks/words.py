"""How many descriptions are read as they are meant, and how long reading takes.

The descriptions are those of the tests, each with what is meant (`tests/phrases.py`); they are read
against the 114k table and against the demo world. ``FRESH`` were written when all the others were
read as meant; `FIRST` says how it went when each list was read for the first time, before anything
was changed because of it.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import TYPE_CHECKING

import report

sys.path[:0] = [str(report.REPOSITORY / "tests")]

from phrases import DEMO, FRESH, MISREAD, SPOTIFY  # noqa: E402
from segue.sources.demo.world import world  # noqa: E402
from segue.words import understand  # noqa: E402
from wordings import gist, lexicon_of, table_of  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.words.lexicon import Lexicon

TABLE = "tracks/spotify_tracks_114k.csv.gz"
TIMES = 5

FIRST = {"descriptions": 75, "as meant": 64, "mistakes of the lists": 4}
"""The second halves and the fresh ones at their first reading, counted then. In four of the others
the list was wrong: an artist whom the table lacks, and three meanings written down too narrowly."""


def read(lexicon: Lexicon, phrases: Sequence[tuple[str, tuple[str, ...]]]) -> dict[str, int]:
    """How many there are, and how many are read as meant."""
    right = sum(gist(understand(text, lexicon), lexicon) == set(meant) for text, meant in phrases)
    return {"descriptions": len(phrases), "as meant": right}


def timed(lexicon: Lexicon, texts: Sequence[str]) -> dict[str, float]:
    """Processor time of reading one text, warm: milliseconds, the median of `TIMES` for each."""
    for text in texts:
        understand(text, lexicon)
    spent = []
    for text in texts:
        each = []
        for _ in range(TIMES):
            began = time.thread_time()
            understand(text, lexicon)
            each.append(1000 * (time.thread_time() - began))
        spent.append(statistics.median(each))
    return {"median ms": round(statistics.median(spent), 2), "slowest ms": round(max(spent), 2)}


def main() -> None:
    table = report.shared(TABLE)
    began = time.thread_time()
    real = lexicon_of(table_of(table))
    made = world()
    demo = lexicon_of([*made.audio, *made.table])
    print(f"catalogues made in {time.thread_time() - began:.0f} s", file=sys.stderr)
    texts = [text for text, _ in (*SPOTIFY, *FRESH)]
    figures = {
        "tracks": 89_741,
        "table": read(real, (*SPOTIFY, *FRESH)),
        "demo": read(demo, DEMO),
        "misread": MISREAD,
        "first reading": FIRST,
        "reading": timed(real, texts),
    }
    report.write("words", figures, inputs=[table])


if __name__ == "__main__":
    main()
