"""``segue federate``: three libraries train one model by files, and one of them answers by it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from libraries import LIBRARIES, NEW, artist_of, taste_of, write_files
from segue.catalogue import corpus as catalogue_corpus
from segue.catalogue.database import reached
from segue.cli.main import run
from segue.spaces.federated import FederatedSpace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


SMALL = ("--dims", "8", "--artists", "256")


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("libraries")
    made = []
    for library in range(LIBRARIES):
        where = folder / f"library-{library}.db"
        table, lists = write_files(folder, library)
        assert run(["import", "tracks", str(table), "-d", str(where)]) == 0
        assert run(["import", "playlists", str(lists), "-d", str(where)]) == 0
        made.append(where)
    return made


@pytest.fixture
def libraries(imported: list[Path], tmp_path: Path) -> list[str]:
    return [str(shutil.copy(where, tmp_path / where.name)) for where in imported]


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    capsys.readouterr()
    code = run(["federate", *words, "--json"])
    said = capsys.readouterr()
    assert code == 0, said
    return json.loads(said.out)


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert run(["federate", *words]) == 2
    return " ".join(capsys.readouterr().err.split())


def federated(folder: Path, libraries: Sequence[str], name: str, *how: str) -> Path:
    """All rounds, through the command line; the file of the last."""
    folder.mkdir()
    here = folder / "round-0.npz"
    agree = [word for word in how if word == "--without-noise"]
    assert run(["federate", "begin", "--out", str(here), "--rounds", "3", *SMALL, *how]) == 0
    for number in range(3):
        answers = []
        for place, where in enumerate(libraries):
            out = str(folder / f"{name}-{number}-{place}.npz")
            words = ["federate", "update", str(here), "--out", out, "-d", where, *agree]
            assert run(words) == 0
            answers.append(out)
        there = folder / f"round-{number + 1}.npz"
        assert run(["federate", "merge", str(here), *answers, "--out", str(there)]) == 0
        here = there
    return here


def kin(where: str) -> float:
    with reached(where) as database:
        corpus = catalogue_corpus.load(database)
    # Rows of a catalogue stand in the order of ids; those of the world by the title's number.
    order = [int(title.split()[1]) for title in corpus.titles]
    space = FederatedSpace.build(corpus)
    shares = []
    for row, song in enumerate(order):
        if song not in NEW:
            continue
        scores = space.score([space.point(row)])[0]
        ranked = sorted(range(len(order)), key=lambda each: -scores[each])
        others = [each for each in ranked if artist_of(order[each]) != artist_of(song)][:10]
        shares.append(sum(taste_of(order[each]) == taste_of(song) for each in others) / 10)
    return sum(shares) / len(shares)


def test_three_train_together_and_each_finds_what_it_could_not_alone(
    tmp_path: Path,
    imported: list[Path],
    libraries: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    last = federated(tmp_path / "all", libraries, "u", "--without-noise")
    used = told(capsys, "use", str(last), "-d", libraries[0])
    assert used["directions"] > 0
    together = kin(libraries[0])
    # Alone: a federation with a twin that knows no more.
    own = [libraries[0], str(shutil.copy(imported[0], tmp_path / "twin.db"))]
    told(capsys, "use", str(federated(tmp_path / "own", own, "u", "--without-noise")), "-d", own[1])
    assert together > kin(own[1]) + 0.2

    capsys.readouterr()
    words = ["similar", "Song 0", "--lens", "federated", "-n", "5", "--json", "-d", libraries[0]]
    assert run(words) == 0
    rows = json.loads(capsys.readouterr().out)["recommendations"]
    assert len(rows) == 5
    assert all(row["reasons"]["sentence"] for row in rows)
    assert run(["status", "-d", libraries[0]]) == 0
    assert "3 instances in 3 rounds, with no noise" in capsys.readouterr().out
    assert told(capsys, "forget", "-d", libraries[0]) == {"forgotten": True}
    assert told(capsys, "spent", "-d", libraries[0])["updates"][0]["strength"] is None


def test_what_is_shown_says_what_leaves(
    tmp_path: Path, libraries: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    last = federated(tmp_path / "all", libraries, "u", "--epsilon", "5")
    capsys.readouterr()
    assert run(["federate", "show", str(tmp_path / "all" / "u-1-0.npz")]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "answers round 1" in said
    assert "It holds no title, name, id or playlist" in said
    assert "Every number bears noise of deviation" in said
    assert run(["federate", "show", str(last)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "all 3 rounds are done, with 3, 3, 3 instances" in said
    assert "(ε = 5, δ = 1e-05)-private" in said
    spent = told(capsys, "spent", "-d", libraries[0])
    assert spent["epsilon"] == pytest.approx(5.0, rel=1e-3)
    assert len(spent["updates"]) == 3
    assert {each["instance"] for each in spent["updates"]} == {spent["updates"][0]["instance"]}
    told(capsys, "use", str(last), "-d", libraries[0])


def test_nothing_is_spent_beyond_the_budget(
    tmp_path: Path, libraries: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    federated(tmp_path / "all", libraries, "u", "--epsilon", "3")
    other = str(tmp_path / "other.npz")
    told(capsys, "begin", "--out", other, "--epsilon", "3")
    out = tmp_path / "more.npz"
    said = refused(capsys, "update", other, "--out", str(out), "-d", libraries[0])
    assert "more than 3; until now it is 3.00" in said
    assert "--limit 4" in said
    assert not out.exists()
    assert len(told(capsys, "spent", "-d", libraries[0])["updates"]) == 3
    told(capsys, "update", other, "--out", str(out), "-d", libraries[0], "--limit", "4")
    assert len(told(capsys, "spent", "-d", libraries[0])["updates"]) == 4


def test_a_round_is_answered_once(
    tmp_path: Path, libraries: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    here = str(tmp_path / "round.npz")
    told(capsys, "begin", "--out", here, "--epsilon", "8")
    first = ["update", here, "-d", libraries[0], "--out"]
    told(capsys, *first, str(tmp_path / "a.npz"))
    assert "was answered already" in refused(capsys, *first, str(tmp_path / "b.npz"))
    told(capsys, *first, str(tmp_path / "b.npz"), "--again")
    both = [str(tmp_path / "a.npz"), str(tmp_path / "b.npz")]
    said = refused(capsys, "merge", here, *both, "--out", str(tmp_path / "next.npz"))
    assert "come from the same instance" in said


def test_a_file_that_cannot_be_written_costs_nothing(
    tmp_path: Path, libraries: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    here = str(tmp_path / "round.npz")
    told(capsys, "begin", "--out", here, "--epsilon", "8")
    nowhere = ["update", here, "-d", libraries[0], "--out", str(tmp_path / "none" / "a.npz")]
    assert "the file cannot be written" in refused(capsys, *nowhere)
    (tmp_path / "a.npz").write_bytes(b"other")
    taken = ["update", here, "-d", libraries[0], "--out", str(tmp_path / "a.npz")]
    assert "there is such a file already" in refused(capsys, *taken)
    assert told(capsys, "spent", "-d", libraries[0])["updates"] == []


def test_nothing_is_a_number_too(
    tmp_path: Path, libraries: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    here = str(tmp_path / "round.npz")
    begin = ["begin", "--out", here, "--without-noise"]
    assert "0 dimensions" in refused(capsys, *begin, "--dims", "0")
    begun = told(capsys, *begin, "--artists", "0", "--dims", "8")
    assert begun["plan"]["artists"] == 0
    update = ["update", here, "-d", libraries[0], "--out", str(tmp_path / "a.npz")]
    told(capsys, *update, "--without-noise")


def test_no_noise_is_never_by_accident(
    tmp_path: Path, libraries: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    here = str(tmp_path / "round.npz")
    assert "either an ε or no noise" in refused(capsys, "begin", "--out", here)
    told(capsys, "begin", "--out", here, "--without-noise")
    update = ["update", here, "-d", libraries[0], "--out", str(tmp_path / "a.npz")]
    assert "this federation adds no noise" in refused(capsys, *update)
    told(capsys, *update, "--without-noise")
    capsys.readouterr()
    assert run(["federate", "show", str(tmp_path / "a.npz")]) == 0
    assert "THERE IS NO NOISE" in capsys.readouterr().out


def test_a_model_that_is_not_finished_is_not_used(
    tmp_path: Path, libraries: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    here = str(tmp_path / "round.npz")
    told(capsys, "begin", "--out", here, "--epsilon", "8")
    assert "0 of 4 rounds are done" in refused(capsys, "use", here, "-d", libraries[0])
