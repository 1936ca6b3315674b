"""What happens, as it happens, for programs: new tracks, jobs that ended, a changed catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from segue.serve import schemas
from segue.serve.access.caller import caller_of
from segue.serve.happenings import Follower
from segue.serve.schemas.happenings import Ended, NewTracks, Now
from segue.serve.schemas.model import ID
from segue.serve.sending import event, sent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segue.serve.happenings import Happenings, News

router = APIRouter(prefix="/api/v1")

_EXAMPLE = "".join(
    (
        "retry: 2000\n\n",
        event("catalogue", Now(epoch=12, count=89741).model_dump_json(), number="5b1f9c02-0"),
        event(
            "tracks",
            NewTracks(tracks=[ID], count=1, epoch=13).model_dump_json(),
            number="5b1f9c02-1",
        ),
        event("catalogue", Now(epoch=13, count=89742).model_dump_json(), number="5b1f9c02-2"),
        event(
            "job",
            Ended(
                id=7,
                kind="scan",
                state="done",
                title="Looking through music: /srv/music",
                message="1 new, 400 unchanged",
                refused=0,
            ).model_dump_json(),
            number="5b1f9c02-3",
        ),
    )
)

_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events until you go: `catalogue`, `tracks`, `job`, `missed`.",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}},
    }
}


@router.get(
    "/events",
    tags=["Server"],
    response_class=StreamingResponse,
    responses={**_STREAM, **schemas.problems(400, 422, 423)},
)
async def events(
    request: Request,
    last_event_id: Annotated[
        str, Header(max_length=100, description="The last `id` you were told; goes on behind it.")
    ] = "",
    seconds: Annotated[
        float | None, Query(gt=0, le=86_400, description="Ends after so many; else never.")
    ] = None,
) -> StreamingResponse:
    """What happens to the catalogue, as server-sent events.

    `catalogue` says how it stands, at the beginning and whenever answers change; `tracks` says
    which tracks came; `job` that work in the background is over, and what came of it. Come back
    with `Last-Event-ID`, as browsers do by themselves, and you miss nothing of the last thousand
    events; where something was missed, `missed` says so. A key that may not write is not told the
    titles and messages of jobs, which name folders of the machine.
    """
    news: News = request.app.state.news
    happenings = await run_in_threadpool(news.happenings)
    whole = "write" in caller_of(request).scopes
    return sent(request, _looking(happenings, last_event_id, whole=whole), seconds=seconds)


def _looking(happenings: Happenings, last: str, *, whole: bool) -> Callable[[], Iterator[str]]:
    follower = Follower(happenings, last)

    def look() -> Iterator[str]:
        for one in follower.new():
            data = one.data if whole else one.plain
            yield event(one.kind, data, number=happenings.named(one.number))

    return look
