"""Whatever went wrong, as one paragraph (or one JSON document) and an exit code.

======  ==========================================================================
code    meaning
======  ==========================================================================
0       done
1       a bug of ours, or something nobody foresaw
2       it cannot be done as asked, or nothing of a file or folder could be taken
130     stopped with Ctrl-C; what was finished is kept
141     nobody read the output any more (a pipe that was closed)
======  ==========================================================================

With ``--json`` the document ``{"error": {…}}`` stands on stdout in place of the answer, so that a
program reads one stream; otherwise the paragraph stands on stderr. A traceback is shown with
``-v`` only.
"""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING

from segue.cli.session import say, say_json
from segue.errors import InternalError, SegueError

if TYPE_CHECKING:
    from segue.cli.session import Session

_log = logging.getLogger(__name__)

REFUSED = 2
STOPPED = 130
CLOSED_PIPE = 141


def report(error: BaseException, session: Session) -> int:
    """Say what went wrong and give the exit code."""
    if isinstance(error, KeyboardInterrupt):
        say("\nStopped; what was finished is kept.")
        return STOPPED
    if isinstance(error, BrokenPipeError):
        return silence_stdout()
    if session.verbose:
        _log.error("the traceback, as -v asks for it", exc_info=error)
    problem = error if isinstance(error, SegueError) else _unforeseen(error, session)
    say_error(problem, as_json=session.as_json)
    return problem.exit_code


def say_error(problem: SegueError, *, as_json: bool) -> None:
    """Print a problem where the reader looks for it."""
    if as_json:
        say_json({"error": _document(problem)})
        return
    say(f"Error: {problem}")


def silence_stdout() -> int:
    """Nobody reads on: keep Python from complaining about it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return CLOSED_PIPE


def _unforeseen(error: BaseException, session: Session) -> InternalError:
    return InternalError(
        f"something nobody foresaw: {type(error).__name__}: {error}",
        remedy=""
        if session.verbose
        else "Run it again with -v to see where, and please report that",
    )


def _document(problem: SegueError) -> dict[str, object]:
    name = type(problem).__name__.removesuffix("Error")
    kind = "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")
    return {
        "kind": kind,
        "detail": str(problem),
        "what": problem.what,
        "where": problem.where,
        "remedy": problem.remedy,
        "exit_code": problem.exit_code,
    }
