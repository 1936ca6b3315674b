"""The eleven styles of the demo world: what is usual in each, as data.

A style is a neighbourhood. It says where its artists live in the hidden space (`place`, `mood`),
which tempi, modes, instruments, patterns and chord progressions they choose from, and how loud
they are. `artists.make_hand` picks one artist's habits from it; `truth` turns the hidden
coordinates into attributes. Chords are scale degrees counted from 0.
"""

from __future__ import annotations

from dataclasses import dataclass

Cells = tuple[tuple[float, ...], ...]
Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Style:
    """What is usual in one style.

    `place` is (organic, drive, intricacy, night) in [0, 1]; `mood` the usual mood (0 sad, 1 glad);
    `minor` the share of songs in minor; `swing` the lateness of every second unit of `grid` beats
    (1/3 is a triplet); `loudness` RMS in dB relative to full scale; `pulse` how steadily it can be
    danced to; `sung` the share of artists with a voice, `chatter` how much of it is speech;
    `share` its part of all artists. A negative length in `cells` is a rest, in beats.
    `chord_bars` is how many bars one chord lasts.
    """

    name: str
    genre: str
    subgenres: tuple[str, ...]
    place: tuple[float, float, float, float]
    mood: float
    tempo: Range
    minor: float
    loudness: Range
    years: tuple[int, int]
    pulse: float
    sung: float
    chatter: float
    explicit: float
    share: float
    leads: tuple[str, ...]
    comps: tuple[str, ...]
    basses: tuple[str, ...]
    pads: tuple[str, ...]
    patterns: tuple[str, ...]
    bass_lines: tuple[str, ...]
    grooves: tuple[str, ...]
    kit: str
    chord: tuple[str, ...]
    major: tuple[tuple[int, ...], ...]
    minors: tuple[tuple[int, ...], ...]
    cells: Cells
    swing: Range = (0.0, 0.0)
    grid: float = 0.5
    chord_bars: int = 1
    loose: float = 0.008
    room: Range = (0.2, 0.4)
    register: int = 72


AMBIENT = Style(
    name="ambient",
    genre="ambient",
    subgenres=("drone", "space ambient", "modern classical"),
    place=(0.35, 0.06, 0.2, 0.6),
    mood=0.4,
    tempo=(58, 76),
    minor=0.45,
    loudness=(-25, -20),
    years=(1978, 2023),
    pulse=0.1,
    sung=0.1,
    chatter=0.0,
    explicit=0.0,
    share=0.07,
    leads=("bell", "glass", "flute", "vibes"),
    comps=("pad", "glass", "choir", "harp"),
    basses=("sub", "organ"),
    pads=("pad", "strings", "choir"),
    patterns=("held", "slow"),
    bass_lines=("whole",),
    grooves=("none",),
    kit="acoustic",
    chord=("ninth", "sus", "open"),
    major=((0, 3), (0, 4, 3), (0, 2, 3), (0, 5, 3, 4)),
    minors=((0, 5), (0, 3, 5), (0, 6, 5), (0, 2, 3)),
    cells=((4,), (2, 2), (3, 1), (-1, 3), (-2, 2), (1, 1, 2)),
    loose=0.02,
    room=(0.55, 0.8),
    register=74,
)

NOCTURNE = Style(
    name="nocturne",
    genre="piano",
    subgenres=("nocturne", "modern classical", "solo piano"),
    place=(0.95, 0.16, 0.55, 0.7),
    mood=0.38,
    tempo=(62, 88),
    minor=0.55,
    loudness=(-24, -19),
    years=(1962, 2022),
    pulse=0.15,
    sung=0.0,
    chatter=0.0,
    explicit=0.0,
    share=0.06,
    leads=("piano", "felt"),
    comps=("piano", "felt"),
    basses=("piano", "felt"),
    pads=("", "strings"),
    patterns=("broken", "waltz", "rolled"),
    bass_lines=("whole", "halves"),
    grooves=("none",),
    kit="acoustic",
    chord=("triad", "seventh"),
    major=((0, 5, 1, 4), (0, 3, 1, 4), (0, 2, 3, 4), (0, 4, 5, 3)),
    minors=((0, 3, 4, 0), (0, 5, 3, 4), (0, 6, 5, 4), (0, 3, 6, 2)),
    cells=((1.5, 0.5), (1, 1), (2,), (0.5, 0.5, 1), (0.75, 0.25), (1,), (3,)),
    loose=0.016,
    room=(0.35, 0.5),
    register=74,
)

