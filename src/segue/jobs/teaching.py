"""The work ``teach``: networks learn from the listener's own music, in a process of their own.

It is the command ``segue train sound genre --library``. What that says on its way is what the page
shows, and it goes on where it was when it is begun again, after a cancellation as after a crash.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from segue.errors import UnavailableError
from segue.jobs.commanded import commanded
from segue.jobs.runner import Kind

if TYPE_CHECKING:
    from segue.jobs.runner import Work
    from segue.settings import Settings

TEACH = "teach"
"""Name of the kind."""

PACKAGES = ("torch", "onnx", "onnxscript")
"""What teaching a network needs beside what everything else does."""

COMMAND = "pip install 'segue[train]'"
"""What brings them."""


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
        verb = _verb(work.payload.get("hours"))
        return commanded(verb, settings, work, failed="nothing was taught")

    return Kind(handler, alone=True)


def _verb(hours: object) -> list[str]:
    verb = ["train", "sound", "genre", "--library"]
    return verb if hours is None else [*verb, "--hours", f"{hours}"]
