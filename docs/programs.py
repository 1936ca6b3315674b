"""The page about the API, from the OpenAPI document; the beginning is written by hand."""

from __future__ import annotations

import json
from typing import Any

from segue.serve.api.document import alone, operations
from segue.serve.failures import KINDS
from segue.serve.pages.docs import type_of

BEGINNING = """# The API

{made}

Everything the pages can do, programs can do too. A running server shows the same list at `/docs`,
and the OpenAPI document at `/openapi.json`. Let `AT` be where Segue answers:
`export AT=http://127.0.0.1:8765`. `song.mp3` is a file of yours.

<!-- run -->
```console
$ curl -sf "$AT/api/v1/search?q=slow+harbour"
$ curl -sf "$AT/api/v1/tracks/isrc:QZES71982312/similar?n=3&lens=hybrid"
$ curl -sf -H 'content-type: application/json' \\
    -d '{{"like": ["isrc:QZES71982312"], "words": "calmer", "n": 3}}' "$AT/api/v1/mix"
$ curl -sf -F file=@song.mp3 "$AT/recommend/from-audio?top_n=3"
```

Python programs have a client with types (`segue.client`):

```python
from segue.client import Client

with Client("http://127.0.0.1:8765") as segue:
    for row in segue.similar(segue.search("slow harbour")[0].id, n=3):
        print(row.score, row.track.name, row.reasons.sentence)
```

## Names of tracks

A track is named by its `id`, or by an id that somebody else gave it, as `scheme:value`:
`isrc:QZES71982312`, `spotify:4uLU6hMCjMI75M1A2tKUQC`, `musicbrainz:…`. That holds wherever a track
is named. `POST /api/v1/ids` attaches ids of your own, of a scheme of your own.

<!-- run -->
```console
$ curl -sf -H 'content-type: application/json' \\
    -d '{{"ids": [{{"track": "isrc:QZES71982312", "scheme": "shop", "value": "4711"}}]}}' \\
    "$AT/api/v1/ids"
$ curl -sf "$AT/api/v1/tracks/shop:4711" | grep -q 'Slow Harbour'
$ curl -sf -X DELETE "$AT/api/v1/ids/shop/4711"
```

## Keys

A server without login asks for none. With login (`SEGUE_LOGIN`, [security.md](security.md)) a
program sends a key, as `Authorization: Bearer KEY` or `X-Api-Key: KEY`. `read` lets it ask,
`listen` also give opinions and hear, `write` also change: files, playlists, jobs. A key belongs to
a listener and speaks for no other: `listener` is that one, left out or given. Without login it may
be anybody; the catalogue's owner has no name.

## Problems

What goes wrong is `application/problem+json` (RFC 9457): `type` ends with one of these words,
`detail` says what it was, `remedy` what to do about it.

| problem | means |
|---|---|
{kinds}

<!-- run -->
```console
$ curl -s "$AT/api/v1/tracks/nobody" | grep -q 'problem-not-found'
```

## Pages

A list that goes on says where: `next` is what to pass as `after`, and a header
`Link: <…>; rel="next"` has the whole address. What comes or goes meanwhile makes nothing appear
twice.

<!-- run -->
```console
$ curl -sf -D head "$AT/api/v1/tracks?limit=2" && grep -qi '^link: .*rel="next"' head
```

## What has not changed

Tracks, similar ones, searches, the library, maps and statistics come with an `ETag`. Sent back as
`If-None-Match`, it is answered by 304 without a body until the catalogue changes, and where a
listener is named, until that listener says or hears something.

<!-- run -->
```console
$ curl -sf -D head "$AT/api/v1/statistics" > told
$ tag=$(sed -n 's/^etag: //Ip' head | tr -d '\\r')
$ curl -s -w '%{{http_code}}' -H "If-None-Match: $tag" "$AT/api/v1/statistics" | grep -q 304
```

## Files, once

A request that may not have arrived can be sent again under the same `Idempotency-Key`, any text of
yours: what was answered first is answered again, also to two at once, and one file is kept. With
another body the key is refused (422). Keys are remembered for a day.

<!-- run -->
```console
$ curl -sf -H 'Idempotency-Key: my-first' -F file=@song.mp3 "$AT/api/v1/uploads" > first
$ curl -sf -H 'Idempotency-Key: my-first' -F file=@song.mp3 "$AT/api/v1/uploads" | cmp - first
```

## Many at once

`POST /api/v1/similar` takes up to a hundred seeds; each has an answer or a problem of its own.

<!-- run -->
```console
$ curl -sf -H 'content-type: application/json' \\
    -d '{{"tracks": ["isrc:QZES71982312", "nobody"], "n": 2}}' "$AT/api/v1/similar" \\
    | grep -q '"problem":{{'
```
"""

