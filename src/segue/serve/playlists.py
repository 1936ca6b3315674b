"""Answers and journeys as playlist files, for whoever asks for one instead of JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.responses import Response

from segue.serve.parameters import Whole  # noqa: TC001 (pydantic reads annotations)

if TYPE_CHECKING:
    from segue.library import Segue
    from segue.records import Answer, Journey

TYPES: dict[str, str] = {
    "m3u8": "audio/x-mpegurl; charset=utf-8",
    "jspf": "application/jspf+json",
}
"""Formats of playlists, and what they are sent as."""

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


def documented(*, also: dict[int | str, dict[str, Any]]) -> dict[int | str, dict[str, Any]]:
    """The entries of OpenAPI for answers that can be playlists too."""
    content = {kind.partition(";")[0]: {"schema": {"type": "string"}} for kind in TYPES.values()}
    return {200: {"content": content}, **also}
