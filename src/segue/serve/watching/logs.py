"""The log of a server: lines for people, or one JSON object a line for programs that collect them.

Both name the request a line belongs to. As JSON every line has ``time`` (UTC), ``level``,
``logger``, ``message``, ``process``, and where there is one ``request``; what a line tells in
numbers besides stands under names of its own (``told``), an exception under ``error`` and
``trace``. JSON holds a line for every request too, by the pattern of its route.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from segue.serve.watching.naming import current


class ForPeople(logging.Formatter):
    """``WARNING segue.assemble [3f2a…]: what happened``; without brackets beside requests."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s%(request)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """One line, and a traceback where there is one."""
        request = current()
        record.request = f" [{request}]" if request else ""
        return super().format(record)


class ForPrograms(logging.Formatter):
    """One JSON object, on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
        }
        if request := current():
            line["request"] = request
        line |= getattr(record, "told", {})
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def begin(*, verbose: bool, as_json: bool = False) -> None:
    """Start the log of a process on the standard error: warnings always, everything if `verbose`.

    As JSON it holds what the library says beside warnings too, and a line for every request.
    """
    level = logging.DEBUG if verbose else logging.WARNING
    logging.basicConfig(stream=sys.stderr, level=level, force=True)
    made = ForPrograms() if as_json else ForPeople()
    for handler in logging.getLogger().handlers:
        handler.setFormatter(made)
    logging.getLogger("segue").setLevel(min(logging.INFO, level) if as_json else logging.NOTSET)
    for loud in ("asyncio", "multipart", "python_multipart"):
        logging.getLogger(loud).setLevel(logging.INFO)
    for telling in ("httpx2", "httpcore2"):  # addresses, with what was asked for
        logging.getLogger(telling).setLevel(logging.WARNING)
