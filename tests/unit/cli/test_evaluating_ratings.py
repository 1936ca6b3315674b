"""``segue evaluate ratings``: what it says, and what it says no to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def _history(folder: Path, *, graded: bool) -> Path:
    lines = ["listener,artist,title,times"]
    for who in range(12):
        for what in range(12):
            times = 1 + (who * 7 + what * 5) % 11 if graded else 1
            lines.append(f"l{who},Artist {what},Song {what},{times}")
    path = folder / "plays.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_history_is_judged_without_a_catalogue(
    here: Path, ask, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _history(here, graded=True)
    told = ask("evaluate", "ratings", "--data", path, "--neighbours", "5", "--database", "none.db")
    assert told["kind"] == "ratings report"
    assert (told["listeners"], told["items"], told["held_out"]) == (12, 12, 36)
    assert {each["name"] for each in told["contenders"]} >= {"baseline", "mean"}
    assert not (here / "none.db").exists()
    assert run(["evaluate", "ratings", "--data", str(path)]) == 0
    said = capsys.readouterr().out
    assert "RMSE" in said.splitlines()[0]
    assert "Judged on 36 ratings held out of 12 listeners and 12 pieces" in said


def test_plays_without_grades_are_sent_to_together(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["evaluate", "ratings", "--data", str(_history(here, graded=False))]) == 2
    assert "space `together`" in " ".join(capsys.readouterr().err.split())
