"""``segue train attributes`` and ``segue evaluate attributes``, from tables to figures."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue import clusters
from segue.cli.main import run
from segue.cli.train import attributes as training
from segue.models.folder import FILE

if TYPE_CHECKING:
    from pathlib import Path

QUICK = ("--trials", "0", "--folds", "2", "--jobs", "1")


def write_table(path: Path, *, rows: int = 40, seed: int = 1, blank: int = 3) -> Path:
    """Three columns of numbers; `power` follows the first, `joy` the second."""
    rng = np.random.default_rng(seed)
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(("track_id", "artist", "style", "a", "b", "c", "power", "joy"))
        for row in range(rows):
            a, b, c = rng.normal(size=3)
            power = "" if row < blank else f"{3 * a + 0.1 * c:.4f}"
            joy = 1 / (1 + np.exp(-b))
            numbers = (f"{a:.4f}", f"{b:.4f}", f"{c:.4f}", power, f"{joy:.4f}")
            table.writerow((f"t{row}", f"Artist {row % 9}", "rock", *numbers))
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    """A model of two targets, and what training it answered."""
    folder = tmp_path_factory.mktemp("trained")
    table = write_table(folder / "my.csv")
    words = ("train", "attributes", "--table", table, "--target", "power", "--target", "joy")
    told = folder / "told.json"
    with pytest.MonkeyPatch.context() as patch, told.open("w", encoding="utf-8") as out:
        patch.setattr("sys.stdout", out)
        code = run([str(w) for w in (*words, "--out", folder / "models" / "two", *QUICK, "--json")])
    assert code == 0, told.read_text(encoding="utf-8")
    return folder / "models" / "two", json.loads(told.read_text(encoding="utf-8"))


def test_a_model_is_written_and_judged(trained: tuple[Path, dict]) -> None:
    folder, told = trained
    assert told["model"] == str(folder)
    assert told["name"] == "two"
    assert told["bytes"] == sum(file.stat().st_size for file in folder.iterdir())
    assert (folder / FILE).is_file()
    examples = told["examples"]
    assert (examples["read"], examples["used"], examples["rejected"]) == (40, 40, 0)
    assert examples["targets"] == ["power", "joy"]
    assert examples["features"] == 3
    assert "Left out, as they hold text or nothing: 'style'." in examples["notes"]
    assert "power, joy: known of 37 of 40 rows." in examples["notes"]
    report = told["report"]
    assert report["folds"] == 2
    assert report["artists"] == 9
    assert report["known"] == {"power": 37, "joy": 40}
    assert report["figures"]["power"]["r2"] > 0.7
    assert not (folder.parent / "two.study.db").exists()  # nothing was searched


def test_a_model_is_judged_on_any_table_of_its_shape(
    trained: tuple[Path, dict], tmp_path: Path, ask
) -> None:
    table = write_table(tmp_path / "others.csv", rows=30, seed=2, blank=0)
    figures = tmp_path / "figures.csv"
    told = ask(
        *("evaluate", "attributes", "--table", table, "--model", trained[0], "--csv", figures)
    )
    assert told["figures"]["power"]["r2"] > 0.7
    assert 0 < told["figures"]["joy"]["mae"] < 0.2
    assert told["rows"] == 30
    assert told["examples"]["features"] == 3
    with figures.open(encoding="utf-8") as stream:
        r2 = next(row for row in csv.DictReader(stream) if row["metric"] == "r2")
    assert (r2["model"], r2["target"]) == ("two", "power")
    assert float(r2["value"]) == told["figures"]["power"]["r2"]
    assert float(r2["low"]) <= float(r2["value"]) <= float(r2["high"])


def test_for_people_it_is_a_row_a_target_and_what_one_has_to_know(
    trained: tuple[Path, dict], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = trained[0]
    table = folder.parents[1] / "my.csv"
    assert run(["evaluate", "attributes", "--table", str(table), "--model", str(folder)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("power  R² ")
    assert "Judged on 40 tracks by 9 artists of my.csv." in out
    assert "trained on this very table" in out
    assert "Read 40 rows of my.csv = 40 examples + 0 repeated + 0 rejected" in err


def test_a_target_the_table_lacks_is_said_and_the_others_are_judged(
    trained: tuple[Path, dict], tmp_path: Path, ask, refused
) -> None:
    table = tmp_path / "less.csv"
    table.write_text("a,b,c,power,other\n1,2,3,3,x\n0.5,1,2,1.4,y\n-1,1,2,-3,y\n", "utf-8")
    told = ask("evaluate", "attributes", "--table", table, "--model", trained[0])
    assert set(told["figures"]) >= {"power"}
    assert "joy" not in told["figures"]
    assert any("joy" in note for note in told["notes"])
    table.write_text("a,b,c\n1,2,3\n", "utf-8")
    said = refused("evaluate", "attributes", "--table", table, "--model", trained[0])
    assert "at least one of the columns power, joy" in said


def test_a_feature_the_table_lacks_is_named(
    trained: tuple[Path, dict], tmp_path: Path, refused
) -> None:
    table = tmp_path / "less.csv"
    table.write_text("a,c,power\n1,2,3\n", "utf-8")
    said = refused("evaluate", "attributes", "--table", table, "--model", trained[0])
    assert "lacks 1 of 3 features of the model: 'b'" in said
    said = refused(
        *("evaluate", "attributes", "--table", table, "--model", trained[0]),
        *("--audio-column", "power"),
    )
    assert "takes columns of a table, not audio" in said
    assert "no model" in refused("evaluate", "attributes", "--table", table, "--model", tmp_path)


def test_judging_loads_no_package_of_training(trained: tuple[Path, dict]) -> None:
    folder = trained[0]
    table = folder.parents[1] / "my.csv"
    code = (
        "import sys, json\nfrom segue.cli.main import run\n"
        f"code = run(['evaluate', 'attributes', '--table', {str(table)!r}, '--model',"
        f" {str(folder)!r}])\nprint(json.dumps([code, sorted(sys.modules)]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    code_, loaded = json.loads(done.stdout.splitlines()[-1])
    assert code_ == 0
    assert set(loaded) & {"sklearn", "xgboost", "optuna", "onnx", "joblib", "matplotlib"} == set()
    assert not [name for name in loaded if name.startswith("segue.training")]


def test_a_model_may_be_trained_again_in_its_place_and_nothing_else_may(
    trained: tuple[Path, dict], tmp_path: Path, refused
) -> None:
    assert training._check_out(trained[0], "") == "two"
    assert training._check_out(tmp_path / "new" / "one.v2", "") == "one.v2"
    assert (tmp_path / "new").is_dir()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    table = write_table(tmp_path / "my.csv")
    words = ("train", "attributes", "--table", table, "--out")
    assert "is there and is no model" in refused(*words, tmp_path / "mine")
    assert "is there and is no model" in refused(*words, tmp_path / "my.csv")
    assert "cannot be called 'a b'" in refused(*words, tmp_path / "a b")
    assert "cannot be called '../x'" in refused(*words, tmp_path / "x", "--name", "../x")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--audio-column", "path"), "--audio-column says something of a table"),
        (("--features", "a"), "--features says something of a table"),
        (("--map", "energy=x"), "--map says something of a table"),
        (("--table", "TABLE", "--pipeline", "mfcc"), "the table names none"),
        (("--table", "TABLE", "--audio-column", "a", "--features", "b"), "--pipeline chooses"),
        (("--table", "none.csv"), "there is no file or folder"),
        (("--table", "TABLE", "--folds", "1"), "'1'"),
        (("--table", "TABLE", "--target", "fun"), "no column 'fun'"),
        (("--table", "TABLE", "--target", "style"), "'style' is 'rock' in every row"),
        (
            ("--table", "TABLE", "--target", "joy", "--folds", "10"),
            "by 9 artists, which are fewer than 10 folds",
        ),
    ],
)
def test_what_makes_no_sense_is_refused_before_any_work(
    here: Path, refused, options: tuple[str, ...], said: str
) -> None:
    write_table(here / "my.csv")
    words = [word.replace("TABLE", "my.csv") for word in options]
    assert said in refused("train", "attributes", "--out", "model", "--trials", "0", *words)


def test_missing_packages_are_named_with_the_command(monkeypatch, here: Path, refused) -> None:
    monkeypatch.setattr(training, "PACKAGES", ("joblib", "no_such_package"))
    said = refused("train", "attributes", "--out", "model")
    assert "not installed: no_such_package. Run: make train-setup" in said
    monkeypatch.setattr(training, "PACKAGES", ())
    monkeypatch.setattr(clusters, "find_spec", lambda name: None)
    said = refused("train", "attributes", "--out", "model", "--over", "dask://127.0.0.1:8786")
    assert "Run: pip install 'segue[cluster]'" in said


def test_an_empty_catalogue_says_what_it_takes(here: Path, catalogue: Path, refused) -> None:
    said = refused("train", "attributes", "--out", "model", "--database", catalogue)
    assert "no track of the catalogue has both given attributes and analysed audio" in said


def test_from_audio_to_a_model_that_judges_audio(
    tmp_path: Path, write_tone, ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEGUE_NICENESS", "0")
    rng = np.random.default_rng(3)
    lines = ["id,pitch,clip"]
    for number in range(14):
        hertz = float(rng.uniform(100, 1_000))
        write_tone(tmp_path / f"{number}.wav", hertz=hertz, seconds=1.0)
        lines.append(f"t{number},{np.log2(hertz):.4f},{number}.wav")
    table = tmp_path / "tones.csv"
    table.write_text("\n".join([*lines, "t99,9,gone.wav"]), "utf-8")
    out, refused = tmp_path / "model", tmp_path / "refused.csv"
    told = ask(
        *("train", "attributes", "--table", table, "--audio-column", "clip", "--target", "pitch"),
        *("--pipeline", "statistical", "--out", out, "--rejections", refused, *QUICK),
    )
    assert told["examples"]["inputs"].startswith("descriptors ")
    assert told["examples"]["features"] == 292
    assert (told["examples"]["read"], told["examples"]["used"]) == (15, 14)
    assert "gone.wav: there is no file" in refused.read_text(encoding="utf-8")
    told = ask(
        *("evaluate", "attributes", "--table", table, "--audio-column", "clip", "--model", out)
    )
    assert told["rows"] == 14
    assert told["figures"]["pitch"]["r2"] > 0.5
