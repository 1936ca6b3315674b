"""What the API answers: the records, field by field, as JSON with examples.

Every figure keeps the name it has in `segue.records`. Durations and times are in seconds.

::

    tracks      one by one and in lists
    answers     recommendations, and why each of them
    copies      files that hold the same recording
    journeys    tracks in an order that is meant
    listening   what listeners think of tracks
    judgements  blind comparisons of lenses
    status      the server and its catalogue
    understood  what a description in words means
    problems    what went wrong
"""

from __future__ import annotations

from segue.serve.schemas.answers import Answer, FileAnswer
from segue.serve.schemas.copies import Duplicates
from segue.serve.schemas.journeys import Journey, RadioState, Tuned
from segue.serve.schemas.judgements import Judgement, Judgements, ListeningQuestion
from segue.serve.schemas.listening import Opinion, Opinions, Undone
from segue.serve.schemas.model import ID
from segue.serve.schemas.problems import Problem, problems
from segue.serve.schemas.status import Health, Ready, Status
from segue.serve.schemas.tracks import Found, OneTrack, Track, TrackPage
from segue.serve.schemas.understood import Understood

__all__ = [
    "ID",
    "Answer",
    "Duplicates",
    "FileAnswer",
    "Found",
    "Health",
    "Journey",
    "Judgement",
    "Judgements",
    "ListeningQuestion",
    "OneTrack",
    "Opinion",
    "Opinions",
    "Problem",
    "RadioState",
    "Ready",
    "Status",
    "Track",
    "TrackPage",
    "Tuned",
    "Understood",
    "Undone",
    "problems",
]
