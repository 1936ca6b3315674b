"""Worlds that can be learned: attributes follow from the features by a known rule."""

from __future__ import annotations

import numpy as np

from segue.attributes.examples import Examples
from segue.attributes.targets import Group, Target, TargetSet

TURNS = 12
NAMES = tuple(f"timbre{number}_mean" for number in range(8))
PITCHES = tuple(f"pitch{number}_mean" for number in range(TURNS))

BRIGHT = Target("bright", "number", "bright", scale="rank", low=0.0, high=1.0)
WILD = Target("wild", "number", "wild", scale="logit", low=0.0, high=1.0)
MOOD = Target("mood", "class", "mood", labels=("calm", "merry", "sad"))
NUMBERS = Group("numbers", (BRIGHT, WILD))
KEYS = Group(
    "key-mode",
    (
        Target("key", "class", "key", labels=tuple("CDEFGAHIJKLM")),
        Target("mode", "class", "mode", labels=("minor", "major")),
    ),
)
PLANTED = TargetSet("planted", (NUMBERS, Group("mood", (MOOD,))))
MAJOR = np.array([5, 2, 3.5, 2, 4.5, 4, 2, 4.5, 2, 3.5, 1.5, 4])
MINOR = np.array([5, 2, 3.5, 4.5, 2, 4, 2, 4.5, 3.5, 2, 1.5, 4])


def world(count: int = 160, *, seed: int = 7, shuffled: bool = False) -> Examples:
    """Tracks of forty artists whose targets follow from features; `shuffled` tears them apart."""
    random = np.random.default_rng(seed)
    features = random.normal(size=(count, len(NAMES))).astype(np.float32)
    shown = features[random.permutation(count)] if shuffled else features
    noise = random.normal(scale=0.2, size=(count, 3))
    bright = 1 / (1 + np.exp(-(shown[:, 0] + 0.5 * shown[:, 1] + noise[:, 0])))
    wild = 1 / (1 + np.exp(-(shown[:, 2] * shown[:, 3] + noise[:, 1])))
    mood = np.digitize(shown[:, 4] + noise[:, 2], [-0.5, 0.5]).astype(float)
    return Examples(
        ids=tuple(str(number) for number in range(count)),
        names=NAMES,
        features=features,
        values={"bright": bright, "wild": wild, "mood": mood},
        artists=tuple(f"artist {number % 40}" for number in range(count)),
        inputs="columns",
        source="a planted world",
        digest=f"planted {seed} {count} {shuffled}",
        labels={"mood": MOOD.labels},
    )


def songs(count: int = 150, *, seed: int = 3) -> Examples:
    """Songs with a key: how much of each pitch class there is, and two numbers that say nothing."""
    random = np.random.default_rng(seed)
    keys, modes = random.integers(TURNS, size=count), random.integers(2, size=count)
    chroma = np.array(
        [np.roll(MAJOR if mode else MINOR, key) for key, mode in zip(keys, modes, strict=True)]
    )
    chroma = chroma + random.normal(scale=0.7, size=chroma.shape)
    other = random.normal(size=(count, 2))
    return Examples(
        ids=tuple(str(number) for number in range(count)),
        names=(*PITCHES, "timbre0_mean", "timbre1_mean"),
        features=np.column_stack([chroma, other]).astype(np.float32),
        values={"key": keys.astype(float), "mode": modes.astype(float)},
        artists=None,
        inputs="columns",
        source="planted songs",
        digest=f"songs {seed} {count}",
        labels={},
    )
