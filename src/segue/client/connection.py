"""One request and its answer: the key, problems as errors, what is safe to send again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx2

from segue import errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SERVER = "http://127.0.0.1:8765"
"""Where `segue serve` answers when nobody says."""

TRIES = 3
"""How often a request is sent where the connection breaks and sending it twice does no harm."""

_KINDS: Mapping[str, type[errors.SegueError]] = {
    "bad-request": errors.BadRequestError,
    "bad-parameter": errors.BadRequestError,
    "not-found": errors.NotFoundError,
    "not-allowed": errors.BadRequestError,
    "unknown-caller": errors.UnknownCallerError,
    "forbidden": errors.ForbiddenError,
    "bad-file": errors.BadFileError,
    "bad-table": errors.BadTableError,
    "key-reused": errors.KeyReusedError,
    "too-large": errors.TooLargeError,
    "busy": errors.BusyError,
    "away": errors.AwayError,
    "unavailable": errors.UnavailableError,
    "too-often": errors.TooOftenError,
    "crowded": errors.CrowdedError,
    "warming-up": errors.WarmingUpError,
    "internal": errors.InternalError,
}
_SAFE = frozenset({"GET", "PUT", "DELETE"})


class Connection:
    """Connections to one server.

    Parameters
    ----------
    address
        Of the server, with the path it lies under.
    key
        What the server knows the program by; None sends none.
    timeout
        Seconds to wait for an answer.
    """

    def __init__(self, address: str, *, key: str | None, timeout: float) -> None:
        self.address = address.rstrip("/")
        headers = {"Accept": "application/json"}
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        self._http = httpx2.Client(headers=headers, timeout=timeout)

    def close(self) -> None:
        """Close all of them."""
        self._http.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,  # noqa: ANN401 (any JSON)
        headers: Mapping[str, str] | None = None,
        file: tuple[str, bytes] | None = None,
        again: bool = False,
    ) -> Any:  # noqa: ANN401 (any JSON)
        """Send a request; the JSON of the answer, None where it has no body.

        Parameters
        ----------
        path
            Behind the address.
        body, file
            What is sent as JSON, or as a form with one file: its name and its bytes.
        again
            Whether it may be sent a second time though its method changes something.

        Raises
        ------
        SegueError
            What the server refuses, as the error of the library for it; UnavailableError where no
            server answers.
        """
        request = self._http.build_request(
            method,
            f"{self.address}{path}",
            params=_plain(query or {}),
            json=body,
            headers=dict(headers or {}),
            files=None if file is None else {"file": file},
        )
        tries = TRIES if again or method in _SAFE else 1
        answer = self._answer(request, tries)
        if answer.is_success:
            return answer.json() if answer.content else None
        raise refusal(answer)

    def _answer(self, request: httpx2.Request, tries: int) -> httpx2.Response:
        for left in range(tries - 1, -1, -1):
            try:
                return self._http.send(request)
            except httpx2.TransportError as error:
                if not left:
                    raise errors.UnavailableError(
                        f"no Segue answers at {self.address} ({error or type(error).__name__})",
                        remedy="Start one: `segue serve`, or name another address",
                    ) from error
        raise AssertionError("a request is sent once at least")

    def pages(
        self, path: str, *, query: Mapping[str, Any], name: str
    ) -> Iterator[Mapping[str, Any]]:
        """All entries of a list, page after page as they are needed.

        Parameters
        ----------
        name
            Of the list within a page.
        """
        after: Any = None
        while True:
            page = self.send(
                "GET", path, query={**query, **({} if after is None else {"after": after})}
            )
            yield from page[name]
            after = page["next"]
            if after is None:
                return


def refusal(answer: httpx2.Response) -> errors.SegueError:
    """What a server refused, as an error."""
    if "json" not in answer.headers.get("content-type", ""):
        return errors.UnavailableError(
            f"{answer.url} answered {answer.status_code}, and not as Segue does",
            remedy="Check the address, and the proxy before it",
        )
    said = answer.json()
    if "detail" not in said:
        what, remedy, kind = f"the server answered {answer.status_code}", "", "unavailable"
    else:
        what, remedy = said["detail"].removesuffix("."), (said.get("remedy") or "")
        kind = said["type"].rpartition("#problem-")[2]
    if kind == "too-often":
        wait = float(answer.headers.get("retry-after", "1"))
        return errors.TooOftenError(what, remedy=remedy.removesuffix("."), seconds=wait)
    return _KINDS.get(kind, errors.UserError)(what, remedy=remedy.removesuffix("."))


def _plain(query: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as they are written in an address."""
    told = {name: value for name, value in query.items() if value is not None}
    return {n: str(v).lower() if isinstance(v, bool) else v for n, v in told.items()}
