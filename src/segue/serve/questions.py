"""What somebody asks of a track, read from query parameters: how many, which lens, which filters.

One list for the API and for the pages' forms. Forms send every field, filled or not, so a blank
value means "no condition". Names and genres come as repeated parameters or separated by
semicolons (a comma is part of too many names).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import BeforeValidator, Field

from segue.errors import BadRequestError
from segue.records import Dials, Filters
from segue.serve.failures import shorten


def _none_if_blank(value: Any) -> Any:  # noqa: ANN401 (pydantic hands over anything)
    return None if isinstance(value, str) and not value.strip() else value


_BLANK = BeforeValidator(_none_if_blank)

MOST = 500
"""Most recommendations of one answer."""

Rows = Annotated[int, Field(ge=1, le=MOST)]
Count = Annotated[
    Rows | None, _BLANK, Query(description="How many; the setting `results` when left out.")
]
LensName = Annotated[
    str | None,
    _BLANK,
    Query(description="What similar means this time; chosen by what is known when left out."),
]
Weights = Annotated[
    str | None,
    _BLANK,
    Query(
        description="A lens of your own instead: spaces with their weights.",
        examples=["attributes:0.7,text:0.3"],
    ),
]
Year = Annotated[int, Field(ge=1000, le=9999)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask the engine; None where the default is meant.

    `lens` is a name, or spaces with their weights as `segue.recommend.lenses` reads them.
    """

    n: int | None = None
    lens: str | None = None
    filters: Filters = field(default_factory=Filters)
    per_artist: int | None = None

    def dials(self, usual: Dials) -> Dials:
        """How rows are chosen: as `usual`, but for what is asked."""
        return usual if self.per_artist is None else replace(usual, per_artist=self.per_artist)

    @property
    def filtered(self) -> bool:
        """Whether a filter narrows the answer, beside what can be played: that one is in sight."""
        return replace(self.filters, playable=None) != Filters()


def question(
    *,
    n: Count = None,
    lens: LensName = None,
    weights: Weights = None,
    genre: Annotated[list[str], Query(description="Only tracks of one of these.")] = [],  # noqa: B006
    exclude_genre: Annotated[list[str], Query(description="No tracks of these.")] = [],  # noqa: B006
    exclude_artist: Annotated[list[str], Query(description="No tracks by these.")] = [],  # noqa: B006
    year_from: Annotated[Year | None, _BLANK, Query(description="Not older.")] = None,
    year_to: Annotated[Year | None, _BLANK, Query(description="Not newer.")] = None,
    seconds_from: Annotated[Seconds | None, _BLANK, Query(description="Not shorter.")] = None,
    seconds_to: Annotated[Seconds | None, _BLANK, Query(description="Not longer.")] = None,
    explicit: Annotated[
        bool | None, _BLANK, Query(description="Only explicit ones, or only others.")
    ] = None,
    playable: Annotated[
        bool | None, _BLANK, Query(description="Only with a file of the library, or only without.")
    ] = None,
    per_artist: Annotated[
        Rows | None, _BLANK, Query(description="Most rows by one artist; else the setting.")
    ] = None,
) -> Question:
    """Read the question from the query string."""
    if weights is not None and lens is not None:
        raise BadRequestError("both lens and weights are given", remedy="Give one of the two")
    if weights is not None and not {":", "="} & set(weights):
        raise BadRequestError(
            f"{weights!r} holds no weights",
            remedy="Write spaces with their weights: attributes:0.7,text:0.3",
        )
    return Question(
        n=n,
        lens=lens or weights,
        filters=Filters(
            genres=_names(genre),
            exclude_genres=_names(exclude_genre),
            exclude_artists=_names(exclude_artist),
            year_from=year_from,
            year_to=year_to,
            seconds_from=seconds_from,
            seconds_to=seconds_to,
            explicit=explicit,
            playable=playable,
        ),
        per_artist=per_artist,
    )


def only_known(request: Request) -> None:
    """Refuse a query parameter the route does not have: a misspelt filter must not be ignored.

    What a route has is read from the OpenAPI document, which is where people look it up.
    """
    if not request.query_params:
        return
    methods = request.app.openapi()["paths"][request.scope["route"].path_format]
    operation = methods.get(request.method.lower(), methods.get("get", {}))
    known = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"]
    for name in request.query_params:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            meant = f"Perhaps {close[0]!r} is meant" if close else f"It has {', '.join(known)}"
            raise BadRequestError(
                f"there is no query parameter {shorten(name)!r}",
                where=request.url.path,
                remedy=meant if known else "This address takes none",
            )


def _names(values: list[str]) -> tuple[str, ...]:
    parted = (part.strip() for value in values for part in value.split(";"))
    return tuple(dict.fromkeys(part for part in parted if part))
