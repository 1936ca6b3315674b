"""The API for people to read, made from the OpenAPI document: always complete, never offline."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response

from segue.serve.api.document import Schema, example, resolved
from segue.serve.failures import KINDS
from segue.serve.rendering import render

if TYPE_CHECKING:
    from collections.abc import Iterator

router = APIRouter(include_in_schema=False)

_UNSAID: tuple[Any, ...] = (None, [], {}, "")
"""Defaults that say no more than that a value may be left out."""


@dataclass(frozen=True, slots=True)
class Value:
    """One parameter or field: its name, its type in words, whether it must be there."""

    name: str
    type: str
    required: bool
    default: str
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing the API does."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Value, ...]
    body: tuple[Value, ...]
    answers: tuple[tuple[str, str], ...]
    example: str
    command: str


@router.api_route("/docs", methods=["GET", "HEAD"])
def docs(request: Request) -> Response:
    """Every operation by subject, every problem, every shape."""
    document = request.app.openapi()
    subjects: dict[str, list[Operation]] = {}
    for subject, operation in operations(document, str(request.base_url).rstrip("/")):
        subjects.setdefault(subject, []).append(operation)
    return render("docs.html", request=request, subjects=subjects, kinds=KINDS)


def operations(document: Schema, base: str) -> Iterator[tuple[str, Operation]]:
    """Every operation of an OpenAPI document with its subject, in the document's order."""
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            yield said.get("tags", ["API"])[0], _operation(document, base, path, method, said)


def _operation(document: Schema, base: str, path: str, method: str, said: Schema) -> Operation:
    parameters = tuple(
        _value(p["name"], p["schema"], document, p.get("required", False), p.get("description"))
        for p in said.get("parameters", ())
    )
    form = _form(said, document)
    needed = set(form.get("required", ()))
    body = tuple(
        _value(name, schema, document, name in needed)
        for name, schema in form.get("properties", {}).items()
    )
    summary, _, rest = str(said["description"]).partition("\n")
    return Operation(
        method=method.upper(),
        path=path,
        summary=summary,
        description=rest.strip(),
        parameters=parameters,
        body=body,
        answers=tuple((code, a["description"]) for code, a in said["responses"].items()),
        example=_example_of(document, _done(said)),
        command=_command(base, path, method, parameters, _sent(said, document)),
    )


def _done(said: Schema) -> Schema:
    """The answer where all went well."""
    found: Schema = next((a for code, a in said["responses"].items() if code[0] == "2"), {})
    return found


def _form(said: Schema, document: Schema) -> Schema:
    """The fields that are sent, of a form or of a JSON document."""
    content = said.get("requestBody", {}).get("content", {})
    of_json = resolved(content.get("application/json", {}).get("schema", {}), document)
    schema: Schema = content.get("multipart/form-data", {}).get("schema", of_json)
    return schema


def _sent(said: Schema, document: Schema) -> str:
    """How a shell sends the body: what has an example, or must be there; empty without a body."""
    content = said.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        return " -F file=@song.mp3"
    if "application/json" not in content:
        return ""
    fields = _form(said, document)["properties"].items()
    shown = {name: part["examples"][0] for name, part in fields if part.get("examples")}
    told = json.dumps(shown, ensure_ascii=False)
    return f" -H 'content-type: application/json' -d '{told}'"


def _value(
    name: str, schema: Schema, document: Schema, required: bool, description: str | None = None
) -> Value:
    return Value(
        name=name,
        type=type_of(schema, document),
        required=required,
        default="" if schema.get("default") in _UNSAID else json.dumps(schema["default"]),
        description=description or schema.get("description", ""),
    )


def type_of(schema: Schema, document: Schema) -> str:
    """A JSON schema in a few words: "whole number, 1 to 500"."""
    schema = resolved(schema, document)
    if "anyOf" in schema:
        real = [choice for choice in schema["anyOf"] if choice.get("type") != "null"]
        return " or ".join(type_of(choice, document) for choice in real)
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {type_of(schema.get('items', {}), document)}"
    named = {"integer": "whole number", "string": "text", "boolean": "true or false"}
    word = "file" if schema.get("format") == "binary" else named.get(kind, str(kind))
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"{word}, {low} to {high}"
    if low is not None:
        return f"{word}, at least {low}"
    return word


def _example_of(document: Schema, response: Schema) -> str:
    schema = response.get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return ""
    return json.dumps(example(schema, document), indent=2, ensure_ascii=False)


def _command(base: str, path: str, method: str, parameters: tuple[Value, ...], sent: str) -> str:
    """What to type in a shell to try it."""
    address = re.sub(r"\{(\w+)\}", lambda found: found[1].upper(), path)
    known = {"q": "slow+harbour", "from": "TRACK_ID", "to": "OTHER_ID", "n": "5", "top_n": "5"}
    query = [f"{p.name}={known[p.name]}" for p in parameters if p.name in known]
    url = f"{base}{address}" + (f"?{'&'.join(query)}" if query else "")
    verb = f" -X {method.upper()}" if method in {"put", "patch", "delete"} else ""
    return f"curl{verb}{sent} '{url}'"
