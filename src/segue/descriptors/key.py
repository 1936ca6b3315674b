"""The key, by correlating the chroma with how often each scale step is heard in a key.

The mean chroma of the clip is correlated with the profiles of the 24 major and minor keys
(Krumhansl, *Cognitive Foundations of Musical Pitch*, 1990); the best one is the key. A profile
counts notes, the chroma hears their overtones too, so each note of a profile is given four
harmonics, each 0.6 as strong as the one before (Gómez, *Tonal Description of Music Audio
Signals*, 2006).

**Clarity** is the probability of the key if chroma c came from key k with a probability that
grows as ``exp(κ cov(c, k))``, where cov is the inner product of the deviations from the mean, the
profile's brought to length 1. An even chroma (noise, all twelve tones alike) favours no key, and
two keys that fit alike halve it. Where the tones keep to no scale (drums, noise: a tuning
strength below `IN_TUNE`) or are fewer than `CHORD`, κ is less in proportion. κ = 70 makes clarity
honest: of the real clips with a clarity near p, about a share p has the key that three of four
estimators of Essentia agree on (benchmarks/key.py), and demo music of known key calls for much the
same.

In a vector a key is a point on the circle of fifths of the key signatures, drawn towards the
centre the less clear it is; relative major and minor stand at one point, and how much better the
best major fits than the best minor key tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors import chroma
from segue.descriptors.family import Family, Group
from segue.descriptors.tuning import tuning
from segue.errors import BadRequestError
from segue.records import KEYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.descriptors.frames import Sound
    from segue.types import Floats, Vector


@dataclass(frozen=True, slots=True)
class Profile:
    """How much each of the twelve steps above the tonic belongs to a major and a minor key."""

    major: tuple[float, ...]
    minor: tuple[float, ...]
    source: str


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        "temperley": Profile(
            (0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400),
            (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330),
            "Shares of segments that hold the step, Kostka-Payne corpus: Temperley, Music and "
            "Probability, 2007, chapter 6",
        ),
        "krumhansl": Profile(
            (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
            (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
            "How well listeners find a probe tone to fit: Krumhansl and Kessler, Psychological "
            "Review 89(4), 1982",
        ),
        "edma": Profile(
            (
                *(0.16519551, 0.04749026, 0.08293076, 0.06687112, 0.09994645, 0.09274123),
                *(0.05294487, 0.13159476, 0.05218986, 0.07443653, 0.06940723, 0.0642515),
            ),
            (
                *(0.17235348, 0.05336489, 0.0761009, 0.10043649, 0.05621498, 0.08527853),
                *(0.0497915, 0.13451001, 0.07458916, 0.05003023, 0.09187879, 0.05545106),
            ),
            "Mean chroma of electronic dance music: Faraldo, Gómez, Jordà and Herrera, Key "
            "Estimation in Electronic Dance Music, ECIR 2016",
        ),
    }
)
"""Known profiles by name, the tonic first."""

SURE = 0.5
"""Clarity from which a key is named: it is more probable than all others together.

Noise and tones drawn at random from all twelve stay below, and so do 91 of 93 demo tracks of
which only the drums play (benchmarks/key.py).
"""

IN_TUNE = 0.15
"""Strength of the tuning from which the tones are taken to keep to a scale.

