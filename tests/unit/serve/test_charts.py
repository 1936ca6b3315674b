"""Charts: whole SVG, safe with any name, with nothing drawn where nothing is known."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.serve.charts import Line, Shape, line, radar
from segue.serve.charts.drawing import short, ticks

NAMES = st.one_of(
    st.sampled_from(["<script>alert(1)</script>", "أغنية", "🎹 & \"x\" 'y'", "{0} {name}", ""]),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20),
)
SHARES = st.one_of(st.none(), st.floats(0, 1))
NUMBERS = st.one_of(st.none(), st.floats(-1e9, 1e9))


def whole(drawn) -> ElementTree.Element:
    """The figure as XML: read by a strict reader, with no word that was not escaped."""
    assert "<script" not in drawn
    assert "style=" not in drawn
    figure = ElementTree.fromstring(drawn)  # noqa: S314 (our own)
    pictures = [each for each in figure.iter("svg") if each.get("role") == "img"]
    assert len(pictures) == 1
    for name in pictures[0].get("aria-labelledby").split():
        assert [each for each in figure.iter() if each.get("id") == name]
    return figure


@given(st.lists(st.tuples(NAMES, SHARES), min_size=3, max_size=9), NAMES, NAMES)
def test_a_radar_has_a_dot_for_each_value_that_is_known(spokes, name, title) -> None:
    axes, values = zip(*spokes, strict=True)
    figure = whole(radar(axes, [Shape(name, values)], title=title))
    dots = [each for each in figure.iter("circle") if "dot" in each.get("class")]
    assert len(dots) == sum(value is not None for value in values)
    for dot in dots:
        far = (float(dot.get("cx")) - 170) ** 2 + (float(dot.get("cy")) - 137) ** 2
        assert far**0.5 <= 92.2
    assert len([*figure.iter("tr")]) == len(axes) + 1


@given(
    st.integers(0, 80).flatmap(
        lambda n: st.lists(
            st.tuples(NAMES, st.lists(NUMBERS, min_size=n, max_size=n)), min_size=1, max_size=5
        )
    ),
    NAMES,
)
def test_lines_stay_inside_the_picture_and_skip_what_is_unknown(given_lines, title) -> None:
    lines = [Line(name, tuple(values)) for name, values in given_lines]
    figure = whole(line(lines, title=title))
    for stretch in figure.iter("polyline"):
        places = [float(each) for each in re.split("[ ,]", stretch.get("points"))]
        assert all(0 <= each <= 100 for each in places)
    known = sum(v is not None for each in lines for v in each.values)
    dots = [each for each in figure.iter("circle") if each.find("title") is not None]
    assert len(dots) == (known if len(lines[0].values) <= 60 else 0)


def test_an_unknown_value_breaks_a_line_in_two() -> None:
    figure = whole(line([Line("tempo", (90, 100, None, 110, 120))], title="Tempo"))
    assert len([*figure.iter("polyline")]) == 2


def test_neighbours_of_an_unknown_value_are_not_joined() -> None:
    shape = Shape("One", (0.5, None, 0.5, 0.5, 0.5))
    figure = whole(radar(["a", "b", "c", "d", "e"], [shape], title="x"))
    (edge,) = (p for p in figure.iter("path") if "edge" in p.get("class"))
    assert edge.get("d").count("M") == 3


def test_what_is_a_guess_is_hollow_and_bounds_are_drawn() -> None:
    shape = Shape(
        "One", (0.5, 0.6, 0.7), bounds=((0.4, 0.6), None, None), guessed=(False, True, False)
    )
    drawn = radar(["a", "b", "c"], [shape], title="x")
    assert drawn.count("hollow") == 1
    assert drawn.count("band") == 1


@pytest.mark.parametrize("values", [(0.1, 0.2), (0.1, 0.2, 0.3, 0.4)])
def test_a_shape_has_a_value_for_every_axis(values) -> None:
    with pytest.raises(ValueError, match=f"{len(values)} values for 3 axes"):
        radar(["a", "b", "c"], [Shape("x", values)], title="x")
    with pytest.raises(ValueError, match="a radar of 2 axes"):
        radar(["a", "b"], [], title="x")
    with pytest.raises(ValueError, match=r"lines of \[1, 2\] values"):
        line([Line("a", (1.0,)), Line("b", (1.0, 2.0))], title="x")


@given(st.floats(-1e12, 1e12), st.floats(1e-6, 1e12))
def test_ticks_are_few_and_lie_between_the_ends(low, span) -> None:
    high = low + span
    found = ticks(low, high)
    assert len(found) <= 5
    slack = 1e-6 * max(abs(low), abs(high), span)
    assert all(low - slack <= each <= high + slack for each in found)


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "unknown"), (float("nan"), "unknown"), (0.617, "0.62"), (-7.5, "−7.50"),
     (1240.4, "1,240"), (12.34, "12.3"), (3.0, "3"), (-0.0, "0")],
)  # fmt: skip
def test_numbers_are_short(value, said) -> None:
    assert short(value) == said
