"""Catalogues that words are read against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from segue.sources.demo.world import world
from wordings import lexicon_of, planted, table_of

if TYPE_CHECKING:
    from pathlib import Path

    from segue.words.lexicon import Lexicon


@pytest.fixture(scope="session")
def hundred() -> Lexicon:
    """A hundred tracks whose numbers are their rows."""
    names = {
        10: "Calm Harbour",
        40: "The Middle Band",
        41: "The Middle Band",
        42: "The Middle Band",
    }
    names |= {90: "Slow Jazz", 91: "Tyler, the Maker", 92: "ÀC/DÉ", 93: "Bob Marlow & The Winds"}
    genres = {
        0: "jazz",
        1: "death-metal",
        2: "metal",
        3: "r-n-b",
        4: "hip-hop",
        5: "sad",
        6: "party",
    }
    labels = dict.fromkeys(range(4), (("tag", "rainy"), ("emotion", "joy")))
    return lexicon_of(
        [
            planted(
                row,
                names.get(row, ""),
                genres.get(row, ""),
                labels=labels.get(row, ()),
                language="fr" if row == 7 else "",
            )
            for row in range(99)
        ]
        + [planted(99, "Artist 99", title="Purple Rain Falls - Remastered 2011")]
    )


@pytest.fixture(scope="session")
def demo() -> Lexicon:
    """The demo world, its table and its audio."""
    made = world()
    return lexicon_of([*made.audio, *made.table])


@pytest.fixture(scope="session")
def real(shared_data: Path) -> Lexicon:
    """The 114k table, every track once with all its genres."""
    return lexicon_of(table_of(shared_data / "tracks" / "spotify_tracks_114k.csv.gz"))
