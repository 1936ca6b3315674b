"""What every verb shares: three options, one session, one net for errors.

A verb is a plain function whose first parameter is the `Session`::

    def search(session: Session, *, text: Annotated[str, typer.Argument(help="Words.")]) -> None:
        "Find tracks by words."

Options that several verbs take stand in a frozen dataclass, one field each; a parameter annotated
with it takes them all (`segue.cli.narrowing.Narrowed`).

`add` registers it with ``--database``, ``--json`` and ``-v`` behind its own options. The same
three may also stand before the verb.
"""

from __future__ import annotations

import inspect
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from segue.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        "-d",
        metavar="FILE|URL",
        help="The catalogue: a file or a database URL. Else the setting `database`.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON document on stdout.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Show the log, and the traceback of an error.")
]

_COMMON: tuple[tuple[str, Any, object], ...] = (
    ("database", Database, None),
    ("as_json", AsJson, False),
    ("verbose", Verbose, False),
)


def add(app: typer.Typer, function: Callable[..., None], *, name: str | None = None) -> None:
    """Register `function` as a verb of `app`, under `name` or its own."""
    app.command(name or function.__name__)(_command(function))


def add_whole(app: typer.Typer, function: Callable[..., None]) -> None:
    """Register `function` as what a group of verbs does when none of them is named."""
    command = _command(function, whole=True)
    app.callback(invoke_without_command=True)(command)


def _command(function: Callable[..., None], *, whole: bool = False) -> Callable[..., None]:
    """What typer sees: the function's own options, then the common ones."""

    def command(context: typer.Context, **options: Any) -> None:  # noqa: ANN401 (typer checks)
        common = {word: options.pop(word) for word, _, _ in _COMMON}
        for name, bundle in bundles.items():
            options[name] = bundle(**{spec.name: options.pop(spec.name) for spec in fields(bundle)})
        session = _session(context, **common)
        if whole and context.invoked_subcommand is not None:
            # The verb that was named takes what stood before it.
            context.obj = session
            return
        session.start_log()
        code = _run(function, session, options)
        if code:
            raise typer.Exit(code)

    keyword = inspect.Parameter.KEYWORD_ONLY
    # Verbs import these for type checkers alone, so the names are handed in here.
    names = {"Session": Session, "Path": Path}
    own = list(inspect.signature(function, locals=names, eval_str=True).parameters.values())[1:]
    bundles: dict[str, Any] = {
        each.name: each.annotation for each in own if is_dataclass(each.annotation)
    }
    parameters = [
        inspect.Parameter("context", keyword, annotation=typer.Context),
        *(one for each in own for one in _options_of(each)),
        *(
            inspect.Parameter(word, keyword, annotation=kind, default=default)
            for word, kind, default in _COMMON
        ),
    ]
    command.__doc__ = function.__doc__
    command.__name__ = function.__name__
    command.__annotations__ = {spec.name: spec.annotation for spec in parameters}
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return command


def _options_of(parameter: inspect.Parameter) -> list[inspect.Parameter]:
    """A parameter as an option, or the options of a bundle."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    if not is_dataclass(parameter.annotation):
        return [parameter.replace(kind=keyword)]
    kinds = get_type_hints(parameter.annotation, include_extras=True)
    return [
        inspect.Parameter(spec.name, keyword, annotation=kinds[spec.name], default=spec.default)
        for spec in fields(parameter.annotation)
    ]


def _session(
    context: typer.Context, *, database: str | None, as_json: bool, verbose: bool
) -> Session:
    """The common options of this verb, joined with those that stood before it."""
    before = context.find_object(Session) or Session()
    return Session(
        database=before.database if database is None else database,
        as_json=as_json or before.as_json,
        verbose=verbose or before.verbose,
    )


def _run(function: Callable[..., None], session: Session, options: dict[str, Any]) -> int:
    """Call the verb; whatever goes wrong becomes a sentence and an exit code."""
    from segue.cli.failures import report

    try:
        function(session, **options)
    except typer.Exit as end:
        return end.exit_code
    except (Exception, KeyboardInterrupt) as error:
        return report(error, session)
    return 0
