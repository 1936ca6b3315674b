"""How the catalogue stands, and which files hold the same recording."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from segue.serve import schemas
from segue.serve.shelf import Library

router = APIRouter(prefix="/api/v1")


@router.get(
    "/status",
    tags=["Server"],
    response_description="How the catalogue stands.",
    responses=schemas.problems(400, 423),
)
def status(segue: Library) -> schemas.Status:
    """What the catalogue holds, how analysis stands, how many tracks each space places."""
    return schemas.Status.model_validate({**asdict(segue.status()), "ready": segue.ready})


@router.get(
    "/duplicates",
    tags=["Catalogue"],
    response_description="Which files hold the same recording.",
    responses=schemas.problems(400, 422, 423),
)
def duplicates(
    segue: Library,
    n: Annotated[
        int | None, Query(ge=1, le=10_000, description="At most so many of each kind.")
    ] = None,
) -> schemas.Duplicates:
    """Files that hold the same recording, the best copy first, and what the others take.

    Told by fingerprints of files that were analysed from end to end. Nothing is deleted or joined:
    versions that only share a name stand apart.
    """
    return schemas.Duplicates.model_validate(segue.duplicates(n=n))
