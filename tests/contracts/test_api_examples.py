"""Every example of the OpenAPI document is true: sent as it stands, it is answered as it says.

The library holds the tracks that the examples name. Numbers that a server gives (of files, jobs,
questions) are put in the place of those in the examples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from doors import KNOWN, library, tone
from segue.catalogue import uploads
from segue.catalogue.identity import public_id
from segue.records import OutsideId
from segue.serve.api.document import alone, operations, resolved
from segue.serve.app import create_app
from segue.serve.schemas import ID, OTHER

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENT = alone()
STREAMS = "text/event-stream"
OPERATIONS = {
    f"{method} {path}": (method, path, said)
    for path, method, said in operations(DOCUMENT)
    if STREAMS not in said["responses"].get("200", {}).get("content", {})
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("examples")
    with library(folder) as segue:
        segue.draw_map("attributes")
        yield TestClient(create_app(segue), base_url="http://localhost")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return tone(tmp_path_factory.mktemp("sent") / "song.wav", pitch=187.0).read_bytes()


def test_the_ids_of_the_examples_are_those_of_the_songs() -> None:
    assert [public_id(OutsideId("isrc", isrc)) for _, isrc in KNOWN] == [ID, OTHER]


def given(client: TestClient, path: str, sound: bytes) -> dict[str, Any]:
    """What has to be there before this can be asked, and what the server calls it."""
    state = client.app.state
    if "{token}" in path:
        sent = client.post("/api/v1/uploads", files={"file": ("song.wav", sound)})
        token = sent.json()["uploads"][0]["token"]
        state.beside.store.seed(uploads.get(state.segue.database, token))
        uploads.heard(state.segue.database, token)
        return {"token": token}
    if "{job}" in path:
        job = client.post("/api/v1/jobs", json={"kind": "analyse"}).json()["id"]
        if "retry" in path:
            client.post(f"/api/v1/jobs/{job}/cancel")
        return {"job": job}
    if "{number}" in path:
        asked = {"title": "Road trip", "tracks": [ID, OTHER]}
        made = client.post("/api/v1/playlists", json=asked).json()
        return {"number": made["number"], "edition": made["edition"]}
    if "{question}" in path:
        asked = {"lens_a": "hybrid", "lens_b": "text", "playable": False}
        drawn = client.post("/api/v1/judgements", json=asked).json()
        return {"question": drawn["id"], "choice": drawn["shown"][0]["id"]}
    if "{scheme}" in path:
        one = {"track": ID, "scheme": "shop", "value": "4711"}
        client.post("/api/v1/ids", json={"ids": [one]})
    return {}


def sent(client: TestClient, method: str, path: str, said: dict[str, Any], sound: bytes) -> Any:
    """Ask by the examples: parameters that must be there, and the body."""
    known = given(client, path, sound)
    query, headers = {}, {}
    for each in said.get("parameters", ()):
        value = known.get(each["name"], each.get("example"))
        if each["in"] == "path":
            path = path.replace(f"{{{each['name']}}}", quote(str(value), safe=""))
        elif each.get("required"):
            query[each["name"]] = value
        elif each["in"] == "header" and each["name"] == "Idempotency-Key":
            headers[each["name"]] = value
    content = said.get("requestBody", {}).get("content", {})
    files = {"file": ("song.wav", sound)} if "multipart/form-data" in content else None
    body = content.get("application/json", {}).get("example")
    if isinstance(body, dict):
        body |= {name: value for name, value in known.items() if name in body}
    return client.request(method, path, params=query, json=body, files=files, headers=headers)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_example_is_answered_as_it_says(client: TestClient, name: str, sound: bytes) -> None:
    method, path, said = OPERATIONS[name]
    answer = sent(client, method, path, said, sound)
    expected = next(code for code in said["responses"] if code.startswith("2"))
    assert str(answer.status_code) == expected, answer.text
    content = said["responses"][expected].get("content", {})
    if not content:
        assert answer.content == b""
        return
    kind = answer.headers["content-type"].partition(";")[0]
    assert kind in content
    if kind == "application/json":
        for told in (content[kind]["example"], answer.json()):
            of_shape(told, content[kind]["schema"], name)


KINDS = {"string": str, "integer": int, "number": (int, float), "boolean": bool}


def of_shape(value: Any, schema: dict[str, Any], where: str) -> None:
    """Whether a value has just the fields of its schema, and values of their kinds."""
    schema = resolved(schema, DOCUMENT)
    if "anyOf" in schema:
        if value is None:
            assert {"type": "null"} in schema["anyOf"], where
            return
        schema = resolved(schema["anyOf"][0], DOCUMENT)
    if "properties" in schema:
        assert set(value) == set(schema["properties"]), where
        for name, part in schema["properties"].items():
            of_shape(value[name], part, f"{where}: {name}")
    elif schema.get("type") == "object":
        assert isinstance(value, dict), where
    elif schema.get("type") == "array":
        assert isinstance(value, list), where
        for each in value:
            of_shape(each, schema["items"], where)
    elif schema.get("type") in KINDS:
        assert isinstance(value, KINDS[schema["type"]]), f"{where}: {value!r}"


def test_everything_that_is_asked_and_answered_has_an_example() -> None:
    for name, (_, _, said) in OPERATIONS.items():
        for each in said.get("parameters", ()):
            if each.get("required"):
                assert "example" in each, f"{name}: {each['name']}"
        for body in said.get("requestBody", {}).get("content", {}).values():
            assert "example" in body or "properties" in body["schema"], name
        for code, answer in said["responses"].items():
            for kind, content in answer.get("content", {}).items():
                assert "example" in content, f"{name} {code} {kind}"
