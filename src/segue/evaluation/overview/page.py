"""The table as a page: Markdown from the record alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.evaluation.markdown import table
from segue.evaluation.overview.columns import COLUMNS, GROUPS
from segue.evaluation.overview.words import (
    PATTERNS,
    cell_text,
    difference,
    explained,
    pattern_rows,
    rows_of,
    sentences,
    verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue.evaluation.overview.report import Evaluation


def page(report: Evaluation, *, level: int = 2) -> str:
    """One report, its headings of this level, without a heading of its own.

    Parameters
    ----------
    report
        What was found.
    level
        How many ``#`` stand before a heading.
    """
    return "\n\n".join(_parts(report, "#" * level)) + "\n"


def _parts(report: Evaluation, mark: str) -> Iterator[str]:
    yield "\n".join(f"- {sentence}" for sentence in sentences(report))
    yield explained(report)
    for group in GROUPS:
        columns = [each for each in report.columns() if each.group == group]
        if not columns:
            continue
        yield f"{mark} {group.capitalize()}"
        yield "\n".join(f"- **{each.label}**: {each.words}" for each in columns)
        yield table(
            ("method", *(each.label for each in columns)),
            [
                [method.name, *(cell_text(report, each, method.name) for each in columns)]
                for method in rows_of(report, columns)
            ],
        )
        bases = [
            f"{each.label} {report.base[each.name]}" for each in columns if each.name in report.base
        ]
        if bases:
            yield f"The best simple methods: {', '.join(bases)}."
    yield from _versus(report, mark)
    yield from _patterns(report, mark)
    if report.pictures:
        yield "\n\n".join(f"![{name}]({name})" for name in report.pictures)
    yield f"{mark} Methods"
    yield table(
        ("method", "kind", "what it does"),
        [[each.name, each.role, each.words] for each in report.methods],
    )


def _versus(report: Evaluation, mark: str) -> Iterator[str]:
    if not report.versus:
        return
    yield f"{mark} Balanced beside every single space"
    yield (
        "On the same playlists held out, paired: the difference with its 95 % interval, and what it"
        " says."
    )
    yield table(
        ("question", "space", "balanced is ahead by", "verdict"),
        [
            [COLUMNS[each.column].label, each.second, difference(each), verdict(each)]
            for each in report.versus
        ],
    )


def _patterns(report: Evaluation, mark: str) -> Iterator[str]:
    if not report.patterns:
        return
    yield f"{mark} Who gets the rows"
    yield PATTERNS
    heads, *rows = pattern_rows(report)
    yield table(tuple(heads), rows)


def pages(named: Sequence[tuple[str, str, Evaluation]], *, made: str) -> str:
    """A page of several reports.

    Parameters
    ----------
    named
        Heading, words before the report, report.
    made
        Where the page comes from, as a comment.
    """
    parts = [
        "# Every method, one table",
        made,
        "`segue evaluate` prints this table for your catalogue; `--out FOLDER` writes it with JSON"
        " and pictures. A method that loses is shown losing. Whole artists or playlists are drawn"
        " anew for the intervals; differences are paired. Playlists held out, and what only they"
        " brought, are never learned from; of tracks that are heard, an artist's own are taken out"
        " where genres are asked for. What an answer shows by default has few rows by one artist,"
        " and playlists hold more: `balanced` before and after its caps is in playlists.md.",
    ]
    for heading, words, report in named:
        parts += [f"## {heading}", words, page(report, level=3).rstrip()]
    return "\n\n".join(parts) + "\n"
