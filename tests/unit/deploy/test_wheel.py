"""What is installed is what was written: an sdist, the wheel of it, and what that answers."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tarfile
import time
import venv
import zipfile
from email.parser import Parser
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGE = ROOT / "src" / "segue"
VERSION = "3.2.1"
BUILT_FROM = ("pyproject.toml", "MANIFEST.in", "README.md", "LICENSE", "CHANGELOG.md")


def build(source: Path, what: str, target: Path, **more: str) -> Path:
    """Build without git and without the network; what is built is returned."""
    code = f"from setuptools.build_meta import {what}; print({what}({str(target)!r}))"
    plain = {n: v for n, v in os.environ.items() if not n.startswith("SETUPTOOLS_SCM")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=source,
        env={**plain, "GIT_CEILING_DIRECTORIES": str(source.parent), **more},
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return target / done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of the sdist of a copy that git does not know."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(PACKAGE, source / "src" / "segue", ignore=shutil.ignore_patterns("__pycache__"))
    for name in BUILT_FROM:
        shutil.copy(ROOT / name, source / name)
    packed = build(source, "build_sdist", folder, SETUPTOOLS_SCM_PRETEND_VERSION_FOR_SEGUE=VERSION)
    with tarfile.open(packed) as sdist:
        sdist.extractall(folder / "unpacked", filter="data")
    (unpacked,) = (folder / "unpacked").iterdir()
    assert unpacked.name == f"segue-{VERSION}"
    return zipfile.ZipFile(build(unpacked, "build_wheel", folder))


def test_a_wheel_holds_every_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    held = {name for name in wheel.namelist() if name.startswith("segue/")}
    there = {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {Path(name).suffix for name in there} > {".py", ".html", ".js", ".css", ".onnx", ".mako"}
    assert held == there


def test_a_wheel_holds_the_files_as_they_are(wheel: zipfile.ZipFile) -> None:
    for name in wheel.namelist():
        if name.startswith("segue/") and not name.endswith(".py"):
            assert wheel.read(name) == (PACKAGE.parent / name).read_bytes(), name


@pytest.fixture(scope="module")
def installed(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `segue` of an environment that holds the wheel, and sees what it depends on."""
    place = tmp_path_factory.mktemp("clean") / "venv"
    venv.create(place, with_pip=False)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(place)}))
    (packages / "beside.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    words = ["install", "--quiet", "--no-deps", "--no-index", "--no-compile", str(wheel.filename)]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "--python", str(place / "bin" / "python"), *words], check=True)
    return place / "bin" / "segue"


def plain(folder: Path) -> dict[str, str]:
    """Surroundings in which nothing is set, with an empty home."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("SEGUE_", "PYTHON"))}
    return kept | {"HOME": str(folder)}


def test_what_a_wheel_installs_says_its_version(installed: Path, tmp_path: Path) -> None:
    said = subprocess.run(
        [installed, "--version"],
        cwd=tmp_path,
        env=plain(tmp_path),
        capture_output=True,
        check=True,
        text=True,
    )
    assert said.stdout == f"segue {VERSION}\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_what_a_wheel_installs_answers_from_an_empty_folder(
    installed: Path, tmp_path: Path
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path / "log"
    folder = tmp_path / "empty"
    folder.mkdir()
    with log.open("w", encoding="utf-8") as stream:
        running = subprocess.Popen(
            [installed, "demo", "--tracks", "3", "--port", str(port)],
            cwd=folder,
            env=plain(tmp_path),
            stdout=stream,
            stderr=stream,
        )
    here = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + 600
        # Heard by the networks that are inside.
        while json.loads(got(f"{here}/ready") or b"{}").get("spaces", {}).get("sound") != 3:
            assert running.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < end, log.read_text(encoding="utf-8")
            time.sleep(0.2)
        page = (got(f"{here}/") or b"").decode()
        assets = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
        assert any("/vendor/" in each for each in assets)
        assert [each for each in assets if not got(f"{here}{each}")] == []
        tracks = json.loads(got(f"{here}/api/v1/tracks") or b"{}")["tracks"]
        similar = got(f"{here}/api/v1/tracks/{tracks[0]['id']}/similar")
        assert len(json.loads(similar or b"{}")["recommendations"]) > 1
    finally:
        running.send_signal(signal.SIGTERM)
        code = running.wait(120)
    assert code == 0, log.read_text(encoding="utf-8")


def got(address: str) -> bytes | None:
    """What is answered there; None where nobody answers, or not yet."""
    try:
        with urlopen(address, timeout=60) as answer:  # noqa: S310
            told: bytes = answer.read()
            return told
    except OSError:
        return None


def test_a_wheel_says_its_version_its_licence_and_its_spaces(wheel: zipfile.ZipFile) -> None:
    told = f"segue-{VERSION}.dist-info"
    facts = Parser().parsestr(wheel.read(f"{told}/METADATA").decode())
    assert (facts["Version"], facts["License-Expression"]) == (VERSION, "MIT")
    assert facts["Requires-Python"] == ">=3.11"
    assert f"{told}/licenses/LICENSE" in wheel.namelist()
    points = wheel.read(f"{told}/entry_points.txt").decode()
    assert "segue = segue.cli.main:run" in points
    assert "descriptors = segue.spaces.descriptors:DescriptorsSpace" in points
