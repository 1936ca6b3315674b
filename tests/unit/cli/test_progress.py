from __future__ import annotations

import io

import pytest

from segue.cli import progress
from segue.cli.progress import Meter, duration


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 s"),
        (0.2, "1 s"),
        (8, "8 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (600, "10 min"),
        (754, "12 min"),
        (3599.9, "1 h"),
        (7500, "2 h 5 min"),
    ],
)
def test_a_duration_is_said_as_people_say_it(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_lines_come_now_and_then_with_count_rate_and_time_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    stream = io.StringIO()
    with Meter(stream, every=10) as on_progress:
        for second in range(31):
            now[0] = float(second)
            on_progress(second * 20, 1000, "files")
    lines = stream.getvalue().splitlines()
    assert len(lines) == 3
    assert lines[0] == "40 of 1,000, 20 a second, 48 s left: files"


def test_a_total_nobody_knows_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    stream = io.StringIO()
    with Meter(stream, every=1) as on_progress:
        on_progress(0, None, "rows")
        now[0] = 5.0
        on_progress(10, None, "rows")
    assert stream.getvalue() == "10, 2.0 a second: rows\n"


def test_the_rate_leaves_out_what_starting_took(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    stream = io.StringIO()
    with Meter(stream, every=1) as on_progress:
        on_progress(0, 100, "")
        for second in range(5, 9):
            now[0] = float(second)
            on_progress(2 * (second - 4), 100, "x.mp3")
    assert stream.getvalue().splitlines()[-1] == "8 of 100, 2.0 a second, 46 s left: x.mp3"


def test_another_total_begins_another_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    stream = io.StringIO()
    with Meter(stream, every=1) as on_progress:
        on_progress(0, 10, "slow.mp3")
        now[0] = 100.0
        on_progress(0, 500, "quick.mp3")
        now[0] = 102.0
        on_progress(100, 500, "quicker.mp3")
    assert stream.getvalue().splitlines()[-1] == "100 of 500, 50 a second, 8 s left: quicker.mp3"


def test_work_that_is_quickly_done_says_nothing() -> None:
    stream = io.StringIO()
    with Meter(stream) as on_progress:
        on_progress(1, 1, "files")
    assert stream.getvalue() == ""


def test_a_terminal_gets_a_bar_that_is_taken_away_again() -> None:
    stream = Terminal()
    with Meter(stream) as on_progress:
        on_progress(1, 4, "files [with] brackets")
        on_progress(2, 4, "files [with] brackets")
        on_progress(1, None, "then this")
    shown = stream.getvalue()
    assert "files [with] brackets" in shown
    assert "then this" in shown
    assert shown.rstrip().endswith("\x1b[2K")
