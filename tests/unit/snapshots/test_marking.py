"""A mark says what made a snapshot: two machines with the same versions agree, others do not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import segue
from segue.snapshots import marking
from segue.snapshots.marking import made_by

if TYPE_CHECKING:
    import pytest

HOME = Path(segue.__file__).parent
LONG_AGO = 10**9
"""A time of a file, seconds: that of an image that was built years before."""


def installed(folder: Path) -> Path:
    """A second installation of Segue's code, whose files are of another time."""
    unread = shutil.ignore_patterns("static", "templates", "__pycache__", "*.onnx")
    shutil.copytree(HOME, folder / "segue", ignore=unread)
    for path in folder.rglob("*"):
        os.utime(path, (LONG_AGO, LONG_AGO))
    return folder


def distributed(folder: Path, version: str, *, module: str = "place = 1\n") -> Path:
    """A package of somebody else's that announces a space."""
    folder.mkdir(exist_ok=True)
    (folder / "moods.py").write_text(module)
    about = folder / f"moods-{version}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: moods\nVersion: {version}\n")
    (about / "entry_points.txt").write_text("[segue.spaces]\nmoods = moods:MoodSpace\n")
    return folder


def mark(folder: Path) -> str:
    """What a program says that looks for its packages in this folder first."""
    said = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return said.stdout.strip()


_PROGRAM = """
import os
import segue
from segue.snapshots.marking import made_by
first = os.environ["PYTHONPATH"]
assert segue.__file__.startswith(first) == os.path.isdir(os.path.join(first, "segue"))
print(made_by())
"""


def test_two_installations_of_the_same_agree(tmp_path: Path) -> None:
    one, other = installed(tmp_path / "one"), installed(tmp_path / "elsewhere" / "two")
    (other / "segue" / "snapshot.py").touch()
    assert mark(one) == mark(other) == made_by()


def test_a_page_that_was_edited_makes_no_other_snapshot(tmp_path: Path) -> None:
    one = installed(tmp_path / "one")
    (one / "segue" / "serve" / "app.py").write_text("edited = True\n")
    assert mark(one) == made_by()


def test_code_that_was_edited_makes_another(tmp_path: Path) -> None:
    one = installed(tmp_path / "one")
    path = one / "segue" / "spaces" / "text.py"
    path.write_text(path.read_text().replace("0", "1", 1))
    os.utime(path, (LONG_AGO, LONG_AGO))
    assert mark(one) != made_by()


def test_spaces_of_others_count_by_their_distribution_and_its_version(tmp_path: Path) -> None:
    first = mark(distributed(tmp_path / "one", "1.0"))
    assert first != made_by()
    assert mark(distributed(tmp_path / "two", "1.0")) == first
    assert mark(distributed(tmp_path / "three", "1.1")) != first
    # While a package is written, its version stays.
    assert mark(distributed(tmp_path / "four", "1.0", module="place = 2\n")) != first


def test_a_space_whose_module_is_gone_is_left_to_who_loads_it(tmp_path: Path) -> None:
    broken = distributed(tmp_path / "broken", "1.0")
    (broken / "moods.py").unlink()
    assert mark(broken) != made_by()


def test_the_maker_is_another_with_fewer_spaces(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = made_by()
    assert made_by() == ours
    monkeypatch.setattr(marking, "entry_points", lambda **_: [])
    assert made_by() != ours
