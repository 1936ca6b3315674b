"""A drawn picture for a track without one: rings cut by a second set of rings.

The hue comes from the artist, so that one artist's tracks look related, the figure from the
track's id. The same track always gets the same picture.
"""

from __future__ import annotations

import hashlib

_SIZE = 160


def draw(track_id: str, *, artist: str = "") -> str:
    """An SVG picture of 160 × 160, in muted colours that suit a light and a dark page."""
    hand = hashlib.sha256((artist or track_id).encode()).digest()
    own = hashlib.sha256(track_id.encode()).digest()
    hue = int.from_bytes(hand[:2]) % 360
    second = (hue + 25 + own[0] % 50) % 360
    left, top = 20 + own[1] % 50, 90 + own[2] % 60
    right, above = 110 + own[3] % 40, 10 + own[4] % 60
    gap = 12 + own[5] % 7
    rings = "".join(
        f'<circle cx="{x}" cy="{y}" r="{gap * step}" stroke="hsl({tone} 42% 72%)"/>'
        for x, y, tone in ((left, top, hue), (right, above, second))
        for step in range(1, 8)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_SIZE}" height="{_SIZE}" '
        f'viewBox="0 0 {_SIZE} {_SIZE}">'
        f'<rect width="{_SIZE}" height="{_SIZE}" fill="hsl({hue} 26% 32%)"/>'
        f'<g fill="none" stroke-width="2.5" stroke-opacity=".62">{rings}</g>'
        f'<circle cx="{left}" cy="{top}" r="7" fill="hsl({hue} 55% 82%)"/>'
        f'<circle cx="{right}" cy="{above}" r="7" fill="hsl({second} 55% 82%)"/>'
        "</svg>"
    )
