"""The one table: how figures are drawn, who is best, who is set against whom, how it is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import t as student

from segue.errors import BadFileError
from segue.evaluation import intervals
from segue.evaluation.continuation import average
from segue.evaluation.overview import ablations
from segue.evaluation.overview.columns import COLUMNS, GROUPS
from segue.evaluation.overview.gathering import Gathering
from segue.evaluation.overview.listeners import between, sign_test, tell_judgements
from segue.evaluation.overview.measured import BLOCKS, of_all, of_means, resampled
from segue.evaluation.overview.page import page, pages
from segue.evaluation.overview.report import Evaluation, Method, Unasked, merged
from segue.evaluation.overview.words import cell_text, marks
from segue.evaluation.overview.written import write
from segue.records import Dials, Judgement
from segue.types import TrackId

if TYPE_CHECKING:
    from pathlib import Path

RANDOM = Method("random", "chance", "by lot")
GENRE = Method("same-genre", "simple")
SOUND = Method("sound", "space")
TEXT = Method("text", "space")
BALANCED = Method("balanced", "lens")


def test_a_mean_has_the_interval_of_its_bootstrap() -> None:
    values = np.random.default_rng(1).random(60)
    keys = [f"artist {row % 20}" for row in range(60)]
    found = of_means(values, resampled(keys, draws=300, seed=4))
    told = intervals.bootstrap(average, values, values, artists=keys, draws=300, seed=4)
    assert found.interval() == pytest.approx(told, abs=1e-12) or (
        found.interval().low,
        found.interval().high,
    ) == pytest.approx((told.low, told.high))
    assert found.value == pytest.approx(values.mean())


def test_questions_that_do_not_count_change_nothing() -> None:
    values = np.array([0.2, np.nan, 0.4, 0.9])
    found = of_means(values, resampled(["a", "b", "c", "d"], draws=50, seed=1))
    assert (found.value, found.count) == (pytest.approx(0.5), 3)
    nobody = of_means(np.full(4, np.nan), resampled(["a", "b", "c", "d"], draws=50, seed=1))
    assert nobody.count == 0
    assert np.isnan(nobody.interval().low)


def test_the_jackknife_of_a_mean_is_the_t_interval_of_its_blocks() -> None:
    values = np.random.default_rng(2).normal(size=BLOCKS)
    found = of_all(
        lambda there: float(values[there].mean()),
        np.arange(BLOCKS),
        counted=np.ones(BLOCKS, dtype=bool),
    )
    error = values.std(ddof=1) / np.sqrt(BLOCKS)
    reach = student.ppf(0.975, BLOCKS - 1) * error
    assert found.interval().high - found.value == pytest.approx(reach)


def test_a_difference_is_paired() -> None:
    rng = np.random.default_rng(3)
    hard = rng.normal(size=200)
    draws = resampled([str(row) for row in range(200)], draws=400, seed=1)
    ours, theirs = of_means(hard + 0.1, draws), of_means(hard + 0.01 * rng.normal(size=200), draws)
    ahead = ours.ahead(theirs)
    # What makes a question hard for both does not count.
    assert ahead.low > 0.09
    assert ours.interval().low < theirs.interval().high


def gathered() -> Gathering:
    """Four methods on forty questions of playlists and two other columns."""
    into = Gathering()
    rng = np.random.default_rng(5)
    base = rng.random(40)
    draws = resampled([str(row) for row in range(40)], draws=200, seed=1)
    for method, more in ((RANDOM, -0.3), (GENRE, 0.0), (SOUND, 0.2), (BALANCED, 0.3)):
        into.add("half_r_precision", method, of_means(base + more, draws))
        into.add("repetition", method, of_means(base - more, draws))
    into.add("genre_precision_10", TEXT, of_means(base + 9, draws), knows="it reads the genre")
    into.add("genre_precision_10", SOUND, of_means(base, draws))
    into.add("popularity_bias", SOUND, of_means(base - 40, draws))
    into.add("popularity_bias", GENRE, of_means(base + 3, draws))
    into.sizes["tracks"] = 12
    into.unasked.append(Unasked("listeners", "nobody has judged", "Judge"))
    into.note("One thing")
    return into


def settled() -> Evaluation:
    return gathered().settled(source="a world", quick=True, seed=42, draws=200, seconds=3.2)


def test_the_best_wins_and_simple_methods_are_the_base() -> None:
    found = settled()
    assert found.best["half_r_precision"] == "balanced"
    assert found.base["half_r_precision"] == "same-genre"
    # Less is better here, and nearest to none there.
    assert found.best["repetition"] == "balanced"
    assert found.best["popularity_bias"] == "same-genre"
    cell = found.cells["half_r_precision"]["balanced"]
    assert cell.ahead == pytest.approx((0.3, 0.3, 0.3))
    assert cell.decided
    assert found.cells["half_r_precision"]["same-genre"].ahead is None


def test_who_knows_the_answer_does_not_compete() -> None:
    found = settled()
    assert found.best["genre_precision_10"] == "sound"
    assert marks(found, "genre_precision_10", "text") == "°"


def test_a_method_that_loses_is_shown_losing() -> None:
    found = settled()
    assert marks(found, "half_r_precision", "random").endswith("-")
    assert marks(found, "repetition", "random").endswith("-")
    assert "random" in page(found)


def test_too_few_questions_do_not_compete() -> None:
    into = gathered()
    few = resampled(["a", "b"], draws=200, seed=1)
    into.add("half_r_precision", TEXT, of_means(np.array([9.0, 9.0]), few))
    found = into.settled(source="", quick=False, seed=1, draws=20, seconds=0)
    assert found.best["half_r_precision"] == "balanced"


def test_balanced_is_set_against_every_space() -> None:
    (one,) = settled().versus
    assert (one.first, one.second, one.column) == ("balanced", "sound", "half_r_precision")
    assert one.decided
    assert one.value == pytest.approx(0.1)


def test_json_holds_all_of_it() -> None:
    found = settled()
    document = json.loads(json.dumps(found.to_json(), allow_nan=False))
    again = Evaluation.from_json(document)
    assert again.to_json() == found.to_json()
    with pytest.raises(BadFileError, match="no evaluation"):
        Evaluation.from_json({"kind": "else"})


def test_reports_of_several_questions_are_one() -> None:
    whole = settled()
    parts = []
    for column in whole.cells:
        into = gathered()
        into.measured = {column: into.measured[column]}
        parts.append(into.settled(source="a world", quick=True, seed=42, draws=200, seconds=1.0))
    again = merged(parts)
    assert again.cells == whole.cells
    assert again.best == whole.best
    assert again.versus == whole.versus
    assert again.notes == whole.notes
    assert [each.name for each in again.methods] == [each.name for each in whole.methods]


def test_a_page_tells_every_column_and_what_was_not_asked() -> None:
    found = settled()
    text = pages([("Here", "Some words.", found)], made="<!-- made -->")
    for column in found.columns():
        assert f"- **{column.label}**" in text
    assert "Not asked (listeners): nobody has judged. Judge." in text
    assert "| half | sound |" in text
    assert cell_text(found, COLUMNS["half_r_precision"], "balanced") in text
    assert cell_text(found, COLUMNS["half_r_precision"], "nobody") == ""


def test_a_report_is_written_with_its_pictures(tmp_path: Path) -> None:
    found = write(settled(), tmp_path)
    assert set(found.pictures) == {"evaluation-table.png", "evaluation-intervals.png"}
    for name in (*found.pictures, "report.md", "report.json"):
        assert (tmp_path / name).stat().st_size > 0
    assert Evaluation.from_json(json.loads((tmp_path / "report.json").read_text())) is not None
    assert "![evaluation-table.png]" in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_every_column_is_of_a_group_and_told_in_words() -> None:
    for column in COLUMNS.values():
        assert column.group in GROUPS
        assert column.better in {-1, 0, 1}
        assert column.words


def test_the_sign_test_is_exact() -> None:
    test = sign_test(9, 1, 4)
    assert test.p == pytest.approx(2 * (1 + 10) / 2**10)
    assert (test.share, test.equal) == (0.9, 4)
    # Clopper and Pearson's interval of 9 in 10, as tables have it.
    assert (test.low, test.high) == pytest.approx((0.555, 0.9975), abs=5e-4)
    assert sign_test(0, 0, 3).p == 1.0


def judgement(a: str, b: str, winner: str) -> Judgement:
    tracks = (TrackId("s"), TrackId("x"), TrackId("y"))
    return Judgement("pair", a, b, *tracks, choice="", winner=winner, listener="", at=0.0)


def test_judgements_are_a_row_of_the_table() -> None:
    said = [judgement("hybrid", "sound", "sound")] * 20 + [judgement("sound", "hybrid", "hybrid")]
    said += [judgement("hybrid", "sound", "")]
    into = Gathering()
    tell_judgements(said, into)
    found = into.settled(source="", quick=False, seed=1, draws=10, seconds=0)
    cell = found.cells["judged"]["sound"]
    assert cell.value == pytest.approx(20 / 21)
    assert (cell.low, cell.high) == pytest.approx((sign_test(20, 1).low, sign_test(20, 1).high))
    assert found.best["judged"] == "sound"
    assert between(said)["hybrid", "sound"].wins == 1
    assert "sign test p" in found.notes[0]
    nothing = Gathering()
    tell_judgements([], nothing)
    assert nothing.unasked[0].group == "listeners"


GOOD = """
[[ablation]]
name = "no words"
lens = "balanced"
without = ["text"]

