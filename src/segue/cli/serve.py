"""``segue serve [FOLDER]``: the web pages and the HTTP API."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Annotated

import typer

from segue.cli.progress import duration
from segue.cli.summary import sum_of
from segue.errors import BadRequestError, NotFoundError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from segue.cli.session import Session
    from segue.jobs.runner import Runner
    from segue.library import Segue
    from segue.serve.work import Beside

Host = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Where to listen; else the setting `host`.")
]
Port = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=0, max=65535, help="Port; 0 takes a free one. Else the setting `port`."
    ),
]


def serve(
    session: Session,
    *,
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="FOLDER",
            help="A music folder to look through and analyse while serving.",
            show_default=False,
        ),
    ] = None,
    host: Host = None,
    port: Port = None,
    processes: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            max=64,
            help="Processes that answer on the port; else the setting `processes`.",
        ),
    ] = None,
    no_work: Annotated[
        bool, typer.Option("--no-work", help="Leave queued work to `segue worker`.")
    ] = False,
    demo: Annotated[
        bool, typer.Option("--demo", help="Serve the demo music; the same as `segue demo`.")
    ] = False,
) -> None:
    """Serve the web pages and the HTTP API; stop with Ctrl-C.

    With a folder it says how long the work will take, does it in the background, and answers from
    the first tracks on.
    """
    if demo:
        if processes is not None or no_work:
            raise BadRequestError(
                "--demo takes neither --processes nor --no-work",
                remedy="Set SEGUE_PROCESSES or SEGUE_WORK, or serve its catalogue with --database",
            )
        from segue.cli.demo import demo as serve_demo

        serve_demo(session, host=host, port=port)
        return
    from segue.serve.run import listening

    settings = session.settings()
    if folder is not None:
        folder = folder.expanduser().absolute()
        if not folder.is_dir():
            raise NotFoundError(f"there is no folder {folder}", remedy="Check the path")
    with (
        session.open(
            create=folder is not None,
            changed={"processes": processes, "work": False if no_work else None},
        ) as segue,
        listening(
            settings.host if host is None else host, settings.port if port is None else port
        ) as bound,
    ):
        serve_until_stopped(session, segue, bound=bound, folder=folder, said={})


def serve_until_stopped(
    session: Session,
    segue: Segue,
    *,
    bound: socket.socket,
    folder: Path | None,
    said: Mapping[str, object],
) -> None:
    """Serve on `bound`, looking through `folder` beside it; `said` joins the JSON answer."""
    from segue.jobs.looking import SCAN
    from segue.serve.access.opening import need_leave
    from segue.serve.production import need_safe
    from segue.serve.watching.logs import begin
    from segue.serve.work import Beside

    need_leave(segue.settings, segue.database, bound=bound)
    need_safe(segue.settings, segue.database)
    begin(verbose=session.verbose, as_json=segue.settings.log_format == "json")

    def ready(address: str) -> None:
        session.answer(
            {**said, "address": address, "folder": folder},
            f"Segue answers at {address} (stop with Ctrl-C).",
        )

    _tell_the_model(session, segue)
    beside = Beside.of(segue)
    if folder is not None:
        session.note(_outlook(folder, segue))
        job = beside.runner.submit(SCAN, {"root": str(folder)}, address="jobs")
        threading.Thread(
            target=_tell_the_end, args=(session, segue, beside.runner, job), daemon=True
        ).start()
    _answer(session, segue, beside, bound=bound, ready=ready)
    session.note("Stopped; what was finished is kept.")


def _answer(
    session: Session,
    segue: Segue,
    beside: Beside,
    *,
    bound: socket.socket,
    ready: Callable[[str], None],
) -> None:
    """Answer, here or by several processes, until it is to stop."""
    from segue.serve.run import address_of, run

    settings = segue.settings
    if settings.processes == 1:
        run(segue, bound=bound, beside=beside, on_ready=ready)
        return
    from segue.serve.processes import Speech, run_many

    if not settings.cache_url:
        session.note(
            "Each process counts passwords that are tried and requests of keys by itself;"
            " SEGUE_CACHE_URL lets them count requests together."
        )
    run_many(
        settings.model_copy(update={"database": str(segue.database.path or settings.database)}),
        bound=bound,
        on_ready=lambda: ready(address_of(bound) + settings.base_path),
        speech=Speech(verbose=session.verbose, as_json=settings.log_format == "json"),
    )


def _tell_the_model(session: Session, segue: Segue) -> None:
    """Say where the model that is set cannot be used; let it, or none, take its place beside."""
    from segue.jobs.standing import model

    stands = model(segue.database, settings=segue.settings)
    if stands is not None and stands.problem:
        session.note(f"Attributes are not predicted: {stands.problem}")
    threading.Thread(target=segue.settle, name="segue-settle", daemon=True).start()


def _outlook(folder: Path, segue: Segue) -> str:
    """How many files there are and how long they will take, before any work."""
    from segue.catalogue.files import known
    from segue.jobs.analyse import outlook
    from segue.sources.folder import Found, walk

    before = known(segue.database, folder)
    paths = [str(one.path) for one in walk(folder) if isinstance(one, Found)]
    fresh = sum(path not in before for path in paths)
    ahead = outlook(segue.database, settings=segue.settings, fresh=fresh)
    if ahead.waiting == 0:
        return f"{len(paths):,} audio files in {folder}, all known; looking for changes."
    if segue.settings.over:
        return (
            f"{len(paths):,} audio files in {folder}, {fresh:,} of them new, which the workers of"
            f" {segue.settings.over} analyse in the background."
        )
    first = ""
    if ahead.recommendable:
        first = f"{duration(ahead.recommendable)} until all can be recommended, "
    return (
        f"{len(paths):,} audio files in {folder}, {fresh:,} of them new: about {first}"
        f"{duration(ahead.whole)} until all are analysed, in the background."
    )


def _tell_the_end(session: Session, segue: Segue, runner: Runner, job: int) -> None:
    """Say when the work beside serving is done; why it failed is in the log already."""
    if runner.wait(job).state == "done":
        session.note(f"All files are looked at: {sum_of(segue.status().ledger)}.")
