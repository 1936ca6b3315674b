"""A client of the API for Python programs: typed answers, errors with a remedy.

>>> from segue.client import Client
>>> with Client("http://127.0.0.1:8765", key="…") as segue:      # doctest: +SKIP
...     seed = segue.search("slow harbour")[0]
...     for row in segue.similar(seed.id, n=6, lens="hybrid"):
...         print(row.score, row.track.name, row.reasons.sentence)
...     upload = segue.wait(segue.upload("song.mp3"))
...     print(segue.similar_to(upload)[0].track.name)

What comes back are the records of the library itself (`segue.records`), and those of `answers`
where the API says more. A problem is raised as the error the library would raise (`segue.errors`).
Pages are iterators: they ask for the next page when the one before is used up. Nothing is loaded
that only a server needs.

::

    connection  one request: keys, problems, what is tried again
    reading     JSON → records
    writing     filters, dials and lenses → parameters
    answers     what only the API says: files, jobs, playlists, facets
    asking      questions about tracks
    keeping     playlists, opinions, files, jobs
    talking     `Client`, which is all of it
"""

from __future__ import annotations

from segue.client.answers import (
    FileAnswer,
    FileRow,
    Group,
    Job,
    Kept,
    Opinion,
    Refused,
    Status,
    Upload,
)
from segue.client.talking import Client

__all__ = [
    "Client",
    "FileAnswer",
    "FileRow",
    "Group",
    "Job",
    "Kept",
    "Opinion",
    "Refused",
    "Status",
    "Upload",
]
