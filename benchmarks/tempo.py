"""How often the tempo is right, and how often we agree with Essentia.

Songs of a demo world in cases (`rhythms.CASES`), each by an artist of its own; the 120 tracks of
the demo itself; and all real clips, where nobody knows the tempo, beside Essentia's
`RhythmExtractor2013` at 44,100 Hz and librosa's `beat_track` for scale. ``acc1`` is the share of
tempi within 4 % of the truth, ``acc2`` lets a third, a half, twice and three times pass (Gouyon and
others, IEEE TASLP 14(5), 2006). ``beats`` is `mir_eval.beat.f_measure`.

``python benchmarks/tempo.py fit`` finds `tempo.WEIGHTS` again, from songs of another world and from
metronomes, and prints them beside the figures of songs left out by style. The prior and the choice
of curves were made on that world and on the training clips of ``labels.csv``, by how often we agree
with Essentia there; ``held_out`` are the others.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import csv
import statistics
import sys
import time
import warnings
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import soxr

import report
from rhythms import Song, metronome, rendered, songs
from segue.audio.decode import RATE, decode
from segue.descriptors import attack, beats, onsets, tempo
from segue.descriptors.frames import Sound
from segue.descriptors.tempogram import STEPS, tempogram
from segue.sources.demo.form import LEAD_IN
from segue.sources.demo.world import world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from segue.types import Audio, Floats, Mask

DEMO, FITTED, REPORTED = 42, 7, 2026
"""Worlds: the one people see, the one the weights are from, and the one the figures are from."""

FAMILIES = (onsets.FAMILY, tempo.FAMILY, beats.FAMILY, attack.FAMILY)
FACTORS = (1.0, 1 / 3, 1 / 2, 2.0, 3.0)
RIDGE = 30.0


class Heard(NamedTuple):
    """A rendered piece and what is heard in it."""

    song: Song
    true: float
    found: tempo.Tempo
    beats: Floats


def listened(chosen: Iterable[Song]) -> Iterator[Heard]:
    """Render and listen, song by song."""
    for song in chosen:
        audio, true = rendered(song)
        sound = Sound(audio, rate=RATE)
        yield Heard(song, true, sound.shared(tempo.estimate), sound.shared(beats.beats).seconds)


def score(found: Sequence[float], true: Sequence[float]) -> dict[str, Any]:
    """Accuracies with the number of pieces."""
    apart = np.abs(np.array(found)[:, None] / np.outer(true, FACTORS) - 1.0) <= tempo.NEAR
    return {
        "pieces": len(apart),
        "acc1": round(float(apart[:, 0].mean()), 3),
        "acc2": round(float(apart.any(axis=1).mean()), 3),
    }


def of_songs(pieces: Sequence[Heard]) -> dict[str, Any]:
    return score([piece.found.bpm for piece in pieces], [piece.true for piece in pieces])


def among(pieces: Sequence[Heard], label: Callable[[Heard], str]) -> dict[str, Any]:
    """Accuracies by label, in the order the labels come."""
    labels = dict.fromkeys(map(label, pieces))
    return {name: of_songs([one for one in pieces if label(one) == name]) for name in labels}


def by_confidence(sure: Sequence[float], right: Sequence[bool]) -> dict[str, Any]:
    """How many are right among those about as sure."""
    edges = (0.0, 0.2, 0.4, 0.6, 0.8, 0.95, 1.01)
    told = {}
    for low, high in pairwise(edges):
        inside = [ok for each, ok in zip(sure, right, strict=True) if low <= each < high]
        if inside:
            told[f"{low:g} to {min(high, 1.0):g}"] = {
                "pieces": len(inside),
                "right": round(statistics.mean(inside), 3),
            }
    return told


def demo_figures() -> dict[str, Any]:
    """Music of known tempo."""
    pieces = list(listened(songs(REPORTED)))
    planted = [piece for piece in pieces if piece.song.case == "as planted"]
    own = list(listened(Song("demo", truth) for truth in world(DEMO).tracks))
    right = [abs(piece.found.bpm / piece.true - 1) <= tempo.NEAR for piece in pieces]
    missed = [piece for piece, ok in zip(pieces, right, strict=True) if not ok]
    other = [
        any(abs(each / piece.true - 1) <= tempo.NEAR for each in (found.slower, found.faster))
        for piece in missed
        for found in [piece.found]
    ]
    return {
        "overall": of_songs(pieces),
        "by_case": among(pieces, lambda piece: piece.song.case),
        "as_planted_by_style": among(planted, lambda piece: piece.song.truth.style),
        "by_tempo": among(
            sorted(pieces, key=lambda piece: piece.true),
            lambda piece: f"{20 * int(piece.true // 20)} to {20 * int(piece.true // 20) + 20}",
        ),
        "the_demo_itself": of_songs(own),
        "wrong": len(missed),
        "wrong_but_slower_or_faster_is_right": sum(other),
        "by_confidence": by_confidence([piece.found.confidence for piece in pieces], right),
        "beats": round(statistics.mean(beat_measure(piece) for piece in planted), 3),
    }


def beat_measure(piece: Heard) -> float:
    """F-measure of the beats from 5 s to 27 s; later the closing chord rings."""
    from mir_eval import beat

    grid = np.arange(LEAD_IN, 30.0, 60.0 / piece.true)
    both = (when[(when >= 5.0) & (when < 27.0)] for when in (grid, piece.beats))
    return float(beat.f_measure(*both))


def real_figures(labels: Path) -> dict[str, Any]:
    """Agreement with Essentia on real clips, ours and librosa's."""
    with labels.open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    audio = [decode(labels.parent / row["path"]).audio for row in rows]
    theirs, librosas = essentia_tempi(audio), librosa_tempi(audio)
    found = [tempo.estimate(Sound(clip, rate=RATE)) for clip in audio]
    ours = [each.bpm for each in found]

    def agreement(chosen: Sequence[int]) -> dict[str, Any]:
        truth = [theirs[place] for place in chosen]
        return {
            "ours": score([ours[place] for place in chosen], truth),
            "librosa": score([librosas[place] for place in chosen], truth),
        }

    everything = range(len(rows))
    return {
        "all": agreement(everything),
        **{
            name: agreement([p for p in everything if rows[p]["path"].startswith(f"{name}/")])
            for name in ("cc", "emotify")
        },
        "held_out": agreement([p for p in everything if rows[p]["split"] == "test"]),
        "by_confidence": by_confidence(
            [each.confidence for each in found],
            [abs(a / b - 1) <= tempo.NEAR for a, b in zip(ours, theirs, strict=True)],
        ),
        "cost_ms": cost(audio[:: len(audio) // 20]),
    }


def essentia_tempi(audio: Sequence[Audio]) -> list[float]:
    """What Essentia says, by its slower and better method."""
    import essentia
    from essentia.standard import RhythmExtractor2013

    essentia.log.infoActive = essentia.log.warningActive = False
    extractor = RhythmExtractor2013(method="multifeature")
    full = (soxr.resample(clip, RATE, 44_100, quality="HQ").astype(np.float32) for clip in audio)
    return [float(extractor(clip)[0]) for clip in full]


def librosa_tempi(audio: Sequence[Audio]) -> list[float]:
    """What librosa says."""
    import librosa

    return [float(np.atleast_1d(librosa.beat.beat_track(y=y, sr=RATE)[0])[0]) for y in audio]


def cost(audio: Sequence[Audio]) -> dict[str, float]:
    """CPU milliseconds a clip beyond the mel spectrum: the median of the least of five runs."""
    took: dict[str, list[float]] = {family.name: [] for family in FAMILIES}
    for clip in audio:
        best = dict.fromkeys(took, np.inf)
        for _ in range(5):
            sound = Sound(clip, rate=RATE)
            sound.mel128  # noqa: B018 (made on being asked for)
            for family in FAMILIES:
                began = time.process_time()
                family.compute(sound)
                spent = 1000 * (time.process_time() - began)
                best[family.name] = min(best[family.name], spent)
        for name, least in best.items():
            took[name].append(least)
    figures = {name: round(statistics.median(values), 3) for name, values in took.items()}
    return figures | {"all": round(sum(figures.values()), 3)}


def fit() -> None:
    """Find the weights, print them, and how songs of a style fare that had no part in them."""
    from scipy.optimize import minimize

    chosen = list(songs(FITTED))
    heard = [rendered(song) for song in chosen]
    steady = [
        (metronome(bpm, seed=turn), bpm) for turn, bpm in enumerate(np.geomspace(60, 200, 40))
    ]
    inner = slice(STEPS, -STEPS)
    grid, before = tempo.scored()[inner], tempo.prior()[inner]
    seen = np.array(
        [
            tempo.aligned(tempogram(Sound(audio, rate=RATE)))[inner].reshape(len(grid), -1)
            for audio, _ in heard + steady
        ]
    )
    true = np.array([bpm for _, bpm in heard + steady])
    styles = np.array([song.truth.style for song in chosen] + [""] * len(steady))
    scale = seen.reshape(-1, seen.shape[2]).std(axis=0)
    right = np.abs(np.log2(grid / true[:, None])) < np.log2(1.025)

    def weights(used: Mask) -> Floats:
        def loss(scaled: Floats) -> tuple[float, Floats]:
            scores = (seen[used] / scale) @ scaled + before
            odds = np.exp(scores - scores.max(axis=1, keepdims=True))
            odds /= odds.sum(axis=1, keepdims=True)
            hit = (odds * right[used]).sum(axis=1, keepdims=True) + 1e-12
            pull = np.tensordot(odds * right[used] / hit - odds, seen[used] / scale, 2)
            return RIDGE / 2 * scaled @ scaled - np.log(hit).sum(), RIDGE * scaled - pull

        return minimize(loss, np.zeros(len(scale)), jac=True, method="L-BFGS-B").x / scale

    left_out = {}
    for style in dict.fromkeys(styles[styles != ""].tolist()):
        mine = styles == style
        best = (seen[mine] @ weights(~mine) + before).argmax(axis=1)
        left_out[style] = score(grid[best].tolist(), true[mine].tolist())
    print(np.array2string(weights(true > 0).reshape(2, 2, 5), precision=2, suppress_small=True))
    for style, figures in left_out.items():
        print(f"{style:15} left out: {figures}")


def main() -> None:
    """Write ``results/tempo.json``, or find the weights again."""
    if sys.argv[1:] == ["fit"]:
        fit()
        return
    labels = report.shared("audio/labels.csv")
    figures = {"demo": demo_figures(), "real": real_figures(labels)}
    folders = [report.shared(f"audio/{name}") for name in ("cc", "emotify")]
    report.write("tempo", figures, inputs=[labels, *folders], seed=REPORTED)


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        main()
