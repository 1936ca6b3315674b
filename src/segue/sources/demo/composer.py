"""The composer: from what is planted to a score of notes and strokes.

A piece has a form (intro, A, B, A', outro), chords with voice leading, a bass line, a melody of
motifs that come back, and drums where the style has them. Its tempo never changes. Songs and
their versions share the streams of harmony and melody, so that a remix sings the same tune.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.sources.demo.accompaniment import PATTERNS, bass_bar
from segue.sources.demo.artists import STYLES, stream
from segue.sources.demo.form import LEAD_IN, LENGTH, Section, form_of
from segue.sources.demo.grooves import FILLS, GROOVES, strokes
from segue.sources.demo.harmony import chord_on, progression, voiced
from segue.sources.demo.melody import Note, make_motif, ornamented, sung

if TYPE_CHECKING:
    from numpy.random import Generator

    from segue.sources.demo.harmony import Chord
    from segue.sources.demo.melody import Motif
    from segue.sources.demo.truth import TrackTruth

_SILENCE = 0.6
_HARMONY, _MELODY, _GROOVE = 20, 21, 22

_CENTRES = {"comp": 59.0, "pad": 57.0, "bass": 36.0}
_LOW_COMP = {"broken": 50.0, "waltz": 55.0, "fingers": 55.0, "tremolo": 66.0, "flutter": 66.0}
_HIGH_BASS = {"upright": 39.0, "piano": 38.0, "felt": 38.0, "organ": 41.0, "triangle": 43.0}


@dataclass(frozen=True, slots=True)
class Stroke:
    """A stroke of the drums at a beat; `velocity` in (0, 1]."""

    beat: float
    name: str
    velocity: float


@dataclass(frozen=True, slots=True)
class Score:
    """A piece in beats: notes by role (lead, voice, comp, bass, pad), strokes, chords by bar."""

    beats: int
    sections: tuple[Section, ...]
    chords: tuple[Chord, ...]
    notes: dict[str, list[Note]]
    strokes: list[Stroke]


def compose(truth: TrackTruth) -> Score:
    """Write the piece that a truth describes; the same truth gives the same score."""
    sections = form_of(truth.style, tempo=truth.tempo, beats=truth.time_signature)
    chords = _chords(truth, sections)
    rng = stream(truth.seed, _MELODY, truth.song)
    motifs = [
        make_motif(rng, truth.hand, beats=truth.time_signature, density=truth.hidden.density)
        for _ in range(4)
    ]
    notes: dict[str, list[Note]] = {role: [] for role in ("lead", "voice", "comp", "bass", "pad")}
    for section in sections:
        for role, line in _section(truth, section, chords=chords, motifs=motifs, rng=rng).items():
            loud = section.force
            notes[role].extend(note._replace(velocity=note.velocity * loud) for note in line)
    _close(truth, notes, sections, chords)
    return Score(
        beats=truth.time_signature,
        sections=sections,
        chords=tuple(chords),
        notes=notes,
        strokes=_drums(truth, sections),
    )


def _chords(truth: TrackTruth, sections: tuple[Section, ...]) -> list[Chord]:
    """One chord a bar for the whole piece; A and B have different progressions."""
    style = STYLES[truth.style]
    rng = stream(truth.seed, _HARMONY, truth.song)
    known = style.major if truth.mode else style.minors
    first = int(rng.integers(len(known)))
    second = (first + 1 + int(rng.integers(len(known) - 1))) % len(known)
    degrees: list[int] = []
    heard = {first: 0, second: 0}
    for section in sections:
        turn = second if section.name == "B" else first
        if section.name == "intro":  # says where home is
            degrees += [0] * section.bars
            continue
        degrees += progression(
            known[turn], bars=section.bars, chord_bars=style.chord_bars, after=heard[turn]
        )
        heard[turn] += section.bars
    kind, key, mode = truth.hand.chord, truth.key, truth.mode
    chords = [chord_on(degree, key=key, mode=mode, kind=kind) for degree in degrees[:-1]]
    # A piece ends at home, whatever the progression.
    return [*chords, chord_on(0, key=key, mode=mode, kind="triad")]


def _section(
    truth: TrackTruth,
    section: Section,
    *,
    chords: list[Chord],
    motifs: list[Motif],
    rng: Generator,
) -> dict[str, list[Note]]:
    """All notes of one section, by role."""
    bars = chords[section.start : section.start + section.bars]
    lines: dict[str, list[Note]] = {}
    beats, hand = truth.time_signature, truth.hand
    if "comp" in section.roles:
        lines["comp"] = _comp(truth, section, bars)
    if "pad" in section.roles and hand.instruments["pad"]:
        lines["pad"] = _held(section, bars, beats=beats)
    if "bass" in section.roles:
        centre = _HIGH_BASS.get(hand.instruments["bass"], _CENTRES["bass"])
        lines["bass"] = [
            note._replace(beat=note.beat + (section.start + bar) * beats)
            for bar, chord in enumerate(bars)
            for note in bass_bar(
                hand.bass_line,
                chord,
                after=chords[min(section.start + bar + 1, len(chords) - 1)],
                beats=beats,
                centre=centre,
            )
        ]
    if "lead" in section.roles:
        sings = truth.hidden.voice > 0.3 and section.name in {"A", "A'"}
        line = _tune(truth, section, bars, motifs, rng)
        lines["voice" if sings else "lead"] = line
        if sings and truth.hidden.speech > 0.3:
            lines["voice"] = _talk(rng, truth, section)
    return lines


def _comp(truth: TrackTruth, section: Section, bars: list[Chord]) -> list[Note]:
    pattern = truth.hand.pattern
    centre = _LOW_COMP.get(pattern, _CENTRES["comp"]) + (2.0 if section.name == "B" else 0.0)
    voicing: tuple[int, ...] = ()
    notes: list[Note] = []
    for bar, chord in enumerate(bars):
        voicing = voiced(chord, centre=centre, before=voicing)
        start = (section.start + bar) * truth.time_signature
        played = PATTERNS[pattern](voicing, beats=truth.time_signature, bar=bar)
        notes.extend(note._replace(beat=note.beat + start) for note in played)
    return notes


def _held(section: Section, bars: list[Chord], *, beats: int) -> list[Note]:
    """The pad: a chord is held for as many bars as it lasts."""
    notes: list[Note] = []
    voicing: tuple[int, ...] = ()
    bar = 0
    while bar < len(bars):
        last = bar
        while last + 1 < len(bars) and bars[last + 1] == bars[bar] and last - bar < 1:
            last += 1
        voicing = voiced(bars[bar], centre=_CENTRES["pad"], before=voicing)
        start, length = (section.start + bar) * beats, (last + 1 - bar) * beats
        notes.extend(Note(float(start), float(length), pitch, 0.7) for pitch in voicing)
        bar = last + 1
    return notes


def _tune(
    truth: TrackTruth,
    section: Section,
    bars: list[Chord],
    motifs: list[Motif],
    rng: Generator,
) -> list[Note]:
    """The melody of a section: statement, statement, answer, close."""
    answer = section.name == "B"
    plan = (2, 2, 3, 1) if answer else (0, 0, 1, 0)
    centre = truth.hand.register + (4 if answer else 0) - (7 if truth.hidden.voice > 0.3 else 0)
    notes: list[Note] = []
    for bar, chord in enumerate(bars):
        notes += sung(
            motifs[plan[bar % 4]],
            chord,
            key=truth.key,
            mode=truth.mode,
            centre=centre,
            start=float((section.start + bar) * truth.time_signature),
            closing=bar % 4 == 3 or bar == len(bars) - 1,
        )
    return ornamented(rng, notes, key=truth.key, mode=truth.mode) if section.name == "A'" else notes


def _talk(rng: Generator, truth: TrackTruth, section: Section) -> list[Note]:
    """Speech in rhythm: sixteenths with gaps, two or three pitches, a breath at each bar's end."""
    base = 48 + truth.key % 7
    notes: list[Note] = []
    chance = 0.45 + 0.4 * truth.hidden.speech
    line = rng.random(truth.time_signature * 4 - 2) < chance
    for bar in range(section.bars):
        start = (section.start + bar) * truth.time_signature
        for turn, spoken in enumerate(line):
            if spoken or turn % 8 == 0:
                pitch = base + (0, 2, 0, 3, -2)[int(rng.integers(5))]
                loud = 0.95 if turn % 4 == 0 else 0.75
                notes.append(Note(start + turn / 4.0, 0.22, pitch, loud))
    return notes


