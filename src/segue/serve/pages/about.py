"""What Segue is, what its words mean, how it does, how to reach it from programs."""

from __future__ import annotations

import platform
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from segue.serve import words
from segue.serve.condition import STATES, condition, senses
from segue.serve.fields import lens_choices
from segue.serve.rendering import STATIC, render
from segue.serve.shelf import Library
from segue.serve.work import Working

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Vendored:
    """A file of others that pages load: its name with the version, and its licence's text."""

    name: str
    licence: str


@router.api_route("/about", methods=["GET", "HEAD"])
def about(request: Request, segue: Library, runner: Working) -> Response:
    """The page about Segue: what works here, what its words mean, what it is made of."""
    return render(
        "about.html",
        request=request,
        parts=condition(segue, runner),
        states=STATES,
        senses=senses(segue),
        lenses=lens_choices(segue),
        meanings=words.GAUGES,
        vendored=vendored(),
        python=platform.python_version(),
    )


def vendored() -> list[Vendored]:
    """Every vendored file with its licence."""
    ends = ".LICENSE.txt"
    return [
        Vendored(path.name.removesuffix(ends), path.read_text(encoding="utf-8"))
        for path in sorted((STATIC / "vendor").glob(f"*{ends}"))
    ]
