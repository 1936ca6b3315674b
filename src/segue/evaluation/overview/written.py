"""A report in a folder: report.md, report.json and its pictures."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from segue.errors import UnavailableError
from segue.evaluation.overview.page import page
from segue.evaluation.overview.report import with_pictures

if TYPE_CHECKING:
    from pathlib import Path

    from segue.evaluation.overview.report import Evaluation


def write(report: Evaluation, folder: Path) -> Evaluation:
    """Write a report; it then names its pictures.

    Without matplotlib there are none, and a note says so.

    Parameters
    ----------
    report
        What was found.
    folder
        There already.

    Raises
    ------
    UnavailableError
        A file cannot be written.
    """
    from segue.evaluation.pictures.overview import draw

    if importlib.util.find_spec("matplotlib") is None:
        missing = "There are no pictures: they need matplotlib, pip install 'segue[attributes]'"
        report = replace(report, notes=(*report.notes, missing))
    else:
        report = with_pictures(report, draw(report, folder))
    try:
        (folder / "report.json").write_text(
            json.dumps(report.to_json(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        text = f"# Every method, one table\n\n{page(report)}"
        (folder / "report.md").write_text(text, encoding="utf-8")
    except OSError as error:
        raise UnavailableError(
            f"the report could not be written: {error.strerror}",
            where=str(folder),
            remedy="Name another folder with --out",
        ) from error
    return report
