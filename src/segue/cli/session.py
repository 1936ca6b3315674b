"""One run of one verb: which catalogue it means and how it speaks.

The answer goes to stdout, as text or, with ``--json``, as exactly one JSON document. Everything
else (notes, progress, log) goes to stderr.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TextIO

from segue.errors import BadRequestError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console, RenderableType

    from segue.cli.progress import Meter
    from segue.library import Segue
    from segue.settings import Settings

_STEERING = dict.fromkeys(
    (*range(9), *range(11, 32), *range(127, 160)), "\N{REPLACEMENT CHARACTER}"
)

_READABLE_WIDTH = 100
"""Columns of text that no terminal limits: a file, a pipe."""

_NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Session:
    """What the common options say: `database` is None where the setting decides."""

    database: str | None = None
    as_json: bool = False
    verbose: bool = False

    def with_default(self, database: Path) -> Session:
        """The same, meaning `database` unless the command line names one."""
        return self if self.database is not None else replace(self, database=str(database))

    def settings(self) -> Settings:
        """The settings of the environment, with the database of the command line.

        Raises
        ------
        BadRequestError
            A setting has a value that makes no sense.
        """
        from pydantic import ValidationError

        from segue.settings import Settings

        try:
            settings = Settings()
        except ValidationError as error:
            first = error.errors()[0]
            name = f"SEGUE_{'_'.join(str(part) for part in first['loc']).upper()}"
            raise BadRequestError(
                f"the setting {name} is {first['input']!r}: {first['msg'].lower()}",
                remedy="Correct it in the environment or in the file .env; docs/settings.md"
                " lists every setting",
            ) from error
        if self.database is None:
            return settings
        return settings.model_copy(update={"database": self.database})

    def open(self, *, create: bool = False, changed: Mapping[str, object] = _NOTHING) -> Segue:
        """Open the catalogue; close it with ``with``.

        Parameters
        ----------
        create
            Whether it is made where there is none. Verbs that only ask leave it False.
        changed
            Settings that the command line names, by name; None leaves one as it is.
        """
        named = {name: value for name, value in changed.items() if value is not None}
        settings = self.settings().model_copy(update=named)
        from segue.library import Segue

        try:
            return Segue.open(settings.database, settings=settings, create=create)
        except NotFoundError as error:
            if create or not _may_begin(settings.database):
                raise
            raise NotFoundError(
                error.what,
                where=error.where,
                remedy="Begin with `segue scan FOLDER`, `segue import tracks FILE` or"
                " `segue demo`, or name another catalogue with --database",
            ) from error

    def answer(self, document: object, *shown: RenderableType) -> None:
        """Say the answer: `document` as JSON where asked for, else what is `shown`."""
        if self.as_json:
            say_json(document)
            return
        console = _console(sys.stdout)
        with console.capture() as captured:
            for part in shown:
                # Sentences are left to the terminal to wrap, tables are not.
                console.print(part, soft_wrap=isinstance(part, str))
        text = captured.get()
        if not sys.stdout.isatty():
            # Cells are filled up with spaces, which only a terminal does not show.
            text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
        sys.stdout.write(_writable(text, sys.stdout))
        sys.stdout.flush()

    def note(self, text: str) -> None:
        """A sentence beside the answer, on stderr."""
        say(text)

    def meter(self) -> Meter:
        """Progress of long work, on stderr; a context manager whose value is the callback."""
        from segue.cli.progress import Meter

        return Meter(sys.stderr)

    def start_log(self) -> None:
        """Let the library's log through: warnings always, everything with ``-v``."""
        from segue.serve.watching.logs import begin

        begin(verbose=self.verbose)


def _may_begin(database: str) -> bool:
    """Whether a catalogue that is not there could be begun: a file in a folder that is there."""
    path = Path(database.removeprefix("sqlite:///")).expanduser()
    return "://" not in str(path) and path.absolute().parent.is_dir()


def say_json(document: object) -> None:
    """Print one JSON document; characters that stdout cannot show are escaped."""
    from segue.cli.document import plain

    encoding = (sys.stdout.encoding or "ascii").lower()
    text = json.dumps(
        plain(document), ensure_ascii=not encoding.startswith("utf"), indent=2, allow_nan=False
    )
    # A path that is no valid UTF-8 holds lone surrogates; as \udc.. they are valid JSON.
    sys.stdout.write(_writable(text, sys.stdout) + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """A line on stderr, beside the answer."""
    sys.stderr.write(_writable(harmless(text), sys.stderr) + "\n")
    sys.stderr.flush()


def harmless(text: str) -> str:
    """`text` without characters that steer a terminal; names come from files and tables."""
    return text.translate(_STEERING)


def _writable(text: str, stream: TextIO) -> str:
    """`text` with everything that the stream's encoding lacks escaped."""
    encoding = stream.encoding or "ascii"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _console(stream: TextIO) -> Console:
    """A rich console that prints what it is given: no markup, emoji or guessed colours."""
    from rich.console import Console

    return Console(
        file=stream,
        width=None if stream.isatty() else _READABLE_WIDTH,
        markup=False,
        emoji=False,
        highlight=False,
    )
