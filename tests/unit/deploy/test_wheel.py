"""What is installed is what was written: an sdist, and the wheel that is built from it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

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


def test_a_wheel_says_its_version_its_licence_and_its_spaces(wheel: zipfile.ZipFile) -> None:
    told = f"segue-{VERSION}.dist-info"
    facts = Parser().parsestr(wheel.read(f"{told}/METADATA").decode())
    assert (facts["Version"], facts["License-Expression"]) == (VERSION, "MIT")
    assert facts["Requires-Python"] == ">=3.11"
    assert f"{told}/licenses/LICENSE" in wheel.namelist()
    points = wheel.read(f"{told}/entry_points.txt").decode()
    assert "segue = segue.cli.main:run" in points
    assert "descriptors = segue.spaces.descriptors:DescriptorsSpace" in points
