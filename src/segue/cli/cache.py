"""``segue cache``: what is kept between runs, where, how much, and taking it away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segue.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segue.cli.session import Session
    from segue.descriptors.cache import Cache, Held, Kind

WORDS: Mapping[Kind, str] = {"numbers": "numbers", "mel": "spectrograms", "art": "pictures"}
"""What each kind of entry is called in answers."""

PREVIEWS = "previews"
"""What clips that were fetched from the web are called there."""

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
    previews: Annotated[
        bool, typer.Option("--previews", help="With --clear: remove fetched clips alone.")
    ] = False,
) -> None:
    """Say what is kept between runs, where, and how much; or clear it.

    Numbers, spectrograms and pictures are kept by the content of the file, so a file that is moved,
    or forgotten and found again, is not heard twice. Clips that a table names by their addresses
    are kept by these. Everything here can be made again, or fetched again.
    """
    from segue.descriptors.cache import Cache

    alone = {"--spectrograms": spectrograms, "--previews": previews}
    named = [option for option, wanted in alone.items() if wanted]
    if named and not clear:
        raise BadRequestError(
            f"{named[0]} says what to clear, and --clear is missing",
            remedy=f"`segue cache --clear {named[0]}` removes them",
        )
    kept = Cache.of(session.settings())
    if clear:
        _clear(session, kept, spectrograms=spectrograms, previews=previews)
        return
    held = _held(kept)
    document = {
        "folder": kept.folder,
        "megabytes": kept.megabytes,
        "bytes": sum(each.bytes for each in held.values()),
        "entries": held,
    }
    session.answer(document, "\n".join(_lines(kept, held)))


def _held(kept: Cache) -> dict[str, Held]:
    """What there is, by what it is called."""
    from segue.descriptors.cache import Held
    from segue.sources import previews

    found = {WORDS[kind]: each for kind, each in kept.held().items()}
    clips = previews.kept(kept.folder)
    return {**found, PREVIEWS: Held(clips.files, clips.bytes)}


def _clear(session: Session, kept: Cache, *, spectrograms: bool, previews: bool) -> None:
    """Remove what is named, or everything."""
    from segue.descriptors.cache import Held
    from segue.sources import previews as clips

    everything = not (spectrograms or previews)
    what: list[str] = []
    gone = Held()
    if everything or spectrograms:
        kinds: tuple[Kind, ...] = () if everything else ("mel",)
        gone = kept.clear(*kinds)
        what += [WORDS[kind] for kind in kinds or WORDS]
    if everything or previews:
        fetched = clips.clear(kept.folder)
        gone = Held(gone.entries + fetched.files, gone.bytes + fetched.bytes)
        what.append(PREVIEWS)
    session.answer(
        {"folder": kept.folder, "removed": gone},
        f"Removed {_count(gone)} ({', '.join(what)}) from {kept.folder}; {_size(gone)} are free"
        " again."
        if gone.entries
        else f"There was nothing to remove in {kept.folder}.",
    )


def _lines(kept: Cache, held: Mapping[str, Held]) -> Iterator[str]:
    yield f"The cache is in {kept.folder}."
    for name, each in held.items():
        yield f"{name.capitalize()}: {_count(each)}, {_size(each)}."
    if not kept.on:
        yield "It is off (SEGUE_CACHE_MEGABYTES is 0): nothing is kept, nothing is looked up."
    else:
        yield (
            f"At most {kept.megabytes:,} MB are kept (SEGUE_CACHE_MEGABYTES); what was used longest"
            " ago goes first. Previews stay until they are cleared."
        )


def _count(held: Held) -> str:
    return f"{held.entries:,} {'entry' if held.entries == 1 else 'entries'}"


def _size(held: Held) -> str:
    if held.bytes < _MEGABYTE:
        return f"{held.bytes / 1000:.0f} kB"
    return f"{held.bytes / _MEGABYTE:,.1f} MB"
