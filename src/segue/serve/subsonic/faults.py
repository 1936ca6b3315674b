"""What goes wrong, as players know it: a number, a sentence, and HTTP 200 all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.errors import BadRequestError, ForbiddenError, NotFoundError
from segue.serve.failures import explain

if TYPE_CHECKING:
    from starlette.requests import Request

GENERIC, MISSING, WRONG, MECHANISM, CONFLICT, NO_KEY, NOT_ALLOWED, NOT_FOUND = (
    0, 10, 40, 42, 43, 44, 50, 70,
)  # fmt: skip

CODES: dict[int, str] = {
    GENERIC: "It did not work, for the reason that the message gives.",
    MISSING: "A parameter that is needed is missing.",
    WRONG: "The user name or the app password is wrong, or the password expired or was revoked.",
    MECHANISM: "A key of the API was given as a password; give it as apiKey.",
    CONFLICT: "Two ways to say who asks were given at once.",
    NO_KEY: "The key is unknown, expired or was revoked.",
    NOT_ALLOWED: "The key or app password may not do this, or it needs one.",
    NOT_FOUND: "There is no such song, album, artist, playlist or folder.",
}
"""Every number that is answered, and what it means here."""


class FaultError(BadRequestError):
    """A refusal with a number of its own.

    Parameters
    ----------
    code
        One of `CODES`.
    what, remedy
        As of every error.
    """

    def __init__(self, code: int, what: str, *, remedy: str = "") -> None:
        super().__init__(what, remedy=remedy)
        self.code = code


def needed(name: str) -> FaultError:
    """The refusal of a question that lacks a parameter."""
    return FaultError(MISSING, f"the parameter {name!r} is missing", remedy="Give it")


def fault_of(error: Exception, request: Request) -> dict[str, object]:
    """An error as what a player is told; one that nobody foresaw goes to the log."""
    failure = explain(error, request)
    code = GENERIC
    if isinstance(error, FaultError):
        code = error.code
    elif isinstance(error, NotFoundError):
        code = NOT_FOUND
    elif isinstance(error, ForbiddenError):
        code = NOT_ALLOWED
    return {"code": code, "message": " ".join(filter(None, (failure.detail, failure.remedy)))}
