"""compose.yaml, cloudrun.yaml and the workflows, read as the programs they are for read them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.version import Version

from segue.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "deploy"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
COMPOSED = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSED["services"]
OURS = {name: one for name, one in SERVICES.items() if one["image"].startswith("segue")}
CLOUD = yaml.safe_load((DEPLOY / "cloudrun.yaml").read_text(encoding="utf-8"))
INSIDE = CLOUD["spec"]["template"]["spec"]["containers"][0]


def unknown(names: set[str]) -> set[str]:
    """Names that begin like a setting and are none."""
    ours = {name.removeprefix("SEGUE_").lower() for name in names if name.startswith("SEGUE_")}
    assert ours
    return ours - set(Settings.model_fields)


def test_there_is_all_that_was_asked_for() -> None:
    assert set(SERVICES) == {"postgres", "redis", "prepare", "app", "worker"}
    assert set(OURS) == {"prepare", "app", "worker"}


@pytest.mark.parametrize("name", SERVICES)
def test_no_image_is_whatever_is_newest(name: str) -> None:
    tag = SERVICES[name]["image"].partition(":")[2]
    assert tag
    assert "latest" not in tag
    assert re.match(r"\d+\.\d+|\$\{VERSION", tag)


@pytest.mark.parametrize("name", OURS)
def test_what_is_ours_can_do_little(name: str) -> None:
    one = OURS[name]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in one  # the image's own, which is not root
    assert (DEPLOY / one["build"]["context"] / one["build"]["dockerfile"]).resolve().is_file()


@pytest.mark.parametrize("name", OURS)
def test_every_setting_that_is_named_exists(name: str) -> None:
    assert unknown(set(OURS[name]["environment"])) == set()


def test_what_is_written_lies_in_the_volume() -> None:
    folders = {n: v for n, v in OURS["app"]["environment"].items() if n.endswith("_FOLDER")}
    assert len(folders) == 5
    assert {str(Path(value).parent) for value in folders.values()} == {"/var/lib/segue"}
    for name in ("app", "worker"):
        assert "state:/var/lib/segue" in OURS[name]["volumes"]
        assert any(volume.endswith(":/music:ro") for volume in OURS[name]["volumes"])


def test_nothing_begins_before_what_it_needs_is_well() -> None:
    checked = {n for n, one in SERVICES.items() if "test" in one.get("healthcheck", {})}
    recipe = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert "HEALTHCHECK" in recipe  # the image's own holds for whoever has no other
    checked |= {n for n, one in OURS.items() if "healthcheck" not in one}
    for name, one in OURS.items():
        assert one["depends_on"], name
        for needed, how in one["depends_on"].items():
            if how["condition"] == "service_healthy":
                assert needed in checked, f"{name} waits for {needed}, which never says it is well"
            else:
                assert how["condition"] == "service_completed_successfully"
                assert needed == "prepare"
    assert set(SERVICES["app"]["depends_on"]) == {"prepare", "redis"}
    assert "postgres" in SERVICES["prepare"]["depends_on"]


def test_compose_can_wait_for_all_that_go_on() -> None:
    # `up --wait` fails where the check of a container that goes on is turned off.
    off = {name for name, one in SERVICES.items() if one.get("healthcheck", {}).get("disable")}
    assert off == {"prepare"}


def test_the_version_can_be_a_package_s_and_a_tag() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    example = (DEPLOY / "example.env").read_text(encoding="utf-8")
    given = {
        *re.findall(r"\$\{VERSION:-([^}]*)\}", text),
        *re.findall("(?m)^VERSION=(.*)$", example),
    }
    assert len(given) == 1
    version = given.pop()
    assert re.fullmatch(r"\w[\w.-]{0,127}", version)
    assert str(Version(version)) == version


def test_every_word_to_fill_in_is_explained_and_no_secret_is_given() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text))
    given = dict(
        line.split("=", 1)
        for line in (DEPLOY / "example.env").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    )
    assert asked == set(given)
    assert [
        name for name in given if "PASSWORD" in name and given[name] and "FILE" not in name
    ] == []
    for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "ALLOWED_HOSTS", "MUSIC"):
        assert f"${{{name}:?" in text  # without it nothing is begun


def test_compose_mounts_no_volume_that_is_not_declared() -> None:
    named = {
        volume.split(":")[0]
        for one in SERVICES.values()
        for volume in one.get("volumes", [])
        if not volume.startswith(("$", "/", "."))
    }
    assert named == set(COMPOSED["volumes"])


def test_cloud_run_is_told_of_settings_that_exist() -> None:
    named = {each["name"] for each in INSIDE["env"]}
    assert unknown(named) == set()
    assert "PORT" not in named  # Cloud Run refuses a service that sets it
    assert "SEGUE_PORT" not in named


def test_cloud_run_asks_where_the_server_listens() -> None:
    port = INSIDE["ports"][0]["containerPort"]
    for probe, path in (("startupProbe", "/ready"), ("livenessProbe", "/health")):
        assert INSIDE[probe]["httpGet"] == {"path": path, "port": port}
    tried = INSIDE["startupProbe"]
    assert tried["periodSeconds"] * tried["failureThreshold"] <= 240  # its own limit
    assert tried["timeoutSeconds"] <= tried["periodSeconds"]


def test_cloud_run_keeps_no_secret_in_the_file() -> None:
    for each in INSIDE["env"]:
        if each["name"] in {"PGPASSWORD", "SEGUE_CACHE_URL"}:
            assert each["valueFrom"]["secretKeyRef"]["key"] != "latest"
        else:
            assert not re.search(r"://[^@/]*:[^@/]*@", each["value"])
    assert {v["name"] for v in CLOUD["spec"]["template"]["spec"]["volumes"]} == {
        mount["name"] for mount in INSIDE["volumeMounts"]
    }


def test_cloud_run_mounts_a_bucket_that_the_user_of_the_image_may_write_to() -> None:
    of_template = CLOUD["spec"]["template"]["metadata"]["annotations"]
    # Buckets are mounted in the second generation alone.
    assert of_template["run.googleapis.com/execution-environment"] == "gen2"
    volumes = {one["name"]: one for one in CLOUD["spec"]["template"]["spec"]["volumes"]}
    bucket = volumes["shared"]["csi"]
    assert bucket["driver"] == "gcsfuse.run.googleapis.com"
    assert set(bucket) <= {"driver", "readOnly", "volumeAttributes"}
    assert not bucket.get("readOnly")
    attributes = bucket["volumeAttributes"]
    assert set(attributes) == {"bucketName", "mountOptions"}
    # One text of flags of gcsfuse, with commas between them and without their dashes.
    flags = attributes["mountOptions"].split(",")
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*(=[^\s;=]+)?", flag) for flag in flags)
    said = dict(flag.partition("=")[::2] for flag in flags)
    recipe = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert f"USER {said['uid']}:{said['gid']}\n" in recipe
    assert (said["file-mode"], said["dir-mode"]) == ("600", "700")
    (mount,) = [one for one in INSIDE["volumeMounts"] if one["name"] == "shared"]
    lying = [each["value"] for each in INSIDE["env"] if "value" in each]
    assert sum(value.startswith(f"{mount['mountPath']}/") for value in lying) == 3
    assert volumes["derived"] == {
        "name": "derived",
        "emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"},
    }


def test_there_are_workflows() -> None:
    assert [path.name for path in WORKFLOWS] == ["images.yml", "release.yml", "tests.yml"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
class TestEveryWorkflow:
    def test_may_write_only_where_it_says_so(self, path: Path) -> None:
        assert yaml.safe_load(path.read_text(encoding="utf-8"))["permissions"] == {
            "contents": "read"
        }

    def test_calls_verbs_that_the_makefile_has(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        verbs = set(re.findall(r"^ +(?:- )?(?:run: )?make ([a-z0-9-]+)", text, re.MULTILINE))
        made = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert {verb for verb in verbs if not re.search(rf"^{verb}:", made, re.MULTILINE)} == set()

    def test_names_files_that_there_are(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        named = set(re.findall(r"(?<![\w/.])(?:deploy|benchmarks|\.ci)/[\w./-]+", text))
        assert [name for name in named if not (ROOT / name).exists()] == []

    def test_takes_no_action_without_a_version(self, path: Path) -> None:
        used = re.findall(r"uses: (\S+)", path.read_text(encoding="utf-8"))
        assert used
        assert [each for each in used if not re.search(r"@v\d+", each)] == []

    def test_its_steps_are_what_a_runner_reads(self, path: Path) -> None:
        jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
        for job in jobs.values():
            assert job["runs-on"] == "ubuntu-24.04"
            assert job["timeout-minutes"] <= 120
            for step in job["steps"]:
                assert ("run" in step) != ("uses" in step)
                if "run" in step:
                    script = re.sub(r"\$\{\{.*?\}\}", "given", step["run"])
                    subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_every_image_is_built_and_asked() -> None:
    told = yaml.safe_load((ROOT / ".github/workflows/images.yml").read_text(encoding="utf-8"))
    parts = told["jobs"]["images"]["strategy"]["matrix"]["part"]
    script = (ROOT / "benchmarks" / "images.py").read_text(encoding="utf-8")
    assert parts == re.findall(r'^        "([a-z]+)": \1,$', script, re.MULTILINE)
    assert set(re.findall(r'built\("(\w+)"', script)) == {*parts} - {"composed"}
    assert len(parts) - 1 == len([*DEPLOY.glob("Dockerfile*"), *DEPLOY.glob("*/Dockerfile")])


def test_both_ends_of_python_are_tested() -> None:
    told = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text(encoding="utf-8"))
    assert {"3.11", "3.13"} <= set(told["jobs"]["tests"]["strategy"]["matrix"]["python"])


@pytest.mark.parametrize(
    "path", [*DEPLOY.glob("*.sh"), *DEPLOY.glob("*/*.sh")], ids=lambda p: p.name
)
def test_scripts_are_what_a_plain_shell_reads(path: Path) -> None:
    assert path.stat().st_mode & 0o111
    text = path.read_text(encoding="utf-8")
    assert text.startswith("#!/bin/sh\n")
    assert "\nset -eu\n" in text
    subprocess.run(["sh", "-n", str(path)], check=True)
