"""A cluster of machines that have nothing in common but a network, and lose two of themselves.

    python benchmarks/machines.py          needs Docker, and what `cluster.py` needs

Every machine is a container of the image, with `cluster` among its extras: names, addresses, roots
and processes of its own. The demo's music lies where the workers call it otherwise than the
catalogue does, and the machine with the catalogue does not see it. While three workers analyse it,
one is killed and another loses its network, which nobody is told of: no connection is closed, as
when a cable is pulled. What is then in the catalogue has to be what one machine alone finds, bit by
bit.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import report
from cluster import FOUND
from images import NAME, said, until, want

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGE = f"{NAME}:cluster"
EXTRAS = "postgres,redis,otel,cluster"
STATE = ["-v", f"{NAME}-state:/var/lib/segue"]
NO_STATE = ["--tmpfs", "/var/lib/segue"]
MUSIC = f"{NAME}-music"
WORKERS = ("one", "two", "three")
PASSES = {"ledger": "excerpts", "recordings": "whole_files"}


def main() -> None:
    """Build, compose the music, analyse it twice, compare, write down."""
    if shutil.which("docker") is None:
        print("skipped: there is no docker here", file=sys.stderr)
        return
    recipe = report.REPOSITORY / "deploy" / "Dockerfile"
    words = ["build", "-f", str(recipe), "--build-arg", f"EXTRAS={EXTRAS}", "-t", IMAGE]
    subprocess.run(["docker", *words, str(report.REPOSITORY)], check=True)
    with ExitStack() as stack:
        stack.callback(said, "image", "rm", "--force", IMAGE)
        for kind, name in (("volume", f"{NAME}-state"), ("volume", MUSIC), ("network", NAME)):
            said(kind, "create", name)
            stack.callback(said, kind, "rm", name)
        figures = measured(stack)
    report.write("machines", figures)


def measured(stack: ExitStack) -> dict[str, Any]:
    """The same analysis by one machine, and by three of which one is left."""
    at_music = ["-v", f"{MUSIC}:/music:ro"]
    segue("demo", "--no-serve")
    away = ["-v", f"{MUSIC}:/music", "--user", "0", "--entrypoint", "mv"]
    said("run", "--rm", *STATE, *away, IMAGE, "/var/lib/segue/demo", "/music/demo")
    for name in ("alone", "cluster"):
        segue("-d", f"{name}.db", "scan", "/music/demo", more=at_music)
    segue("-d", "alone.db", "analyse", more=at_music)
    scheduler = ["dask", "scheduler", "--no-dashboard"]
    stack.enter_context(machine("scheduler", *scheduler, more=NO_STATE))
    place = [*NO_STATE, "-v", f"{MUSIC}:/mnt/elsewhere:ro"]
    for name in WORKERS:
        words = ["dask", "worker", "tcp://scheduler:8786", "--nthreads", "1", "--no-dashboard"]
        stack.enter_context(machine(name, *words, more=place))
    over = ["--over", "dask://scheduler:8786", "--as", "/music=/mnt/elsewhere"]
    words = ["segue", "-d", "cluster.db", "analyse", *over]
    client = stack.enter_context(machine("client", *words, more=STATE))
    lost_after = {"killed_after": past(10), "cut_off_after": 0}
    said("kill", f"{NAME}-one")
    lost_after["cut_off_after"] = past(30)
    said("network", "disconnect", NAME, f"{NAME}-two")
    until(lambda: said("inspect", "--format", "{{.State.Status}}", client) == "exited")
    subprocess.run(["docker", "logs", client], check=True)
    want("0", said("inspect", "--format", "{{.State.ExitCode}}", client), "its exit status")
    figures: dict[str, Any] = {"workers": len(WORKERS), "lost": 2, **lost_after}
    figures |= {PASSES[name]: standing()[name]["analysed"] for name in PASSES}
    with tempfile.TemporaryDirectory() as folder:
        said("cp", f"{client}:/var/lib/segue/.", folder)
        alone, cluster = (written(Path(folder) / f"{name}.db") for name in ("alone", "cluster"))
    want(True, any(alone), "something to compare")
    want(True, alone == cluster, "the cluster finding the same as one machine")
    want(True, figures["cut_off_after"] < figures["excerpts"], "work left when two were lost")
    return figures


def segue(*words: str, more: list[str] | None = None) -> str:
    """What a verb says, where the catalogue lies."""
    return said("run", "--rm", "-w", "/var/lib/segue", *STATE, *(more or []), IMAGE, *words)


def standing() -> dict[str, Any]:
    """How analysis by the cluster stands."""
    answer: dict[str, Any] = json.loads(segue("-d", "cluster.db", "status", "--json"))
    return answer


def past(excerpts: int) -> int:
    """Wait until so many have been analysed: how many then have."""
    until(lambda: standing()["ledger"]["analysed"] >= excerpts)
    return int(standing()["ledger"]["analysed"])


@contextmanager
def machine(name: str, *words: str, more: list[str]) -> Iterator[str]:
    """A container that is reached by its name; it can write to its memory and what it is given."""
    limits = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--init"]  # noqa: S108 (inside)
    reached = ["--name", f"{NAME}-{name}", "--network", NAME, "--network-alias", name]
    begins = ["--entrypoint", words[0], "-w", "/var/lib/segue"]
    said("run", "-d", *limits, *reached, *begins, *more, IMAGE, *words[1:])
    try:
        yield f"{NAME}-{name}"
    finally:
        said("rm", "-f", "-v", f"{NAME}-{name}")


def written(database: Path) -> list[list[Any]]:
    """All that analysis found."""
    with closing(sqlite3.connect(database)) as connection:
        return [sorted(connection.execute(words), key=repr) for words in FOUND]


if __name__ == "__main__":
    main()
