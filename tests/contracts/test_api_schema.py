"""Questions nobody thought of: generated from the OpenAPI document, answered as it says.

No answer is a fault of ours, and none has a status, a content type or a shape that the document
does not name. The library is tiny and nothing works beside it: what is asked for as a job is
written down and not done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import one_of
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from doors import library
from segue.serve.api.document import alone, operations
from segue.serve.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
QUESTIONS = 6
"""Questions for each operation; as many that fit the document as such that do not."""

OPERATIONS = [
    f"{method.upper()} {path}"
    for path, method, said in operations(alone())
    # A stream of what happens never ends.
    if "text/event-stream" not in said["responses"].get("200", {}).get("content", {})
]


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Iterator[schemathesis.BaseSchema]:
    folder = tmp_path_factory.mktemp("generated")
    with library(folder, allowed_hosts="testserver") as segue:
        yield schemathesis.openapi.from_asgi("/openapi.json", create_app(segue))


@pytest.mark.parametrize("name", OPERATIONS)
def test_whatever_is_asked_is_answered_as_the_document_says(
    document: schemathesis.BaseSchema, name: str
) -> None:
    method, path = name.split(" ", 1)

    @settings(
        max_examples=QUESTIONS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=one_of(*(document[path][method].as_strategy(mode) for mode in GenerationMode)))
    def answered(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS)

    answered()
