"""The OpenAPI document: what the routes say of themselves, and what is true of all of them.

Every operation has an example of what is asked and of what is answered, made from the examples of
the fields. Ids in them are those that two songs with an ISRC get in every catalogue, so an example
can be sent as it stands where these songs are.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

import segue as package
from segue.serve import schemas
from segue.serve.api import routers
from segue.serve.api.freshness import Fresh, documented
from segue.serve.failures import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Schema = dict[str, Any]

DESCRIPTION = """Similar music from your own catalogue, with the reason on every row.

Everything that goes wrong is answered as `application/problem+json` (RFC 9457) with a `remedy`.
Durations and times are in seconds. A track is named by its id, or by an outside id as
`scheme:value`: `isrc:QZES71982312`."""

SCHEMES: Schema = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A key, made by its owner."},
    "header": {"type": "apiKey", "in": "header", "name": "X-Api-Key", "description": "The same."},
}
"""How a program says who it is, where the server asks for it."""

OPEN = ("/health", "/ready")
"""What is answered without a key, however often it is asked."""


def titled(**more: Any) -> FastAPI:  # noqa: ANN401 (whatever an application takes)
    """An application with our title, and no routes yet."""
    return FastAPI(
        title="Segue",
        version=package.__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        **more,
    )


def alone() -> Schema:
    """The document of the API without a library behind it."""
    app = titled()
    for router in routers:
        app.include_router(router)
    finish(app)
    return app.openapi()


def finish(app: FastAPI) -> None:
    """Let an application tell the whole document; made once, when it is first asked for."""
    made = app.openapi
    tagged = set(_tagged())
    known: list[Schema] = []
    making = Lock()

    def whole() -> Schema:
        if known:
            return known[0]
        with making:  # two requests at once would each disturb what the other is making
            if known:
                return known[0]
            document = made()
            parts = document.setdefault("components", {})
            parts["securitySchemes"] = SCHEMES
            parts.setdefault("schemas", {})["Problem"] = {
                **schemas.Problem.model_json_schema(),
                "x-kinds": {kind: {"title": t, "meaning": m} for kind, (t, m) in KINDS.items()},
            }
            for path, method, operation in operations(document):
                _complete(document, path, operation, tagged=(path, method) in tagged)
            known.append(document)
            return document

    app.openapi = whole  # type: ignore[method-assign]


def operations(document: Schema) -> Iterator[tuple[str, str, Schema]]:
    """Every path, method and operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _tagged() -> Iterator[tuple[str, str]]:
    """Paths and methods of routes whose answers have an ETag."""
    for route in (route for router in routers for route in router.routes):
        if isinstance(route, APIRoute):
            marked = (route.openapi_extra or {}).get("x-tagged", False)
            if marked or isinstance(route, Fresh):
                yield route.path_format, "get"


def _complete(document: Schema, path: str, operation: Schema, *, tagged: bool) -> None:
    """Add to one operation what is true of all, and its examples."""
    operation.pop("x-tagged", None)
    if path not in OPEN:
        operation["security"] = [{}, {"bearer": []}, {"header": []}]
    everywhere = (431,) if path in OPEN else (401, 403, 429, 431, 503)
    for status, entry in schemas.problems(*everywhere).items():
        operation["responses"].setdefault(str(status), entry)
    if tagged:
        documented(operation)
    _exemplify(document, operation)


def _exemplify(document: Schema, operation: Schema) -> None:
    """Put examples where parameters, the body and the answers have none of their own."""
    for parameter in operation.get("parameters", ()):
        if given := parameter["schema"].get("examples"):
            parameter["example"] = given[0]
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        if kind == "application/json":
            content["example"] = _sent(document, content)
    for status, response in operation["responses"].items():
        for kind, content in response.get("content", {}).items():
            if "example" not in content:
                content["example"] = _answered(document, status, kind, content)


def _sent(document: Schema, content: Schema) -> Schema:
    """An example of a body: its fields that have one."""
    fields = resolved(content["schema"], document).get("properties", {})
    return {name: part["examples"][0] for name, part in fields.items() if part.get("examples")}


def _answered(document: Schema, status: str, kind: str, content: Schema) -> Any:  # noqa: ANN401
    """An example of an answer."""
    if kind == "application/problem+json":
        return problem(int(status))
    if kind == "application/json" and "schema" in content:
        return example(content["schema"], document)
    return FILES[kind]


FILES: Mapping[str, Any] = {
    "audio/x-mpegurl": "#EXTM3U\n#EXTINF:187,Vela Moor - Slow Harbour\n/music/Tides/01.flac\n",
    "application/jspf+json": {"playlist": {"track": [{"title": "Slow Harbour"}]}},
}
"""What answers that are no JSON look like."""

_OF_STATUS: Mapping[int, tuple[str, str, str]] = {
    400: ("bad-request", "There is no lens 'nonsense'.", "Known: balanced, hybrid, text."),
    401: ("unknown-caller", "No valid key came with the request.", "Send a key that is valid."),
    403: ("forbidden", "The key may not do this.", "Make one that may."),
    404: ("not-found", "There is no track 'nowhere'.", "Search for it by its name."),
    409: ("unavailable", "The catalogue can only be read.", "Give Segue the right to write to it."),
    413: ("too-large", "A body of more than 2,000,000 bytes was sent.", "Send less."),
    422: ("bad-parameter", "“n” should be at most 500, not '1000'.", "/docs lists every range."),
    423: ("busy", "The catalogue is locked by another program.", "Ask again in a moment."),
    429: ("too-often", "More was asked in a minute than may be.", "Wait, and ask again."),
    431: ("bad-request", "The head of this request is longer than is taken.", "Send less."),
    503: ("away", "The catalogue's server does not answer.", "Ask again in a moment."),
}


def problem(status: int) -> Schema:
    """A problem of a status, as an example."""
    kind, detail, remedy = _OF_STATUS[status]
    told = {
        "type": f"/docs#problem-{kind}",
        "title": KINDS[kind][0],
        "status": status,
        "detail": detail,
        "remedy": remedy,
    }
    if kind == "bad-parameter":
        told["errors"] = [{"parameter": "n", "message": "should be at most 500, not '1000'"}]
    return told


def resolved(schema: Schema, document: Schema) -> Schema:
    """A schema, also where another is only named."""
    if "$ref" not in schema:
        return schema
    found: Schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return found


def example(schema: Schema, document: Schema) -> Any:  # noqa: ANN401 (any JSON)
    """A value that fits a schema, from the examples given in it."""
    if schema.get("examples"):
        return schema["examples"][0]
    schema = resolved(schema, document)
    if "anyOf" in schema:
        return example(schema["anyOf"][0], document)
    if "properties" in schema:
        return {name: example(part, document) for name, part in schema["properties"].items()}
    if schema.get("type") == "array":
        return [example(schema["items"], document)] if "items" in schema else []
    empty: Mapping[str, Any] = {
        "string": "",
        "integer": 1,
        "number": 0.5,
        "boolean": False,
        "object": {},
    }
    return empty.get(schema.get("type", ""))
