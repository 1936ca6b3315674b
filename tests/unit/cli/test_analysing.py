"""`segue analyse` and `segue status`: passes, failures by reason, and taking them up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from segue.cli.main import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def music(here: Path, write_tone) -> Path:
    """Three tones, one that is too short, and two whose format nobody knows."""
    folder = here / "music"
    folder.mkdir()
    for hertz in (110.0, 220.0, 440.0):
        write_tone(folder / f"{hertz:.0f}.wav", hertz=hertz)
    write_tone(folder / "short.wav", hertz=300.0, seconds=0.4)
    for name, hertz in (("bad 1.wav", 500.0), ("bad 2.wav", 600.0)):
        path = write_tone(folder / name, hertz=hertz)
        data = bytearray(path.read_bytes())
        data[20:22] = b"\x99\x66"
        path.write_bytes(data)
    return folder


def test_the_quick_pass_is_enough_to_recommend_and_the_next_run_does_the_rest(
    ask, music: Path
) -> None:
    quick = ask("analyse", music, "--quick", "--jobs", "1", "--nice", "0")["analysis"]
    assert quick["recording"] is None
    assert (quick["descriptors"]["analysed"], quick["descriptors"]["failed"]) == (3, 2)
    answer = ask("similar", music / "110.wav", "--lens", "descriptors")
    assert answer["count"] == 2
    before = ask("status")
    assert before["recordings"]["queued"] == before["ledger"]["found"] == 6
    rest = ask("analyse", "--jobs", "1")["analysis"]
    assert (rest["descriptors"]["done"], rest["recording"]["done"]) == (0, 6)
    after = ask("status")
    for stands in (after["ledger"], after["recordings"]):
        assert stands["found"] == sum(
            stands[state] for state in ("analysed", "queued", "failed", "skipped")
        )
        assert stands["queued"] == 0


def test_failures_are_counted_by_reason_and_taken_up_again_by_its_words(
    ask, refused, music: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask("analyse", music, "--quick")
    found = ask("status", "--failures")["causes"]
    counted = [(one["state"], one["files"], one["reason"]) for one in found]
    assert counted[0][:2] == ("failed", 2)
    assert counted[0][2].startswith("it holds no audio stream. ")
    assert counted[1] == ("skipped", 1, "it holds 0.4 s of audio. At least 1 s are needed.")
    assert found[0]["example"] == str(music / "bad 1.wav")

    capsys.readouterr()
    assert run(["status", "--failures"]) == 0
    shown = capsys.readouterr().out
    assert "2  failed   descriptors  it holds no audio stream." in shown
    assert "segue analyse --retry-if" in shown

    assert ask("analyse", "--quick", "--retry-if", "no audio stream")["retried"] == 2
    again = ask("analyse", "--quick", "--retry-if", "… s of audio")
    assert (again["retried"], again["analysis"]["descriptors"]["done"]) == (1, 1)
    assert ask("analyse", "--quick", "--retry")["retried"] == 2
    assert ask("analyse", "--quick")["retried"] is None
    assert "no file failed or was skipped with 'took longer' in the reason" in refused(
        "analyse", "--retry-if", "took longer"
    )


def test_what_was_mended_is_analysed_when_it_is_taken_up_again(ask, here: Path, write_tone) -> None:
    folder = here / "music"
    folder.mkdir()
    path = write_tone(folder / "away.wav", hertz=200.0)
    ask("scan", folder)
    path.rename(here / "elsewhere.wav")
    away = ask("analyse", "--quick")["analysis"]["descriptors"]
    assert (away["queued"], away["failed"], len(away["failures"])) == (1, 0, 1)
    (here / "elsewhere.wav").rename(path)
    assert ask("analyse", "--quick")["analysis"]["descriptors"]["analysed"] == 1


def test_nothing_that_failed_is_said_so(ask, catalogue: Path, capsys) -> None:
    assert ask("status", "--failures", "--database", catalogue)["causes"] == []
    capsys.readouterr()
    assert run(["status", "--failures", "--database", str(catalogue)]) == 0
    assert capsys.readouterr().out == "No file failed or was skipped.\n"


def test_memory_for_one_process_alone_is_said(music: Path, capsys) -> None:
    assert run(["analyse", str(music), "--quick", "--jobs", "3", "--memory", "250"]) == 0
    out = capsys.readouterr().out
    assert "Note: 3 processes were wanted and 1 used: each needs 200 MB" in out


@pytest.mark.parametrize("words", [("--memory", "10"), ("--nice", "20"), ("--jobs", "-1")])
def test_budgets_that_make_no_sense_are_refused(here: Path, words: tuple[str, str]) -> None:
    assert run(["analyse", *words]) == 2
