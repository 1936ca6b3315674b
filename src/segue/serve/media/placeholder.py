"""A drawn picture for a track without one: rings cut by a second set of rings.

The colours come from the artist, so that one artist's tracks look related, the figure from the
track's id. The same track always gets the same picture: drawn for browsers, painted for players,
most of which show no drawing.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

_SIZE = 160
_WIDTH = 2.5
_DOT = 7
_OPACITY = 178

_HANDS = (
    ("#25484f", "#7fb3ae", "#d9c08a"),
    ("#3a3a5c", "#9a97d4", "#e0a98f"),
    ("#5a3441", "#d093a0", "#e3c193"),
    ("#2f4a3a", "#8fbf97", "#d8cf95"),
    ("#5b4326", "#d9a866", "#a9bfae"),
    ("#2c4363", "#86acd9", "#c9b6d8"),
    ("#4d3358", "#bb93c9", "#8fbcc2"),
    ("#3f4a2b", "#b0bf7c", "#d3a07c"),
    ("#573a33", "#d39a86", "#b6b98f"),
    ("#2a4c57", "#74b4c4", "#dcb3a0"),
    ("#46414f", "#b3a8c0", "#cfc39c"),
    ("#1f4f49", "#6fbfae", "#b7aee0"),
)
"""A ground, the lines drawn on it, and lines for any: quiet on light and on dark pages."""


@dataclass(frozen=True, slots=True)
class _Rings:
    """Rings around a place, all of one colour."""

    x: int
    y: int
    line: str


@dataclass(frozen=True, slots=True)
class _Figure:
    """A ground with two sets of rings of these radii."""

    ground: str
    radii: range
    sets: tuple[_Rings, _Rings]


def _figure(track_id: str, artist: str) -> _Figure:
    hand = hashlib.sha256((artist or track_id).encode()).digest()
    own = hashlib.sha256(track_id.encode()).digest()
    ground, first, _ = _HANDS[hand[0] % len(_HANDS)]
    second = _HANDS[hand[1] % len(_HANDS)][2]
    gap = 12 + own[0] % 7
    one = _Rings(20 + own[1] % 50, 90 + own[2] % 60, first)
    other = _Rings(110 + own[3] % 40, 10 + own[4] % 60, second)
    return _Figure(ground, range(gap, gap * 8, gap), (one, other))


def draw(track_id: str, *, artist: str = "") -> str:
    """An SVG picture of 160 × 160."""
    figure = _figure(track_id, artist)
    drawn = "".join(
        f'<g fill="none" stroke="{rings.line}">'
        + "".join(
            f'<circle cx="{rings.x}" cy="{rings.y}" r="{radius}"/>' for radius in figure.radii
        )
        + f'</g><circle cx="{rings.x}" cy="{rings.y}" r="{_DOT}" fill="{rings.line}"/>'
        for rings in figure.sets
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_SIZE}" height="{_SIZE}" '
        f'viewBox="0 0 {_SIZE} {_SIZE}"><rect width="{_SIZE}" height="{_SIZE}" '
        f'fill="{figure.ground}"/>'
        f'<g stroke-width="{_WIDTH}" stroke-opacity=".7">{drawn}</g></svg>'
    )


def paint(track_id: str, *, artist: str = "", size: int) -> bytes:
    """The same picture as a PNG of `size` pixels a side, 16 to 1,024."""
    from PIL import Image, ImageDraw

    size = min(max(size, 16), 1_024)
    figure = _figure(track_id, artist)
    # Painted twice as large and made smaller, so that no edge is jagged.
    scale = 2 * size / _SIZE
    picture = Image.new("RGB", (2 * size, 2 * size), figure.ground)
    for rings in figure.sets:
        mask = Image.new("L", picture.size, 0)
        pen = ImageDraw.Draw(mask)
        for radius in figure.radii:
            reach = radius + _WIDTH / 2
            pen.ellipse(
                _around(rings, reach, scale), outline=_OPACITY, width=max(1, round(_WIDTH * scale))
            )
        pen.ellipse(_around(rings, _DOT, scale), fill=255)
        picture.paste(rings.line, (0, 0), mask)
    written = io.BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(written, "PNG")
    return written.getvalue()


def _around(rings: _Rings, reach: float, scale: float) -> tuple[float, float, float, float]:
    x, y = rings.x, rings.y
    return tuple(  # type: ignore[return-value]
        scale * each for each in (x - reach, y - reach, x + reach, y + reach)
    )
