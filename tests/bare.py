"""A virtual environment that has everything but what only training needs."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from importlib.metadata import distributions
from pathlib import Path

TRAINING = (
    "torch", "scikit-learn", "onnx", "onnxscript", "xgboost", "xgboost-cpu", "optuna", "matplotlib",
    "skl2onnx", "onnxmltools", "librosa",
)  # fmt: skip
"""Distributions that are left out."""


def without_training(folder: Path) -> Path:
    """The Python of a fresh environment in `folder`, made of links, in a second."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    asked = subprocess.run([python, "-c", where], check=True, capture_output=True, text=True)
    there = Path(asked.stdout.strip())
    left_out = {
        str(file).partition("/")[0]
        for one in distributions()
        if one.metadata["Name"].lower() in TRAINING
        for file in one.files or ()
    }
    for place in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for each in Path(place).iterdir():
            link = there / each.name
            if each.name not in left_out and each.name != "__pycache__" and not link.exists():
                link.symlink_to(each)
    return python
