"""Answers, journeys and lists as playlist files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.responses import Response

from segue.catalogue import kept
from segue.catalogue.files import roots
from segue.errors import BadRequestError, ForbiddenError
from segue.exports.naming import file_name
from segue.serve.failures import shorten
from segue.serve.parameters import Name, Whole  # noqa: TC001 (pydantic reads annotations)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from segue.catalogue.database import Database
    from segue.catalogue.kept import Kept
    from segue.library import Segue
    from segue.records import Answer, Journey
    from segue.serve.access.caller import Caller
    from segue.types import TrackId

TYPES: dict[str, str] = {
    "m3u8": "audio/x-mpegurl; charset=utf-8",
    "jspf": "application/jspf+json",
}
"""Formats of playlists, and what they are sent as."""

CONTENT: dict[str, Any] = {
    "audio/x-mpegurl": {"schema": {"type": "string"}},
    "application/jspf+json": {"schema": {"type": "object"}},
}
"""The same as OpenAPI has it."""

Format = Annotated[Literal["json", "m3u8", "jspf"], BeforeValidator(lambda given: given or "json")]


class AsPlaylist(BaseModel):
    """In what form a list of tracks is wished for."""

    model_config = ConfigDict(frozen=True)

    format: Format = Field(
        "json", description="m3u8 or jspf for a playlist with the paths of files, without reasons."
    )
    mapped: Whole = Field(
        (),
        description="In a playlist, prefixes of paths to put in the place of others: "
        "/srv/music=M:\\Music.",
    )


def playlist(segue: Segue, found: Answer | Journey, *, asked: AsPlaylist) -> Response | None:
    """The tracks as a playlist; None where JSON is wished for.

    Raises
    ------
    BadRequestError
        There is no track to write, or a prefix is none.
    """
    if asked.format == "json":
        return None
    text = segue.playlist_text(found, format=asked.format, mapped=asked.mapped)
    headers = {"Content-Disposition": f'attachment; filename="segue.{asked.format}"'}
    return Response(text, media_type=TYPES[asked.format], headers=headers)


class OfFile(BaseModel):
    """How a list is taken away as a file."""

    model_config = ConfigDict(frozen=True)

    format: Annotated[Literal["m3u8", "jspf"], BeforeValidator(lambda given: given or "m3u8")] = (
        Field("m3u8", description="m3u8 or jspf.")
    )
    title: Name = Field("", description="What the playlist is called.")
    relative: Name = Field("", description="A folder of the library that paths are relative to.")
    mapped: Whole = Field((), description="Prefixes of paths to put in the place of others.")


def folders(segue: Segue) -> list[Path]:
    """Folders that the paths of a playlist may be relative to: of playlists, and of music."""
    own = segue.settings.playlist_folder
    return [*([own.expanduser().resolve()] if own else []), *roots(segue.database)]


def download(segue: Segue, ids: Sequence[TrackId], *, asked: OfFile) -> Response:
    """Tracks as a playlist file with a name that every file system takes.

    Raises
    ------
    BadRequestError
        There is no track, a prefix is none, or paths are to be relative to no folder of ours.
    """
    where = {str(folder): folder for folder in folders(segue)}
    if asked.relative and asked.relative not in where:
        raise BadRequestError(
            f"{shorten(asked.relative)!r} is no folder of this library",
            remedy=f"Use {', '.join(where)}" if where else "Leave it out, for whole paths",
        )
    text = segue.playlist_text(
        ids,
        format=asked.format,
        title=asked.title,
        relative_to=where.get(asked.relative),
        mapped=asked.mapped,
    )
    name = file_name(asked.title, ending=asked.format)
    plain = name.encode("ascii", "ignore").decode().replace('"', "").strip() or "playlist"
    told = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    body = text.encode("utf-8", "replace")
    headers = {"Content-Disposition": told, "Cache-Control": "no-cache"}
    return Response(body, media_type=TYPES[asked.format], headers=headers)


def documented(*, also: dict[int | str, dict[str, Any]]) -> dict[int | str, dict[str, Any]]:
    """The entries of OpenAPI for answers that can be playlists too."""
    return {200: {"content": CONTENT}, **also}


def changeable(database: Database, number: int, *, caller: Caller) -> Kept:
    """A playlist that the caller may change.

    Whose it is may, and who asks as the owner of the catalogue. One that is nobody's by name was
    made before there were accounts, and is the household's. Where nobody has to say who they are,
    everybody may.

    Raises
    ------
    ForbiddenError
        It is another listener's.
    NotFoundError
        There is no such playlist.
    """
    found = kept.get(database, number)
    if caller.how != "open" and found.owner and caller.listener not in {"", found.owner}:
        raise ForbiddenError(
            f"the playlist {found.title!r} belongs to {found.owner!r}",
            remedy="Save its tracks as one of your own",
        )
    return found