Of 21 real clips below 0.1 three have the key that Essentia's estimators agree on, of 322 from 0.2
on seven in ten.
"""

CHORD = 3.0
"""Pitch classes that make a key; with fewer the clarity falls, and a single tone has none."""

_CONCENTRATION = 70.0
_HARMONICS = ((0, 1.0), (0, 0.6), (7, 0.36), (0, 0.216))


@dataclass(frozen=True, slots=True)
class Key:
    """A key that was heard.

    Attributes
    ----------
    pitch_class
        Of the tonic, 0 to 11; an index into `segue.records.KEYS`.
    mode
        1 for major, 0 for minor.
    clarity
        How probable this key is beside the other 23, in [0, 1].
    strength
        Correlation of the chroma with the key's profile, in [-1, 1].
    """

    pitch_class: int
    mode: int
    clarity: float
    strength: float

    @property
    def name(self) -> str:
        """As a musician says it: "A minor"."""
        return f"{KEYS[self.pitch_class]} {'major' if self.mode else 'minor'}"


def estimate(sound: Sound, *, profile: str = "temperley") -> Key | None:
    """The key of a sound, None where it is not clear (`SURE`).

    Parameters
    ----------
    sound
        Anything; silence and noise have no key.
    profile
        One of `PROFILES`.

    Raises
    ------
    BadRequestError
        There is no such profile.
    """
    key = _heard(sound, profile)
    return key if key.clarity >= SURE else None


def best(shares: Floats, *, profile: str = "temperley", in_tune: float = 1.0) -> Key:
    """The key that fits a mean chroma best, however unclear.

    Parameters
    ----------
    shares
        Shape (12,), C first, sums to 1. With all alike every key fits as badly: C minor of
        strength 0 and clarity 1/24 stands for that.
    profile
        One of `PROFILES`.
    in_tune
        Strength of the tuning, in [0, 1].

    Raises
    ------
    BadRequestError
        There is no such profile.
    """
    fits = correlations(shares, profile=profile)
    mode, pitch_class = divmod(int(fits.argmax()), 12)
    # The covariances are the correlations times the length of the chroma's deviations.
    length = float(np.linalg.norm(shares - shares.mean()))
    # As many pitch classes as would, with equal shares, be as concentrated.
    several = 1.0 / float(np.square(shares).sum())
    trust = min(1.0, in_tune / IN_TUNE) * min(1.0, (several - 1.0) / (CHORD - 1.0))
    evidence = _CONCENTRATION * trust * length * fits
    clarity = 1.0 / float(np.exp(evidence - evidence.max()).sum())
    return Key(pitch_class, mode, clarity, float(fits.max()))


def _heard(sound: Sound, profile: str) -> Key:
    in_tune = sound.shared(tuning).strength
    return best(sound.shared(chroma.profile), profile=profile, in_tune=in_tune)


def correlations(shares: Floats, *, profile: str = "temperley") -> Floats:
    """How well each key fits a mean chroma, in [-1, 1].

    Parameters
    ----------
    shares
        Shape (12,), C first.
    profile
        One of `PROFILES`.

    Returns
    -------
    Floats
        Shape (2, 12): minor, then major keys by the pitch class of the tonic; zeros where all
        pitch classes are alike.

    Raises
    ------
    BadRequestError
        There is no such profile.
    """
    apart = shares - shares.mean()
    length = float(np.linalg.norm(apart))
    fits: Floats = (_keys(profile) @ apart).reshape(2, 12)
    # What rounding leaves of twelve equal shares is no chroma.
    return fits / length if length > 1e-9 else np.zeros((2, 12))


@lru_cache(maxsize=len(PROFILES))
def _keys(name: str) -> Floats:
    """Profiles of the 24 keys with harmonics, minor first, mean 0 and length 1, shape (24, 12)."""
    if name not in PROFILES:
        raise BadRequestError(
            f"there is no key profile called {name!r}",
            remedy=f"Choose one of {', '.join(PROFILES)}",
        )
    rows = []
    for steps in (PROFILES[name].minor, PROFILES[name].major):
        heard = np.sum([weight * np.roll(steps, up) for up, weight in _HARMONICS], axis=0)
        heard -= heard.mean()
        rows += [np.roll(heard / np.linalg.norm(heard), tonic) for tonic in range(12)]
    return np.array(rows)


def read(values: Vector) -> Key | None:
    """The key that stands in the columns of the group `key`, None where it is not clear.

    Parameters
    ----------
    values
        Shape (5,), in the order of the columns.
    """
    across, up, balance, clarity, strength = (float(value) for value in values)
    if clarity < SURE:
        return None
    mode = int(balance >= 0)
    signature = round(np.arctan2(up, across) * 6 / np.pi)
    return Key((7 * signature - (0 if mode else 3)) % 12, mode, clarity, strength)


def write(values: Vector) -> str:
    """The same as text: "A minor", or "" where it is not clear."""
    key = read(values)
    return key.name if key else ""


def _compute(sound: Sound) -> Vector:
    key = _heard(sound, "temperley")
    minor, major = correlations(sound.shared(chroma.profile)).max(axis=1)
    # Fifths from C to the major key with the same signature; 7 undoes itself modulo 12.
    angle = np.pi / 6 * ((7 * (key.pitch_class + (0 if key.mode else 3))) % 12)
    place = key.clarity * np.array([np.cos(angle), np.sin(angle)])
    return np.array([*place, major - minor, key.clarity, key.strength], dtype=np.float32)


FAMILY = Family(
    name="key",
    version=1,
    source="Krumhansl, 1990; Temperley, 2007; Gómez, 2006",
    groups={
        "key": Group(
            ("key_fifths_cos", "key_fifths_sin", "key_mode", "key_clarity", "key_strength"),
            about="The key as a point on the circle of fifths, clarity from the centre; how much "
            "better the best major fits than the best minor key, -2 to 2; the probability of the "
            "key, in [0, 1]; its correlation with the chroma, in [-1, 1].",
            write=write,
            both="in {}",
        ),
    },
    compute=_compute,
)
"""Estimated with Temperley's profiles."""
