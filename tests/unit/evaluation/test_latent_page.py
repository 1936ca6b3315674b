"""The page tells every figure of the measurement, and no more than there is."""

from __future__ import annotations

from segue.evaluation.latent_page import page


def interval(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 0.01, "high": value + 0.01}


def found(genre: float, error: float) -> dict[str, dict[str, float]]:
    return {"genre": interval(genre), "error": interval(error)}


def figures() -> dict[str, object]:
    history = [
        {"epoch": 0, "spread": {"artists": 2.0, "genres": 4.0}},
        {"epoch": 1, "spread": {"artists": 1.0, "genres": 3.0}, "validation": 0.5},
    ]
    collapse = {"history": history, "neighbours": found(0.111, 0.222)}
    return {
        "tracks": 10,
        "judged": {"seen": 3, "unseen": 4},
        "methods": {
            f"{name}|all|{group}": [found(0.333, 0.444)]
            for name in ("codes", "PCA")
            for group in ("seen", "unseen")
        },
        "teaching": [
            {
                "seed": 42,
                "tracks": 1234,
                "artists": 56,
                "epochs": 7,
                "best": 5,
                "seconds": 99.4,
                "cpu_seconds": 55.5,
                "parity": {"largest": 1e-7},
            }
        ],
        "collapse": {"tracks": 5000, "told": collapse, "rebuilt": collapse},
    }


def test_every_figure_is_told() -> None:
    text = page(figures(), made="Made here.")
    for said in ("0.333 [0.323, 0.343]", "0.444", "1,234", "99 s", "1.0e-07", "0.50", "0.75"):
        assert said in text
    assert "Made here." in text
    assert "## Moods" not in text
    assert "## As a map" not in text


def test_what_is_there_is_told_too() -> None:
    more = {
        "dial": {"0.2": found(0.6, 0.25)},
        "moods": {"labels": 4, "tracks": 900, "accuracy": 0.7, "commonest": 0.3},
        "map": {"tracks": 100},
    }
    text = page({**figures(), **more})
    assert "| 0.2 | 0.600 [0.590, 0.610] |" in text
    assert "right for 70%" in text
    assert "pictures/latent-map.png" in text
