"""``segue continue``, ``wish`` and ``feedback`` as people type them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from segue.cli.main import run
from segue.cli.wish import years
from segue.errors import BadRequestError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def stocked(table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue with the table, three playlists of it and a history."""
    folder = tmp_path_factory.mktemp("stocked")
    database = folder / "segue.db"
    assert run(["import", "tracks", str(table), "-d", str(database), "--json"]) == 0
    for number, title in enumerate(("Road Trip", "Sleep", "Party")):
        lines = ["#EXTM3U", f"#PLAYLIST:{title}"]
        for song in range(number * 5, number * 5 + 12):
            genre = ("Ambient", "House", "Folk")[song % 3]
            lines += [f"#EXTINF:{180 + song},{genre} Artist {song // 3 % 4} - Song {song}"]
            lines += [f"{song}.mp3"]
        path = folder / f"{title}.m3u8"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        assert run(["import", "playlists", str(path), "-d", str(database), "--json"]) == 0
    heard = folder / "heard.csv"
    heard.write_text("listener,artist,title,times\nme,Ambient Artist 0,Song 0,3\n", "utf-8")
    assert run(["import", "history", str(heard), "-d", str(database), "--json"]) == 0
    return database


@pytest.fixture(scope="module")
def ids(stocked: Path) -> list[str]:
    from segue.catalogue import tracks
    from segue.library import Segue

    with Segue.open(stocked) as segue:
        return [track.id for track in tracks.page(segue.database, limit=24)]


def test_tracks_are_continued(ask, refused, stocked: Path, ids: list[str]) -> None:
    found = ask("continue", "--tracks", ",".join(ids[:3]), "-n", 5, "-d", stocked)
    assert found["count"] == 5
    assert found["seeds"] == ids[:3]
    assert not {row["track"]["id"] for row in found["recommendations"]} & set(ids[:3])
    again = ask("continue", "--track", ids[0], "--tracks", f"{ids[0]}, {ids[1]}", "-d", stocked)
    assert again["notes"] == ["1 of the 3 is named before and counts once"]


def test_people_read_what_is_continued_and_where_weights_come_from(
    stocked: Path, ids: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["continue", "--tracks", ",".join(ids[:3]), "-d", str(stocked)]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Like ")
    assert "Lens balanced" in told
    assert "Weights learned from" in " ".join(told.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "nothing is named that an answer could go by"),
        (("--tracks", ""), "an id is empty"),
        (("--tracks", "a,,b"), "an id is empty"),
        (("--tracks", "wrong"), "no track, file or id is called 'wrong'"),
        (("--title", ""), "nothing is named"),
        (("--playlist", "None such"), "no playlist has the id or the title 'None such'"),
        (("--listener", "nobody"), "there is no listener 'nobody'"),
        (("--title", "Road Trip", "--lens", "attributes"), "stands in no space of the lens"),
    ],
)
def test_what_cannot_be_continued_is_told_in_a_sentence(
    refused, stocked: Path, words: tuple[str, ...], said: str
) -> None:
    assert said in refused("continue", *words, "-d", stocked)


def test_a_wrong_id_among_others_is_named(refused, stocked: Path, ids: list[str]) -> None:
    told = refused("continue", "--tracks", f"{ids[0]},wrong", "-d", stocked)
    assert "of the 2 tracks 'wrong' is unknown" in told


def test_titles_playlists_and_histories(ask, stocked: Path) -> None:
    assert ask("continue", "--title", "roadtrip", "-d", stocked)["count"] > 0
    assert len(ask("continue", "--playlist", "sleep", "-d", stocked)["seeds"]) == 12
    assert len(ask("continue", "--listener", "me", "-d", stocked)["seeds"]) == 1


def test_a_wish_is_answered(ask, refused, stocked: Path) -> None:
    found = ask("wish", "--energy", 0.9, "--genre", "house", "--key", "F", "-n", 3, "-d", stocked)
    assert [row["track"]["genres"] for row in found["recommendations"]] == [["house"]] * 3
    dated = ask("wish", "--genre", "folk", "--year", "1990-1995", "-d", stocked)
    assert {row["track"]["year"] for row in dated["recommendations"]} <= set(range(1990, 1996))
    assert "nothing is wished for" in refused("wish", "-d", stocked)
    assert "energy is 80" in refused("wish", "--energy", 80, "-d", stocked)
    assert "there is no mode 'dorian'" in refused("wish", "--mode", "dorian", "-d", stocked)


