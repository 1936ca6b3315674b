"""The way in: the list of verbs, and `run`, which the command ``segue`` calls."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

import segue
from segue.cli import (
    account,
    analyse,
    backup,
    cache,
    continuing,
    crawl,
    demo,
    describe,
    doctor,
    duplicates,
    evaluate,
    federate,
    feedback,
    fetch,
    importing,
    links,
    map,
    migrate,
    mix,
    move,
    order,
    path,
    radio,
    scan,
    search,
    serve,
    similar,
    status,
    train,
    wish,
    worker,
)
from segue.cli.failures import say_error, silence_stdout
from segue.cli.session import Session
from segue.cli.verb import AsJson, Database, Verbose, add
from segue.collector import collect_seldom
from segue.errors import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

app = typer.Typer(
    name="segue",
    help="Similar music from your own catalogue, with the reason on every row.",
    epilog="Begin with `segue demo`, or with your own music: `segue serve ~/Music`.",
    no_args_is_help=True,
    add_completion=True,
    # Plain help: the same on a terminal, in a pipe and in docs/cli.md, and no rich to load.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"segue {segue.__version__}")
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    *,
    version: Annotated[  # noqa: ARG001 (its callback answers)
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
    database: Database = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    context.obj = Session(database=database, as_json=as_json, verbose=verbose)


add(app, demo.demo)
add(app, serve.serve)
add(app, worker.worker)
add(app, scan.scan)
app.add_typer(importing.app, name="import")
app.add_typer(crawl.app, name="crawl")
add(app, fetch.fetch)
add(app, analyse.analyse)
add(app, describe.describe)
add(app, search.search)
add(app, similar.similar)
add(app, continuing.continue_, name="continue")
add(app, mix.mix)
add(app, order.order)
add(app, path.path)
add(app, radio.radio)
add(app, wish.wish)
app.add_typer(feedback.app, name="feedback")
app.add_typer(links.app, name="links")
app.add_typer(train.app, name="train")
app.add_typer(federate.app, name="federate")
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(account.accounts_app, name="account")
app.add_typer(account.keys_app, name="key")
add(app, map.map_, name="map")
add(app, duplicates.duplicates)
add(app, migrate.migrate)
add(app, backup.backup)
add(app, backup.restore)
add(app, move.move)
add(app, status.status)
add(app, cache.cache)
add(app, doctor.doctor)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments
        The words behind ``segue``; those of the process when None.

    Returns
    -------
    int
        The exit code, one of those in `segue.cli.failures`.
    """
    # One thread a process, before numpy is loaded: pools of native libraries stall one another.
    for pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(pool, "1")
    collect_seldom()
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = app(args=words, prog_name="segue", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        return _misused(error, as_json="--json" in words)
    except BrokenPipeError:
        return silence_stdout()
    return code if isinstance(code, int) else 0


def _misused(error: typer.TyperException, *, as_json: bool) -> int:
    """Words that are no command of ours: usage error, exit code 2."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "segue"
    message = error.format_message()
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(message, err=True)
        return 2
    listed = getattr(error.__cause__, "errors", None)
    if listed is not None:
        # typer leaves the value out of its sentence; pydantic, which read it, has it.
        given = f"Invalid value {listed()[0]['input']!r}"
        message = message.replace("Invalid value", given, 1)
    what, _, guess = message.rstrip(".?").partition("Did you mean ")
    help_ = f"`{path} --help` says what it takes"
    problem = BadRequestError(
        what.rstrip(". "), remedy=f"Perhaps {guess} is meant; {help_}" if guess else help_
    )
    say_error(problem, as_json=as_json)
    return problem.exit_code
