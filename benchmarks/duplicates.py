"""How well copies of recordings are found, and what is merged wrongly.

The clips of the audio pack are divided into two halves that share no artist. On one the threshold
is **chosen**: it has to lie between the least alike copy and the most alike strangers. On the other
results are **reported**. Copies are those of `copies.py`, compared all at once through the index,
as a catalogue does it: a copy is found when it is a whole match of its original, a false merge is a
match of any two prints of different recordings. Originals are held against each other by every
shift as well, without the index. What changed recordings and other performances come to is told.

Pass a folder to keep fingerprints between runs::

    python benchmarks/duplicates.py [FOLDER]
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import copies
import report
from segue.audio.alike import LIKENESS, SECONDS, STEADY, laid, matched
from segue.audio.fingerprint import STEP
from segue.audio.meeting import Index

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from copies import Heard
    from segue.audio.alike import Match
    from segue.audio.fingerprint import Fingerprint


def recording_of(row: Mapping[str, str], number: int) -> object:
    """What the labels say a clip is of: artist, title and album, where all are known."""
    names = (row["artist"], row["title"], row["album"])
    return names if all(names) else number


def every_shift(prints: Sequence[Fingerprint]) -> Iterator[tuple[int, int, Match]]:
    """Every pair, laid on one another where the smallest share of bits differs.

    Bits as ±1 are correlated over all shifts at once, by way of their spectra.
    """
    least, widest = round(SECONDS / STEP), max(map(len, prints))
    size = 1 << (2 * widest - 1).bit_length()
    lengths = np.array([len(each) for each in prints])
    signs = np.zeros((len(prints), 32, size), dtype=np.float32)
    for row, each in zip(signs, prints, strict=True):
        bits = np.unpackbits(each.astype("<u4").view(np.uint8).reshape(-1, 4), axis=1)
        row[:, : len(each)] = 2.0 * bits.T - 1.0
    spectra = np.fft.rfft(signs, axis=2).astype(np.complex64)
    shifts = np.arange(least - widest, widest - least + 1)
    for number in range(len(prints) - 1):
        ours, others = spectra[number], spectra[number + 1 :]
        together = np.einsum("bf,obf->of", ours, others.conj())
        agreeing = np.fft.irfft(together, size, axis=1)[:, shifts % size]
        long = lengths[number + 1 :, None]
        common = np.minimum(lengths[number], shifts + long) - np.maximum(0, shifts)
        share = 0.5 - agreeing / (64 * np.maximum(common, 1))
        share[common < least] = 1.0
        for other, best in enumerate(share.argmin(axis=1).tolist(), start=number + 1):
            yield number, other, laid(prints[number], prints[other], shift=int(shifts[best]))


def strangers(matches: Iterable[Match]) -> dict[str, Any]:
    """The most alike of different recordings."""
    found = list(matches)
    return {
        "pairs": len(found),
        "most alike": sorted((round(match.likeness, 3) for match in found), reverse=True)[:5],
        "least bits differing": sorted(round(match.differing, 3) for match in found)[:5],
        "merged": sum(match.same for match in found),
    }


def meetings(
    clips: Sequence[Mapping[str, Heard]], rows: Iterable[int]
) -> tuple[list[tuple[int, str]], dict[tuple[int, int], Match]]:
    """All prints of some clips, and which of them match, by way of the index."""
    wanted = {"original", *copies.names()}
    who = [(row, name) for row in rows for name in clips[row] if name in wanted]
    index = Index([clips[row][name].print for row, name in who])
    return who, {(m.indexed, m.asking): m.match for m in index.among()}


def copies_found(
    clips: Sequence[Mapping[str, Heard]], rows: Sequence[int], truth: Sequence[object]
) -> dict[str, Any]:
    """Share of copies found, and false merges, on some clips."""
    who, met = meetings(clips, rows)
    place = {each: number for number, each in enumerate(who)}
    found: dict[str, list[bool]] = defaultdict(list)
    missed: Counter[str] = Counter()
    for row, name in who:
        if name == "original":
            continue
        match = met.get((place[row, "original"], place[row, name]))
        first, second = clips[row]["original"], clips[row][name]
        found[name].append(match is not None and match.whole(first.seconds, second.seconds))
        if not found[name][-1]:
            own = laid(first.print, first.print, shift=0)
            missed["steady" if own.expected < STEADY else "other"] += 1
    false = [(who[a], who[b]) for a, b in met if truth[who[a][0]] != truth[who[b][0]]]
    of = Counter(row for row, _ in who)
    same = sum(n * (n - 1) // 2 for n in of.values())
    twice = sum(of[a] * of[b] for i, a in enumerate(rows) for b in rows[:i] if truth[a] == truth[b])
    whole = [hit for hits in found.values() for hit in hits]
    return {
        "clips": len(rows),
        "copies": len(whole),
        "found": round(float(np.mean(whole)), 5),
        "interval": interval(found_by_clip(clips, rows, who, met)),
        "missed": dict(missed),
        "by kind": {name: [sum(hits), len(hits)] for name, hits in found.items()},
        "pairs of different recordings": len(who) * (len(who) - 1) // 2 - same - twice,
        "false merges": len(false),
        "merged": [f"{a} and {b}" for a, b in false[:5]],
    }


def found_by_clip(
    clips: Sequence[Mapping[str, Heard]],
    rows: Sequence[int],
    who: Sequence[tuple[int, str]],
    met: Mapping[tuple[int, int], Match],
) -> np.ndarray:
    """Copies found and copies there are, a row a clip."""
    place = {each: number for number, each in enumerate(who)}
    table = np.zeros((len(rows), 2))
    for at, row in enumerate(rows):
        for name in clips[row]:
            if (row, name) in place and name != "original":
                match = met.get((place[row, "original"], place[row, name]))
                seconds = clips[row]["original"].seconds, clips[row][name].seconds
                table[at] += match is not None and match.whole(*seconds), 1
    return table


def interval(table: np.ndarray) -> list[float]:
    """The 95 % interval of a share, by drawing clips again 2,000 times."""
    rng = np.random.default_rng(copies.SEED)
    drawn = table[rng.integers(0, len(table), (2_000, len(table)))].sum(axis=1)
    return np.round(np.quantile(drawn[:, 0] / drawn[:, 1], [0.025, 0.975]), 5).tolist()


def least_alike(clips: Sequence[Mapping[str, Heard]], rows: Sequence[int]) -> list[float]:
    """Likeness of the least alike copies that can be told at all, by the best shift."""
    who, met = meetings(clips, rows)
    place = {each: number for number, each in enumerate(who)}
    found = []
    for row, name in who:
        own = clips[row]["original"].print
        if name == "original" or laid(own, own, shift=0).expected < STEADY:
            continue
        match = met.get((place[row, "original"], place[row, name])) or matched(
            own, clips[row][name].print
        )
        found.append(round(match.likeness, 3) if match is not None else 0.0)
    return sorted(found)[:5]


def changed(groups: Sequence[Mapping[str, Heard]], names: Iterable[str]) -> dict[str, Any]:
    """What becomes of changed recordings: share that matches, and likeness by the best shift."""
    figures = {}
    for name in names:
        pairs = [(each["original"], each[name]) for each in groups if name in each]
        best = [(a, b, matched(a.print, b.print)) for a, b in pairs]
        told = [(a, b, match) for a, b, match in best if match is not None]
        likeness = [match.likeness for _, _, match in told]
        index = Index([a.print for a, _ in pairs])
        met = {m.indexed for m in index.asked([b.print for _, b in pairs]) if m.indexed == m.asking}
        figures[name] = {
            "tracks": len(pairs),
            "matched": len(met),
            "as a whole copy": sum(
                match.same and match.whole(a.seconds, b.seconds)
                for number, (a, b, match) in enumerate(best)
                if match is not None and number in met
            ),
            "likeness": np.round(np.quantile(likeness, [0, 0.5, 1]), 3).tolist(),
        }
    return figures


def main(folder: Path) -> None:
    rows = copies.clips()
    clips, songs = copies.everything(folder)
    halves = copies.halves(rows)
    truth = [recording_of(row, number) for number, row in enumerate(rows)]
    chosen, reported = np.flatnonzero(~halves).tolist(), np.flatnonzero(halves).tolist()
    pairs = [
        (a, b, match)
        for a, b, match in every_shift([clip["original"].print for clip in clips])
        if truth[a] != truth[b]
    ]
    least = least_alike(clips, chosen)
    apart = strangers(match for a, b, match in pairs if not (halves[a] or halves[b]))
    kinds = sorted({name for song in songs for name in song} - {"original"})
    figures = {
        "threshold": {
            "likeness": LIKENESS,
            "least alike copies": least,
            "strangers": apart,
            "middle": round((least[0] + apart["most alike"][0]) / 2, 3),
        },
        "chosen on": copies_found(clips, chosen, truth),
        "reported": copies_found(clips, reported, truth),
        "all together": copies_found(clips, [*chosen, *reported], truth),
        "every shift": strangers(match for _, _, match in pairs),
        "changed": changed([clips[row] for row in reported], copies.CHANGES),
        "demo world": changed(songs, kinds),
    }
    report.write(
        "duplicates", figures, inputs=[report.shared("audio/labels.csv")], seed=copies.SEED
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory(prefix="segue-prints-") as kept:
            main(Path(kept))
