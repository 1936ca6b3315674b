"""Build the images with Docker, run them, ask them, and write down what came out.

    python benchmarks/images.py                      all four parts, and images.json
    python benchmarks/images.py serve composed       parts alone; nothing is written

Needs Docker with ``docker compose``, the base images of the recipes, and a network that has the
packages; for `train` some 15 GB of room. What it makes has names of its own, and is taken away at
the end, all but the layers that Docker keeps. Any answer that is not as docs/deploy.md says ends it
with what was wrong.

`serve` is the image as it is meant to be run: read-only, without capabilities, on a port it is
told. `composed` is deploy/compose.yaml with three files of music, with its Redis and its PostgreSQL
killed and begun again, and begun anew over the volumes of before. `train` learns nothing; it opens
what learning needs. `space` is laid out, built and asked as a Hugging Face Space is.
"""

from __future__ import annotations

import json
import math
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import wave
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any

import report
from ports import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEPLOY = report.REPOSITORY / "deploy"
NAME = "segue-trial"
VERSION = "0.0.1.dev0"
"""Of the composed image, so that nobody's own is overwritten."""
ABSENT = ("torch", "sklearn", "pip", "librosa", "matplotlib")
PATIENCE = 1200.0
"""Seconds that anything may take."""


def main() -> None:
    """The parts that are named, or all."""
    if shutil.which("docker") is None:
        print("skipped: there is no docker here", file=sys.stderr)
        return
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "serve": serve,
        "composed": composed,
        "train": train,
        "space": space,
    }
    wanted = sys.argv[1:] or list(parts)
    if unknown := set(wanted) - set(parts):
        sys.exit(f"there is no part {', '.join(unknown)}; parts are {', '.join(parts)}")
    found: dict[str, Any] = {}
    try:
        for name in wanted:
            print(f"== {name}", file=sys.stderr)
            found[name] = parts[name]()
            print(json.dumps(found[name]), file=sys.stderr)
    finally:
        made = [*(f"{NAME}:{name}" for name in wanted), f"segue:{VERSION}"]
        subprocess.run(["docker", "image", "rm", "--force", *made], check=False)
    if not sys.argv[1:]:
        report.write("images", {"engine": engine(), **found})


