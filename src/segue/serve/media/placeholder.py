"""A drawn picture for a track without one: rings cut by a second set of rings.

The colours come from the artist, so that one artist's tracks look related, the figure from the
track's id. The same track always gets the same picture.
"""

from __future__ import annotations

import hashlib

_SIZE = 160

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


def draw(track_id: str, *, artist: str = "") -> str:
    """An SVG picture of 160 × 160."""
    hand = hashlib.sha256((artist or track_id).encode()).digest()
    own = hashlib.sha256(track_id.encode()).digest()
    ground, first, _ = _HANDS[hand[0] % len(_HANDS)]
    second = _HANDS[hand[1] % len(_HANDS)][2]
    gap = 12 + own[0] % 7
    radii = range(gap, gap * 8, gap)
    centres = ((20 + own[1] % 50, 90 + own[2] % 60), (110 + own[3] % 40, 10 + own[4] % 60))
    drawn = "".join(
        f'<g fill="none" stroke="{line}">'
        + "".join(f'<circle cx="{x}" cy="{y}" r="{radius}"/>' for radius in radii)
        + f'</g><circle cx="{x}" cy="{y}" r="7" fill="{line}"/>'
        for (x, y), line in zip(centres, (first, second), strict=True)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_SIZE}" height="{_SIZE}" '
        f'viewBox="0 0 {_SIZE} {_SIZE}"><rect width="{_SIZE}" height="{_SIZE}" fill="{ground}"/>'
        f'<g stroke-width="2.5" stroke-opacity=".7">{drawn}</g></svg>'
    )
