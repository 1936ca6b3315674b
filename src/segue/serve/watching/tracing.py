"""Spans for OpenTelemetry, by option: one for each request, sent to the collector that is named.

The extra ``otel`` brings what is needed. Without the setting `otel_url` nothing of it is loaded
and nothing is sent. A span holds the method, the pattern of the route, the status and the id of
the request, and goes on with the trace of who asked (``traceparent``, W3C Trace Context).
"""

from __future__ import annotations

from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers

from segue.errors import UnavailableError
from segue.serve.watching.meters import METHODS, route_of
from segue.serve.watching.naming import current

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    from starlette.types import Scope

    from segue.settings import Settings

    class Answered(Protocol):
        """What is known of an answer when it is over: its status, 0 where there was none."""

        status: int


NEEDED = ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http")


def tracing_of(settings: Settings) -> Tracing | None:
    """What the setting `otel_url` asks for; None where it is empty.

    Raises
    ------
    UnavailableError
        It is set, and the extra ``otel`` is not installed.
    """
    if not settings.otel_url:
        return None
    if not all(map(_installed, NEEDED)):
        raise UnavailableError(
            "spans are to be sent, and what makes them is not installed",
            where="SEGUE_OTEL_URL",
            remedy="Run: pip install 'segue[otel]'",
        )
    return Tracing(settings.otel_url)


class Tracing:
    """Makes spans and sends them, in the background, a few seconds after they ended.

    Parameters
    ----------
    url
        Address of a collector that takes OTLP over HTTP, without ``/v1/traces``.
    """

    def __init__(self, url: str) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        self._provider = TracerProvider(
            resource=Resource.create({"service.name": "segue"}), shutdown_on_exit=False
        )
        exporter = OTLPSpanExporter(endpoint=f"{url.rstrip('/')}/v1/traces", timeout=3)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("segue.serve")

    @contextmanager
    def span(self, scope: Scope, answered: Answered) -> Iterator[None]:
        """A span around a request, named by its route when that is known."""
        from opentelemetry.propagate import extract
        from opentelemetry.trace import SpanKind, Status, StatusCode

        method = scope.get("method", "GET")
        method = method if method in METHODS else "_OTHER"
        before = extract(dict(Headers(scope=scope)))
        with self._tracer.start_as_current_span(
            method,
            context=before,
            kind=SpanKind.SERVER,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            finally:
                told: dict[str, Any] = {
                    "http.request.method": method,
                    "http.route": route_of(scope),
                    "segue.request": current(),
                }
                if answered.status:
                    told["http.response.status_code"] = answered.status
                span.set_attributes(told)
                span.update_name(f"{method} {told['http.route']}")
                if answered.status >= 500:
                    span.set_status(Status(StatusCode.ERROR))

    def close(self) -> None:
        """Send what is left, for a few seconds at most."""
        self._provider.shutdown()


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
