"""Write a measurement down so that a stranger can judge and repeat it.

Each result is one JSON file under ``benchmarks/results``: the figures, the command that made
them, the commit, the machine, the date, the seed and the sha256 of every input. Documents quote
these files and a test compares the two.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REPOSITORY = Path(__file__).resolve().parents[1]
RESULTS = REPOSITORY / "benchmarks" / "results"
SHARED_DATA = REPOSITORY.parent / "shared" / "data"


def compile_once() -> None:
    """Let programs that are started find what Python has compiled before, as they do installed."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def shared(name: str) -> Path:
    """A file of the real data, or an exit with a clear word where it is not at hand."""
    path = SHARED_DATA / name
    if not path.exists():
        print(f"skipped: ../shared/data/{name} is not beside this checkout", file=sys.stderr)
        raise SystemExit(0)
    return path


def write(
    name: str,
    figures: Mapping[str, Any],
    *,
    inputs: Sequence[Path] = (),
    seed: int | None = None,
) -> Path:
    """Store `figures` as ``benchmarks/results/<name>.json`` and print them."""
    document = {
        "name": name,
        "figures": figures,
        "command": f"python benchmarks/{Path(sys.argv[0]).name}",
        "commit": _commit(),
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "seed": seed,
        "inputs": {_named(path): _sha256(path) for path in inputs},
        "machine": _machine(),
    }
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2, ensure_ascii=False))
    return path


def _named(path: Path) -> str:
    """The path as a reader knows it: relative to the checkout or to the data beside it."""
    resolved = path.resolve()
    for base, prefix in ((REPOSITORY, ""), (SHARED_DATA.resolve(), "../shared/data/")):
        if resolved.is_relative_to(base):
            return prefix + resolved.relative_to(base).as_posix()
    return path.name


def _sha256(path: Path) -> str:
    """Digest of a file, or of the names and digests of all files of a folder."""
    digest = hashlib.sha256()
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    for file in files:
        digest.update(file.relative_to(path if path.is_dir() else path.parent).as_posix().encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _commit() -> str:
    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=REPOSITORY, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    dirty = "+changes" if git("status", "--porcelain", "--untracked-files=no", "src") else ""
    return git("rev-parse", "--short=12", "HEAD") + dirty


def _machine() -> dict[str, Any]:
    model = platform.processor()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
    }
