"""OpenSubsonic: the address ``/rest``, by which music players of others look, listen and keep.

A player asks for one thing at a time, by name: ``/rest/getAlbum?id=…``, or the same as a form that
is posted. What can be asked stands in tables of `Endpoint` (`browsing`, `albums`, `finding`,
`likeness`, `opinions`, `playlists`, `hearing`, `telling`); `answering` finds the one that is meant
and writes what it gives.

    asked      a question: who asks, the parameters
    callers    who asks, by key, app password or token
    faults     what goes wrong, by the numbers players know
    ids        what artists, albums and playlists are called
    racks      all that can be played, by artist, album and genre
    songs      what is said of a song, an album, an artist
    state      what is remembered while the server runs
    written    answers as XML and JSON
"""

from __future__ import annotations

from segue.serve.subsonic.answering import router
from segue.serve.subsonic.state import Players

__all__ = ["Players", "router"]
