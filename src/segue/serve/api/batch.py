"""Many seeds in one request, and the ids that callers give tracks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Request, Response

from segue.catalogue import naming
from segue.errors import SegueError
from segue.records import OutsideId
from segue.serve import schemas
from segue.serve.api import bodies
from segue.serve.api.asking import need_own
from segue.serve.api.sending import as_json
from segue.serve.failures import explain, problem
from segue.serve.shelf import Library, dials_of, filters_of, ids_of, need_engine, seed_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from segue.recommend.seeds import Seed
    from segue.records import Answer

router = APIRouter(prefix="/api/v1")


@router.post(
    "/similar",
    tags=["Recommendations"],
    response_description="An answer or a problem for each seed, in the order they were named.",
    response_model=schemas.Answers,
    responses=schemas.problems(400, 403, 413, 422, 423),
)
def similar_to_many(asked: bodies.Many, request: Request, segue: Library) -> Response:
    """Tracks like each of up to a hundred, each asked by itself.

    One that cannot be answered does not keep the others from their answers: it has a problem in
    the place of one.
    """
    need_own(request, asked)
    need_engine(segue)
    ask = partial(
        segue.similar_many,
        n=asked.n,
        lens=asked.chosen,
        filters=filters_of(segue, asked),
        dials=dials_of(segue, asked),
    )
    seeds: dict[int, Seed] = {}
    problems: dict[int, schemas.Problem] = {}
    for place, name in enumerate(asked.tracks):
        try:
            seed = seed_of(segue, name)
            if asked.listener is not None:
                seed = segue.shifted(seed, listener=asked.listener)
            seeds[place] = seed
        except SegueError as error:
            problems[place] = _told(error, request)
    answers, refused = _answered(seeds, ask)
    problems |= {place: _told(error, request) for place, error in refused.items()}
    rows = [
        schemas.Answered(
            track=name,
            answer=schemas.Answer.of(answers[place]) if place in answers else None,
            problem=problems.get(place),
        )
        for place, name in enumerate(asked.tracks)
    ]
    return as_json(schemas.Answers(answers=rows, count=len(rows)))


def _answered(
    seeds: Mapping[int, Seed], ask: Callable[[list[Seed]], list[Answer]]
) -> tuple[dict[int, Answer], dict[int, SegueError]]:
    """Answers and refusals by place: all together, or one by one where that is refused."""
    answers: dict[int, Answer] = {}
    refused: dict[int, SegueError] = {}
    try:
        return dict(zip(seeds, ask(list(seeds.values())), strict=True)), refused
    except SegueError:
        for place, seed in seeds.items():
            try:
                answers[place] = ask([seed])[0]
            except SegueError as error:
                refused[place] = error
    return answers, refused


def _told(error: SegueError, request: Request) -> schemas.Problem:
    return schemas.Problem.model_validate(problem(explain(error, request)))


@router.post(
    "/ids",
    tags=["Catalogue"],
    response_description="How many are new.",
    responses=schemas.problems(400, 403, 404, 409, 413, 422, 423),
)
def attach_ids(asked: bodies.Attaching, segue: Library) -> schemas.Attached:
    """Give tracks further ids, of a scheme of one's own or of one that is known.

    All of them or none. Wherever a track is named it can be named by `scheme:value` from then on.
    """
    wanted = ids_of(segue, [each.track for each in asked.ids])
    pairs = [
        (track, OutsideId(each.scheme, each.value))
        for track, each in zip(wanted, asked.ids, strict=True)
    ]
    return schemas.Attached(attached=naming.attach(segue.database, pairs))


@router.delete(
    "/ids/{scheme}/{value:path}",
    tags=["Catalogue"],
    status_code=204,
    response_description="It is gone.",
    responses=schemas.problems(400, 403, 404, 409, 422, 423),
)
def detach_id(
    segue: Library,
    scheme: Annotated[str, Path(max_length=100, examples=["shop"])],
    value: Annotated[str, Path(max_length=1_000, examples=["4711"])],
) -> None:
    """Take away an id that was attached here; what came with a record stays."""
    naming.detach(segue.database, OutsideId(scheme, value))
