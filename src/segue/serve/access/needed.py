"""Which scope an address needs.

Whoever may **read** may put every question, also those that come as a body. **listen** is for what
belongs to a listener: sound, opinions, plays, judgements. **write** is for all else that changes
something: files that are brought, jobs, playlists; and for what names folders and files of the
machine: jobs, music folders, files that could not be read. An address that is not named here needs
to be read where the method is safe and to be written where it is not, so that a new one is never
open by an oversight.
"""

from __future__ import annotations

import re

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""

OPEN = re.compile(r"/(health|ready|login|manifest\.webmanifest|static(/.*)?)")
"""What everybody may see: whether the server lives, its style sheets, and where to sign in."""

ELSEWHERE = re.compile(r"/rest(/.*)?")
"""OpenSubsonic, whose players say who they are in a way of their own (`segue.serve.subsonic`)."""

SIGNED_IN = re.compile(r"/(account(/.*)?|logout)")
"""What only a person may do: no key can make another, or read everything that is known."""

_HEARD = re.compile(
    r"(/tracks/[^/]+/(audio|opinion)|/uploads/[^/]+/audio|/listening-test(/.*)?"
    r"|/listener|/favourites(/.*)?"
    r"|/api/v1/(opinions|judgements|plays|listeners)(/.*)?)"
)
_PLACES = re.compile(r"(/jobs|/events/jobs|/api/v1/(jobs|folders|failures)(/.*)?)")
_ASKED = re.compile(
    r"(/api/v1/(similar|continue|mix|wish|understood|order|path|radio)|/recommend/from-audio)"
)


def scope_for(method: str, path: str) -> str:
    """The scope a request needs; "" where it needs none.

    >>> scope_for("GET", "/api/v1/tracks"), scope_for("POST", "/api/v1/mix")
    ('read', 'read')
    >>> scope_for("GET", "/tracks/one/audio"), scope_for("POST", "/upload")
    ('listen', 'write')
    >>> scope_for("GET", "/api/v1/folders")
    'write'
    >>> scope_for("GET", "/health")
    ''
    """
    if OPEN.fullmatch(path) or ELSEWHERE.fullmatch(path):
        return ""
    if _HEARD.fullmatch(path):
        return "listen"
    if _PLACES.fullmatch(path):
        return "write"
    if method in SAFE or _ASKED.fullmatch(path):
        return "read"
    return "write"
