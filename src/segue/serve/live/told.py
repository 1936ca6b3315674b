"""What is answered about a sound that goes on: only what can be said by now.

Programs get attributes and similar tracks as JSON, in the shapes of the API. A page gets the same
drawn by the templates that draw a track's page, since the browser is to draw nothing of its own;
its list comes only when other tracks stand in it, or it has stood for a while.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from segue.errors import UserError
from segue.library.live import EARLIEST, ENOUGH
from segue.serve import schemas
from segue.serve.failures import explain
from segue.serve.live.asked import ROWS
from segue.serve.rendering import environment
from segue.serve.schemas.model import Model
from segue.serve.schemas.tracks import Attributes, Interval
from segue.serve.shelf import ask, need_engine
from segue.serve.whose import listener_of, opinions_now

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from segue.library import Segue
    from segue.library.live import Moment
    from segue.records import Answer
    from segue.serve.live.asked import Asking

NAME = "What was heard live"
"""What a sound without a name is called where a list made of it is kept."""

STANDS = 5.0
"""Seconds after which a page's list is drawn anew though the same tracks stand in it."""


class Trouble(Model):
    """What went wrong, and what to do about it."""

    kind: str = Field(examples=["bad-request"])
    title: str = Field(examples=["That cannot be asked"])
    detail: str = Field(examples=["There is no lens 'loud'."])
    remedy: str = Field("", examples=["Perhaps 'louder' is meant."])


class Begun(Model):
    """The first message to a listener: what is waited for."""

    kind: Literal["begun"] = "begun"
    earliest: float = Field(default=EARLIEST, description="Seconds before which nothing is said.")
    enough: float = Field(default=ENOUGH, description="Seconds from which on little changes.")


class Told(Model):
    """What can be said by now; sent about once a second while sound comes."""

    kind: Literal["heard"] = "heard"
    heard: float = Field(description="Seconds since the sound began.", examples=[12.4])
    window: float = Field(description="Seconds of its end that this is about.", examples=[12.3])
    said: str = Field(examples=["4 of 10 seconds heard; what is said may change."])
    silent: bool = Field(description="Whether there is nothing to hear in the window.")
    quiet: bool = Field(description="Whether there is nothing to hear in the last second.")
    final: bool = Field(False, description="Whether the sound has ended.")
    attributes: Attributes | None = None
    origins: dict[str, str] = Field(
        {}, description="Of each attribute: predicted:MODEL or estimated."
    )
    intervals: dict[str, Interval] = Field(
        {}, description="Between what predicted attributes lie, by name."
    )
    answer: schemas.Answer | None = Field(None, description="Similar tracks, with reasons.")
    trouble: Trouble | None = Field(None, description="Why there are no similar tracks.")


class Drawn(Model):
    """The same for a page: what is drawn of it. The list is None where it stays as it is."""

    kind: Literal["drawn"] = "drawn"
    heard: float
    said: str
    silent: bool
    quiet: bool
    final: bool = False
    attributes: str | None = None
    list: str | None = None


class Teller:
    """Puts moments into words for one listener.

    Parameters
    ----------
    segue
        The library that is asked.
    connection
        The line that the conversation is held on.
    drawn
        Whether for a page.
    """

    def __init__(self, segue: Segue, connection: HTTPConnection, *, drawn: bool) -> None:
        self._segue, self._connection, self._drawn = segue, connection, drawn
        self._listed: tuple[str, ...] | None = None
        self._at = 0.0

    def told(self, moment: Moment, asked: Asking, *, final: bool = False) -> Told | Drawn:
        """What can be said at a moment; asks the library, so it is called in a thread."""
        answer, trouble = self._answer(moment, asked)
        given: dict[str, Any] = {
            "heard": round(moment.heard, 2),
            "said": said(moment),
            "silent": moment.silent,
            "quiet": moment.quiet,
            "final": final,
        }
        if self._drawn:
            return Drawn(**given, **self._parts(moment, answer, trouble))
        seed = moment.seed
        return Told(
            **given,
            window=round(moment.window, 2),
            attributes=None if seed is None else schemas.Track.of(seed.track).attributes,
            origins={} if seed is None else dict(seed.track.origins),
            intervals=self._intervals(moment),
            answer=None if answer is None else schemas.Answer.of(answer),
            trouble=trouble,
        )

    def trouble(self, error: UserError) -> Trouble:
        """A refusal of ours in its own words."""
        failure = explain(error, self._connection)
        return Trouble(
            kind=failure.kind, title=failure.title, detail=failure.detail, remedy=failure.remedy
        )

    def _answer(self, moment: Moment, asked: Asking) -> tuple[Answer | None, Trouble | None]:
        """Similar tracks, or why there are none; the attributes are told all the same."""
        if moment.seed is None:
            return None, None
        question = asked if asked.n is not None else asked.model_copy(update={"n": ROWS})
        try:
            need_engine(self._segue)
            answer = ask(self._segue, moment.seed, question)
        except UserError as error:
            return None, self.trouble(error)
        return replace(answer, seed=replace(answer.seed, title=NAME)), None

    def _intervals(self, moment: Moment) -> dict[str, Any]:
        if moment.seed is None:
            return {}
        found = self._segue.intervals(moment.seed)
        return {name: Interval.model_validate(each) for name, each in found.items()}

    def _parts(
        self, moment: Moment, answer: Answer | None, trouble: Trouble | None
    ) -> dict[str, Any]:
        """Parts of the page by name; what is None, or not there, stays as it is."""
        if moment.seed is None:
            return {}
        intervals = self._segue.intervals(moment.seed)
        attributes = self._part("_live_attributes.html", track=moment.seed.track, it=intervals)
        if trouble is not None:
            self._listed = None
            return {
                "attributes": attributes,
                "list": self._part("_live_list.html", answer=None, trouble=trouble),
            }
        return {"attributes": attributes, "list": self._list(answer)}

    def _list(self, answer: Answer | None) -> str | None:
        rows = () if answer is None else tuple(str(row.track.id) for row in answer)
        now = time.monotonic()
        if rows == self._listed and now - self._at < STANDS:
            return None
        self._listed, self._at = rows, now
        return self._part("_live_list.html", answer=answer, trouble=None)

    def _part(self, template: str, **context: Any) -> str:  # noqa: ANN401 (whatever it names)
        return (
            environment()
            .get_template(template)
            .render(
                place="/live",
                listener=listener_of(self._connection),
                opinion_of=opinions_now(self._connection),
                **context,
            )
        )


def said(moment: Moment) -> str:
    """How much was heard, in a sentence.

    >>> from segue.library.live import Moment
    >>> said(Moment(4.2, 4.1, silent=False, quiet=False, seed=None))
    '4 of 10 seconds heard; what is said may change.'
    """
    whole, window = int(moment.heard), f"{moment.window:.0f}"
    seconds = "1 second" if whole == 1 else f"{whole} seconds"
    passed = moment.heard > moment.window + 1.0
    if moment.silent and passed:
        return f"Silence: nothing was to be heard in the last {window} seconds."
    if moment.silent:
        return f"Silence: {seconds} came, and nothing can be heard in them."
    if moment.heard < ENOUGH and not moment.quiet:
        soon = moment.heard < EARLIEST
        rest = f"a first answer comes after {EARLIEST:.0f}" if soon else "what is said may change"
        return f"{whole} of {ENOUGH:.0f} seconds heard; {rest}."
    if moment.quiet:
        return f"Silent just now; this is about the {window} seconds up to here."
    return f"{seconds} heard; this is about the last {window}." if passed else f"{seconds} heard."
