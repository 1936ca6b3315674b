"""Pictures of what networks of sound learned show every name and figure they are given."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.evaluation.pictures import ears
from segue.evaluation.pictures.style import save

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

RNG = np.random.default_rng(4)
ARTISTS = [f"artist {row // 5}" for row in range(80)]
GENRES = [("rock", "pop", "", "jazz")[row // 20] for row in range(80)]
VECTORS = RNG.normal(size=(16, 5))[np.arange(80) // 5] + 0.2 * RNG.normal(size=(80, 5))


def words(figure: Figure) -> str:
    """Everything that is written on a figure."""
    from matplotlib.text import Text

    return "\n".join(each.get_text() for each in figure.findobj(Text))


def test_near_in_the_space_is_near_on_the_map_and_the_seed_settles_it() -> None:
    places = ears.layout(VECTORS, seed=1)
    assert places.shape == (80, 2)
    apart = np.linalg.norm(places[:, None] - places, axis=2)
    nearest = np.argsort(apart + np.diag([np.inf] * 80), axis=1)[:, 0]
    same = [ARTISTS[row] == ARTISTS[other] for row, other in enumerate(nearest.tolist())]
    assert np.mean(same) > 0.9
    assert (places == ears.layout(VECTORS, seed=1)).all()


def test_a_map_names_genres_and_the_artists_with_most_tracks(tmp_path: Path) -> None:
    figure = ears.maps(VECTORS[:, :2], genres=GENRES, artists=ARTISTS, title="A space")
    told = words(figure)
    assert {"rock", "pop", "jazz"} <= set(told.splitlines())
    assert "the 12 with most tracks of 16" in told
    assert sum(line.startswith("artist ") for line in told.splitlines()) == ears.NAMED_ARTISTS
    save(figure, tmp_path / "map.png")
    content = (tmp_path / "map.png").read_bytes()
    assert struct.unpack(">I", content[16:20]) == (1000,)
    assert len(content) < 250_000


def test_confusions_are_shares_of_the_true_genre() -> None:
    figure = ears.confusion(np.array([[3, 1], [0, 4]]), ["rock", "pop"], title="Genres")
    told = words(figure).splitlines()
    assert {"75", "25", "100", "rock (4)", "pop (4)"} <= set(told)


def test_curves_show_every_run_and_the_step_that_was_kept() -> None:
    runs = {
        "contrastive": [{"step": 10, "loss": 1.0}, {"step": 20, "loss": 0.5, "validation": 0.3}],
        "proxy": [
            {"step": 10, "loss": 2.0, "validation": 0.4},
            {"step": 20, "loss": 1.0, "validation": 0.2},
        ],
    }
    figure = ears.curves(runs, title="Training")
    loss, validation = figure.axes
    assert [line.get_xydata().tolist() for line in loss.get_lines()] == [
        [[10, 1.0], [20, 0.5]],
        [[10, 2.0], [20, 1.0]],
    ]
    dots = [line.get_xydata().tolist() for line in validation.get_lines()][1::2]
    assert dots == [[[20, 0.3]], [[10, 0.4]]]
    assert {"contrastive", "proxy"} <= set(words(figure).splitlines())


@pytest.mark.parametrize("history", [[], [{"step": 1, "loss": float("nan"), "validation": None}]])
def test_a_run_of_which_nothing_was_noted_has_no_curve(history: list) -> None:
    figure = ears.curves({"x": history}, title="Training")
    assert [len(line.get_xydata()) for axes in figure.axes for line in axes.get_lines()] == [0, 0]


def test_methods_stand_by_rank_with_their_figures() -> None:
    def told(value: float) -> dict:
        return {"mean": value, "low": value - 0.1, "high": value + 0.1}

    found = {
        "a": {"label": "chance", "role": "chance"}
        | {"artist_precision_10": told(0.11), "genre_precision_10": told(0.25)},
        "b": {"label": "sound", "role": "space"}
        | {"artist_precision_10": told(0.5), "genre_precision_10": told(0.2)},
        "c": {"label": "bliss", "role": "baseline", "missing": "not installed"},
    }
    figure = ears.methods(found, title="Neighbours")
    ranks = [[each.get_text() for each in axes.get_yticklabels()] for axes in figure.axes]
    assert ranks == [["chance", "sound"], ["sound", "chance"]]
    assert {"0.500", "0.110", "0.250"} <= set(words(figure).splitlines())


def test_names_with_dollars_are_names_and_no_formulas() -> None:
    from segue.evaluation.pictures.codes import plane

    names = {"artist": ["$uicideboy$", "$uicideboy$", "$NOT"]}
    figure = plane(np.eye(3, 2), names=names, title="Map")
    legend = figure.axes[0].get_legend()
    assert legend is not None
    assert [each.get_text() for each in legend.get_texts()] == [r"\$uicideboy\$", r"\$NOT"]