def engine() -> dict[str, str]:
    """What builds and runs, and what the images are built on, as they say it themselves."""
    image = next(
        line.split()[1]
        for line in (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
        if line.startswith("FROM ")
    )
    system = said("run", "--rm", image, "cat", "/etc/os-release")
    return {
        "docker": said("version", "--format", "{{.Server.Version}}"),
        "compose": said("compose", "version", "--short"),
        "base": image,
        "base_python": said("run", "--rm", image, "python3", "--version").removeprefix("Python "),
        "base_system": next(
            line.partition("=")[2].strip('"')
            for line in system.splitlines()
            if line.startswith("PRETTY_NAME=")
        ),
    }


def serve() -> dict[str, Any]:
    """The image that answers and works."""
    told = built("serve", DEPLOY / "Dockerfile", report.REPOSITORY)
    image = f"{NAME}:serve"
    want("1000", said("run", "--rm", "--entrypoint", "id", image, "-u"), "its user")
    look = f"from importlib.util import find_spec as f; print([n for n in {ABSENT} if f(n)])"
    want("[]", said("run", "--rm", "--entrypoint", "python", image, "-c", look), "what it holds")
    tools = "for name in gcc cc make; do command -v $name; done; echo none"
    want("none", said("run", "--rm", "--entrypoint", "sh", image, "-c", tools), "its compiler")
    port = free_port()
    limits = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL"]  # noqa: S108 (inside)
    heard = ["-e", "PORT=8080", "-p", f"127.0.0.1:{port}:8080"]
    open_to_all = ["-e", "SEGUE_OPEN_TO_ALL=everyone may"]
    with begun(*limits, *heard, *open_to_all, image, "demo") as (one, at):
        until(lambda: said("inspect", "--format", "{{.State.Health.Status}}", one) == "healthy")
        told["healthy_seconds"] = since(at)
        told["tracks"] = asked(port, "/ready")["tracks"]
        found = asked(port, "/api/v1/search?q=island")["tracks"][0]["id"]
        told["rows"] = len(asked(port, f"/api/v1/tracks/{found}/similar")["recommendations"])
        told |= stopped(one)
    return told


def train() -> dict[str, Any]:
    """The image that learns."""
    told = built("train", DEPLOY / "Dockerfile.train", report.REPOSITORY)
    look = "import torch, segue.training.ears.learn; print(torch.__version__)"
    begins = ["run", "--rm", "--read-only", "--tmpfs", "/tmp"]  # noqa: S108 (inside)
    told["torch"] = said(*begins, "--entrypoint", "python", f"{NAME}:train", "-c", look)
    want("1000", said("run", "--rm", "--entrypoint", "id", f"{NAME}:train", "-u"), "its user")
    want("segue", said(*begins, f"{NAME}:train", "--version").split()[0], "what it begins")
    return told


def space() -> dict[str, Any]:
    """The image of a Hugging Face Space, from the folder that would be pushed."""
    with tempfile.TemporaryDirectory(prefix=f"{NAME}-") as folder:
        subprocess.run([DEPLOY / "space" / "lay-out.sh", folder], check=True)
        told = built("space", Path(folder) / "Dockerfile", Path(folder))
    port = free_port()
    with begun("-p", f"127.0.0.1:{port}:7860", f"{NAME}:space") as (one, at):
        until(lambda: answered(port, "/ready")[0] == 200)
        told["ready_seconds"] = since(at)
        told["tracks"] = asked(port, "/ready")["tracks"]
        want(200, answered(port, "/")[0], "its first page")
        told |= stopped(one)
    return told


def composed() -> dict[str, Any]:
    """deploy/compose.yaml, from nothing to an answer, and through the loss of its servers."""
    with tempfile.TemporaryDirectory(prefix=f"{NAME}-") as name:
        folder, port = Path(name), free_port()
        music(folder / "music")
        filled = filled_in(folder, port)
        words = ["compose", "-p", NAME, "-f", str(DEPLOY / "compose.yaml"), "--env-file", filled]

        def compose(*more: str) -> str:
            return said(*words, *more)

        try:
            return through(compose, port)
        except BaseException:
            subprocess.run(["docker", *words, "logs", "--tail", "100"], check=False)
            raise
        finally:
            subprocess.run(["docker", *words, "down", "-v"], check=False)


def through(compose: Callable[..., str], port: int) -> dict[str, Any]:
    """What the composed service is put through."""
    at = time.perf_counter()
    compose("build", "--no-cache", "app")
    compose("up", "--wait", "--wait-timeout", "300")
    told: dict[str, Any] = {"up_seconds": since(at)}
    want(401, answered(port, "/api/v1/tracks")[0], "whoever has not signed in")
    want(200, answered(port, "/login")[0], "the page to sign in")
    compose("exec", "-T", "worker", "segue", "scan", "/music")
    compose("exec", "-T", "worker", "segue", "analyse")
    until(lambda: asked(port, "/ready")["spaces"]["sound"] == 3)
    similar = compose("exec", "-T", "worker", "segue", "similar", "Tone 220", "--json")
    told["rows"] = len(json.loads(similar)["recommendations"])
    told["well_after_redis_seconds"] = lost(compose, "redis", port, meanwhile=200)
    told["well_after_postgres_seconds"] = lost(compose, "postgres", port, meanwhile=503)
    compose("up", "-d", "--no-build", "--scale", "worker=2", "--wait")
    compose("down")
    at = time.perf_counter()
    compose("up", "--no-build", "--wait", "--wait-timeout", "300")
    told["up_again_seconds"] = since(at)
    told["tracks"] = asked(port, "/ready")["tracks"]
    want(3, told["tracks"], "tracks after everything was begun anew")
    return told


def lost(compose: Callable[..., str], name: str, port: int, *, meanwhile: int) -> float:
    """Kill a server, begin it again: seconds from saying so until all is well."""
    compose("kill", name)
    until(lambda: answered(port, "/ready")[0] == meanwhile and not well(port))
    at = time.perf_counter()
    compose("start", name)
    until(lambda: well(port))
    return since(at)


def well(port: int) -> bool:
    """Whether the server is ready, and nothing is degraded."""
    status, text = answered(port, "/ready")
    return status == 200 and json.loads(text)["degraded"] == []


def built(name: str, recipe: Path, context: Path) -> dict[str, Any]:
    """Build `NAME:name` with nothing of before."""
    at = time.perf_counter()
    words = ["build", "--no-cache", "-f", str(recipe), "-t", f"{NAME}:{name}", str(context)]
    subprocess.run(["docker", *words], check=True)
    size = int(said("image", "inspect", "--format", "{{.Size}}", f"{NAME}:{name}"))
    return {"build_seconds": since(at), "megabytes": round(size / 1e6)}


@contextmanager
def begun(*words: str) -> Iterator[tuple[str, float]]:
    """A container, and when it was begun; away afterwards, with its volumes."""
    at = time.perf_counter()
    one = said("run", "-d", *words)
    try:
        yield one, at
    except BaseException:
        subprocess.run(["docker", "logs", "--tail", "100", one], check=False)
        raise
    finally:
        said("rm", "-f", "-v", one)


def stopped(one: str) -> dict[str, Any]:
    """Stop a container as an orchestrator does."""
    at = time.perf_counter()
    said("stop", one)
    took = since(at)
    want("0", said("inspect", "--format", "{{.State.ExitCode}}", one), "its exit status")
    return {"stop_seconds": took}


def filled_in(folder: Path, port: int) -> str:
    """deploy/example.env with all that it asks for."""
    (folder / "password").write_text("a password of eight and more\n", encoding="utf-8")
    given = {
        "VERSION": VERSION,
        "ALLOWED_HOSTS": "127.0.0.1",
        "POSTGRES_PASSWORD": "one0two",
        "REDIS_PASSWORD": "three0four",
        "OWNER_PASSWORD_FILE": str(folder / "password"),
        "MUSIC": str(folder / "music"),
        "PUBLISHED_PORT": str(port),
    }
    lines = (DEPLOY / "example.env").read_text(encoding="utf-8").splitlines()
    filled = [
        f"{name}={given.get(name, value)}" if is_one else name
        for name, is_one, value in (line.partition("=") for line in lines)
    ]
    (folder / "env").write_text("\n".join(filled), encoding="utf-8")
    return str(folder / "env")


def music(folder: Path) -> None:
    """Three files of 12 s, each another chord that comes and goes."""
    folder.mkdir()
    for pitch in (220, 277, 330):
        with wave.open(str(folder / f"Tone {pitch}.wav"), "wb") as stream:
            stream.setparams((1, 2, 22050, 0, "NONE", ""))
            stream.writeframes(
                b"".join(
                    struct.pack("<h", int(9000 * math.sin(pitch * turn) * math.cos(3 * turn) ** 2))
                    for turn in (math.tau * frame / 22050 for frame in range(22050 * 12))
                )
            )


def said(*words: str) -> str:
    """What docker says to these words; the end with all it said where it fails."""
    done = subprocess.run(
        ["docker", *words], capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    if done.returncode:
        sys.exit(f"docker {' '.join(words)} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout.strip()


def answered(port: int, path: str) -> tuple[int, str]:
    """What a server here answers; 0 where there is none."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, HTTPException):
        return 0, ""
    finally:
        connection.close()


def asked(port: int, path: str) -> dict[str, Any]:
    """An answer that has to be one."""
    status, text = answered(port, path)
    want(200, status, path)
    answer: dict[str, Any] = json.loads(text)
    return answer


def until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            raise TimeoutError(f"it did not come about within {PATIENCE:g} s")
        time.sleep(0.5)


def want(expected: object, found: object, what: str) -> None:
    """Give up where something is not as it should be."""
    if expected != found:
        raise AssertionError(f"{what}: {found!r}, not {expected!r}")


def since(at: float) -> float:
    return round(time.perf_counter() - at, 1)


if __name__ == "__main__":
    main()
