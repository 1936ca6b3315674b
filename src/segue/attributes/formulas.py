"""From descriptors to a first guess at seven musical attributes: the formulas, as data.

A formula is a weighted sum of descriptors, each as far from ordinary music as it stands in
standard deviations of it (`segue.attributes.ordinary`), cut off at ±`CLIP` so that no single odd
number rules::

    score = Σ weight · clip((reading − mean) / deviation, −CLIP, CLIP)

The score puts tracks in an order and means nothing by itself; `segue.attributes.matching` turns
it into a number of the attribute's own scale. Signs come from published correlates, weights are
small round numbers and not fitted; ``benchmarks/estimates.py`` judges them, also on clips and songs
that nobody looked at meanwhile, and docs/estimates.md shows what came of it. Loudness has no
formula: it is measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.extract import COLUMNS

if TYPE_CHECKING:
    from segue.types import Floats, Vectors

CLIP = 3.0
"""Standard deviations beyond which a descriptor counts no more."""

PREFERRED, SPREAD = 118.0, 0.6
"""The tempo that people move to best in beats a minute, and how far around it, in octaves."""


@dataclass(frozen=True, slots=True)
class Term:
    """One descriptor of a formula.

    Attributes
    ----------
    column
        Its name in the vector.
    weight
        What a standard deviation counts; below 0 where more of it speaks against.
    why
        What it says, for the docs.
    near
        Where only the nearness to a value counts: the reading is exp(−(log2(x / near) / SPREAD)²),
        1 there and towards 0 an octave away; 0 reads the column as it is.
    """

    column: str
    weight: float
    why: str
    near: float = 0.0

    @property
    def name(self) -> str:
        """The column, and what it is to be near."""
        return f"{self.column} near {self.near:g}" if self.near else self.column

    def reading(self, vectors: Vectors) -> Floats:
        """What is read from vectors of shape (tracks, descriptors): shape (tracks,)."""
        read: Floats = vectors[:, COLUMNS[self.column]].astype(np.float64)
        if self.near:
            octaves = np.log2(np.maximum(read, 1.0) / self.near)
            read = np.exp(-np.square(octaves / SPREAD))
        return read


@dataclass(frozen=True, slots=True)
class Formula:
    """How one attribute is guessed.

    Attributes
    ----------
    attribute
        Its name.
    terms
        What is added up.
    source
        Where the signs come from.
    about
        What to make of it, for the docs: sentences.
    """

    attribute: str
    terms: tuple[Term, ...]
    source: str
    about: str


FORMULAS: tuple[Formula, ...] = (
    Formula(
        "energy",
        (
            Term("level", 2.0, "loud"),
            Term("onset_rate", 1.0, "many events"),
            Term("flux_mean", 1.0, "a spectrum that never rests"),
            Term("chroma_entropy_mean", 1.0, "sound on all pitches: drums, distortion"),
            Term("centroid_mean", 1.0, "bright"),
            Term("contrast_2_mean", -1.0, "single tones that stand out"),
        ),
        "Spotify's description of the attribute (loudness, timbre, onset rate, entropy); Juslin "
        "and Laukka, Psychological Bulletin 129(5), 2003 (activity is loud, fast and bright)",
        "The surest of them: arousal is heard in the signal.",
    ),
    Formula(
        "valence",
        (
            Term("key_mode", 1.0, "major rather than minor"),
            Term("onset_rate", 1.0, "many events"),
            Term("tempo", 0.5, "fast"),
            Term("centroid_mean", 0.5, "bright"),
            Term("flux_mean", 0.5, "lively"),
            Term("pulse_clarity", 0.5, "a clear pulse"),
            Term("attack_log", -0.5, "notes that come in slowly (legato)"),
            Term("onset_interval_std", -1.0, "uneven rhythm"),
        ),
        "Gabrielsson and Lindström, in: Music and Emotion, 2001; Eerola, Lartillot and Toiviainen, "
        "ISMIR 2009 (mode, tempo, brightness, articulation)",
        "Half of it is arousal: the formula cannot tell rage from joy, and knows no words.",
    ),
    Formula(
        "danceability",
        (
            Term("pulse_clarity", 1.0, "a clear pulse"),
            Term("tempo_confidence", 1.0, "one tempo rather than several"),
            Term("tempo", 1.0, "near the tempo that people move to best", near=PREFERRED),
            Term("flux_mean", 1.0, "a spectrum that changes with the beat"),
            Term("beat_deviation", -1.0, "beats that come early and late"),
            Term("onset_interval_std", -0.5, "uneven rhythm"),
            Term("harmonic_percussive_ratio", -1.0, "sustained rather than struck"),
        ),
        "Streich and Herrera, AES 118, 2005 (regularity); van Noorden and Moelants, JNMR 28(1), "
        "1999 (tempo); Spotify's description (tempo, stability, beat strength, regularity)",
        "It hears a steady beat, not whether a beat is one to dance to.",
    ),
    Formula(
        "acousticness",
        (
            Term("level", -1.0, "loud: compressed and mastered"),
            Term("flux_mean", -0.5, "a spectrum that never rests"),
            Term("centroid_mean", -1.0, "bright"),
            Term("bass_share", -1.0, "energy below 250 Hz: kick drum, electric bass"),
            Term("harmonic_percussive_ratio", 1.0, "sustained rather than struck"),
        ),
        "The correlates of the attribute itself in Spotify's published analyses (loudness, "
        "brightness); Fitzgerald, DAFx 2010 (what is struck)",
        "It hears quiet, dark and sustained, so a soft synthesiser passes for a string quartet.",
    ),
    Formula(
        "instrumentalness",
        (
            Term("mfcc_delta_2_std", -0.4, "a timbre that changes as fast as syllables"),
            Term("mfcc_delta_3_std", -0.4, "the same"),
            Term("mfcc_delta_4_std", -0.4, "the same"),
            Term("mfcc_delta_5_std", -0.4, "the same"),
            Term("mfcc_delta_6_std", -0.4, "the same"),
            Term("middle_share", -0.5, "energy where voices lie"),
        ),
        "Berenzweig and Ellis, WASPAA 2001; Rocamora and Herrera, SBCM 2007 (of all descriptors, "
        "MFCC and their differences tell singing best)",
        "Weak: a lively instrument does to these numbers what a voice does, and most electronic "
        "music passes for sung. It takes a trained model to hear singing.",
    ),
    Formula(
        "liveness",
        (
            Term("level", 1.0, "loud"),
            Term("chroma_entropy_mean", 1.0, "sound on all pitches: noise, applause"),
            Term("attack_log", 1.0, "attacks that a room has smeared"),
            Term("flux_std", -1.0, "changes that a room has evened out"),
        ),
        "The correlates of the attribute itself in Spotify's published analyses (loudness, sound "
        "on all pitches, both weak); Houtgast and Steeneken, JASA 77(3), 1985 (rooms even out)",
        "Hardly more than a guess: even models that were trained on the attribute find little of "
        "it. Do not rely on it.",
    ),
    Formula(
        "speechiness",
        (
            Term("zero_crossings_std", 1.0, "voiced and unvoiced by turns"),
            Term("rolloff_std", 1.0, "the same, in the spectrum"),
            Term("flux_std", 1.0, "fits and starts"),
            Term("onset_rate", 1.0, "syllables"),
            Term("tuning_strength", -1.0, "tones that keep to a scale"),
            Term("pulse_240_bpm", 0.5, "about four syllables a second"),
        ),
        "Scheirer and Slaney, ICASSP 1997 (variances of zero crossings, rolloff and flux, 4 Hz "
        "modulation); the correlates of the attribute itself in Spotify's published analyses "
        "(segments a second)",
        "Made of what tells speech from music; among music it says little, and no speech was at "
        "hand to try it on.",
    ),
)
"""In the order of `segue.records.CONTINUOUS`, which also has loudness."""