FOLK = Style(
    name="folk",
    genre="folk",
    subgenres=("acoustic", "singer-songwriter", "indie folk"),
    place=(0.92, 0.36, 0.45, 0.35),
    mood=0.52,
    tempo=(86, 118),
    minor=0.35,
    loudness=(-20, -15),
    years=(1966, 2023),
    pulse=0.4,
    sung=0.7,
    chatter=0.06,
    explicit=0.02,
    share=0.12,
    leads=("flute", "clarinet", "steel", "accordion"),
    comps=("steel", "nylon"),
    basses=("upright", "ebass"),
    pads=("", "strings", "accordion"),
    patterns=("fingers", "strum", "waltz"),
    bass_lines=("halves", "whole"),
    grooves=("none", "shaker", "brushes"),
    kit="acoustic",
    chord=("triad", "sus"),
    major=((0, 4, 5, 3), (0, 3, 0, 4), (0, 5, 3, 4), (3, 0, 4, 0)),
    minors=((0, 6, 5, 6), (0, 2, 6, 3), (0, 5, 2, 6), (0, 3, 0, 6)),
    cells=((0.5, 0.5), (1,), (1.5, 0.5), (0.5, 1, 0.5), (2,), (-0.5, 0.5)),
    room=(0.15, 0.3),
    register=71,
)

BOSSA = Style(
    name="bossa",
    genre="bossa nova",
    subgenres=("latin jazz", "samba", "lounge"),
    place=(0.82, 0.34, 0.65, 0.45),
    mood=0.66,
    tempo=(116, 142),
    minor=0.35,
    loudness=(-20, -16),
    years=(1959, 2015),
    pulse=0.62,
    sung=0.5,
    chatter=0.03,
    explicit=0.0,
    share=0.06,
    leads=("flute", "vibes", "nylon", "clarinet"),
    comps=("nylon", "epiano"),
    basses=("upright", "ebass"),
    pads=("", "strings"),
    patterns=("bossa",),
    bass_lines=("bossa",),
    grooves=("bossa", "samba"),
    kit="acoustic",
    chord=("seventh", "ninth"),
    major=((0, 5, 1, 4), (1, 4, 0, 5), (0, 1, 2, 1), (0, 3, 2, 1)),
    minors=((0, 3, 6, 2), (0, 5, 1, 4), (0, 6, 5, 4), (3, 6, 0, 0)),
    cells=((1, 0.5, 0.5), (0.5, 1, 0.5), (1.5, 0.5), (-0.5, 0.5, 1), (2,), (0.5, 0.5)),
    room=(0.2, 0.3),
    register=72,
)

JAZZ = Style(
    name="jazz",
    genre="jazz",
    subgenres=("swing", "jazz trio", "cool jazz"),
    place=(0.88, 0.45, 0.85, 0.6),
    mood=0.55,
    tempo=(124, 198),
    minor=0.35,
    loudness=(-20, -15),
    years=(1955, 2020),
    pulse=0.5,
    sung=0.12,
    chatter=0.02,
    explicit=0.0,
    share=0.09,
    leads=("piano", "vibes", "muted", "clarinet"),
    comps=("piano", "organ", "epiano", "clean"),
    basses=("upright",),
    pads=("",),
    patterns=("charleston",),
    bass_lines=("walking",),
    grooves=("swing", "brushes"),
    kit="acoustic",
    chord=("seventh", "ninth"),
    major=((1, 4, 0, 5), (0, 5, 1, 4), (0, 3, 2, 5, 1, 4, 0, 4), (2, 5, 1, 4)),
    minors=((0, 1, 4, 0), (3, 6, 2, 5), (0, 3, 1, 4), (0, 5, 1, 4)),
    cells=((0.5, 0.5), (1,), (-0.5, 0.5), (1.5, 0.5), (0.5, 0.5, 0.5, 0.5), (-1,)),
    swing=(0.24, 0.34),
    room=(0.2, 0.35),
    register=73,
)

LOFI = Style(
    name="lofi",
    genre="lofi hip hop",
    subgenres=("hip hop", "chillhop", "beats"),
    place=(0.5, 0.4, 0.5, 0.8),
    mood=0.48,
    tempo=(70, 92),
    minor=0.55,
    loudness=(-17, -13),
    years=(1994, 2024),
    pulse=0.75,
    sung=0.6,
    chatter=0.75,
    explicit=0.3,
    share=0.11,
    leads=("epiano", "vibes", "muted", "clean"),
    comps=("epiano", "felt", "clean"),
    basses=("ebass", "sub"),
    pads=("", "strings", "organ"),
    patterns=("slow", "rolled", "charleston"),
    bass_lines=("syncopated", "halves"),
    grooves=("lofi", "boombap"),
    kit="machine",
    chord=("seventh", "ninth"),
    major=((1, 4, 0, 5), (3, 2, 1, 0), (0, 5, 3, 4), (3, 4, 2, 5)),
    minors=((0, 3, 5, 4), (5, 6, 0, 0), (0, 5, 3, 6), (3, 0, 5, 6)),
    cells=((0.5, 0.5), (0.75, 0.25), (-0.5, 0.5), (1,), (0.25, 0.25, 0.5), (-1,), (1.5, 0.5)),
    swing=(0.12, 0.28),
    grid=0.25,
    room=(0.12, 0.25),
    register=70,
)