def test_opinions_are_given_listed_and_taken_back(ask, refused, stocked: Path, ids) -> None:
    seed, whose = ids[9], ("--listener", "ada")
    before = ask("similar", seed, "-n", 3, "-d", stocked)
    bad = before["recommendations"][0]["track"]["id"]
    given = ask("feedback", "dislike", bad, *whose, "-d", stocked)
    assert (given["kind"], given["track"]["id"]) == ("dislike", bad)
    listed = ask("feedback", "list", *whose, "-d", stocked)
    assert [each["kind"] for each in listed["opinions"]] == ["dislike"]
    shifted = ask("similar", seed, *whose, "-n", 23, "--per-artist", 9, "-d", stocked)
    assert bad not in {row["track"]["id"] for row in shifted["recommendations"]}
    assert ask("feedback", "undo", bad, *whose, "-d", stocked)["undone"] is True
    assert ask("feedback", "undo", bad, *whose, "-d", stocked)["undone"] is False
    after = ask("similar", seed, *whose, "-n", 3, "-d", stocked)
    assert after["recommendations"] == before["recommendations"]
    assert "called 'wrong'" in refused("feedback", "like", "wrong", *whose, "-d", stocked)
    assert "no listener is named" in refused(
        "feedback", "like", seed, "--listener", " ", "-d", stocked
    )


def test_the_document_of_a_set_is_one_document(
    stocked: Path, ids: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["continue", "--tracks", ",".join(ids[:2]), "-d", str(stocked), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) >= {"seed", "seeds", "origin", "notes", "weights", "recommendations"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1994", (1994, 1994)),
        ("1990-1999", (1990, 1999)),
        ("1990s", (1990, 1999)),
    ],
)
def test_years(text: str, found: tuple[int, int]) -> None:
    assert years(text) == found


@pytest.mark.parametrize("text", ["", "old", "90s-", "1990-", "-1990"])
def test_no_years(text: str) -> None:
    with pytest.raises(BadRequestError, match="is no year"):
        years(text)


def test_a_wish_in_words_says_what_it_is_understood_as(ask, refused, stocked: Path) -> None:
    found = ask("wish", "slow", "folk,", "acoustc", "-n", 3, "-d", stocked)
    assert found["count"] == 3
    assert [one["kind"] for one in found["understood"]["phrases"]] == [
        "quality", "genre", "unknown",
    ]  # fmt: skip
    assert {row["track"]["genres"][0] for row in found["recommendations"]} == {"folk"}
    joined = ask("wish", "folk", "--energy", 0.2, "-n", 3, "-d", stocked)
    assert joined["understood"]["targets"][0]["value"] == 0.2
    assert "nothing of 'zyzzyva' is understood" in refused("wish", "zyzzyva", "-d", stocked)
    assert "there are no words to read" in refused("wish", "--read", "-d", stocked)


def test_what_is_understood_is_changed_and_sent_back(
    ask, refused, stocked: Path, tmp_path: Path
) -> None:
    said = ask("wish", "slow folk", "--read", "-d", stocked)
    said["filters"]["genres"] = ["house"]
    path = tmp_path / "said.json"
    path.write_text(json.dumps(said), encoding="utf-8")
    found = ask("wish", "--understood", path, "-n", 3, "-d", stocked)
    assert {row["track"]["genres"][0] for row in found["recommendations"]} == {"house"}
    path.write_text("{", encoding="utf-8")
    assert "is no JSON" in refused("wish", "--understood", path, "-d", stocked)
    twice = refused("wish", "slow", "--understood", path, "-d", stocked)
    assert "both words and --understood are given" in twice


def test_a_mix_takes_seeds_near_and_far_and_words(
    ask, refused, stocked: Path, ids: list[str]
) -> None:
    found = ask(
        "mix", ids[0], "Folk Artist 0 – Song 2", "--less", ids[4], "--words", "not house",
        "--playlist", "Sleep", "--listener", "me", "-n", 4, "-d", stocked,
    )  # fmt: skip
    assert found["count"] == 4
    assert ids[0] in found["seeds"]
    assert "house" not in {row["track"]["genres"][0] for row in found["recommendations"]}
    assert found["understood"]["filters"]["exclude_genres"] == ["house"]
    assert "nothing is named" in refused("mix", "-d", stocked)
    both = refused("mix", ids[0], "--less", ids[0], "-d", stocked)
    assert "both to be near to and to stay away from" in both


def test_people_read_what_words_were_taken_for(
    stocked: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["wish", "calm, folk, zyzzyva", "-n", "2", "-d", str(stocked)]) == 0
    told = capsys.readouterr().out
    assert told.splitlines()[0].startswith("calm     energy up to")
    assert "zyzzyva  not understood" in told
    assert "Like A wish" in told
