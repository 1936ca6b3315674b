"""``python -m segue.jobs.tethered NICENESS VERB …``: a command that ends with who started it.

A program that is killed cannot end its children. So this one listens to its standard input, which
the starter holds open and never writes to: when it closes, for whatever reason, the command is
interrupted as by Ctrl-C, and ended a minute later if it still runs.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

_PATIENCE_SECONDS = 60.0


def main(arguments: list[str]) -> None:
    """Step back by as much as the first argument says, and be the command of the others."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(max(0, int(arguments[0]) - os.nice(0)))
    # A server that a script began in the background ignores Ctrl-C, and we would with it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_follow, daemon=True).start()
    sys.argv = ["segue", *arguments[1:]]
    runpy.run_module("segue", run_name="__main__")


def _follow() -> None:
    """Wait until nobody holds the other end any more, then go."""
    while os.read(0, 1024):
        pass
    if sys.platform == "win32":  # a process can only be ended there
        os._exit(1)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(_PATIENCE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
