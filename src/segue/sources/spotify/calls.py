"""One question to a service over HTTP: asked within limits, again where that may help.

What may pass (no connection, silence, an answer that breaks off or is no JSON, 408, 429, 5xx) is
tried again after a delay (`segue.sources.spotify.manners`), or after the time the service names in
``Retry-After`` (RFC 9110, section 10.2.3), two days at most. What will not change is said at once.
A service that fails time and again, or asks to be left alone, is left alone
(`segue.caching.circuit`).

No message holds a token, a password or the address's query.
"""

from __future__ import annotations

import json
import random
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

from segue.caching.circuit import Circuit
from segue.errors import BadRequestError, NotFoundError, SegueError, TooLargeError, UnavailableError
from segue.sources.fetching import seconds_asked
from segue.sources.spotify.manners import delay

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx2

    from segue.sources.spotify.manners import Manners

USER_AGENT = "Segue (self-hosted music recommender)"

LARGEST_JSON = 8 << 20
"""Bytes an answer may have: a page of a hundred tracks takes a few hundred thousand."""

REFUSED_SECONDS = 300.0
"""How long nothing is asked after credentials were refused: they will not be right by then, but
somebody may have corrected them elsewhere."""

LONGEST_HELD = 2 * 86_400.0
"""Seconds for which a service is left alone at most, whatever it asks for: a year is a mistake of
its own, or somebody who pretends to be it."""

_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_GONE = frozenset({404, 410})
_LEAST_LEFT = 0.1
_SAID = 160

T = TypeVar("T")


class _FailedError(Exception):
    """A try came to nothing, and another may not; `wait` is what the service asks for."""

    def __init__(self, reason: str, *, wait: float | None = None) -> None:
        super().__init__(reason)
        self.reason, self.wait = reason, wait


class DeniedError(UnavailableError):
    """The credentials or the token were refused (400 of the token's address, 401)."""


class WithheldError(UnavailableError):
    """It is there, and not given to this app (403)."""


