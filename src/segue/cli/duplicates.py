"""``segue duplicates``: files that hold the same recording, the best copy first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType
    from rich.table import Table

    from segue.cli.session import Session
    from segue.records import Copies, Copy, Duplicates, Excerpt, Namesakes

_STEPS = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3))


def duplicates(
    session: Session,
    *,
    n: Annotated[
        int | None,
        typer.Option("-n", help="At most so many of each kind; all when left out.", min=1),
    ] = None,
) -> None:
    """Report files that hold the same recording: the best copy, and what the others take.

    Files are compared by what is heard in them, whatever their names and tags. Nothing is deleted
    or joined. Files that analysis has not read from end to end are not in it.
    """
    with session.open() as segue:
        found = segue.duplicates(n=n)
    session.answer(found, *_report(found))


def _report(found: Duplicates) -> Iterator[RenderableType]:
    """The report line by line."""
    alike = [group for group in found.copies if group.named_alike]
    other = [group for group in found.copies if not group.named_alike]
    yield from _section("The same recording under one name", [_group(one) for one in alike])
    yield from _section("The same recording under different names", [_group(one) for one in other])
    yield from _section("A part of a longer file", [_excerpt(one) for one in found.excerpts])
    yield from _section(
        "Different recordings under one name", [_namesakes(one) for one in found.namesakes]
    )
    kinds = {"copies": "groups of copies", "excerpts": "parts", "namesakes": "names"}
    for kind, count in found.left_out.items():
        yield f"{count:,} more {kinds[kind]} are not listed; leave -n out to see them."
    listed = sum(len(group.files) for group in found.copies)
    if found.copies and "copies" not in found.left_out:
        yield (
            f"{listed:,} files hold {_counted(len(found.copies), 'recording')} more than once; all "
            f"but the best copies take {size(found.spare)}."
        )
    elif found.copies:
        yield f"All but the best copies take {size(found.spare)}."
    elif found.files:
        yield f"No two of {found.files:,} files hold the same recording."
    if found.copies or found.excerpts:
        yield (
            "Nothing was changed. Answers name one file of a recording and keep the others beside "
            "it; which to keep is yours to decide."
        )
    if found.waiting:
        verb = "waits" if found.waiting == 1 else "wait"
        yield f"{_counted(found.waiting, 'file')} {verb} to be compared: `segue analyse`."
    elif not found.files:
        yield "No file was read from end to end yet: `segue scan FOLDER`, then `segue analyse`."


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def size(count: int) -> str:
    """Bytes as a person says them."""
    for unit, step in _STEPS:
        if count >= step:
            return f"{count / step:.3g} {unit}"
    return f"{count} bytes"


def _section(title: str, tables: list[Table]) -> Iterator[RenderableType]:
    from rich.text import Text

    if not tables:
        return
    yield Text(title, style="bold")
    for table in tables:
        yield ""
        yield table
    yield ""


def _group(group: Copies) -> Table:
    best, *others = group.files
    rows = [("best", best, best.why)]
    rows += [("copy", copy, copy.why) for copy in others]
    return _files(rows, names=not group.named_alike, head=_name(best))


def _excerpt(found: Excerpt) -> Table:
    rows = [("whole", found.whole, ""), ("part", found.part, found.part.why)]
    return _files(rows, names=True, head="")


def _namesakes(found: Namesakes) -> Table:
    return _files([("", copy, "") for copy in found.files], names=False, head=_name(found.files[0]))


def _files(rows: list[tuple[str, Copy, str]], *, names: bool, head: str) -> Table:
    """Files one below the other; with their names where these differ."""
    from rich.table import Table
    from rich.text import Text

    from segue.cli.session import harmless

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    if head and not names:
        grid.add_row(Text(""), Text(""), Text(harmless(head), style="bold"))
    for what, copy, why in rows:
        cell = Text()
        if names:
            cell.append(f"{harmless(_name(copy))}\n", style="bold")
        cell.append(harmless(copy.path))
        if why:
            cell.append(f"\n{harmless(why)}", style="dim")
        grid.add_row(Text(what), Text(_told(copy)), cell)
    return grid


def _name(copy: Copy) -> str:
    from segue.records import Track
    from segue.types import TrackId

    return Track(TrackId(copy.track_id), copy.title, copy.artists).name


def _told(copy: Copy) -> str:
    """Format, bit rate, length and loudness."""
    from segue.cli.render import clock

    parts = (
        copy.format,
        f"{copy.bit_rate:.0f} kbit/s" if copy.bit_rate is not None else "",
        clock(copy.duration),
        f"{copy.loudness:.1f} LUFS" if copy.loudness is not None else "",
    )
    return " · ".join(part for part in parts if part)
