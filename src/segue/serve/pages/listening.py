"""The blind listening test: two lenses answer, and who listens does not know which is which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.responses import RedirectResponse

from segue.audio.highlight import highlight
from segue.catalogue import tracks
from segue.errors import SegueError
from segue.evaluation.listening import tallies
from segue.serve import fields, words
from segue.serve.rendering import link, render
from segue.serve.shelf import Library, need_engine
from segue.serve.whose import Listener
from segue.types import TrackId

if TYPE_CHECKING:
    from segue.records import ListeningQuestion, Track

router = APIRouter(include_in_schema=False)

QUIETEST_LUFS = -23.0
"""Loudness that excerpts are brought down to at most, where one is quieter than all others."""

EXCERPT_SECONDS = 30.0

_LETTERS = "ABC"

Lens = Annotated[str, Form(max_length=2_000)]
Kind = Literal["pair", "odd"]


@router.api_route("/listening-test", methods=["GET", "HEAD"])
def page(
    request: Request,
    segue: Library,
    *,
    lens_a: Annotated[str, Query(max_length=2_000)] = "",
    lens_b: Annotated[str, Query(max_length=2_000)] = "",
    kind: Kind = "pair",
    over: bool = False,
) -> Response:
    """What the test is for, two lenses to choose, and what was judged so far."""
    need_engine(segue)
    lenses = fields.lens_choices(segue)
    names = [name for name, _, _ in lenses]
    judged = segue.judgements()
    return render(
        "listening_test.html",
        request=request,
        lenses=lenses,
        lens_a=lens_a or names[0],
        lens_b=lens_b or next((n for n in ("descriptors", "sound") if n in names), names[-1]),
        kind=kind,
        over=over,
        playable=int(segue.engine().snapshot.corpus.playable.sum()),
        results=tallies(judged),
        called=_called,
    )


@router.post("/listening-test")
def begin(
    segue: Library, listener: Listener, *, lens_a: Lens, lens_b: Lens, kind: Annotated[Kind, Form()]
) -> Response:
    """Draw a question and go to it."""
    need_engine(segue)
    drawn = segue.listening_question(lens_a, lens_b, kind=kind, listener=listener)
    return RedirectResponse(link("listening-test", drawn.id), status_code=303)


@router.api_route("/listening-test/{question}", methods=["GET", "HEAD"])
def ask(
    request: Request,
    segue: Library,
    listener: Listener,
    question: str,
    before: Annotated[str, Query(max_length=2_000)] = "",
) -> Response:
    """A question: excerpts without a name, equally loud, and buttons to choose one."""
    need_engine(segue)
    asked, lens_a, lens_b = segue.open_question(question)
    mine = [
        one
        for one in segue.judgements()
        if {one.lens_a, one.lens_b} == {lens_a, lens_b} and one.listener == listener
    ]
    # What was heard before may be named now; which lens had found it stays untold.
    ids = [TrackId(one) for one in before.split(" ") if one][:4]
    return render(
        "listening_question.html",
        request=request,
        asked=asked,
        excerpts=_excerpts(segue, asked),
        lens_a=lens_a,
        lens_b=lens_b,
        answered=len(mine),
        before=tracks.many(segue.database, ids),
        called=_called,
    )


@router.post("/listening-test/{question}")
def judge(
    segue: Library,
    listener: Listener,
    question: str,
    choice: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Take the answer down and go on with the next question of the same two lenses."""
    need_engine(segue)
    judged = segue.judge(question, choice)
    try:
        drawn = segue.listening_question(
            judged.lens_a, judged.lens_b, kind=judged.kind, listener=listener
        )
    except SegueError:
        # The answer is taken down; a refusal here would read as if it was not.
        asked = {"lens_a": judged.lens_a, "lens_b": judged.lens_b, "kind": judged.kind}
        return RedirectResponse(link("listening-test", **asked, over=True), status_code=303)
    before = " ".join((judged.seed_id, judged.track_a, judged.track_b))
    return RedirectResponse(link("listening-test", drawn.id, before=before), status_code=303)


def _excerpts(segue: Library, asked: ListeningQuestion) -> list[dict[str, Any]]:
    """The tracks of a question as excerpts: from where to where, and how far to turn each down."""
    heard = [*([asked.seed] if asked.seed else []), *asked.shown]
    told = [_excerpt(segue, track) for track in heard]
    known = [each["loudness"] for each in told if each["loudness"] is not None]
    aim = max(min(known, default=QUIETEST_LUFS), QUIETEST_LUFS)
    for each, name in zip(told, [*(["Seed"] if asked.seed else []), *_LETTERS], strict=False):
        louder = 0.0 if each["loudness"] is None else max(0.0, each["loudness"] - aim)
        each["volume"] = round(10 ** (-louder / 20), 4)
        each["name"] = name
        each["equal"] = each["loudness"] is not None
    return told


def _excerpt(segue: Library, track: Track) -> dict[str, Any]:
    recording = segue.recording(track.id)
    duration = track.duration if recording is None else recording.duration
    waveform, rate = (
        (b"", 1.0) if recording is None else (recording.waveform, recording.waveform_rate)
    )
    start, end = (
        highlight(waveform, rate=rate, duration=duration) if duration else (0.0, EXCERPT_SECONDS)
    )
    return {
        "track": track,
        "start": round(start, 2),
        "end": round(min(end, start + EXCERPT_SECONDS), 2),
        "loudness": None if recording is None else recording.loudness,
    }


def _called(lens: str) -> str:
    """What people call a lens."""
    return words.LENSES[lens][0] if lens in words.LENSES else lens
