"""Answers as bytes: written once, and sent as they are.

A route that gives its model back has it checked against the model, turned over to another thread
and written there. What is built here is a model already, so it is written and sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

JSON = "application/json"


def as_json(
    model: BaseModel, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A model as an answer."""
    body = model.__pydantic_serializer__.to_json(model)
    return Response(
        body, status_code=status, media_type=JSON, headers=dict(headers) if headers else None
    )


def following(address: str) -> dict[str, str]:
    """The header that says where the next page is."""
    return {"Link": f'<{address}>; rel="next"'}
