"""The report on duplicates, from files and pairs that match: which copy is the best, and why.

The best copy is whole before anything else: not damaged, and within two seconds or a fiftieth of
the longest. Of whole copies a lossless one is better than any other; then the higher bit rate
counts, with what a codec makes of its bits (`WORTH`). Size and path settle what is left, so that
the order is always the same. What a file was encoded from before is not known: a FLAC made from an
MP3 looks lossless.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from segue.records import Copies, Copy, Duplicates, Excerpt, Namesakes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from segue.catalogue.compared import Pair
    from segue.catalogue.held import HeldFile

LOSSLESS = frozenset({"flac", "wav", "aiff"})
"""Formats that always are."""

LOSSLESS_BITS = 450.0
"""kbit/s from which on an "m4a" or "ogg" is taken for lossless (ALAC, FLAC in Ogg)."""

WORTH = {"opus": 1.6, "aac": 1.3, "m4a": 1.3, "ogg": 1.3}
"""How many bits of MP3 a bit of a format is worth, roughly, as listening tests have it."""

SECONDS, SHARE = 2.0, 0.02
"""By how much a whole copy may be shorter than the longest: the greater of the two."""

DECIBELS = 1.0
"""Differences in loudness below this are not told."""


def report(held: Iterable[HeldFile], pairs: Sequence[Pair]) -> Duplicates:
    """Everything there is to say; see `segue.records.Duplicates`.

    Parameters
    ----------
    held
        All files that are there.
    pairs
        All pairs that match.
    """
    files = list(held)
    by_recording: dict[int | str, list[HeldFile]] = defaultdict(list)
    by_content: dict[str, HeldFile] = {}
    for file in files:
        by_recording[_recording(file)].append(file)
        by_content.setdefault(file.content_hash, file)
    lies = _Lies(pairs)
    groups = [_group(some, lies) for some in by_recording.values() if len(some) > 1]
    groups.sort(key=lambda group: (-group.spare, group.files[0].path))
    return Duplicates(
        files=sum(file.compared for file in files),
        waiting=sum(not file.compared and file.printed for file in files),
        copies=tuple(groups),
        excerpts=tuple(_excerpts(pairs, by_content, lies)),
        namesakes=tuple(_namesakes(files, lies)),
        spare=sum(group.spare for group in groups),
        left_out={},
    )


def shortened(found: Duplicates, most: int) -> Duplicates:
    """The report with at most so many of each kind; how many were left out is told."""
    parts = {name: getattr(found, name) for name in ("copies", "excerpts", "namesakes")}
    left_out = {name: len(part) - most for name, part in parts.items() if len(part) > most}
    return Duplicates(
        files=found.files,
        waiting=found.waiting,
        copies=found.copies[:most],
        excerpts=found.excerpts[:most],
        namesakes=found.namesakes[:most],
        spare=found.spare,
        left_out=left_out,
    )


class _Lies:
    """How files lie on one another in time, by content hash."""

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._beside: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
        for pair in pairs:
            self._beside[pair.first][pair.second] = (pair.later, pair.likeness)
            self._beside[pair.second][pair.first] = (-pair.later, pair.likeness)

    def on(self, best: HeldFile, other: HeldFile) -> tuple[float | None, float | None]:
        """Seconds that the other begins after the best, and how alike they are.

        Where the two were not compared, over a third that both match, without a likeness.
        """
        one, two = best.content_hash, other.content_hash
        if one == two:
            return 0.0, 1.0
        beside = self._beside.get(one, {})
        if two in beside:
            return beside[two]
        for middle, (later, _) in sorted(beside.items()):
            if two in self._beside[middle]:
                return round(later + self._beside[middle][two][0], 3), None
        return None, None


def _recording(file: HeldFile) -> int | str:
    """What tells its recording from others: its number, or its bytes."""
    return file.content_hash if file.number is None else file.number


def _bit_rate(file: HeldFile) -> float | None:
    return 8e-3 * file.size / file.duration if file.duration else None


def _lossless(file: HeldFile) -> bool:
    high = (_bit_rate(file) or 0.0) >= LOSSLESS_BITS
    return file.format in LOSSLESS or (file.format in {"m4a", "ogg"} and high)


def _missing(file: HeldFile, longest: float) -> float:
    """Seconds by which it is too short to be whole; 0 for a whole one."""
    short = longest - (file.duration or 0.0)
    return short if short > max(SECONDS, SHARE * longest) else 0.0


def _rank(file: HeldFile, longest: float) -> tuple[object, ...]:
    """Lower is better."""
    return (
        bool(file.warning),
        _missing(file, longest),
        not _lossless(file),
        -(_bit_rate(file) or 0.0) * WORTH.get(file.format, 1.0),
        -file.size,
        file.path,
    )


def _group(some: Sequence[HeldFile], lies: _Lies) -> Copies:
    longest = max(file.duration or 0.0 for file in some)
    best, *others = sorted(some, key=lambda file: _rank(file, longest))
    why = ", ".join(_best(best, longest))
    names = {file.name for file in some}
    return Copies(
        files=(
            _copy(best, best, lies, why=why),
            *(_copy(file, best, lies, why=", ".join(_worse(file, best))) for file in others),
        ),
        spare=sum(file.size for file in others),
        tracks=len({file.track_id for file in some}),
        named_alike=len(names) == 1 and None not in names,
    )


def _copy(file: HeldFile, best: HeldFile, lies: _Lies, *, why: str) -> Copy:
    later, likeness = lies.on(best, file)
    rate = _bit_rate(file)
    return Copy(
        path=file.path,
        track_id=file.track_id,
        title=file.title,
        artists=file.artists,
        format=file.format,
        size=file.size,
        duration=file.duration,
        bit_rate=None if rate is None else round(rate, 1),
        loudness=file.loudness,
        true_peak=file.true_peak,
        later=later,
        likeness=likeness,
        why=why,
    )


def _best(best: HeldFile, longest: float) -> Iterable[str]:
    """What speaks for the best copy."""
    if best.warning:
        yield f"all are damaged ({best.warning})"
    if _missing(best, longest):
        yield f"{_missing(best, longest):.0f} s shorter than the longest, which is damaged"
    yield "lossless" if _lossless(best) else "most bits of those that are whole"


def _worse(file: HeldFile, best: HeldFile) -> Iterable[str]:
    """What the best copy has over a file, and how else it differs."""
    if file.content_hash == best.content_hash:
        yield "the same bytes"
        return
    if file.warning:
        yield f"damaged ({file.warning})"
    shorter = (best.duration or 0.0) - (file.duration or 0.0)
    if abs(shorter) > max(SECONDS, SHARE * (best.duration or 0.0)):
        yield f"{abs(shorter):.0f} s {'shorter' if shorter > 0 else 'longer'}"
    if _lossless(best) and not _lossless(file):
        yield "not lossless"
    elif best.format != file.format:
        yield f"{file.format} and not {best.format}"
    mine, its = _bit_rate(file), _bit_rate(best)
    if not _lossless(best) and mine and its and mine < 0.95 * its:
        yield f"{mine:.0f} kbit/s and not {its:.0f}"
    if file.loudness is not None and best.loudness is not None:
        louder = file.loudness - best.loudness
        if abs(louder) >= DECIBELS:
            yield f"{abs(louder):.1f} dB {'louder' if louder > 0 else 'quieter'}"


def _excerpts(
    pairs: Sequence[Pair], by_content: Mapping[str, HeldFile], lies: _Lies
) -> Iterable[Excerpt]:
    """Parts of longer files, of files that are both there; of copies of the whole, the best."""
    found: dict[tuple[str, int | str], list[HeldFile]] = defaultdict(list)
    for pair in pairs:
        both = [by_content[name] for name in (pair.first, pair.second) if name in by_content]
        if not pair.whole and len(both) == 2:
            part, whole = sorted(both, key=lambda file: file.duration or 0.0)
            found[part.content_hash, _recording(whole)].append(whole)
    for (name, _), some in sorted(found.items(), key=lambda each: by_content[each[0][0]].path):
        longest = max(file.duration or 0.0 for file in some)
        part, whole = by_content[name], min(some, key=lambda file: _rank(file, longest))
        later = lies.on(whole, part)[0] or 0.0
        why = f"{part.duration or 0:.0f} s of {whole.duration or 0:.0f} s, from {later:.0f} s on"
        yield Excerpt(_copy(whole, whole, lies, why=""), _copy(part, whole, lies, why=why))


def _namesakes(files: Sequence[HeldFile], lies: _Lies) -> Iterable[Namesakes]:
    """Names under which there are several recordings, of files that were compared."""
    by_name: dict[tuple[str, str], dict[int | str, list[HeldFile]]] = defaultdict(dict)
    for file in files:
        if file.name is not None and file.compared:
            by_name[file.name].setdefault(_recording(file), []).append(file)
    for _, recordings in sorted(by_name.items()):
        if len(recordings) < 2:
            continue
        firsts = []
        for some in recordings.values():
            longest = max(file.duration or 0.0 for file in some)
            firsts.append(min(some, key=partial(_rank, longest=longest)))
        firsts.sort(key=lambda file: (-(file.duration or 0.0), file.path))
        first = firsts[0]
        yield Namesakes(
            title=first.title,
            artists=first.artists,
            files=tuple(_copy(file, first, lies, why="") for file in firsts),
        )
