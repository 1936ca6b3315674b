"""One track: what is known of it, its sound, and the tracks like it with the reason for each."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Request, Response

from segue.catalogue import tracks
from segue.errors import BadRequestError, WarmingUpError
from segue.recommend.lenses import BALANCED, LENSES
from segue.serve import words
from segue.serve.failures import explain
from segue.serve.questions import Question
from segue.serve.rendering import link, render
from segue.serve.shelf import Library, ask, seed_of
from segue.types import TrackId

router = APIRouter(include_in_schema=False)


@router.api_route("/tracks/{track_id}", methods=["GET", "HEAD"])
def track(
    request: Request,
    segue: Library,
    track_id: str,
    asked: Annotated[Question, Query()],
) -> Response:
    """The track with its neighbours; only the neighbours where htmx asks for those."""
    found = tracks.get(segue.database, TrackId(track_id))
    answer, waiting, refused = None, None, None
    try:
        answer = ask(segue, seed_of(segue, track_id), asked)
    except WarmingUpError as error:
        waiting = explain(error, request)
    except BadRequestError as error:
        refused = explain(error, request)
    part = request.headers.get("hx-target") == "similar"
    return render(
        "_similar.html" if part else "track.html",
        request=request,
        track=found,
        recording=None if part else segue.recording(found.id),
        intervals={} if part else segue.intervals(found),
        answer=answer,
        waiting=waiting,
        refused=refused,
        asked=asked,
        lenses=lens_choices(segue),
        defaults=segue.settings,
        genres=[] if part else genres_of(request.app, segue),
        again=link("tracks", track_id) + (f"?{request.url.query}" if request.url.query else ""),
    )


def lens_choices(segue: Library) -> list[tuple[str, str, str]]:
    """Every lens: its name, what people call it, what it looks at; each space is one too.

    Lenses are left out that need a network or training, or playlists, where no track has any.
    """
    spaces = segue.engine().snapshot.spaces if segue.ready else {}
    always = {name for name, lens in LENSES.items() if name in lens.weights}
    nobody = {n for n, space in spaces.items() if n not in always and not space.placed.any()}
    weights = {name: {name: 1.0} for name in spaces} | {n: one.weights for n, one in LENSES.items()}
    known = [name for name in words.LENSES if name in weights]
    names = dict.fromkeys([*known, *LENSES, *spaces])
    offered = [BALANCED, *(name for name in names if not nobody & weights[name].keys())]
    return [(name, *words.LENSES.get(name, (name.capitalize(), ""))) for name in offered]


def genres_of(app: FastAPI, segue: Library) -> list[str]:
    """The genres of the tracks the engine knows, in order; none before it stands.

    Gathered once an epoch.
    """
    if not segue.ready:
        return []
    corpus = segue.engine().snapshot.corpus
    epoch, genres = getattr(app.state, "genres", (None, []))
    if epoch != corpus.epoch:
        genres = sorted({genre for several in set(corpus.genres) for genre in several})
        app.state.genres = (corpus.epoch, genres)
    return genres
