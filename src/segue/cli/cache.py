"""``segue cache``: what is kept between runs, where, how much, and taking it away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segue.cli.session import Session
    from segue.descriptors.cache import Cache, Held, Kind

WORDS: Mapping[Kind, str] = {"numbers": "numbers", "mel": "spectrograms"}
"""What each kind of entry is called in answers."""

_MEGABYTE = 1e6


def cache(
    session: Session,
    *,
    clear: Annotated[
        bool, typer.Option("--clear", help="Remove everything; the next analysis makes it anew.")
    ] = False,
    spectrograms: Annotated[
        bool, typer.Option("--spectrograms", help="With --clear: remove spectrograms alone.")
    ] = False,
) -> None:
    """Say what is kept between runs, where, and how much; or clear it.

    Numbers and spectrograms are kept by the content of the file, so a file that is moved, or
    forgotten and found again, is not heard twice. Everything here can be made again.
    """
    from segue.descriptors.cache import Cache

    if spectrograms and not clear:
        raise BadRequestError(
            "--spectrograms says what to clear, and --clear is missing",
            remedy="`segue cache --clear --spectrograms` removes them",
        )
    kept = Cache.of(session.settings())
    if clear:
        _clear(session, kept, *(("mel",) if spectrograms else ()))
        return
    held = kept.held()
    document = {
        "folder": kept.folder,
        "megabytes": kept.megabytes,
        "bytes": sum(each.bytes for each in held.values()),
        "entries": {WORDS[kind]: each for kind, each in held.items()},
    }
    session.answer(document, "\n".join(_lines(kept, held)))


def _clear(session: Session, kept: Cache, *kinds: Kind) -> None:
    gone = kept.clear(*kinds)
    what = " and ".join(WORDS[kind] for kind in kinds or WORDS)
    session.answer(
        {"folder": kept.folder, "removed": gone},
        f"Removed {_count(gone)} ({what}) from {kept.folder}; {_size(gone)} are free again."
        if gone.entries
        else f"There was nothing to remove in {kept.folder}.",
    )


def _lines(kept: Cache, held: Mapping[Kind, Held]) -> Iterator[str]:
    yield f"The cache is in {kept.folder}."
    for kind, each in held.items():
        yield f"{WORDS[kind].capitalize()}: {_count(each)}, {_size(each)}."
    if not kept.on:
        yield "It is off (SEGUE_CACHE_MEGABYTES is 0): nothing is kept, nothing is looked up."
    else:
        yield (
            f"At most {kept.megabytes:,} MB are kept (SEGUE_CACHE_MEGABYTES); what was used longest"
            " ago goes first."
        )


def _count(held: Held) -> str:
    return f"{held.entries:,} {'entry' if held.entries == 1 else 'entries'}"


def _size(held: Held) -> str:
    if held.bytes < _MEGABYTE:
        return f"{held.bytes / 1000:.0f} kB"
    return f"{held.bytes / _MEGABYTE:,.1f} MB"
