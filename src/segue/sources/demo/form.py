"""The form of a thirty-second piece: which sections, how many bars, who plays in each.

The body is A, B, A' of two, four or eight bars each (another A first where bars are left over, a
shorter A' where they are few), between an intro and an outro. The last bar is one chord, which
rings to the end.
"""

from __future__ import annotations

from typing import NamedTuple

LEAD_IN = 0.12
"""Seconds of silence before the first note."""

TAIL = 2.6
"""Seconds at the end that no bar may begin in, so that the last chord can die away."""

LENGTH = 30.0
"""Seconds of a rendered piece."""

_ALL = frozenset({"lead", "comp", "bass", "pad", "drums"})

_USUAL: dict[str, frozenset[str]] = {
    "intro": frozenset({"comp", "pad", "light"}),
    "A": _ALL,
    "B": _ALL,
    "A'": _ALL,
    "outro": frozenset({"comp", "pad", "bass", "light"}),
}

_OTHERWISE: dict[str, dict[str, frozenset[str]]] = {
    "house": {
        "intro": frozenset({"drums", "bass"}),
        "A": frozenset({"drums", "bass", "comp", "pad", "lead"}),
        "outro": frozenset({"drums", "bass", "comp"}),
    },
    "drum-and-bass": {
        "intro": frozenset({"pad", "comp", "light"}),
        "outro": frozenset({"drums", "bass", "pad"}),
    },
    "jazz": {"intro": frozenset({"drums", "bass"}), "outro": frozenset({"comp", "bass", "drums"})},
    "bossa": {"intro": frozenset({"comp", "light"}), "outro": frozenset({"comp", "bass", "drums"})},
    "post-rock": {
        "intro": frozenset({"comp"}),
        "A": frozenset({"comp", "lead", "bass", "pad", "light"}),
    },
    "lofi": {"intro": frozenset({"comp", "drums"}), "outro": frozenset({"comp", "drums", "bass"})},
    "chiptune": {"outro": _ALL - {"lead"}},
}

_FORCE = {"intro": 0.72, "A": 0.86, "B": 0.96, "A'": 1.0, "outro": 0.75}
_GROWING = {"intro": 0.45, "A": 0.62, "B": 0.92, "A'": 1.0, "outro": 0.6}


class Section(NamedTuple):
    """A section: `start` and `bars` in bars, who plays, and how strongly (0 to 1)."""

    name: str
    start: int
    bars: int
    roles: frozenset[str]
    force: float


def form_of(style: str, *, tempo: float, beats: int) -> tuple[Section, ...]:
    """The sections of a piece, in order, without gaps; the last bar is the closing chord's."""
    bars = max(6, 1 + int((LENGTH - LEAD_IN - TAIL) * tempo / 60.0 / beats))
    unit = 8 if bars >= 26 else 4 if bars >= 14 else 2
    last = min(unit, max(1, bars - 2 * unit - 2))
    spare = bars - 2 * unit - last
    again = spare >= unit + 2
    ends = spare - unit if again else spare
    plan = [("intro", ends // 2), *([("A", unit)] if again else [])]
    plan += [("A", unit), ("B", unit), ("A'", last), ("outro", ends - ends // 2)]
    who = _USUAL | _OTHERWISE.get(style, {})
    force = _GROWING if style == "post-rock" else _FORCE
    sections: list[Section] = []
    start = 0
    for name, size in plan:
        if size:
            sections.append(Section(name, start, size, who[name], force[name]))
            start += size
    return tuple(sections)
