"""The class programs use: one catalogue, opened, asked and added to.

>>> from segue import Segue
>>> with Segue.open("library.db") as segue:          # doctest: +SKIP
...     segue.add("~/Music")
...     for row in segue.similar("artist – title", n=10):
...         print(row.score, row.track.name, row.reasons.sentence)

The command line and the web server are made of nothing else. Its methods stand by what they do:
`opened` (open, close, how it stands), `browsing` (what there is, page by page), `incoming` (import,
scan, analyse), `asking` (search, similar tracks, wishes), `duplicates` (files of one recording),
`judging` (blind comparisons of lenses), `journeys` (orders, paths, radios, playlist files),
`keeping` (playlists that are kept), `listening` (playlists and histories continued, likes and
dislikes), `live` (sounds that go on), `mapping` (a space on a plane).
"""

from __future__ import annotations

from segue.library.browsing import Browsing
from segue.library.duplicates import Reporting
from segue.library.incoming import Incoming
from segue.library.judging import Judging
from segue.library.keeping import Keeping
from segue.library.listening import Listening
from segue.library.live import HearingLive
from segue.library.mapping import Maps

__all__ = ["Segue"]


class Segue(Browsing, HearingLive, Incoming, Judging, Keeping, Listening, Maps, Reporting):
    """One open catalogue.

    Made by `Segue.open`. Safe to use from several threads; close it, or use it in a ``with``.
    """
