"""How long `segue --help` and `import segue` take, and what they load.

A command that answers at once is one people use. Each figure is the median of ten fresh processes
after one that warms the file cache; Python's own start is part of it and stands beside it.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import report

RUNS = 10
HELP_SECONDS = 0.3
HEAVY = ("numpy", "scipy", "pydantic", "sqlalchemy", "rich", "fastapi", "av", "faiss")
SEGUE = str(Path(sys.executable).with_name("segue"))


def seconds(*command: str) -> float:
    """Median wall time of a command in seconds."""
    times = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:])


def loaded(statement: str) -> list[str]:
    """Which of the heavy packages a statement brings in."""
    code = f"{statement}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    modules = set(json.loads(done.stdout))
    return [name for name in HEAVY if name in modules]


def main() -> None:
    """Measure, write down, and fail where the promise is broken."""
    helped = seconds(SEGUE, "--help")
    figures = {
        "python_seconds": round(seconds(sys.executable, "-c", "pass"), 4),
        "help_seconds": round(helped, 4),
        "help_limit_seconds": HELP_SECONDS,
        "import_seconds": round(seconds(sys.executable, "-c", "import segue"), 4),
        "import_loads": loaded("import segue"),
        "help_loads": loaded("import segue.cli.main"),
        "runs": RUNS,
    }
    report.write("startup", figures)
    assert helped < HELP_SECONDS, f"segue --help takes {helped:.2f} s"
    assert not figures["import_loads"], figures["import_loads"]
    assert not figures["help_loads"], figures["help_loads"]


if __name__ == "__main__":
    main()
