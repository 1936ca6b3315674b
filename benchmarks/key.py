"""How often the key is right, and how often we agree with Essentia.

Demo music of known key (three worlds; nothing was tuned on their artists), by profile, style and
mode; all real clips beside Essentia's `KeyExtractor`, and its own profiles beside each other for
scale; classical clips with a key in their title, where the title may name another movement's key
and old instruments stand a semitone low: only the comparison on the same clips counts there.

``exact`` is the share of keys that are right, ``weighted`` the MIREX score of `mir_eval.key`
(a fifth off 0.5, the relative key 0.3, the parallel key 0.2). Estimates are taken however unclear;
``named`` is the share that is clear enough to be told. Essentia hears the clips at 44,100 Hz, the
rate its defaults are made for.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import csv
import re
import statistics
import time
from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import soxr
from mir_eval.key import weighted_score

import report
from segue.audio.decode import RATE, decode
from segue.descriptors import chroma, key, tones, tuning
from segue.descriptors.frames import Sound
from segue.sources.demo.composer import compose
from segue.sources.demo.performance import play_drums
from segue.sources.demo.rendering import render
from segue.sources.demo.world import world

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from segue.sources.demo.truth import TrackTruth
    from segue.types import Audio, Frames

SEEDS = (201, 202, 204)
ESSENTIA = ("temperley", "krumhansl", "edma", "bgate")
NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
ITALIAN = {"do": 0, "re": 2, "mi": 4, "fa": 5, "sol": 7, "la": 9, "si": 11}
ENGLISH = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}

Named = tuple[int, int]
"""Pitch class and mode."""


def score(truths: Sequence[Named], estimates: Sequence[Named]) -> dict[str, Any]:
    """Shares of exact and weighted agreement."""
    scores = [weighted_score(*map(_said, pair)) for pair in zip(truths, estimates, strict=True)]
    return {
        "clips": len(scores),
        "exact": round(statistics.mean(value == 1.0 for value in scores), 3),
        "weighted": round(statistics.mean(scores), 3),
    }


def _said(named: Named) -> str:
    return f"{NAMES[named[0]]} {'major' if named[1] else 'minor'}"


def heard(audio: Audio) -> dict[str, key.Key]:
    """The best key by every profile."""
    sound = Sound(audio, rate=RATE)
    shares, in_tune = sound.shared(chroma.profile), sound.shared(tuning.tuning).strength
    return {name: key.best(shares, profile=name, in_tune=in_tune) for name in key.PROFILES}


def plain(estimates: Iterable[dict[str, key.Key]], profile: str) -> list[Named]:
    return [(one[profile].pitch_class, one[profile].mode) for one in estimates]


def mono(samples: Frames, rate: int) -> Audio:
    return soxr.resample(samples.mean(axis=0), rate, RATE, quality="HQ").astype(np.float32)


def demo_figures() -> dict[str, Any]:
    """Music of known key."""
    tracks: list[TrackTruth] = [track for seed in SEEDS for track in world(seed).tracks]
    estimates = [heard(mono(*render(track))) for track in tracks]
    truths = [(track.key, track.mode) for track in tracks]
    ours = plain(estimates, "temperley")

    def among(labels: Sequence[object]) -> dict[str, Any]:
        return {
            str(label): score(
                [truth for truth, each in zip(truths, labels, strict=True) if each == label],
                [found for found, each in zip(ours, labels, strict=True) if each == label],
            )
            for label in dict.fromkeys(labels)
        }

    sure = [one["temperley"].clarity >= key.SURE for one in estimates]
    return {
        "overall": score(truths, ours),
        "named": round(statistics.mean(sure), 3),
        "exact_and_named": round(
            statistics.mean(
                clear and truth == found
                for clear, truth, found in zip(sure, truths, ours, strict=True)
            ),
            3,
        ),
        "by_profile": {name: score(truths, plain(estimates, name)) for name in key.PROFILES},
        "by_style": among([track.style for track in tracks]),
        "by_mode": among(["major" if track.mode else "minor" for track in tracks]),
        "by_clarity": by_clarity(estimates, truths),
    }


def by_clarity(
    estimates: Sequence[dict[str, key.Key]], truths: Sequence[Named]
) -> dict[str, dict[str, float]]:
    """How many of those near a clarity are right."""
    right: dict[int, list[bool]] = {}
    for one, truth in zip(estimates, truths, strict=True):
        found = one["temperley"]
        step = min(int(found.clarity * 10), 9)
        right.setdefault(step, []).append((found.pitch_class, found.mode) == truth)
    return {
        f"{step / 10:.1f} to {(step + 1) / 10:.1f}": {
            "clips": len(right[step]),
            "exact": round(statistics.mean(right[step]), 3),
        }
        for step in sorted(right)
    }


def drums_figures() -> dict[str, int]:
    """Drums alone, which have no key."""
    tracks = world(SEEDS[0]).tracks
    parts = [part for track in tracks if (part := play_drums(track, compose(track))) is not None]
    clear = [key.estimate(Sound(mono(part, 44_100), rate=RATE)) is not None for part in parts]
    return {"clips": len(clear), "named": sum(clear)}


def title_key(title: str) -> Named | None:
    """The key a title names, in English or Italian, with its mode."""
    if found := re.search(r"\bin ([a-g])(?:[ -](flat|sharp))? (major|minor)\b", title, re.I):
        step = {"flat": -1, "sharp": 1, "": 0}[(found[2] or "").lower()]
        return (ENGLISH[found[1].lower()] + step) % 12, int(found[3].lower() == "major")
    if found := re.search(rf"\bin ({'|'.join(ITALIAN)}) (maggiore|major|minore)\b", title, re.I):
        return ITALIAN[found[1].lower()], int(found[2].lower() != "minore")
    return None


def essentia_keys(audio: Sequence[Audio]) -> dict[str, list[Named]]:
    """What Essentia says with each of its profiles."""
    import essentia
    from essentia.standard import KeyExtractor

    essentia.log.infoActive = essentia.log.warningActive = False
    extractors = {profile: KeyExtractor(profileType=profile) for profile in ESSENTIA}
    said: dict[str, list[Named]] = {profile: [] for profile in ESSENTIA}
    for clip in audio:
        full = soxr.resample(clip, RATE, 44_100, quality="HQ").astype(np.float32)
        for profile, extractor in extractors.items():
            name, mode, _ = extractor(full)
            said[profile].append((NAMES.index(name), int(mode == "major")))
    return said


def real_figures(labels: Path) -> dict[str, Any]:
    """Real clips: agreement with Essentia, and titles."""
    with labels.open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    audio = [decode(labels.parent / row["path"]).audio for row in rows]
    estimates, theirs = [heard(clip) for clip in audio], essentia_keys(audio)
    ours = {profile: plain(estimates, profile) for profile in key.PROFILES}
    titled = [
        (place, named)
        for place, row in enumerate(rows)
        if row["path"].startswith("emotify/classical/") and (named := title_key(row["title"]))
    ]
    truths = [named for _, named in titled]
    votes = [Counter(said).most_common(1)[0] for said in zip(*theirs.values(), strict=True)]
    agreed = [place for place, (_, voters) in enumerate(votes) if voters >= 3]
    of_agreed = [votes[place][0] for place in agreed]
    return {
        "clips": len(rows),
        "named": round(statistics.mean(e["temperley"].clarity >= key.SURE for e in estimates), 3),
        "ours_and_essentia": {
            mine: {profile: score(theirs[profile], ours[mine]) for profile in ESSENTIA}
            for mine in ours
        },
        "essentia_and_essentia": {
            f"{one} and {other}": score(theirs[one], theirs[other])
            for one, other in combinations(ESSENTIA, 2)
        },
        "where_three_of_essentia_agree": {
            mine: score(of_agreed, [ours[mine][place] for place in agreed]) for mine in ours
        },
        "by_clarity_where_three_of_essentia_agree": by_clarity(
            [estimates[place] for place in agreed], of_agreed
        ),
        "titles": {
            name: score(truths, [found[place] for place, _ in titled])
            for name, found in (
                *((f"ours, {profile}", ours[profile]) for profile in ours),
                *((f"essentia, {profile}", theirs[profile]) for profile in ESSENTIA),
            )
        },
        "cost_ms": cost(audio[:: len(audio) // 20]),
    }


def cost(audio: Sequence[Audio]) -> dict[str, float]:
    """CPU milliseconds a clip, the median over clips of the least of five runs."""
    took: dict[str, list[float]] = {"tones": [], "tuning": [], "chroma": [], "key": []}
    for clip in audio:
        best = dict.fromkeys(took, np.inf)
        for _ in range(5):
            sound = Sound(clip, rate=RATE)
            parts = (
                ("tones", lambda sound=sound: sound.shared(tones.tones)),
                ("tuning", lambda sound=sound: tuning.FAMILY.compute(sound)),
                ("chroma", lambda sound=sound: chroma.FAMILY.compute(sound)),
                ("key", lambda sound=sound: key.FAMILY.compute(sound)),
            )
            for name, work in parts:
                began = time.process_time()
                work()
                best[name] = min(best[name], 1000 * (time.process_time() - began))
        for name, least in best.items():
            took[name].append(least)
    figures = {name: round(statistics.median(values), 3) for name, values in took.items()}
    return figures | {"all": round(sum(figures.values()), 3)}


def main() -> None:
    labels = report.shared("audio/labels.csv")
    figures = {
        "demo": demo_figures(),
        "drums_alone": drums_figures(),
        "real": real_figures(labels),
    }
    folders = [report.shared(f"audio/{name}") for name in ("cc", "emotify")]
    report.write("key", figures, inputs=[labels, *folders], seed=SEEDS[0])


if __name__ == "__main__":
    main()
