"""Every error a person can meet, as one small tree.

::

    SegueError
    ├── UserError                 what the person asked for cannot be done as asked
    │   ├── BadRequestError       an option, lens, filter or number that makes no sense      400
    │   ├── UnknownCallerError    nobody is signed in, or the key opens nothing              401
    │   ├── ForbiddenError        who asks is known and may not                              403
    │   ├── NotFoundError         a track, file, page or playlist that is not there          404
    │   ├── BadFileError          a file that is not what its name says                      422
    │   │   └── InaudibleError        audio, but silent or too short to describe             422
    │   ├── BadTableError         a table that cannot be read as tracks or playlists         422
    │   ├── KeyReusedError        a key of a request that stands for another request         422
    │   ├── TooLargeError         more than this door takes                                  413
    │   ├── BusyError             someone else holds it: a locked database, a port           423
    │   ├── UnavailableError      it cannot be used as it is: read-only, too new, an extra   409
    │   │   └── AwayError             the catalogue's server is away; ask again shortly      503
    │   ├── TooOftenError         asked more often than a key or a password may be tried     429
    │   ├── WarmingUpError        it is being made at this moment; ask again shortly          503
    │   └── CrowdedError          more at once than this door takes; ask again shortly        503
    └── InternalError             a promise of ours that broke; a bug                        500

A message is made of three parts: **what** happened (naming the value), **where**, and the
**remedy**. The command line prints it as one paragraph and exits with 2; the web answers
``application/problem+json`` (RFC 9457). Each has one handler.
"""

from __future__ import annotations

import math
from typing import ClassVar


class SegueError(Exception):
    """The root: one plain sentence, the place, and what to do.

    Parameters
    ----------
    what
        The sentence, naming the offending value. Ends without a full stop.
    where
        File, line, setting or address; empty when the value itself is the place.
    remedy
        What the person can do next, as a sentence without a full stop.
    """

    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        """All three parts as one paragraph."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}. {self.remedy}." if self.remedy else f"{head}."

    def __reduce__(self) -> tuple[object, ...]:
        """Cross process boundaries whole; the default would lose the keywords."""
        return (_rebuild, (type(self), self.what, self.where, self.remedy))


def _rebuild(kind: type[SegueError], what: str, where: str, remedy: str) -> SegueError:
    return kind(what, where=where, remedy=remedy)


class UserError(SegueError):
    """What was asked cannot be done as asked; the person can change that."""

    status = 400
    exit_code = 2


class BadRequestError(UserError):
    """An option, lens, filter or number that makes no sense."""


class UnknownCallerError(UserError):
    """Nobody is signed in, or the key that came is wrong, has expired or was revoked."""

    status = 401


class ForbiddenError(UserError):
    """Who asks is known, and may not do that."""

    status = 403


class NotFoundError(UserError):
    """A track, file, page or playlist that is not there."""

    status = 404


class BadFileError(UserError):
    """A file that cannot be read as what its name or its sender says it is."""

    status = 422


class InaudibleError(BadFileError):
    """A file that is audio, but silent, too short or too long to say anything about."""


class BadTableError(UserError):
    """A table or playlist that cannot be read as tracks or entries."""

    status = 422


class KeyReusedError(UserError):
    """A key that says which request this is, and was sent with another before."""

    status = 422


class TooLargeError(UserError):
    """More than this door takes."""

    status = 413


class BusyError(UserError):
    """Someone else holds what is needed: a locked database, a port in use."""

    status = 423


class UnavailableError(UserError):
    """It is there but cannot be used as it is: read-only, from a newer version, an extra away."""

    status = 409


class AwayError(UnavailableError):
    """The server that the catalogue is on cannot be reached at this moment; nothing was changed."""

    status = 503


class TooOftenError(UserError):
    """Asked more often than may be; `seconds` is how long to wait, at least 1."""

    status = 429

    def __init__(self, what: str, *, where: str = "", remedy: str = "", seconds: float = 1) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.seconds = max(1, math.ceil(seconds))

    def __reduce__(self) -> tuple[object, ...]:
        """Cross process boundaries whole."""
        return (_rebuild_often, (self.what, self.where, self.remedy, self.seconds))


def _rebuild_often(what: str, where: str, remedy: str, seconds: int) -> TooOftenError:
    return TooOftenError(what, where=where, remedy=remedy, seconds=seconds)


class WarmingUpError(UserError):
    """It is being made at this moment: the engine after a start, a track just added."""

    status = 503


class CrowdedError(UserError):
    """More at once than this door takes: too many files sent at the same time."""

    status = 503


class InternalError(SegueError):
    """A promise of ours that broke: a bug, to be reported with the message."""
