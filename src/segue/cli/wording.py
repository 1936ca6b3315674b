"""What words are understood as: shown, as a document, and read back from one."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from segue.cli.document import plain
from segue.cli.session import harmless
from segue.errors import BadFileError, BadRequestError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.console import RenderableType

    from segue.records import Answer
    from segue.words.understood import Understood

_GAP = (0, 2, 0, 0)


def reading(said: Understood) -> Iterator[RenderableType]:
    """Every phrase with what it was taken for; near words behind what could be meant else."""
    if not said.phrases:
        return
    grid = Table.grid(padding=_GAP)
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for phrase in said.phrases:
        near = f"; or write: {', '.join(phrase.near)}" if phrase.near else ""
        grid.add_row(Text(harmless(phrase.text), style="bold"), harmless(phrase.means + near))
    yield grid


def with_reading(found: Answer, said: Understood) -> dict[str, Any]:
    """The document of an answer, with what the words were understood as."""
    document: dict[str, Any] = plain(found)
    return document | {"understood": plain(said)}


def written(path: Path) -> Understood:
    """What somebody sends back in a file, or on stdin for "-".

    Raises
    ------
    BadFileError
        There is no such file.
    BadRequestError
        It is no JSON, or does not say what is understood.
    """
    from segue.words.written import understood_from

    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
        document = json.loads(text)
    except OSError as error:
        raise BadFileError(
            f"{path} cannot be read: {error.strerror}", remedy="Check the path"
        ) from error
    except ValueError as error:
        raise BadRequestError(
            "what is understood is no JSON",
            where=str(path),
            remedy="Begin with what `segue wish WORDS --read --json` says",
        ) from error
    return understood_from(document)
