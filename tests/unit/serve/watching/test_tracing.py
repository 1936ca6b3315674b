"""Spans of requests reach a collector, with the pattern of the route and the trace of who asked."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from segue.errors import UnavailableError
from segue.library import Segue
from segue.serve.app import create_app
from segue.serve.watching import tracing
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

THERE = find_spec("opentelemetry") is not None and find_spec("opentelemetry.sdk") is not None
NEEDED = pytest.mark.skipif(
    not THERE, reason="OpenTelemetry is not installed (pip install 'segue[otel]')"
)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """The address of a collector, and what it was sent."""
    came: list[bytes] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            came.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *told: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Taking) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", came
        server.shutdown()
        thread.join()


@NEEDED
def test_a_span_is_sent_for_every_request(
    tmp_path: Path, collector: tuple[str, list[bytes]]
) -> None:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    address, came = collector
    settings = Settings(_env_file=None, otel_url=address)
    with (
        Segue.open(tmp_path / "x.db", settings=settings) as segue,
        TestClient(create_app(segue), base_url="http://localhost") as client,
    ):
        parent = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01", "X-Request-Id": "one"}
        assert client.get("/api/v1/tracks/secret", headers=parent).status_code == 404
    spans = [
        span
        for body in came
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    (span,) = [each for each in spans if each.name == "GET /api/v1/tracks/{track_id}"]
    assert span.trace_id.hex() == TRACE
    told = {each.key: each.value.string_value or each.value.int_value for each in span.attributes}
    assert told["http.response.status_code"] == 404
    assert told["segue.request"] == "one"
    assert b"secret" not in b"".join(came)


def test_without_the_setting_there_is_none() -> None:
    assert tracing.tracing_of(Settings(_env_file=None)) is None


def test_what_is_not_installed_is_said_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "NEEDED", ("segue_no_such_module.at.all",))
    with pytest.raises(UnavailableError, match="not installed") as raised:
        tracing.tracing_of(Settings(_env_file=None, otel_url="http://localhost:4318"))
    assert "segue[otel]" in raised.value.remedy
