"""Drum patterns, one bar each, as people write them on a grid.

A line is one stroke over one bar of four beats; the number of its signs is the number of steps
(sixteen: sixteenths). ``X`` accent, ``x`` plain, ``o`` soft, ``-`` ghost, ``.`` rest. Triplets of
a swing come from the style's swing, so jazz stands here in straight eighths.
`FILLS` are played in the last bar of a section, over a quiet pattern.
"""

from __future__ import annotations

VELOCITIES: dict[str, float] = {"X": 1.0, "x": 0.8, "o": 0.55, "-": 0.3}

GROOVES: dict[str, tuple[dict[str, str], ...]] = {
    "none": (),
    "shaker": (
        {"shaker": "xoxoxoxo", "kick": "o...o..."},
        {"shaker": "xoxoxoxo", "kick": "o..-o...", "rim": "......o."},
    ),
    "brushes": (
        {"brush": "x.xox.xo", "kick": "o...o...", "hat": "..o...o."},
        {"brush": "x.xox.xx", "kick": "o..-o...", "hat": "..o...o."},
    ),
    "bossa": (
        {"rim": "o..o..o...o..o..", "kick": "x..xx..xx..xx..x", "shaker": "X-o-X-o-X-o-X-o-"},
        {"rim": "..o...o...o..o..", "kick": "x..xx..xx..xx..x", "shaker": "X-o-X-o-X-o-X-o-"},
    ),
    "samba": (
        {"tom": "o...x..oo...x...", "shaker": "XooxXooxXooxXoox", "rim": "x.x..x.x.x..x.x."},
        {"tom": "o...x..oo...x..o", "shaker": "XooxXooxXooxXoox", "rim": ".x..x.x.xx.x..x."},
    ),
    "swing": (
        {"ride": "X.xoX.xo", "hat": "..x...x.", "kick": "-...-...", "snare": ".....-.."},
        {"ride": "X.xoX.xo", "hat": "..x...x.", "kick": "-.....-.", "snare": "...o...."},
    ),
    "lofi": (
        {"kick": "X......x..x.....", "snare": "....X.......X...", "hat": "x.o.x.o.x.o.x.oo"},
        {"kick": "X......x..x....o", "snare": "....X.......X..-", "hat": "x.o.x.o.x.oox.o."},
    ),
    "boombap": (
        {"kick": "X.o.....x.x.....", "snare": "....X..-....X...", "hat": "x.x.x.x.x.x.x.x."},
        {"kick": "X.......x.xo....", "snare": "....X....-..X...", "open": "..............o."},
    ),
    "backbeat": (
        {"kick": "X.......x.x.....", "snare": "....X.......X...", "hat": "x.o.x.o.x.o.x.o."},
        {"kick": "X.....x.x.......", "snare": "....X.......X...", "hat": "x.o.x.o.x.o.x.x."},
    ),
    "disco": (
        {"kick": "X...X...X...X...", "clap": "....X.......X...", "open": "..x...x...x...x."},
        {"kick": "X...X...X...X...", "clap": "....X.......X..o", "hat": "xoxoxoxoxoxoxoxo"},
    ),
    "four": (
        {"kick": "X...X...X...X...", "clap": "....X.......X...", "hat": "..x...x...x...x."},
        {"kick": "X...X...X...X...", "clap": "....X.......X...", "hat": "o.x.o.x.o.x.o.xo"},
    ),
    "four_open": (
        {"kick": "X...X...X...X...", "open": "..x...x...x...x.", "rim": "...x..x....x..x."},
        {"kick": "X...X...X...X..o", "open": "..x...x...x...x.", "clap": "....x.......x..."},
    ),
    "techno": (
        {"kick": "X...X...X...X...", "hat": "-oxo-oxo-oxo-oxo", "rim": "...x.....x....x."},
        {"kick": "X...X...X...X...", "hat": "-oxo-oxo-oxo-oxo", "tom": "......o......o.."},
    ),
    "amen": (
        {"kick": "X.x.......xx....", "snare": "....X..o.o..X..o", "ride": "X.o.X.o.X.o.X.o."},
        {"kick": "X.x.......x.....", "snare": "....X..o.o....X.", "ride": "X.o.X.o.X.o.X.o."},
    ),
    "twostep": (
        {"kick": "X.........x.....", "snare": "....X.......X...", "hat": "X.o.X.o-X.o.X.o-"},
        {"kick": "X.........x..o..", "snare": "....X..-....X...", "hat": "X.o.X.o-X.o.X.o."},
    ),
    "chip": (
        {"kick": "X.......X.......", "snare": "....X.......X...", "hat": "x.x.x.x.x.x.x.x."},
        {"kick": "X.....x.X.......", "snare": "....X.......X.x.", "hat": "x.x.x.x.x.x.x.x."},
    ),
    "chip_fast": (
        {"kick": "X...X...X...X...", "snare": "....X.......X...", "hat": "xoxoxoxoxoxoxoxo"},
        {"kick": "X...X...X...X...", "snare": "....X.......X.xx", "hat": "xoxoxoxoxoxoxoxo"},
    ),
    "rock": (
        {"kick": "X.......x.x.....", "snare": "....X.......X...", "ride": "x...x...x...x..."},
        {"kick": "X..x....x.......", "snare": "....X.......X...", "ride": "x.o.x.o.x.o.x.o."},
    ),
    "halftime": (
        {"kick": "X.........x.....", "snare": "........X.......", "hat": "x...x...x...x..."},
        {"kick": "X.....x...x.....", "snare": "........X.....-.", "hat": "x...x...x.o.x..."},
    ),
}

FILLS: dict[str, tuple[dict[str, str], ...]] = {
    "acoustic": (
        {"snare": "........o.oxx.xX", "kick": "X...X...X...x..."},
        {"tom": "........x.x.xxxx", "kick": "X.......X......."},
    ),
    "machine": (
        {"snare": "........o.o.xoxX", "kick": "X...X...X......."},
        {"clap": "............x.xx", "kick": "X...X...X.......", "hat": "x.o.x.o.x.o....."},
    ),
    "chip": (
        {"snare": "........x.x.xxxx", "kick": "X...X...X......."},
        {"tom": "x.x.x.x.xxxxxxxx", "kick": "X.......X......."},
    ),
}


def strokes(pattern: dict[str, str], *, beats: int) -> list[tuple[float, str, float]]:
    """The strokes of one bar: (beat, stroke, velocity), cut to the bar's `beats`."""
    found: list[tuple[float, str, float]] = []
    for stroke, line in pattern.items():
        step = 4.0 / len(line)
        for position, sign in enumerate(line):
            if sign in VELOCITIES and position * step < beats:
                found.append((position * step, stroke, VELOCITIES[sign]))
    return sorted(found)
