"""Lines of the log: for people and as JSON, each with the request it belongs to."""

from __future__ import annotations

import json
import logging
import sys

from segue.serve.watching import naming
from segue.serve.watching.logs import ForPeople, ForPrograms


def line(message: str, *, told: dict[str, object] | None = None, fault: bool = False):
    info = None
    if fault:
        try:
            raise ValueError("a\nb")
        except ValueError:
            info = sys.exc_info()
    record = logging.LogRecord("segue.x", logging.WARNING, "x.py", 1, message, (), info)
    if told is not None:
        record.told = told
    return record


def test_for_people_the_request_stands_in_brackets() -> None:
    assert ForPeople().format(line("it is so")) == "WARNING segue.x: it is so"
    with naming.during("one"):
        assert ForPeople().format(line("it is so")) == "WARNING segue.x [one]: it is so"


def test_json_is_one_object_on_one_line_with_what_is_told_besides() -> None:
    with naming.during("one"):
        text = ForPrograms().format(line("a\nb “é”", told={"seconds": 0.25}, fault=True))
    assert "\n" not in text
    said = json.loads(text)
    assert said["message"] == "a\nb “é”"
    assert (said["level"], said["logger"], said["request"]) == ("warning", "segue.x", "one")
    assert (said["seconds"], said["error"]) == (0.25, "ValueError")
    assert "Traceback" in said["trace"]
    assert said["time"].endswith("Z")


def test_beside_requests_there_is_no_id() -> None:
    said = json.loads(ForPrograms().format(line("x")))
    assert set(said) == {"time", "level", "logger", "message", "process"}
    with naming.during("one"), naming.during("two"):
        assert naming.current() == "two"
    assert naming.current() == ""