class Calls:
    """Asks one service; may be used by several threads.

    Parameters
    ----------
    manners
        How it is treated.
    clock, sleep
        Seconds that only grow, and a wait of so many seconds.
    source
        Of the jitter.
    """

    def __init__(
        self,
        manners: Manners,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        source: random.Random | None = None,
    ) -> None:
        self._manners, self._clock, self._sleep = manners, clock, sleep
        self._source = random.Random() if source is None else source  # noqa: S311 (no secret)
        self._lock = threading.Lock()
        self._http: httpx2.Client | None = None
        self._closed = False
        self.circuit = Circuit(failures=manners.failures, seconds=manners.rest, clock=clock)

    @property
    def away(self) -> bool:
        """Whether the service is left alone at this moment."""
        return self.circuit.left > 0

    def json(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str | int] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The JSON object that an address answers with.

        Parameters
        ----------
        url
            Without a query.
        headers
            Beyond who asks.
        params
            The query.
        form
            Sent as a form where given; else it is a plain question.

        Raises
        ------
        NotFoundError
            There is no such thing (404, 410).
        DeniedError
            Credentials or token are refused (401; 400 where a form was sent).
        BadRequestError
            It makes no sense of the question (another 4xx).
        WithheldError
            It is not given to this app (403).
        UnavailableError
            The service cannot be reached, fails, or is left alone.
        TooLargeError
            The answer is larger than `LARGEST_JSON`.
        """

        def once() -> dict[str, Any]:
            body = self._once(
                url, headers=headers, params=params, form=form, most=LARGEST_JSON, seek="JSON"
            )
            try:
                found = json.loads(body)
            except (ValueError, RecursionError) as error:
                raise _FailedError("it answers with what is no JSON") from error
            if not isinstance(found, dict):
                raise _FailedError("it answers with JSON that is no object")
            return found

        return self._tried(once, url)

    def picture(self, url: str, *, most: int) -> bytes:
        """What lies at an address, at most so many bytes; raises as `json` does."""

        def once() -> bytes:
            return self._once(url, headers={}, params=None, form=None, most=most, seek="picture")

        return self._tried(once, url)

    def close(self) -> None:
        """Let go of connections; who asks or waits is told that nothing comes any more."""
        with self._lock:
            self._closed = True
            if self._http is not None:
                self._http.close()
                self._http = None

    def _tried(self, once: Callable[[], T], url: str) -> T:
        reason = ""
        for failed in range(1, self._manners.tries + 1):
            if not self.circuit.lets_through():
                raise self._left_alone(url, reason)
            try:
                found = once()
            except _FailedError as failure:
                reason = failure.reason
                self._wait(failure, failed, url)
            except SegueError:
                self.circuit.succeeded()  # it answered, and that is all a circuit asks
                raise
            else:
                self.circuit.succeeded()
                return found
        raise UnavailableError(
            f"Spotify gives nothing: {reason} ({self._manners.tries} tries)",
            where=_host(url),
            remedy="Try again later",
        )

    def _wait(self, failure: _FailedError, failed: int, url: str) -> None:
        """Wait as long as is right before another try, if there is one."""
        if failure.wait is not None:
            self.circuit.hold(failure.wait)
            if failure.wait > self._manners.patience or failed == self._manners.tries:
                raise self._left_alone(url, failure.reason)
            self._sleep(failure.wait + _LEAST_LEFT)
            return
        self.circuit.failed()
        if failed < self._manners.tries:
            self._sleep(delay(failed, self._manners, source=self._source))

    def _left_alone(self, url: str, reason: str) -> UnavailableError:
        why = f": {reason}" if reason else ""
        return UnavailableError(
            f"Spotify is left alone for {max(1.0, self.circuit.left):,.0f} s{why}",
            where=_host(url),
            remedy="Try again after that",
        )

    def _once(
        self,
        url: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str | int] | None,
        form: Mapping[str, str] | None,
        most: int,
        seek: str,
    ) -> bytes:
        """One request; the whole body of a good answer."""
        import httpx2

        from segue.sources.spotify.deadlines import until

        began = time.monotonic()
        accept = "application/json" if seek == "JSON" else "image/*"
        sent = {"User-Agent": USER_AGENT, "Accept": accept, **headers}
        how = "GET" if form is None else "POST"
        try:
            with (
                until(self._manners.whole),
                self._client().stream(how, url, headers=sent, params=params, data=form) as answer,
            ):
                body = bytearray()
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > most:
                        raise TooLargeError(
                            f"an answer of Spotify has more than {most:,} bytes", where=_host(url)
                        )
                    if time.monotonic() - began > self._manners.whole:
                        raise _FailedError("its answer takes too long")
        except httpx2.TimeoutException as error:
            slow = time.monotonic() - began >= self._manners.whole
            raise _FailedError("its answer takes too long" if slow else "it is silent") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise _FailedError(f"it cannot be reached or breaks off ({_kind(error)})") from error
        if 200 <= answer.status_code < 300:
            return bytes(body)
        raise _refusal(answer.status_code, answer.headers, bytes(body), url, posted=how == "POST")

    def _client(self) -> httpx2.Client:
        """Made when something is asked for the first time, as that loads a library."""
        import httpx2

        from segue.sources.spotify.deadlines import bounded

        with self._lock:
            if self._closed:
                raise UnavailableError("Spotify is no longer asked: Segue is ending")
            if self._http is None:
                client = httpx2.Client(
                    timeout=httpx2.Timeout(self._manners.silence),
                    follow_redirects=False,
                    limits=httpx2.Limits(max_connections=8, keepalive_expiry=30.0),
                )
                self._http = bounded(client)
            return self._http


def _refusal(
    code: int, headers: Mapping[str, str], body: bytes, url: str, *, posted: bool
) -> Exception:
    """What another status than 2xx means."""
    told = _told(body)
    said = f"{code}: {told}" if told else str(code)
    if code in _BUSY:
        wait = seconds_asked(headers.get("Retry-After", ""))
        return _FailedError(
            f"it answers {code}", wait=None if wait is None else min(wait, LONGEST_HELD)
        )
    if code in _GONE:
        return NotFoundError(f"Spotify has no such thing ({said})", where=_host(url))
    if code == 401 or (posted and code == 400):
        return DeniedError(
            f"Spotify does not take the credentials ({said})",
            where=_host(url),
            remedy="Correct SEGUE_SPOTIFY_ID and SEGUE_SPOTIFY_SECRET",
        )
    if code == 403:
        return WithheldError(
            f"Spotify does not give this to your app ({said})",
            where=_host(url),
            remedy="docs/spotify.md says what an app is given",
        )
    if 400 <= code < 500:
        return BadRequestError(f"Spotify makes no sense of the question ({said})", where=_host(url))
    return UnavailableError(f"Spotify answers {code}, which is not followed", where=_host(url))


def _told(body: bytes) -> str:
    """Spotify's own words for what is wrong, in one short line."""
    try:
        found = json.loads(body)
        error = found["error"]
        words = error["message"] if isinstance(error, dict) else error
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return " ".join(str(words).split())[:_SAID]


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    return urlsplit(url).netloc


def _kind(error: Exception) -> str:
    return type(error).__name__