[[ablation]]
name = "three"
weights = { attributes = 0.6, text = 0.4 }
dials = { per_artist = 0, diversity = 0.5 }
"""


def test_ablations_are_read(tmp_path: Path) -> None:
    file = tmp_path / "some.toml"
    file.write_text(GOOD)
    first, second = ablations.read([file])
    assert (first.name, first.lens, first.without, first.dials) == (
        "no words",
        "balanced",
        ("text",),
        None,
    )
    assert second.dials == Dials(per_artist=None, diversity=0.5)
    assert "diversity 0.5" in second.words
    with pytest.raises(BadFileError, match="two ablations are called 'no words'"):
        ablations.read([file, file])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "lists no ablation"),
        ("ablation = 3", "lists no ablation"),
        ("ablation = [3]", "no table"),
        ('[[ablation]]\nlens = "x"', "has no name"),
        ('[[ablation]]\nname = "a"', "needs a lens, or weights"),
        ('[[ablation]]\nname = "a"\nlens = 3', "lens of 'a' is 3"),
        ('[[ablation]]\nname = "a"\nweights = { text = "x" }', "are no numbers"),
        ('[[ablation]]\nname = "a"\nlens = "x"\nwith = []', "has the key 'with'"),
        ('[[ablation]]\nname = "a"\nlens = "x"\nwithout = "text"', "no list of spaces"),
        ('[[ablation]]\nname = "a"\nlens = "x"\ndials = { loud = 1 }', "turns 'loud'"),
        ("[[ablation", "no TOML"),
    ],
)
def test_ablations_that_make_no_sense_are_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text)
    with pytest.raises(BadFileError, match=said):
        ablations.read([file])


def test_the_committed_ablations_can_be_read() -> None:
    from pathlib import Path

    folder = Path(__file__).resolve().parents[3] / "benchmarks" / "ablations"
    assert len(ablations.read(sorted(folder.glob("*.toml")))) >= 6
