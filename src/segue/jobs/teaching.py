"""The work ``teach``: networks learn from the listener's own music, in a process of their own.

It is the command ``segue train sound genre --library``. What that says on its way is what the page
shows, and it goes on where it was when it is begun again, after a cancellation as after a crash.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING

from segue.errors import BadRequestError, UnavailableError
from segue.jobs.runner import Kind, Left

if TYPE_CHECKING:
    from segue.jobs.runner import Work
    from segue.settings import Settings

TEACH = "teach"
"""Name of the kind."""

PACKAGES = ("torch", "onnx", "onnxscript")
"""What teaching a network needs beside what everything else does."""

COMMAND = "pip install 'segue[train]'"
"""What brings them."""

_PROGRESS = re.compile(r"(?P<done>[\d,]+)(?: of (?P<total>[\d,]+))?(?:, [^:]*)?(?:: (?P<what>.*))?")
_LOOK_SECONDS = 0.5
_PATIENCE_SECONDS = 20.0
_SHOWN = 20


def missing() -> tuple[str, ...]:
    """Packages that teaching needs and that are not installed."""
    return tuple(name for name in PACKAGES if find_spec(name) is None)


def teaching(settings: Settings) -> Kind:
    """What the work ``teach`` is; its payload may say for how many ``hours``."""

    def handler(work: Work) -> str:
        if lacking := missing():
            raise UnavailableError(
                f"teaching needs packages that are not installed: {', '.join(lacking)}",
                remedy=f"Run: {COMMAND}",
            )
        return _taught(_command(settings, work.payload.get("hours")), settings, work)

    return Kind(handler)


def _command(settings: Settings, hours: object) -> list[str]:
    verb = ["train", "sound", "genre", "--library"]
    if hours is not None:
        verb += ["--hours", f"{hours}"]
    return [sys.executable, "-m", "segue.jobs.tethered", str(settings.niceness), *verb]


def _taught(command: list[str], settings: Settings, work: Work) -> str:
    """Run the command to its end; what it says came of it.

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
        command,
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
        raise BadRequestError(f"nothing was taught: {reason.removesuffix('.')}")
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

    def follow(self, stream: object) -> None:
        """Read to the end."""
        for line in stream:  # type: ignore[attr-defined]
            if said := " ".join(line.split()):
                self.take(said)

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
