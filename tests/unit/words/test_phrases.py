"""What people write is read as they mean it: on the demo world and on a table of real music."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING

import pytest

from phrases import DEMO, FRESH, MISREAD, SPOTIFY
from segue.words import understand
from wordings import gist

if TYPE_CHECKING:
    from segue.words.lexicon import Lexicon


@pytest.mark.parametrize(
    ("text", "meant"), DEMO, ids=lambda one: one if isinstance(one, str) else ""
)
def test_phrases_about_the_demo_world(demo: Lexicon, text: str, meant: tuple[str, ...]) -> None:
    assert gist(understand(text, demo), demo) == set(meant)


@pytest.mark.realdata
def test_phrases_about_real_music(real: Lexicon) -> None:
    wrong = {}
    for text, meant in (*SPOTIFY, *FRESH):
        found = gist(understand(text, real), real)
        if found != set(meant):
            wrong[text] = found ^ set(meant)
    assert wrong.keys() == MISREAD.keys()
    assert len(SPOTIFY) + len(FRESH) + len(DEMO) >= 100


@pytest.mark.realdata
def test_reading_is_quick_beside_ninety_thousand_tracks(real: Lexicon) -> None:
    texts = [text for text, _ in (*SPOTIFY, *FRESH)]
    for text in texts:
        understand(text, real)
    spent = []
    for text in texts:
        began = time.thread_time()
        understand(text, real)
        spent.append(time.thread_time() - began)
    assert median(spent) < 0.010
