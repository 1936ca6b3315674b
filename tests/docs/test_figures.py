"""Every figure in the documents equals the committed measurement it names."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("figures", REPOSITORY / "docs" / "figures.py")
assert _spec is not None
assert _spec.loader is not None
figures = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(figures)


@pytest.mark.parametrize("path", figures.documents(), ids=lambda path: path.name)
def test_figures_are_those_of_the_measurements(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert figures.updated(text) == text, "run `make docs`"


@pytest.mark.parametrize("path", figures.documents(), ids=lambda path: path.name)
def test_no_figure_waits_to_be_measured(path: Path) -> None:
    waiting = [
        f"{found['file']} {found['key']}"
        for found in figures.FIGURE.finditer(path.read_text(encoding="utf-8"))
        if found["waits"]
    ]
    assert waiting == [], "measure them, or say nothing of them"


def test_the_readme_quotes_measurements() -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert len(figures.FIGURE.findall(text)) >= 4


def test_a_wrong_figure_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "RESULTS", tmp_path)
    (tmp_path / "sample.json").write_text('{"figures": {"part": {"ms": 1234.56}}}')
    text = "takes 9.9<!-- figure sample part.ms --> ms"
    assert figures.updated(text) == "takes 1,234.6<!-- figure sample part.ms --> ms"


def test_a_figure_below_zero_has_a_minus_sign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "RESULTS", tmp_path)
    (tmp_path / "signed.json").write_text('{"figures": {"low": -0.316, "high": 0.2}}')
    text = "0.1<!-- figure signed low --> to −9.9<!-- figure signed high -->"
    told = "−0.3<!-- figure signed low --> to 0.2<!-- figure signed high -->"
    assert figures.updated(text) == told
    assert figures.updated(told) == told


def test_what_is_not_measured_yet_waits_and_is_filled_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "RESULTS", tmp_path)
    waiting = "takes ?.??<!-- figure later part.ms --> ms"
    assert figures.updated(waiting) == waiting
    with pytest.raises(FileNotFoundError, match=r"later\.json"):
        figures.updated("takes 1.25<!-- figure later part.ms --> ms")
    (tmp_path / "later.json").write_text('{"figures": {"part": {"ms": 1234.56, "of them": 7}}}')
    told = figures.updated(f"{waiting}, ?<!-- figure later part.of them -->")
    assert told == (
        "takes 1,234.56<!-- figure later part.ms --> ms, 7<!-- figure later part.of them -->"
    )
    with pytest.raises(KeyError, match="gone"):
        figures.updated("1<!-- figure later part.gone -->")


def test_names_with_points_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "RESULTS", tmp_path)
    (tmp_path / "blends.json").write_text('{"figures": {"a": 1, "a=0.4": {"b=0.6": [2, 3]}}}')
    told = figures.updated("0<!-- figure blends a=0.4.b=0.6.1 -->, 0<!-- figure blends a -->")
    assert told == "3<!-- figure blends a=0.4.b=0.6.1 -->, 1<!-- figure blends a -->"
