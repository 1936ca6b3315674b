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
    browsing    tracks, artists, albums and genres to look through
    playlists   those of the catalogue
    work        jobs, files that listeners brought, files that could not be read
    maps        spaces on a plane
    figures     the catalogue in numbers
    known       lenses, spaces, models, folders, listeners
    batch       many questions in one request
"""

from __future__ import annotations

from segue.serve.schemas.answers import Answer, FileAnswer
from segue.serve.schemas.batch import Answered, Answers, Attached
from segue.serve.schemas.browsing import Group, GroupPage, LibraryPage, OneGroup
from segue.serve.schemas.copies import Duplicates
from segue.serve.schemas.figures import Distribution, KeyCount, Played, Plays, Statistics
from segue.serve.schemas.journeys import Journey, RadioState, Tuned
from segue.serve.schemas.judgements import Judgement, Judgements, ListeningQuestion
from segue.serve.schemas.known import (
    Folder,
    Folders,
    Lens,
    Listeners,
    Models,
    Senses,
    Space,
)
from segue.serve.schemas.listening import Opinion, Opinions, Undone
from segue.serve.schemas.maps import MapSpace, MapSpaces, OneMap, Point, Points
from segue.serve.schemas.model import ID, OTHER
from segue.serve.schemas.playlists import OnePlaylist, Playlist, Playlists
from segue.serve.schemas.problems import Problem, problems
from segue.serve.schemas.status import EmbedderStatus, Health, Ready, Status
from segue.serve.schemas.tracks import Found, OneTrack, Track, TrackPage
from segue.serve.schemas.understood import Understood
from segue.serve.schemas.work import (
    TOKEN,
    FailedFile,
    FailedFiles,
    Job,
    Jobs,
    Queued,
    Upload,
    Uploads,
)

__all__ = [
    "ID",
    "OTHER",
    "TOKEN",
    "Answer",
    "Answered",
    "Answers",
    "Attached",
    "Distribution",
    "Duplicates",
    "EmbedderStatus",
    "FailedFile",
    "FailedFiles",
    "FileAnswer",
    "Folder",
    "Folders",
    "Found",
    "Group",
    "GroupPage",
    "Health",
    "Job",
    "Jobs",
    "Journey",
    "Judgement",
    "Judgements",
    "KeyCount",
    "Lens",
    "LibraryPage",
    "Listeners",
    "ListeningQuestion",
    "MapSpace",
    "MapSpaces",
    "Models",
    "OneGroup",
    "OneMap",
    "OnePlaylist",
    "OneTrack",
    "Opinion",
    "Opinions",
    "Played",
    "Playlist",
    "Playlists",
    "Plays",
    "Point",
    "Points",
    "Problem",
    "Queued",
    "RadioState",
    "Ready",
    "Senses",
    "Space",
    "Statistics",
    "Status",
    "Track",
    "TrackPage",
    "Tuned",
    "Understood",
    "Undone",
    "Upload",
    "Uploads",
    "problems",
]
