"""Do neighbours by rating predict how often somebody plays an artist?

The HetRec 2011 set of Last.fm: 1,892 listeners with their 50 most played artists and counts. What
``segue evaluate ratings`` says of it, for each likeness; all other options as in Surprise. Nothing
was chosen by these figures but the rating itself (a count beside the listener's usual one).
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import report
from segue.cli.document import plain
from segue.evaluation.plays import Counts
from segue.evaluation.ratings import judge
from segue.sources.history import read_history

SEED = 42


def main() -> None:
    """Judge and write ``results/ratings.json``."""
    data = report.shared("listening")
    found = judge(Counts.of(read_history(data)), source="HetRec 2011 Last.fm", seed=SEED)
    inputs = [data / name for name in ("user_artists.dat", "artists.dat")]
    report.write("ratings", plain(found), inputs=inputs, seed=SEED)


if __name__ == "__main__":
    main()
