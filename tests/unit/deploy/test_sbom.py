"""The list of what is in Segue, made of what an environment holds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "deploy" / "sbom.py"
SEGUE = {
    "bom-ref": "segue==1.2.3",
    "name": "segue",
    "version": "1.2.3",
    "type": "library",
    "externalReferences": [
        {"type": "distribution", "comment": "PackageSource: Local", "url": "file:///home/ada/segue"}
    ],
}
NUMPY = {
    "bom-ref": "numpy==2.4.6",
    "name": "numpy",
    "version": "2.4.6",
    "type": "library",
    "description": "It knows where time goes: a profile: of a program",
}


def found(*components: dict[str, Any]) -> dict[str, Any]:
    """As `cyclonedx-py environment` says it."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "metadata": {"tools": {"components": [{"name": "cyclonedx-py"}]}},
        "components": list(components),
        "dependencies": [{"ref": "segue==1.2.3", "dependsOn": ["numpy==2.4.6"]}],
    }


def made(folder: Path, document: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    given = folder / "found.json"
    given.write_text(json.dumps(document), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-I", SCRIPT, given, folder], capture_output=True, check=False, text=True
    )


def test_segue_is_what_the_list_is_about(tmp_path: Path) -> None:
    done = made(tmp_path, found(NUMPY, SEGUE))
    path = tmp_path / "segue-1.2.3.cdx.json"
    assert (done.returncode, done.stdout) == (0, f"{path}: 1 packages\n"), done.stderr
    bill = json.loads(path.read_text(encoding="utf-8"))
    subject = bill["metadata"]["component"]
    assert (subject["name"], subject["version"], subject["type"]) == (
        "segue",
        "1.2.3",
        "application",
    )
    assert bill["components"] == [NUMPY]
    # What depends on what is told by a name that the subject kept.
    assert bill["dependencies"][0]["ref"] == subject["bom-ref"]
    assert "/home/ada" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (found(NUMPY), "does not hold Segue"),
        (found(SEGUE), "does not hold Segue and what it needs"),
        (found(SEGUE, NUMPY, {**NUMPY, "name": "pip"}), "the environment holds pip"),
        (
            found(SEGUE, {**NUMPY, "externalReferences": [{"url": "file:///tmp/numpy"}]}),
            "names a place on this disk",
        ),
    ],
)
def test_what_is_no_list_of_its_parts_is_refused(
    tmp_path: Path, document: dict[str, Any], said: str
) -> None:
    done = made(tmp_path, document)
    assert done.returncode == 1
    assert said in done.stderr
    assert list(tmp_path.glob("*.cdx.json")) == []
