"""Answers as players read them: one tree, written as XML or as JSON.

A **tree** is a mapping from names to values: texts, numbers, truth values, further mappings, or
lists of one of these. In JSON it is an object. In XML a mapping is an element, its plain values
are attributes, what is called ``value`` is the text of the element, mappings and lists are elements
inside it. None is left out of both.

XML 1.0 has no place for most control characters, and titles may hold any; they are taken out of
both forms, so that both say the same.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

import segue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VERSION = "1.16.1"
"""The version of the Subsonic API that is spoken; OpenSubsonic goes by extensions from there."""

NAMESPACE = "http://subsonic.org/restapi"

FORMS = ("xml", "json")
"""What can be asked for by ``f``. JSONP is not among them: any site could read it."""

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SIGNS = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;",
     "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)  # fmt: skip


def written(tree: Mapping[str, Any], *, form: str) -> Response:
    """What a question is answered with where it can be answered.

    Parameters
    ----------
    tree
        The one thing that is asked for, under its name; empty where "ok" is all there is to say.
    form
        One of `FORMS`.
    """
    return _enveloped("ok", tree, form)


def refused(fault: Mapping[str, Any], *, form: str) -> Response:
    """What a question is answered with that cannot be answered; ``fault`` has code and message."""
    return _enveloped("failed", {"error": fault}, form)


def _enveloped(status: str, tree: Mapping[str, Any], form: str) -> Response:
    whole = {
        "status": status,
        "version": VERSION,
        "type": "segue",
        "serverVersion": segue.__version__,
        "openSubsonic": True,
        **tree,
    }
    headers = {"Cache-Control": "private, no-store"}
    if form == "json":
        return Response(as_json(whole), media_type="application/json", headers=headers)
    return Response(as_xml(whole), media_type="application/xml", headers=headers)


def as_json(whole: Mapping[str, Any]) -> bytes:
    """A tree as the object ``subsonic-response``, in UTF-8."""
    document = {"subsonic-response": _plain(whole)}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def as_xml(whole: Mapping[str, Any]) -> bytes:
    """A tree as the element ``subsonic-response``, in UTF-8."""
    named = {"xmlns": NAMESPACE, **_plain(whole)}
    text = "".join(_element("subsonic-response", named))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _plain(value: Any) -> Any:  # noqa: ANN401 (any tree)
    """A tree of what both forms can say."""
    if isinstance(value, str):
        # What can be printed can be written; that is nearly all there is, and told quickly.
        return value if value.isprintable() else _UNWRITABLE.sub("", value)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items() if each is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value if each is not None]
    return value


def _element(name: str, tree: dict[str, Any]) -> Iterator[str]:
    text, inside = "", []
    yield f"<{name}"
    for key, value in tree.items():
        if isinstance(value, (dict, list)):
            inside.append((key, value))
        elif key == "value":
            text = _said(value)
        else:
            yield f' {key}="{_said(value)}"'
    if not text and not inside:
        yield "/>"
        return
    yield f">{text}"
    for key, value in inside:
        for each in value if isinstance(value, list) else (value,):
            yield from _element(key, each if isinstance(each, dict) else {"value": each})
    yield f"</{name}>"


def _said(value: Any) -> str:  # noqa: ANN401 (text, number or truth value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).translate(_SIGNS)
