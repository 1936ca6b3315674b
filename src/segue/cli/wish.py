"""``segue wish``: describe a song, in words or in numbers, and find those like it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.exporting import NOWHERE, Exported
from segue.cli.narrowing import EVERYTHING, Narrowed
from segue.errors import BadRequestError
from segue.records import Filters

if TYPE_CHECKING:
    from pathlib import Path

    from segue.cli.session import Session

_SHARE = "0 to 1."
MODES = {"minor": 0, "major": 1}


def wish(
    session: Session,
    *,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WORDS]",
            help='In words: "slow, minor, acoustic, 1970s, like ARTIST but calmer".',
            show_default=False,
        ),
    ] = None,
    read: Annotated[
        bool, typer.Option("--read", help="Only say what the words are understood as.")
    ] = False,
    understood: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What `--read --json` said, as you changed it, instead of words; - for stdin.",
        ),
    ] = None,
    energy: Annotated[float | None, typer.Option(metavar="X", help=f"Intensity, {_SHARE}")] = None,
    valence: Annotated[
        float | None, typer.Option(metavar="X", help=f"Cheerfulness, {_SHARE}")
    ] = None,
    danceability: Annotated[float | None, typer.Option(metavar="X", help=_SHARE)] = None,
    loudness: Annotated[float | None, typer.Option(metavar="DB", help="-60 to 5 dB.")] = None,
    acousticness: Annotated[float | None, typer.Option(metavar="X", help=_SHARE)] = None,
    instrumentalness: Annotated[float | None, typer.Option(metavar="X", help=_SHARE)] = None,
    liveness: Annotated[float | None, typer.Option(metavar="X", help=_SHARE)] = None,
    speechiness: Annotated[float | None, typer.Option(metavar="X", help=_SHARE)] = None,
    tempo: Annotated[float | None, typer.Option(metavar="BPM", help="Beats a minute.")] = None,
    key: Annotated[
        str | None, typer.Option(metavar="KEY", help="C, F♯ (or F#), A minor, 8A …")
    ] = None,
    mode: Annotated[str | None, typer.Option(metavar="major|minor", help="The mode.")] = None,
    genre: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Like this genre; beside words, only this. Repeat for more."
        ),
    ] = None,
    artist: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Like this artist; repeat for more.")
    ] = None,
    emotion: Annotated[str, typer.Option(metavar="WORD", help="Joy, sadness, calm, …")] = "",
    tag: Annotated[
        list[str] | None, typer.Option(metavar="WORD", help="Any other word; repeat for more.")
    ] = None,
    year: Annotated[
        str | None, typer.Option(metavar="YEAR", help="Only of this year, or of 1990-1999.")
    ] = None,
    exported: Exported = NOWHERE,
    narrowed: Narrowed = EVERYTHING,
) -> None:
    """Describe a song and find tracks like it; any part of the description will do.

    Words are read by a small vocabulary, docs/words.md; what they are understood as is said. Of the
    options an attribute says which way from the usual, genres, artists and words what it should be
    like. Beside words the options count before them, and --genre narrows. Examples: `segue wish
    slow acoustic jazz`, `segue wish --energy 0.8 --genre rock`.
    """
    from segue.cli.render import answer
    from segue.cli.wording import reading, with_reading, written
    from segue.library.wishes import Wish
    from segue.recommend.keys import key_named

    first, last = (None, None) if year is None else years(year)
    if mode is not None and mode.strip().lower() not in MODES:
        raise BadRequestError(f"there is no mode {mode!r}", remedy="Use major or minor")
    tonic = None if key is None else key_named(key)
    sign = None if tonic is None else tonic.mode
    given = {
        "energy": energy,
        "valence": valence,
        "danceability": danceability,
        "loudness": loudness,
        "acousticness": acousticness,
        "instrumentalness": instrumentalness,
        "liveness": liveness,
        "speechiness": speechiness,
        "tempo": tempo,
        "key": None if tonic is None else tonic.pitch,
        "mode": MODES[mode.strip().lower()] if mode is not None else sign,
    }
    wished = Wish(
        attributes={name: value for name, value in given.items() if value is not None},
        genres=tuple(genre or ()),
        artists=tuple(artist or ()),
        emotion=emotion,
        tags=tuple(tag or ()),
    )
    text = " ".join(words or ()).strip()
    if text and understood is not None:
        raise BadRequestError("both words and --understood are given", remedy="Give one of them")
    with session.open() as segue:
        filters = narrowed.filters(segue)
        if year is not None:
            filters = replace(filters, year_from=first, year_to=last)
        said = written(understood) if understood is not None else None
        said = segue.understood(text) if text else said
        if said is not None:
            said = segue.joined(said, wished, filters=filters if read else Filters())
        if read:
            if said is None:
                raise BadRequestError("there are no words to read", remedy="Write some")
            session.answer(said, *reading(said))
            return
        found = segue.wish(
            wished if said is None else said,
            n=narrowed.n,
            lens=narrowed.chosen_lens(),
            filters=filters,
            dials=narrowed.dials(segue.dials()),
        )
        exported.write(session, segue, found, title=text or found.seed.name)
    if said is None:
        session.answer(found, *answer(found))
    else:
        session.answer(with_reading(found, said), *reading(said), "", *answer(found))


def years(text: str) -> tuple[int, int]:
    """The first and the last year of "1994", "1990-1999" or "1990s".

    Raises
    ------
    BadRequestError
        It is none of these, or ends before it begins.
    """
    plain = text.strip().replace("–", "-")
    if plain.endswith("0s") and plain[:-1].isdecimal():
        return int(plain[:-1]), int(plain[:-1]) + 9
    first, dash, last = plain.partition("-")
    if not first.strip().isdecimal() or (dash and not last.strip().isdecimal()):
        raise BadRequestError(
            f"{text!r} is no year", where="--year", remedy="Write 1994, 1990-1999 or 1990s"
        )
    found = int(first), int(last) if dash else int(first)
    if found[0] > found[1]:
        raise BadRequestError(
            f"no year is from {found[0]} to {found[1]}",
            where="--year",
            remedy=f"Write the earlier one first: {found[1]}-{found[0]}",
        )
    return found
