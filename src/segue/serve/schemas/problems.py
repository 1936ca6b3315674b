"""What went wrong."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from segue.serve.schemas.model import Model


class Problem(Model):
    """What went wrong, as RFC 9457 has it, with what to do about it."""

    type: str = Field(examples=["/docs#problem-not-found"])
    title: str = Field(examples=["There is no such thing"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["No track has the id 'nowhere'."])
    remedy: str | None = Field(None, examples=["Look for it with the search."])
    errors: list[dict[str, str]] | None = Field(
        None, examples=[[{"parameter": "n", "message": "should be at most 500, not '1000'"}]]
    )


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The entries of OpenAPI for answers that are problems."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _MEANING[status], "content": content} for status in statuses}


_MEANING = {
    400: "The question makes no sense as asked, or the Host header is not known here.",
    401: "No key came with it, or none that is valid, and the server asks for one.",
    403: "The key does not cover it, it names another listener, or another site sent it.",
    404: "There is no such thing.",
    409: "It cannot be used as it is.",
    413: "More than is taken: a file beyond the setting `upload_megabytes`, a long document.",
    422: "A parameter or the file cannot be read as what it should be.",
    429: "Asked more often than this key may; `Retry-After` says when to ask again.",
    423: "The catalogue is locked elsewhere; ask again.",
    431: "The address and the headers are longer than is taken.",
    503: "The engine is still getting ready, or the catalogue's server is away; ask again soon.",
}
