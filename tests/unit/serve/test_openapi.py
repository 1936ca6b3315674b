"""The OpenAPI document says what is true: every answer given is one it names."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from segue.serve.api import health
from segue.serve.api.document import finish, titled
from segue.serve.pages.docs import example, type_of


@pytest.fixture(scope="module")
def document(client) -> dict:
    return client.get("/openapi.json").json()


def test_every_route_of_the_api_is_documented(document) -> None:
    assert set(document["paths"]) == {
        "/api/v1/tracks",
        "/api/v1/tracks/{track_id}",
        "/api/v1/tracks/{track_id}/similar",
        "/api/v1/search",
        "/api/v1/similar",
        "/api/v1/ids",
        "/api/v1/ids/{scheme}/{value}",
        "/api/v1/continue",
        "/api/v1/mix",
        "/api/v1/wish",
        "/api/v1/understood",
        "/api/v1/path",
        "/api/v1/order",
        "/api/v1/radio",
        "/recommend/from-audio",
        "/api/v1/uploads",
        "/api/v1/uploads/{token}",
        "/api/v1/uploads/{token}/similar",
        "/api/v1/uploads/{token}/keep",
        "/api/v1/library",
        "/api/v1/artists",
        "/api/v1/artists/{key}",
        "/api/v1/albums",
        "/api/v1/albums/{key}",
        "/api/v1/genres",
        "/api/v1/genres/{key}",
        "/api/v1/statistics",
        "/api/v1/playlists",
        "/api/v1/playlists/{number}",
        "/api/v1/playlists/{number}/export",
        "/api/v1/listeners/{name}/feedback",
        "/api/v1/listeners/{name}/feedback/{track_id}",
        "/api/v1/opinions",
        "/api/v1/opinions/{track_id}",
        "/api/v1/plays",
        "/api/v1/lenses",
        "/api/v1/models",
        "/api/v1/folders",
        "/api/v1/listeners",
        "/api/v1/judgements",
        "/api/v1/judgements/{question}",
        "/api/v1/maps",
        "/api/v1/maps/{space}",
        "/api/v1/maps/{space}/points",
        "/api/v1/jobs",
        "/api/v1/jobs/{job}",
        "/api/v1/jobs/{job}/cancel",
        "/api/v1/jobs/{job}/retry",
        "/api/v1/failures",
        "/api/v1/failures/retry",
        "/api/v1/status",
        "/api/v1/duplicates",
        "/api/v1/events",
        "/health",
        "/ready",
    }


def test_every_problem_is_documented_as_problem_json(document) -> None:
    assert "HTTPValidationError" not in document["components"]["schemas"]
    for methods in document["paths"].values():
        for said in methods.values():
            assert said["description"]
            for code, answer in said["responses"].items():
                assert answer["description"] not in ("Successful Response", "Validation Error")
                if code.startswith("4"):
                    schema = answer["content"]["application/problem+json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/Problem"}


def test_every_reference_of_the_document_leads_somewhere(document) -> None:
    def references(part) -> set[str]:
        if isinstance(part, dict):
            own = {part["$ref"]} if "$ref" in part else set()
            return own.union(*(references(value) for value in part.values()))
        if isinstance(part, list):
            return set().union(*(references(value) for value in part))
        return set()

    for reference in references(document):
        assert reference.rsplit("/", 1)[-1] in document["components"]["schemas"]


def test_every_answer_given_is_documented_with_its_type(
    client, empty_client, document, tabled, tone_file
) -> None:
    tone = {"file": ("a.wav", tone_file.read_bytes())}
    asked = [
        (client, "get", "/api/v1/tracks", "", {}),
        (client, "get", "/api/v1/tracks", "?limit=0", {}),
        (client, "get", "/api/v1/tracks/{track_id}", "", {}),
        (client, "get", "/api/v1/tracks/nowhere", "", {}),
        (client, "get", "/api/v1/tracks/{track_id}/similar", "", {}),
        (client, "get", "/api/v1/tracks/{track_id}/similar", "?n=x", {}),
        (client, "get", "/api/v1/tracks/{track_id}/similar", "?lens=x", {}),
        (client, "get", "/api/v1/tracks/{track_id}/similar", "?format=m3u8", {}),
        (client, "get", "/api/v1/tracks/{track_id}/similar", "?format=jspf", {}),
        (client, "get", "/api/v1/search", "?q=a", {}),
        (client, "get", "/api/v1/search", "", {}),
        (client, "get", "/api/v1/status", "", {}),
        (client, "get", "/health", "", {}),
        (client, "get", "/ready", "", {}),
        (empty_client, "get", "/ready", "", {}),
        (client, "post", "/recommend/from-audio", "", {"files": tone}),
        (client, "post", "/recommend/from-audio", "?top_n=0", {"files": tone}),
        (client, "post", "/recommend/from-audio", "", {}),
        (client, "post", "/recommend/from-audio", "", {"files": {"file": ("a.mp3", b"no")}}),
        (client, "post", "/recommend/from-audio", "", {"files": {"file": ("a", b"0" * 3_000_000)}}),
        (empty_client, "post", "/recommend/from-audio", "", {"files": tone}),
        (client, "get", "/health", "", {"headers": {"host": "evil.example"}}),
    ]
    given = set()
    for who, method, path, query, more in asked:
        answer = who.request(method, path.replace("{track_id}", tabled) + query, **more)
        known = path.replace("nowhere", "{track_id}")
        named = document["paths"][known][method]["responses"]
        code = str(answer.status_code)
        assert code in named, f"{method} {path}{query} answered {code}: {answer.text}"
        kind = answer.headers["content-type"].partition(";")[0]
        assert kind in named[code]["content"], f"{path}{query} {code}"
        given.add(code)
    assert given >= {"200", "400", "404", "413", "422", "503"}


def test_examples_have_the_shape_of_real_answers(client, document, tabled) -> None:
    def shape(value):
        if isinstance(value, dict):
            return set(value)
        return type(value)

    for path, address in {
        "/api/v1/tracks": "/api/v1/tracks?limit=1",
        "/api/v1/tracks/{track_id}": f"/api/v1/tracks/{tabled}",
        "/api/v1/tracks/{track_id}/similar": f"/api/v1/tracks/{tabled}/similar?n=1",
        "/api/v1/search": "/api/v1/search?q=slow&n=1",
        "/api/v1/status": "/api/v1/status",
        "/api/v1/judgements": "/api/v1/judgements",
        "/api/v1/duplicates": "/api/v1/duplicates",
        "/ready": "/ready",
        "/health": "/health",
    }.items():
        content = document["paths"][path]["get"]["responses"]["200"]["content"]
        made = example(content["application/json"]["schema"], document)
        real = client.get(address).json()
        assert shape(made) == shape(real), path
        for name, value in made.items():
            if isinstance(value, list) and value and real[name]:
                assert shape(value[0]) == shape(real[name][0]), f"{path} {name}"


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 9}, "whole number, 1 to 9"),
        ({"type": "number", "minimum": 0}, "number, at least 0"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "text"),
        ({"type": "array", "items": {"type": "boolean"}}, "list of true or false"),
        ({"type": "string", "format": "binary"}, "file"),
    ],
)
def test_types_in_words(schema, words) -> None:
    assert type_of(schema, {}) == words


def test_two_first_requests_at_once_make_one_document_that_nobody_else_changes() -> None:
    app = titled()
    app.include_router(health.router)
    plain, inside, second = app.openapi, [], threading.Event()

    def made() -> dict:
        inside.append(threading.get_ident())
        if len(inside) > 1:
            second.set()
        second.wait(1.0)  # for another that may not come
        return plain()

    app.openapi = made
    finish(app)
    start = threading.Barrier(2)

    def first() -> dict:
        start.wait()
        return app.openapi()

    with ThreadPoolExecutor(2) as threads:
        one, other = (each.result() for each in [threads.submit(first) for _ in range(2)])
    assert len(inside) == 1
    assert one is other
    assert "securitySchemes" in one["components"]
