"""What is heard in one file, as a person reads it: the document of `segue describe` as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from segue.cli.render import clock
from segue.cli.session import harmless
from segue.records import CONTINUOUS
from segue.snapshot import ESTIMATED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rich.console import RenderableType

_GAP = (0, 2, 0, 0)
_TINY = 1e-6


def portrait(found: Mapping[str, Any], *, everything: bool) -> Iterator[RenderableType]:
    """The file, its key and tempo, groups with words, attributes; all numbers where asked for."""
    yield Text(harmless(found["path"].name), style="bold")
    yield _file(found)
    if found["warning"]:
        yield f"Note: {found['warning']}."
    yield ""
    groups = dict(found["groups"])
    rows = [_key(found["key"]), _tempo(found["tempo"], word=groups.pop("tempo")["word"])]
    yield _rows([*rows, *((name, each["text"], each["word"]) for name, each in groups.items())])
    yield ""
    yield "A word stands where a number lies in the outer quarters of music of many kinds."
    yield ""
    yield Text("Attributes", style="bold")
    yield _rows(_attributes(found["attributes"]))
    if found["recording"] is not None:
        yield ""
        yield Text("The whole file", style="bold")
        yield _rows(_whole(found["recording"]))
    if everything:
        for family, numbers in found["descriptors"].items():
            yield ""
            yield Text(family, style="bold")
            yield _numbers(numbers)


def _file(found: Mapping[str, Any]) -> str:
    file, excerpt = found["file"], found["excerpt"]
    channels = "mono" if file["channels"] == 1 else f"{file['channels']} channels"
    container, codec = file["format"], file["codec"]
    kind = container if container == codec else f"{container} ({codec})"
    about = f"{kind}, {file['rate']:,} Hz, {channels}, {clock(file['duration'])}"
    length = f"{excerpt['seconds']:.3g} s"
    if excerpt["excerpts"] > 1:
        length += f" in {excerpt['excerpts']} excerpts,"
    return f"{about}. Described: {length} from {clock(excerpt['start'])} on."


def _key(key: Mapping[str, Any]) -> tuple[str, str, str]:
    clarity = f"clarity {key['clarity']:.2f}"
    if key["sure"]:
        return "key", key["name"], clarity
    return "key", "unclear", f"{key['name']} fits best, {clarity}"


def _tempo(tempo: Mapping[str, Any], *, word: str) -> tuple[str, str, str]:
    bpm, others = tempo["bpm"], f"or {tempo['slower']:.0f} or {tempo['faster']:.0f} BPM"
    confidence = f"confidence {tempo['confidence']:.2f}"
    if tempo["sure"]:
        said = f"{word}; {others}" if word else others
        return "tempo", f"{bpm:.0f} BPM", f"{said}; {confidence}"
    return "tempo", "unclear", f"{bpm:.0f} BPM {others}, {confidence}"


def _attributes(attributes: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The eight numbers, each with what it is worth: an interval, or that it is an estimate."""
    for name, known in attributes.items():
        if name not in CONTINUOUS:
            continue  # tempo and key stand above, as they were heard
        digits, unit = (1, " dB") if name == "loudness" else (2, "")
        number = f"{known['value']:.{digits}f}".replace("-", "−")
        if known["provenance"] == ESTIMATED:
            yield name, f"≈ {number}{unit}", "estimated"
        elif known["interval"] is None:
            yield name, f"{number}{unit}", known["provenance"]
        else:
            half = f"{known['interval'].half:.{digits}f}"
            yield name, f"{number} ± {half}{unit}", known["provenance"]


def _whole(recording: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What a file says when it is played to the end."""
    loudness, peak = recording["loudness"], recording["true_peak"]
    yield "length", f"{recording['duration']:.2f} s", "counted"
    if loudness is not None:
        yield "loudness", f"{_signed(loudness)} LUFS", "integrated, ITU-R BS.1770"
        if recording["loudness_range"] is not None:
            yield "range", f"{recording['loudness_range']:.1f} LU", "between soft and loud"
    else:
        yield "loudness", "none", "nothing is above the gate of −70 LUFS"
    yield "true peak", "none" if peak is None else f"{_signed(peak)} dBTP", ""
    yield "fingerprint", f"{recording['fingerprint']:,}", "numbers of Chromaprint"
    if recording["warning"]:
        yield "note", "", recording["warning"]


def _signed(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")


def _rows(rows: Iterable[tuple[str, str, str]]) -> Table:
    """What it is, how much, in a word."""
    grid = Table.grid(padding=_GAP)
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for name, text, word in rows:
        grid.add_row(name.replace("_", " "), Text(text, style="bold"), Text(harmless(word)))
    return grid


def _numbers(numbers: Mapping[str, float]) -> Table:
    """All numbers of a family; those that are statistics of one thing share a row."""
    from segue.descriptors.summary import STATISTICS

    rows: dict[str, dict[str, float]] = {}
    for name, value in numbers.items():
        stem, _, last = name.rpartition("_")
        if last in STATISTICS:
            rows.setdefault(stem, {})[last] = value
        else:
            rows[name] = {"": value}
    given = {last for row in rows.values() for last in row}
    columns = [each for each in ("", *STATISTICS) if each in given]
    grid = Table.grid(padding=_GAP)
    grid.add_column(no_wrap=True)
    for _ in columns:
        grid.add_column(justify="right", no_wrap=True)
    if columns != [""]:
        grid.add_row("", *(Text(each, style="dim") for each in columns))
    for stem, row in rows.items():
        grid.add_row(stem, *(_number(row[each]) if each in row else "" for each in columns))
    return grid


def _number(value: float) -> str:
    """Four digits that count; what rounding left of zero is zero."""
    return f"{value:.4g}".replace("-", "−") if abs(value) >= _TINY else "0"
