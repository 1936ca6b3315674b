"""What is done beside answering: every kind of work, and the runner that does it.

A server does all of it, some kinds, or none; what it leaves is for workers (`segue worker`), which
may run on other machines. A worker takes only what it can reach: folders of music that lie under
the same path there, files of listeners where their folder is shared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

from fastapi import Depends, Request

from segue.catalogue import uploads
from segue.jobs.charting import MAP, charting
from segue.jobs.looking import SCAN, looking
from segue.jobs.queue import bell_of
from segue.jobs.runner import Kind, Runner
from segue.jobs.teaching import TEACH, missing, teaching
from segue.serve.brought import UPLOAD, WAVEFORM, Store
from segue.serve.hearing import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from segue.catalogue.database import Database
    from segue.library import Segue

KINDS = (SCAN, UPLOAD, WAVEFORM, TEACH, MAP)
"""Names of all kinds of work."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the answers of one library: files that are brought, and work.

    Attributes
    ----------
    store
        The files.
    runner
        Does every kind of work, or queues it for others; not started.
    """

    store: Store
    runner: Runner

    @classmethod
    def of(cls, segue: Segue, *, takes: Collection[str] | None = None) -> Self:
        """What belongs to an open library.

        Parameters
        ----------
        takes
            Kinds of work that are done here; all others are left to workers. None does all, or
            nothing where the setting ``work`` says so.
        """
        store, settings = Store(segue), segue.settings
        if takes is None:
            takes = KINDS if settings.work else ()
        # A server that does all itself needs no bell, unless others are told to listen.
        named = settings.queue_url.get_secret_value()
        quiet = not named and set(takes) == set(KINDS)
        bell = None if quiet else bell_of(segue.database, settings)
        return cls(store, Runner(segue.database, _kinds(segue, store), takes=takes, bell=bell))

    @classmethod
    def working(cls, segue: Segue, *, takes: Collection[str] = KINDS) -> Self:
        """What belongs to a worker, which takes of these kinds what it can reach."""
        store = Store(segue)
        able: dict[str, Callable[[Mapping[str, Any]], bool]] = {
            SCAN: _is_here,
            UPLOAD: partial(_holds, segue.database, store),
            WAVEFORM: partial(_holds, segue.database, store),
            TEACH: lambda _: not missing(),
        }
        kinds = {
            name: replace(kind, able=able.get(name)) for name, kind in _kinds(segue, store).items()
        }
        kinds[UPLOAD] = replace(kinds[UPLOAD], due=partial(_tidied, store))
        bell = bell_of(segue.database, segue.settings)
        return cls(store, Runner(segue.database, kinds, takes=takes, bell=bell))

    def hear(self, token: str) -> int:
        """Have a file that was brought listened to; the number of the job."""
        return self.runner.submit(UPLOAD, {"token": token}, address=f"uploads/{token}")


def _kinds(segue: Segue, store: Store) -> dict[str, Kind]:
    settings = segue.settings
    if segue.database.path is not None:
        # Work in a process of its own opens the same catalogue, whatever the setting says.
        settings = settings.model_copy(update={"database": str(segue.database.path)})
    return {
        SCAN: looking(segue.database, settings=settings),
        UPLOAD: Kind(store.hear, at_once=AT_ONCE, due=store.tidy),
        WAVEFORM: Kind(store.measure),
        TEACH: teaching(settings),
        MAP: charting(segue.database, settings=settings),
    }


def _is_here(payload: Mapping[str, Any]) -> bool:
    root = payload.get("root")
    return root is None or Path(root).is_dir()


def _holds(database: Database, store: Store, payload: Mapping[str, Any]) -> bool:
    """Whether the bytes of a file are here, or nobody has it any more."""
    token = str(payload["token"])
    if (store.folder / token).is_file():
        return True
    if not store.folder.is_dir():
        return False
    rows = uploads.many(database, [token])
    return all(row.kept is not None and Path(row.kept).is_file() for row in rows)


def _tidied(store: Store) -> Iterable[Mapping[str, Any]]:
    """What is to be listened to again; a worker that does not share the folder knows of nothing."""
    return store.tidy() if store.folder.is_dir() else ()


def _runner(request: Request) -> Runner:
    runner: Runner = request.app.state.beside.runner
    return runner


def _beside(request: Request) -> Beside:
    beside: Beside = request.app.state.beside
    return beside


Working = Annotated[Runner, Depends(_runner)]
"""The runner of this server, as a parameter of a route."""

Besides = Annotated[Beside, Depends(_beside)]
"""The files that were brought, and the runner, as one parameter of a route."""
