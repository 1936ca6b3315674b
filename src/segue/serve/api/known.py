"""What can be asked with, and of what: lenses and spaces, models, music folders, listeners."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from segue.catalogue.folders import folders
from segue.catalogue.listening import listeners
from segue.jobs import standing
from segue.jobs.known_embedders import known
from segue.jobs.learned import learned
from segue.recommend.lenses import LENSES
from segue.serve import schemas, words
from segue.serve.access.caller import caller_of
from segue.serve.api.freshness import Fresh
from segue.serve.api.sending import as_json
from segue.serve.fields import lens_choices
from segue.serve.shelf import Library, need_engine
from segue.snapshot import Inferring

router = APIRouter(prefix="/api/v1", route_class=Fresh)
others = APIRouter(prefix="/api/v1")
"""What depends on more than the epoch."""


@router.get(
    "/lenses",
    tags=["Recommendations"],
    response_description="Lenses and spaces.",
    response_model=schemas.Senses,
    responses=schemas.problems(400, 423),
)
def list_lenses(segue: Library) -> Response:
    """What "similar" can mean here: lenses by name, and the spaces they weigh."""
    from segue.spaces.weighable import KINDS

    need_engine(segue)
    snapshot = segue.engine().snapshot
    lenses = [
        schemas.Lens(
            name=name,
            label=label,
            about=about,
            weights=dict(LENSES[name].weights)
            if name in LENSES
            else {name: 1.0}
            if name in snapshot.spaces
            else {},
        )
        for name, label, about in lens_choices(segue)
    ]
    spaces = [
        schemas.Space(
            name=name,
            label=words.space(name),
            tracks=int(space.placed.sum()),
            inferred=int(space.inferred.sum()) if isinstance(space, Inferring) else 0,
            needs=space.needs,
        )
        for name, space in snapshot.spaces.items()
    ]
    body = schemas.Senses(epoch=snapshot.epoch, lenses=lenses, spaces=spaces, facets=sorted(KINDS))
    return as_json(body)


@others.get(
    "/models",
    tags=["Server"],
    response_description="What was learned, and what hears.",
    responses=schemas.problems(400, 423),
)
def list_models(segue: Library) -> schemas.Models:
    """What training found out, the networks that hear, and the model that predicts attributes."""
    every = known(segue.database, settings=segue.settings)
    return schemas.Models.model_validate(
        {
            "learned": learned(segue.database),
            "embedders": [each.status for each in every],
            "model": standing.model(segue.database, settings=segue.settings),
        }
    )


@others.get(
    "/folders",
    tags=["Work"],
    response_description="Music folders; may be none.",
    responses=schemas.problems(400, 423),
)
def list_folders(segue: Library) -> schemas.Folders:
    """Music folders that were looked through. Others are added with `segue scan FOLDER`."""
    listed = [
        schemas.Folder(
            root=str(each.root), scanned=each.scanned, files=each.files, missing=each.missing
        )
        for each in folders(segue.database)
    ]
    return schemas.Folders(folders=listed, count=len(listed))


@others.get(
    "/listeners",
    tags=["Listeners"],
    response_description="Names.",
    responses=schemas.problems(400, 423),
)
def list_listeners(request: Request, segue: Library) -> schemas.Listeners:
    """Everybody who has plays, playlists or opinions; for who is known, only who asks."""
    caller = caller_of(request)
    names = listeners(segue.database) if caller.how == "open" else [caller.listener]
    return schemas.Listeners(listeners=names, count=len(names))