SEED = ("/api/v1/tracks/{track_id}/similar", "get")
_OWN = ("format", "mapped", "listener", "track_id", "If-None-Match")
_DEEP = 2
_MANY = 10


def page(made: str) -> str:
    """The whole page; `made` says where it comes from."""
    document = alone()
    kinds = "\n".join(f"| `{kind}` | {meaning} |" for kind, (_, meaning) in KINDS.items())
    asked = document["paths"][SEED[0]][SEED[1]]["parameters"]
    common = [each for each in asked if each["name"] not in _OWN]
    parts = [
        BEGINNING.format(made=made, kinds=kinds).rstrip(),
        "## A question\n\nWhat many addresses take beside their own parameters, in a query or as"
        " fields of a JSON document. A misspelt name is refused.\n\n"
        + _table(["parameter", "type", "meaning"], [_row(each, document) for each in common]),
    ]
    subjects: dict[str, list[str]] = {}
    names = {each["name"] for each in common}
    for path, method, said in operations(document):
        told = _operation(document, path, method, said, names)
        subjects.setdefault(said["tags"][0], []).append(told)
    for subject, listed in subjects.items():
        parts += [f"## {subject}", *listed]
    return "\n\n".join(parts) + "\n"


def _operation(
    document: dict[str, Any], path: str, method: str, said: dict[str, Any], common: set[str]
) -> str:
    """One operation: what it does, takes and answers."""
    parts = [f"### {method.upper()} {path}", said["description"].strip()]
    given = [
        *(_row(each, document) for each in said.get("parameters", ())),
        *_fields(said, document),
    ]
    asks = sum(row[0].strip("`*") in common for row in given) >= _MANY
    rows = [row for row in given if not (asks and row[0].strip("`*") in common)]
    if rows:
        parts.append(_table(["parameter", "type", "meaning"], rows))
    if asks:
        parts.append("And [a question](#a-question).")
    body = said.get("requestBody", {}).get("content", {}).get("application/json", {})
    if body.get("example"):
        parts.append(_json(body["example"]))
    parts.append(_answers(said))
    return "\n\n".join(parts)


def _answers(said: dict[str, Any]) -> str:
    """What is answered, with an example, and by which statuses it is refused."""
    done = {code: each for code, each in said["responses"].items() if code[0] in "23"}
    refused = [code for code in sorted(said["responses"]) if code[0] in "45"]
    lines = [f"{code}: {each['description']}" for code, each in done.items()]
    told = "  \n".join(lines) + f"  \nRefused by {', '.join(refused)}."
    for each in done.values():
        content = each.get("content", {}).get("application/json", {})
        if "example" in content:
            told += f"\n\n{_json(_cut(content['example']))}"
    return told


def _row(each: dict[str, Any], document: dict[str, Any]) -> list[str]:
    kind = type_of(each["schema"], document)
    place = {"path": ", in the path", "header": ", a header"}.get(each["in"], "")
    name = f"**`{each['name']}`**" if each.get("required") else f"`{each['name']}`"
    return [name, kind + place, each.get("description") or each["schema"].get("description", "")]


def _fields(said: dict[str, Any], document: dict[str, Any]) -> list[list[str]]:
    """The fields of a body."""
    content = said.get("requestBody", {}).get("content", {})
    of_kind: dict[str, Any] = next(iter(content.values()), {"schema": {}})
    schema: dict[str, Any] = of_kind["schema"]
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    needed = set(schema.get("required", ()))
    return [
        [
            f"**`{name}`**" if name in needed else f"`{name}`",
            f"{type_of(part, document)}, in the body",
            part.get("description", ""),
        ]
        for name, part in schema.get("properties", {}).items()
    ]


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _cut(value: Any, deep: int = _DEEP) -> Any:  # noqa: ANN401 (any JSON)
    """An example, as deep as it is read at a glance."""
    if isinstance(value, dict):
        return {name: _cut(each, deep - 1) for name, each in value.items()} if deep else "…"
    if isinstance(value, list):
        return [_cut(each, deep) for each in value[:2]]
    return value


def _json(value: Any) -> str:  # noqa: ANN401 (any JSON)
    return f"```json\n{json.dumps(value, ensure_ascii=False)}\n```"
