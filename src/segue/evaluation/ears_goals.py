"""What was asked of networks that hear, and what came of it, read from their measurement.

The measurement's shape is told in `segue.evaluation.ears_page`. A goal of which it says nothing is
not measured, which is neither reached nor missed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from segue.audio.altering import ALTERATIONS
from segue.evaluation.report import figure

if TYPE_CHECKING:
    from collections.abc import Callable

Figures: TypeAlias = Mapping[str, Any]
"""The measurement, or a part of it."""

RATIO = 1.35
"""How many times the artist P@10 of raw MFCC the fused space was to reach."""

GENRE, ACCURACY = 0.54, 0.67
"""Genre P@10 of the space `genre`, and the accuracy of the best model of genres."""

TRAINING, INFERENCE, CLIP_MS = 1200, 6000, 5.0
"""Windows a second and core while training and hearing; milliseconds added to a clip."""

KEPT, PARITY = 0.8, 1e-5
"""Neighbours kept, and the most that PyTorch and ONNX Runtime may differ by."""

FUSED, DESCRIPTORS, CEPSTRA, OF_GENRE = "audio", "descriptors", "raw_mfcc", "genre"
"""Names of the methods that goals speak of."""


def goals(figures: Figures) -> tuple[tuple[str, str, str, str], ...]:
    """Every goal: what it is about, what was asked, what came of it, and whether that is enough."""
    return tuple((about, asked, *of(figures)) for about, asked, of in _GOALS)


def cell(told: Figures) -> str:
    """A figure: mean, spread where there are several seeds, interval where there is one."""
    if told.get("mean") is None:
        return "–"
    spread = f" ± {figure(told['spread'])}" if len(told.get("seeds", ())) > 1 else ""
    return f"{figure(told['mean'])}{spread}{ends(told, before=' ')}"


def ends(told: Figures, *, before: str = "") -> str:
    """An interval in brackets; nothing where there is none."""
    if told.get("low") is None or told.get("high") is None:
        return ""
    return f"{before}({figure(told['low'])} to {figure(told['high'])})"


def _found(figures: Figures, *path: str) -> Any:  # noqa: ANN401 (JSON has no narrower type)
    """What lies at a path; None where nothing does."""
    held: Any = figures
    for name in path:
        held = held.get(name) if hasattr(held, "get") else None
    return held


def _pair(figures: Figures, first: str, second: str, metric: str, kind: str) -> Figures | None:
    """A difference or a ratio of two methods; None where they were not paired."""
    for each in figures.get("paired", {}).values():
        if (each["first"], each["second"]) == (first, second):
            told: Figures | None = _found(each, metric, kind)
            return told
    return None


def _told(value: bool | None, text: str) -> tuple[str, str]:
    """What was reached, and whether it is enough."""
    if value is None:
        return "not measured", ""
    return text, "reached" if value else "**missed**"


def _least(path: tuple[str, ...], goal: float) -> Callable[[Figures], tuple[str, str]]:
    """A figure that should be at least so high."""

    def of(figures: Figures) -> tuple[str, str]:
        value = _found(figures, *path)
        return _told(None if value is None else value >= goal, "" if value is None else _of(value))

    return of


def _of(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else figure(value)


def _times(figures: Figures) -> tuple[str, str]:
    told = _pair(figures, FUSED, CEPSTRA, "artist_precision_10", "ratio")
    if told is None:
        return _told(None, "")
    return _told(told["value"] >= RATIO, f"{figure(told['value'])}× {ends(told)}")


def _above(figures: Figures) -> tuple[str, str]:
    told = _pair(figures, FUSED, DESCRIPTORS, "artist_precision_10", "difference")
    if told is None:
        return _told(None, "")
    sure = "" if told["low"] > 0 else ", the interval holds 0"
    return _told(told["value"] > 0, f"{figure(told['value'])} above {ends(told)}{sure}")


def _best_accuracy(figures: Figures) -> tuple[str, str]:
    found = _found(figures, "genre", "accuracy") or {}
    best = max(found.values(), key=lambda each: each["mean"], default=None)
    if best is None:
        return _told(None, "")
    return _told(best["mean"] >= ACCURACY, f"{cell(best)}, {best['label']}")


def _clip(figures: Figures) -> tuple[str, str]:
    value = _found(figures, "speed", "clip_ms")
    if value is None:
        return _told(None, "")
    return _told(value <= CLIP_MS, f"{value:.1f} ms")


def _kept(figures: Figures) -> tuple[str, str]:
    """The worst alteration of the worst space; baselines are not asked."""
    spaces = {
        name: kept
        for name, kept in figures.get("robustness", {}).items()
        if _found(figures, "methods", name, "role") in {"space", "fused"}
    }
    if not spaces:
        return _told(None, "")
    share, name, how = min(
        (share, name, how) for name, kept in spaces.items() for how, share in kept.items()
    )
    label = figures["methods"][name]["label"]
    return _told(share >= KEPT, f"{figure(share)} at worst: {label}, {ALTERATIONS[how]}")


def _parity(figures: Figures) -> tuple[str, str]:
    found = figures.get("parity") or {}
    if not found:
        return _told(None, "")
    worst = max(found.values())
    return _told(worst <= PARITY, f"{worst:.1e}")


_GOALS: tuple[tuple[str, str, Callable[[Figures], tuple[str, str]]], ...] = (
    ("`sound` and `descriptors` fused: artist P@10 beside raw MFCC", f"≥ {RATIO}×", _times),
    ("the same beside `descriptors` alone", "above", _above),
    (
        "`genre`: genre P@10, the artist taken out",
        f"≥ {GENRE}",
        _least(("methods", OF_GENRE, "genre_precision_10", "mean"), GENRE),
    ),
    ("genres named rightly, the best model", f"≥ {ACCURACY}", _best_accuracy),
    (
        "training, windows a second and core",
        f"≥ {TRAINING:,}",
        _least(("speed", "training_windows"), TRAINING),
    ),
    (
        "hearing, windows a second and core",
        f"≥ {INFERENCE:,}",
        _least(("speed", "inference_windows"), INFERENCE),
    ),
    ("what hearing adds to a clip of 30 s", f"≤ {CLIP_MS:g} ms", _clip),
    ("neighbours kept, every space and alteration", f"≥ {KEPT}", _kept),
    ("PyTorch and ONNX Runtime differ by", "≤ 1e-5", _parity),
)
