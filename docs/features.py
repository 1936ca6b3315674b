"""The list of descriptors as a page: every family, its definitions, its groups and columns.

Names that belong together are written as one: ``mfcc_{0..12}_{stat}`` stands for 91 columns.
"""

from __future__ import annotations

import inspect
import re
import sys
from typing import TYPE_CHECKING

from segue.descriptors.extract import FAMILIES, NAMES, PIPELINES, VERSION
from segue.descriptors.summary import STATISTICS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.descriptors.family import Family, Group

_SIBLINGS = 4


def page(made: str) -> str:
    """The page; `made` is the comment that says what it is written from."""
    counts = {name: len(columns) for name, columns in PIPELINES.items()}
    parts = [
        "# What Segue hears: the list of descriptors",
        made,
        "![Mel spectrogram, chroma and onset curve of a demo track](pictures/hearing.png)",
        f"Every file becomes one vector of **{len(NAMES)} numbers** (version {VERSION}): "
        f"**{counts['mfcc']}** of the MFCC pipeline\nand **{counts['statistical']}** of the "
        "statistical one. They are computed from 30 seconds out of the middle, mono,\n"
        "22,050 samples a second; the settings `excerpt_seconds` and `excerpts` say otherwise.\n"
        "`segue describe FILE --all` shows those of one file.",
        "`{stat}` is one of seven statistics over the frames of the clip: "
        + ", ".join(f"`{name}`" for name in STATISTICS)
        + ".\nThe standard deviation is that of the whole, and quantiles interpolate linearly. "
        "Frames are 2048\nsamples (93 ms) every 512 (23 ms) under a Hann window, unless a family "
        "says otherwise.",
        "| family | version | numbers | pipeline | from |\n|---|---|---|---|---|\n"
        + "\n".join(_row(family) for family in FAMILIES),
    ]
    return "\n\n".join([*parts, *(_section(family) for family in FAMILIES)]) + "\n"


def _row(family: Family) -> str:
    pipeline = next(
        name for name, columns in PIPELINES.items() if set(family.names) <= set(columns)
    )
    cells = (
        f"[{family.name}](#{family.name})",
        family.version,
        len(family.names),
        pipeline,
        family.source,
    )
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _section(family: Family) -> str:
    """One family: what its module says, then its groups."""
    about = inspect.getdoc(sys.modules[family.compute.__module__]) or ""
    rows = "\n".join(_group(name, group) for name, group in family.groups.items())
    return (
        f"## {family.name}\n\n{_markdown(about)}\n\n"
        f"| group | numbers | columns | what |\n|---|---|---|---|\n{rows}"
    )


def _group(name: str, group: Group) -> str:
    columns = "<br>".join(f"`{each}`" for each in compressed(group.columns))
    about = " ".join(group.about.split())
    if group.low:
        about += f" From *{group.low}* to *{group.high}*, by `{group.shown}`."
    cells = (name.replace("_", " "), len(group.columns), columns, about.replace("|", "\\|"))
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def compressed(columns: Sequence[str]) -> list[str]:
    """Names in their order, those that differ in one part alone as one.

    >>> compressed(["a_0_mean", "a_0_std", "a_1_mean", "a_1_std", "b"])
    ['a_{0..1}_{mean,std}', 'b']
    """
    statistics: dict[tuple[str, bool], list[str]] = {}
    for column in columns:
        stem, _, last = column.rpartition("_")
        if stem and last in STATISTICS:
            statistics.setdefault((stem, True), []).append(last)
        else:
            statistics[column, False] = []
    families: dict[tuple[str, str], list[str]] = {}
    for (stem, _), endings in statistics.items():
        before, _, last = stem.rpartition("_")
        families.setdefault((before, _ending(endings)), []).append(last)
    return [
        name
        for (before, ending), lasts in families.items()
        for name in _joined(before, lasts, ending)
    ]


def _ending(statistics: list[str]) -> str:
    if tuple(statistics) == STATISTICS:
        return "_{stat}"
    if len(statistics) > 1:
        return f"_{{{','.join(statistics)}}}"
    return f"_{statistics[0]}" if statistics else ""


def _joined(before: str, lasts: list[str], ending: str) -> list[str]:
    """Siblings as one name where they count up or are many; else each by itself."""
    stem = f"{before}_" if before else ""
    numbers = [int(last) for last in lasts if last.isdigit()]
    if before and len(numbers) == len(lasts) > 1:
        if numbers == list(range(numbers[0], numbers[-1] + 1)):
            return [f"{stem}{{{numbers[0]}..{numbers[-1]}}}{ending}"]
    elif not before or len(lasts) < _SIBLINGS:
        return [f"{stem}{last}{ending}" for last in lasts]
    return [f"{stem}{{{','.join(lasts)}}}{ending}"]


def _markdown(docstring: str) -> str:
    """A docstring as Markdown: code in single quotes, modules by their own name."""
    text = docstring.replace("``", "`")
    return re.sub(r"`segue\.descriptors\.(\w+)(\.[\w.]+)?`", r"`\1\2`", text)
