"""``python -m segue``: the same as the command ``segue``."""

from __future__ import annotations

import sys

from segue.cli.main import run

if __name__ == "__main__":
    sys.exit(run())
