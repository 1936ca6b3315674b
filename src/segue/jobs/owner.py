"""Who runs a job: one program on one machine, and whether it still runs.

A name is ``machine/process/chance``. A program that was killed leaves its name in the rows of its
jobs; on the same machine one can see at once that no such process is there any more. The part that
is chance tells two programs apart that had the same number, as those in containers often have.
"""

from __future__ import annotations

import os
import secrets
import socket
import sys


def new_name() -> str:
    """A name for work that begins in this process now."""
    return f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"


def gone(name: str, *, ours: str) -> bool:
    """Whether the program `name` surely runs no more; `ours` is the name of the one that asks.

    False where it cannot be seen: it is of another machine, or the system does not say.
    """
    machine, _, rest = name.partition("/")
    process = rest.partition("/")[0]
    if machine != socket.gethostname() or not process.isdecimal() or name == ours:
        return False
    if int(process) == os.getpid():
        return True  # an earlier one with our number
    if sys.platform == "win32":  # signal 0 ends a process there
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
