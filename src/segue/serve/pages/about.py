"""What Segue is, what its words mean, how to reach it from programs."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from segue.serve import words
from segue.serve.fields import lens_choices
from segue.serve.rendering import render
from segue.serve.shelf import Library

router = APIRouter(include_in_schema=False)


@router.api_route("/about", methods=["GET", "HEAD"])
def about(request: Request, segue: Library) -> Response:
    """The page about Segue."""
    return render("about.html", request=request, lenses=lens_choices(segue), meanings=words.GAUGES)
