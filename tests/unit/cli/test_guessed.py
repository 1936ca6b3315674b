"""Attributes from sound on the command line: marked, predicted where a model is set, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from oracles import expected, write_model
from segue.cli.main import run
from segue.records import CONTINUOUS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def heard(here: Path, write_tone, ask) -> Path:
    """A catalogue of four files and nothing else."""
    for number in range(4):
        music = here / "music"
        music.mkdir(exist_ok=True)
        write_tone(music / f"Artist {number} - Tone {number}.wav", hertz=110.0 * 1.3**number)
    ask("analyse", here / "music", "--jobs", "1", "--database", here / "segue.db")
    return here / "segue.db"


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model that is set."""
    folder = write_model(tmp_path / "model")
    monkeypatch.setenv("SEGUE_ATTRIBUTES_MODEL", str(folder))
    return folder


def test_a_file_is_asked_by_hybrid_without_any_table(
    heard: Path, here: Path, write_tone, ask
) -> None:
    outside = write_tone(here / "Else - Other.wav", hertz=150.0)
    answer = ask("similar", outside, "--lens", "hybrid", "--database", heard)
    assert answer["lens"] == "hybrid"
    assert len(answer["recommendations"]) > 0
    assert set(answer["seed"]["origins"].values()) == {"estimated"}
    assert ask("similar", outside, "--database", heard)["lens"] == "audio"
    for row in answer["recommendations"]:
        assert set(row["track"]["origins"].values()) == {"estimated"}
        assert all(
            each["estimated"] for each in row["reasons"]["agree"] if each["feature"] in CONTINUOUS
        )


def test_a_description_tells_estimates_as_estimates(here: Path, write_tone, ask, capsys) -> None:
    tone = write_tone(here / "tone.wav", hertz=200.0)
    told = ask("describe", tone)["attributes"]
    assert set(CONTINUOUS) <= set(told)
    for each in told.values():
        assert (each["provenance"], each["interval"]) == ("estimated", None)
    assert run(["describe", str(tone)]) == 0
    shown = capsys.readouterr().out
    lines = [line for line in shown.splitlines() if line.split(" ")[0] in CONTINUOUS]
    estimates = [line for line in lines if "≈" in line]
    assert len(estimates) == len(CONTINUOUS)
    assert all(line.endswith("estimated") for line in estimates)


def test_the_loudness_of_a_whole_file_is_the_measured_one(here: Path, write_tone, ask) -> None:
    told = ask("describe", write_tone(here / "tone.wav", hertz=200.0), "--whole")
    assert told["attributes"]["loudness"]["value"] == round(told["recording"]["loudness"], 2)


def test_a_model_that_is_set_predicts_with_intervals(
    here: Path, model: Path, write_tone, ask, capsys
) -> None:
    tone = write_tone(here / "tone.wav", hertz=200.0)
    told = ask("describe", tone)
    energy = told["attributes"]["energy"]
    level = told["descriptors"]["level"]["level"]
    assert energy["provenance"] == "predicted:oracle"
    assert energy["value"] == pytest.approx(expected("energy", level), abs=1e-3)
    assert energy["interval"]["low"] < energy["value"] < energy["interval"]["high"]
    assert energy["interval"]["coverage"] == 0.9
    assert run(["describe", str(tone)]) == 0
    shown = capsys.readouterr().out
    assert shown.count(" ± 0.") == len(CONTINUOUS)
    assert "predicted:oracle" in shown


def test_the_status_counts_where_attributes_come_from(heard: Path, ask, capsys) -> None:
    assert ask("status", "--database", heard)["attributes"] == {"estimated": 4}
    assert run(["status", "--database", str(heard)]) == 0
    assert "4 tracks estimated (measured by ordinary music)" in capsys.readouterr().out


def test_the_next_analysis_puts_a_model_to_work_and_takes_it_away(
    heard: Path, model: Path, ask, capsys, monkeypatch
) -> None:
    stands = ask("status", "--database", heard)["model"]
    assert (stands["name"], stands["predicted"], stands["described"]) == ("oracle", 0, 4)
    assert run(["status", "--database", str(heard)]) == 0
    assert "oracle: 0 of 4 described tracks; `segue analyse` does the rest" in (
        capsys.readouterr().out
    )
    ask("analyse", "--database", heard)
    assert ask("status", "--database", heard)["attributes"] == {
        "predicted:oracle": 4,
        "estimated": 4,
    }
    found = ask("search", "Tone 1", "--database", heard)["tracks"][0]
    assert ask("similar", found["id"], "--database", heard)["lens"] == "hybrid"
    monkeypatch.delenv("SEGUE_ATTRIBUTES_MODEL")
    ask("analyse", "--database", heard)
    assert ask("status", "--database", heard)["attributes"] == {"estimated": 4}
    assert ask("similar", found["id"], "--database", heard)["lens"] == "audio"


def checked(document: dict) -> dict[str, str]:
    return next(check for check in document["checks"] if check["name"] == "model")


def test_the_doctor_looks_at_the_model(heard: Path, ask, model: Path) -> None:
    found = checked(ask("doctor", "--database", heard))
    assert found["state"] == "ok"
    assert found["found"].startswith("oracle predicts energy, valence")


def test_without_a_model_all_is_well(heard: Path, ask) -> None:
    found = checked(ask("doctor", "--database", heard))
    assert (found["state"], found["found"]) == (
        "ok",
        "none is set: attributes are estimated from the signal",
    )


def test_a_model_that_cannot_be_used_is_told_everywhere_and_stops_nothing(
    heard: Path, here: Path, ask, capsys, monkeypatch, write_tone
) -> None:
    monkeypatch.setenv("SEGUE_ATTRIBUTES_MODEL", str(here / "nowhere"))
    assert run(["doctor", "--database", str(heard)]) == 2
    assert "there is no such folder" in " ".join(capsys.readouterr().out.split())
    assert run(["status", "--database", str(heard)]) == 0
    assert "Attributes are not predicted: " in capsys.readouterr().out
    assert run(["describe", str(write_tone(here / "tone.wav", hertz=200.0))]) == 0
    out, err = capsys.readouterr()
    assert "Attributes are not predicted: " in err
    assert "≈" in out
    summary = ask("analyse", "--database", heard)["analysis"]
    assert any("not predicted" in note for note in summary["notes"])
    found = ask("search", "Tone 1", "--database", heard)["tracks"][0]
    assert ask("similar", found["id"], "--database", heard)["recommendations"]


def test_the_server_says_at_its_start_that_a_model_cannot_be_used(
    heard: Path, here: Path, spawn, monkeypatch
) -> None:
    monkeypatch.setenv("SEGUE_ATTRIBUTES_MODEL", str(here / "nowhere"))
    server = spawn("serve", "--port", "0", "--database", heard, cwd=here)
    assert server.stdout is not None
    assert "Segue answers at" in server.stdout.readline()
    server.terminate()
    _, err = server.communicate(timeout=30)
    assert "Attributes are not predicted: " in err
    assert "there is no such folder" in err
    assert "Traceback" not in err
