"""A Dask cluster: how its address is written, how it is reached, and what its machines run.

``dask://HOST:PORT`` is a scheduler that is reached in the clear, ``dask+tls://HOST:PORT`` one by
TLS; Dask's own ``tcp://`` and ``tls://`` mean the same. Certificates are those of Dask's
configuration (``distributed.comm.tls``), for the scheduler, its workers and for us alike.

Whoever reaches a scheduler can make its workers, and those that use it, run any code: what crosses
the wire are pickles. So an address in the clear is for a network that is trusted.
"""

from __future__ import annotations

import logging
import platform
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from segue.errors import BadRequestError, UnavailableError
from segue.settings import CLUSTER_ADDRESS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CALLING = 10
"""Seconds a scheduler may take to answer."""

_SCHEMES = {"dask": "tcp", "dask+tls": "tls"}


def address_of(given: str) -> str:
    """The address as Dask writes it.

    Parameters
    ----------
    given
        ``dask://HOST:PORT``, ``dask+tls://HOST:PORT``, or with Dask's own ``tcp`` or ``tls``.

    Raises
    ------
    BadRequestError
        It is no such address.
    UnavailableError
        The packages for it are not installed.
    """
    if not CLUSTER_ADDRESS.fullmatch(given):
        raise BadRequestError(
            f"{given!r} is no address of a cluster",
            remedy="Write dask://HOST:PORT, or dask+tls://HOST:PORT for TLS",
        )
    if find_spec("distributed") is None:
        raise UnavailableError(
            "a cluster needs a package that is not installed: distributed",
            where=given,
            remedy="Run: pip install 'segue[cluster]'",
        )
    scheme, _, rest = given.partition("://")
    return f"{_SCHEMES.get(scheme, scheme)}://{rest}"


def connect(given: str) -> Any:  # noqa: ANN401 (distributed has no types)
    """A connection to a scheduler: a ``distributed.Client``, to be ended by `end`.

    Raises
    ------
    BadRequestError, UnavailableError
        As `address_of`, and where no scheduler answers.
    """
    address = address_of(given)
    from distributed import Client

    for name in ("distributed", "distributed.client"):
        # Where a connection is lost, whoever uses it says so; Dask would add pages of traceback.
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # Made in two steps, as one that fails has begun a thread and must be ended all the same.
    client: Any = Client.__new__(Client)
    try:
        client.__init__(address, timeout=CALLING, set_as_default=False, name="segue")
    except (OSError, ValueError, TypeError) as problem:
        end(client, within=CALLING)
        if address.startswith("tls:"):
            remedy = (
                "Do `distributed.comm.tls.ca-file`, `client.cert` and `client.key` of Dask's"
                " configuration name the certificates that the scheduler knows? docs/cluster.md"
                " says how"
            )
        else:
            remedy = "Start one with `dask scheduler`; if it wants TLS, write dask+tls://"
        raise UnavailableError(
            f"no Dask scheduler answers ({in_one_line(problem)})", where=given, remedy=remedy
        ) from None
    return client


def end(client: Any, *, within: float) -> None:  # noqa: ANN401
    """End a connection and its thread, whether or not the scheduler answers.

    What is left open, Dask closes when the garbage is collected: whichever thread does that waits
    for up to twice `CALLING`, and for as long in vain where it is a connection's own.

    Parameters
    ----------
    client
        From `connect`.
    within
        Seconds the scheduler has for its answer.
    """
    with suppress(OSError, RuntimeError, TimeoutError):
        client.close(timeout=within)
    # Dask leaves the thread to a connection that was lost, or never was.
    if (thread := getattr(client, "_loop_runner", None)) is not None:
        thread.stop()
    client.status = "closed"


@contextmanager
def connected(given: str) -> Iterator[Any]:
    """A connection to a scheduler for as long as the ``with`` lasts; errors as of `connect`."""
    client = connect(given)
    try:
        yield client
    finally:
        end(client, within=CALLING)


def installed(names: Sequence[str]) -> dict[str, str]:
    """Versions of packages as they are installed here, "none" for one that is not; and Python's."""
    found = {"Python": platform.python_version()}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return found


def differing(here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """What another machine has otherwise, in words; empty where all is the same."""
    return ", ".join(
        f"{name} {there.get(name, 'none')} where this has {wanted}"
        for name, wanted in here.items()
        if there.get(name, "none") != wanted
    )


def check_alike(client: Any, names: Sequence[str], *, where: str) -> None:  # noqa: ANN401
    """Refuse a cluster of which a worker has other versions, or that has no worker.

    Parameters
    ----------
    client
        From `connect`.
    names
        Of the packages.
    where
        The address, for the message.

    Raises
    ------
    UnavailableError
        Names the worker and what it has otherwise.
    """
    here = installed(names)
    found = client.run(installed, tuple(names), on_error="return")
    if not found:
        raise UnavailableError("the cluster has no worker", where=where, remedy=START_WORKERS)
    for worker, there in sorted(found.items()):
        if isinstance(there, Exception):
            other = f"it cannot say what it runs ({in_one_line(there)})"
        else:
            other = differing(here, there)
        if other:
            raise UnavailableError(
                f"the worker {worker} cannot take part: {other}",
                where=where,
                remedy="Install the same versions there, or end that worker",
            )


START_WORKERS = "Start one on every machine that is to help: `dask worker ADDRESS`"


def in_one_line(problem: BaseException) -> str:
    """What went wrong, by its first cause, in one line."""
    first = problem.__cause__ or problem
    text = " ".join(str(first).split()).rstrip(".")
    return f"{type(first).__name__}: {text}"[:300] if text else type(first).__name__
