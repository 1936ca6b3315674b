"""A command of ours as a work: in a process of its own, which says how far it is.

What the command says on its way is what the page shows. It is tethered to the server
(`segue.jobs.tethered`): it ends when that ends, however it does.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

from segue.errors import BadRequestError
from segue.jobs.runner import Left

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.jobs.runner import Work
    from segue.settings import Settings

_log = logging.getLogger(__name__)

_PROGRESS = re.compile(r"(?P<done>[\d,]+)(?: of (?P<total>[\d,]+))?(?:, [^:]*)?(?:: (?P<what>.*))?")
_LOOK_SECONDS = 0.5
_PATIENCE_SECONDS = 20.0
_SHOWN = 20


def commanded(verb: Sequence[str], settings: Settings, work: Work, *, failed: str) -> str:
    """Run ``segue VERB …`` to its end; what it says came of it.

    Parameters
    ----------
    verb
        The words behind ``segue``.
    failed
        What did not happen if it fails: "nothing was taught".

    Raises
    ------
    Left
        It was to be left; it has ended.
    BadRequestError
        It says that it cannot be done, and why.
    """
    # The address may hold a password, which an argument would show to everybody on the machine.
    environment = {**os.environ, "SEGUE_DATABASE": settings.database, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(  # noqa: S603 (our own command)
        [sys.executable, "-m", "segue.jobs.tethered", str(settings.niceness), *verb],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        said, answer = _Said(work), _Heard()
        readers = [
            threading.Thread(target=said.follow, args=(process.stderr,), daemon=True),
            threading.Thread(target=answer.follow, args=(process.stdout,), daemon=True),
        ]
        for reader in readers:
            reader.start()
        try:
            while process.poll() is None and not work.stop.wait(_LOOK_SECONDS):
                pass
        finally:
            _end(process)
            for reader in readers:
                reader.join(_PATIENCE_SECONDS)
    if work.stop.is_set():
        raise Left
    if process.returncode != 0:
        reason = " ".join(said.lines[-3:]) or f"it ended with the code {process.returncode}"
        raise BadRequestError(f"{failed}: {reason.removesuffix('.')}")
    return " ".join(answer.lines)


def _end(process: subprocess.Popen[str]) -> None:
    """Let the command end: cut the tether, and end it where it does not follow."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class _Heard:
    """The last lines of a stream, as they come."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._unsaid = False

    def follow(self, stream: object) -> None:
        """Read to the end."""
        for line in stream:  # type: ignore[attr-defined]
            if not (said := " ".join(line.split())):
                continue
            try:
                self.take(said)
            except Exception as problem:  # the command would wait for ever where nobody reads on
                if not self._unsaid:
                    _log.warning("what a command says cannot be told: %s", problem)
                self._unsaid = True

    def take(self, line: str) -> None:
        """Keep a line."""
        self.lines = [*self.lines, line][-_SHOWN:]


class _Said(_Heard):
    """What the command says of its way: how far it is, and sentences in between."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work

    def take(self, line: str) -> None:
        """Tell a line of progress as such; keep any other, and show it."""
        found = _PROGRESS.fullmatch(line)
        if found is None:
            super().take(line)
            self._work.note(0, None, line)
            return
        done, total = (None if n is None else int(n.replace(",", "")) for n in found.group(1, 2))
        self._work.note(done or 0, total, found["what"] or "")