def _close(
    truth: TrackTruth,
    notes: dict[str, list[Note]],
    sections: tuple[Section, ...],
    chords: list[Chord],
) -> None:
    """In the last bar nothing moves: the tonic chord is struck once and rings."""
    start = float((len(chords) - 1) * truth.time_signature)
    for role, line in notes.items():
        notes[role] = [note for note in line if note.beat < start - 1e-6]
    force = sections[-1].force
    length = (LENGTH - LEAD_IN - _SILENCE) * truth.tempo / 60.0 - start
    final = voiced(chords[-1], centre=_CENTRES["comp"])
    notes["comp"] += [Note(start, length, pitch, 0.8 * force) for pitch in final]
    bass = final[0] - 12 - 12 * (final[0] > 54)
    notes["bass"].append(Note(start, length, bass, 0.8 * force))


def _drums(truth: TrackTruth, sections: tuple[Section, ...]) -> list[Stroke]:
    """The groove, two bars in turn; a fill ends a section, a crash opens one."""
    patterns = GROOVES[truth.hand.groove]
    if not patterns:
        return []
    rng = stream(truth.seed, _GROOVE, truth.number)
    fills = FILLS[truth.hand.kit.character]
    beats, found = truth.time_signature, []
    busy = truth.style not in {"bossa", "jazz", "folk", "house"}
    for section in sections:
        if "drums" not in section.roles and "light" not in section.roles:
            continue
        light = "drums" not in section.roles
        for bar in range(section.bars):
            start = (section.start + bar) * beats
            last = bar == section.bars - 1 and section.name != "outro" and not light
            pattern = fills[int(rng.integers(len(fills)))] if last and busy else patterns[bar % 2]
            for beat, name, velocity in strokes(pattern, beats=beats):
                if not light or name not in {"snare", "clap", "crash", "tom"}:
                    found.append(Stroke(start + beat, name, velocity * section.force))
        if busy and section.name in {"B", "A'"} and not light:
            found.append(Stroke(float(section.start * beats), "crash", 0.6 * section.force))
    end = (sections[-1].start + sections[-1].bars - 1) * beats
    return [stroke for stroke in found if stroke.beat < end]
