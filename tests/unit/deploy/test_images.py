"""What the images promise: nobody is root, nothing is newest, all that is set exists."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from pathlib import Path

import pytest
from dockerfile_parse import DockerfileParser

from segue.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
RECIPES = sorted([*DEPLOY.glob("Dockerfile*"), DEPLOY / "space" / "Dockerfile"])
SERVING = [path for path in RECIPES if path.suffix != ".train"]
TRAINS = {"torch", "onnxscript", "scikit-learn", "gensim", "implicit", "optuna"}


def stages(path: Path) -> list[list[tuple[str, str]]]:
    """The instructions of every stage, in order, each from its FROM on."""
    with path.open("rb") as stream:
        found: list[list[tuple[str, str]]] = []
        for step in DockerfileParser(fileobj=stream).structure:
            if step["instruction"] == "FROM":
                found.append([])
            if step["instruction"] != "COMMENT":
                found[-1].append((step["instruction"], step["value"]))
    return found


def values(stage: list[tuple[str, str]], instruction: str) -> list[str]:
    return [value for name, value in stage if name == instruction]


def test_there_are_recipes_to_look_at() -> None:
    assert [path.relative_to(DEPLOY).as_posix() for path in RECIPES] == [
        "Dockerfile",
        "Dockerfile.train",
        "space/Dockerfile",
    ]


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.relative_to(DEPLOY).as_posix())
class TestEveryImage:
    def test_starts_from_a_version_that_is_named(self, path: Path) -> None:
        for stage in stages(path):
            image = stage[0][1].split(" ")[0]
            assert re.fullmatch(r"python:3\.\d+\.\d+-slim-[a-z]+", image), image

    def test_is_run_by_nobody_who_is_root(self, path: Path) -> None:
        users = values(stages(path)[-1], "USER")
        assert users
        assert all(re.fullmatch(r"[1-9]\d*:[1-9]\d*", user) for user in users)

    def test_has_no_compiler_and_no_installer(self, path: Path) -> None:
        for stage in stages(path):
            for step in values(stage, "RUN"):
                assert not re.search(r"\b(apt-get|apt|apk|gcc|make|curl|wget)\b", step), step
        last = " ".join(values(stages(path)[-1], "RUN"))
        assert not re.search(r"\bpip\b|install\.sh", last)
        assert "--without-pip" in (DEPLOY / "install.sh").read_text(encoding="utf-8")

    def test_says_whether_it_is_well_and_how_it_ends(self, path: Path) -> None:
        last = stages(path)[-1]
        assert len(values(last, "HEALTHCHECK")) == 1
        assert values(last, "STOPSIGNAL") == ["SIGTERM"]
        # In brackets, so that no shell stands between the signal and Segue.
        assert isinstance(json.loads(values(last, "ENTRYPOINT")[0]), list)

    def test_copies_from_the_build_what_is_there(self, path: Path) -> None:
        copied = " ".join(values(stages(path)[-1], "COPY")).split()
        ours = [word.removeprefix("/source/") for word in copied if word.startswith("/source/")]
        assert [name for name in ours if not (ROOT / name).is_file()] == []

    def test_sets_what_can_be_set(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        named = {name.lower() for name in re.findall(r"\bSEGUE_([A-Z_]+)=", text)}
        assert "database" in named or "demo_folder" in named
        assert named - set(Settings.model_fields) == set()

    def test_asks_for_extras_that_there_are(self, path: Path) -> None:
        asked = extras(path)
        assert asked
        assert asked - set(project()["optional-dependencies"]) == set()


@pytest.mark.parametrize("path", SERVING, ids=lambda path: path.relative_to(DEPLOY).as_posix())
def test_an_image_that_answers_brings_nothing_to_train_with(path: Path) -> None:
    optional = project()["optional-dependencies"]
    packages = [
        *project()["dependencies"],
        *(each for name in extras(path) for each in optional[name]),
    ]
    assert packages
    assert {re.split(r"[\[<>=]", each)[0] for each in packages} & TRAINS == set()


def test_the_image_for_training_brings_it() -> None:
    optional = project()["optional-dependencies"]
    packages = [each for name in extras(DEPLOY / "Dockerfile.train") for each in optional[name]]
    assert any(each.startswith("torch") for each in packages)


def test_what_is_built_from_is_all_that_is_sent() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = [rule[1:] for rule in rules if rule.startswith("!")]
    assert [name for name in let_in if not (ROOT / name).exists()] == []
    needed = {"pyproject.toml", "README.md", "LICENSE", "constraints.txt", "src", "deploy"}
    assert needed <= set(let_in)


def test_scripts_of_the_images_import_nothing_that_must_be_installed() -> None:
    tree = ast.parse((DEPLOY / "healthy.py").read_text(encoding="utf-8"))
    modules = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert modules == {"os", "sys", "http.client"}


def test_a_space_says_the_port_that_its_server_takes() -> None:
    front = (DEPLOY / "space" / "README.md").read_text(encoding="utf-8").split("---")[1]
    port = re.search(r"^app_port: (\d+)$", front, re.MULTILINE)
    assert port
    assert f"SEGUE_PORT={port[1]}" in (DEPLOY / "space" / "Dockerfile").read_text(encoding="utf-8")
    assert "sdk: docker" in front


def extras(path: Path) -> set[str]:
    """What `install.sh` is asked for beside the core."""
    text = path.read_text(encoding="utf-8")
    given = re.search(r"ARG EXTRAS=(\S+)", text) or re.search(r"/opt/segue ([a-z,]+)$", text, re.M)
    return set(given[1].split(",")) if given else set()


def project() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
