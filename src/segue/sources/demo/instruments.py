"""Every instrument by name, and how long it rings on after the note is let go.

An instrument is a function ``(pitch, seconds, colour) -> audio``: pure, the same note always the
same samples. `sound` adds what all share: the ring after the note, an end without a click, peak 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segue.sources.demo import held, struck, winds
from segue.sources.demo.oscillators import shaped

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue.sources.demo.hands import Colour
    from segue.types import Audio


class Instrument(NamedTuple):
    """`play` makes the tone, `after` is the seconds it rings on, `level` its gain beside others."""

    play: Callable[[float, float, Colour], Audio]
    after: float
    level: float


INSTRUMENTS: dict[str, Instrument] = {
    "piano": Instrument(struck.piano, 0.35, 1.0),
    "felt": Instrument(struck.felt, 0.6, 1.0),
    "epiano": Instrument(struck.epiano, 0.25, 0.8),
    "nylon": Instrument(struck.nylon, 0.5, 1.1),
    "steel": Instrument(struck.steel, 0.5, 1.1),
    "harp": Instrument(struck.harp, 1.0, 1.0),
    "clean": Instrument(struck.clean, 0.4, 1.0),
    "crunch": Instrument(struck.crunch, 0.12, 0.45),
    "upright": Instrument(struck.upright, 0.08, 1.2),
    "ebass": Instrument(struck.ebass, 0.06, 1.0),
    "bell": Instrument(struck.bell, 1.6, 0.9),
    "vibes": Instrument(struck.vibes, 0.7, 1.0),
    "marimba": Instrument(struck.marimba, 0.4, 1.2),
    "kalimba": Instrument(struck.kalimba, 0.6, 1.1),
    "pad": Instrument(held.pad, 0.6, 0.7),
    "strings": Instrument(held.strings, 0.35, 0.7),
    "glass": Instrument(held.glass, 0.7, 0.7),
    "organ": Instrument(held.organ, 0.05, 0.5),
    "accordion": Instrument(held.accordion, 0.08, 0.5),
    "pulse": Instrument(held.pulse, 0.01, 0.45),
    "triangle": Instrument(held.triangle, 0.01, 0.8),
    "synthbass": Instrument(held.synthbass, 0.03, 0.9),
    "reese": Instrument(held.reese, 0.05, 0.8),
    "sub": Instrument(held.sub, 0.05, 0.8),
    "stab": Instrument(held.stab, 0.08, 0.8),
    "sawlead": Instrument(winds.sawlead, 0.06, 0.5),
    "flute": Instrument(winds.flute, 0.08, 0.65),
    "clarinet": Instrument(winds.clarinet, 0.08, 0.55),
    "muted": Instrument(winds.muted, 0.08, 0.6),
    "choir": Instrument(winds.choir, 0.5, 0.6),
    "voice": Instrument(winds.voice, 0.09, 0.75),
    "spoken": Instrument(winds.spoken, 0.02, 0.8),
}


def sound(name: str, *, pitch: float, seconds: float, colour: Colour) -> Audio:
    """One note of an instrument, shape (samples,), peak `level`, ending in silence.

    The array is ``seconds + after`` long, whatever the instrument needs to die away.
    """
    instrument = INSTRUMENTS[name]
    tone = instrument.play(pitch, seconds + instrument.after, colour)
    peak = float(np.max(np.abs(tone)))
    ended = shaped(tone, attack=0.0015, release=min(instrument.after, 0.12) or 0.01)
    ended *= np.float32(instrument.level / max(peak, 1e-9))
    return ended
