"""One tree in two forms that say the same, whatever stands in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.serve.subsonic.written import NAMESPACE, as_json, as_xml, refused, written

from .conftest import xml

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAMES = st.sampled_from(["id", "title", "song", "artist", "songCount", "genre", "entry", "line"])
PLAIN = st.one_of(
    st.text(max_size=30),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
)
TREES = st.recursive(
    st.dictionaries(NAMES | st.just("value"), PLAIN | st.none(), max_size=4),
    lambda inner: st.dictionaries(
        NAMES,
        PLAIN | st.none() | inner | st.lists(inner, max_size=3) | st.lists(PLAIN, max_size=3),
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


def read(element: Element) -> tuple:
    """An element as its attributes, its text, and its children by name."""
    children: dict[str, list] = {}
    for child in element:
        children.setdefault(child.tag.removeprefix(f"{{{NAMESPACE}}}"), []).append(read(child))
    return dict(element.attrib), element.text or "", children


def meant(tree: object) -> tuple:
    """What an object of JSON looks like as an element, by the rules of the two forms."""
    if not isinstance(tree, dict):
        return {}, said(tree), {}
    attributes, text, children = {}, "", {}
    for name, value in tree.items():
        if isinstance(value, dict):
            children[name] = [meant(value)]
        elif isinstance(value, list):
            if value:
                children[name] = [meant(each) for each in value]
        elif name == "value":
            text = said(value)
        else:
            attributes[name] = said(value)
    return attributes, text, children


def said(value: object) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


@given(TREES)
def test_both_forms_say_the_same(tree) -> None:
    from_json = json.loads(as_json(tree))["subsonic-response"]
    from_xml = read(xml(as_xml(tree)))
    assert from_xml == meant(from_json)


@given(st.text())
def test_any_title_is_well_formed_and_loses_only_what_cannot_be_written(title: str) -> None:
    element = xml(as_xml({"song": {"title": title}}))[0]
    kept = "".join(c for c in title if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))
    assert element.attrib["title"] == kept
    assert json.loads(as_json({"title": title}))["subsonic-response"]["title"] == kept


@pytest.mark.parametrize(
    "title",
    [
        "🎹 Schlaflied 🌙",
        "أغنية الصباح",
        "<script>alert('x')</script>",
        "]]> \"quoted\" & 'so' <!-- --> <?php",
        "two\nlines\tand\ra return",
    ],
)
def test_titles_that_try_the_form(title: str) -> None:
    tree = {"song": [{"title": title, "value": title}]}
    song = xml(as_xml(tree))[0]
    assert (song.attrib["title"], song.text) == (title, title)


def test_half_of_a_sign_and_control_characters_are_left_out() -> None:
    tree = {"title": "a\x00b\x07c\ud83dd\x1be\ufffe"}
    assert json.loads(as_json(tree))["subsonic-response"] == {"title": "abcde"}
    assert xml(as_xml(tree)).attrib["title"] == "abcde"


def test_the_envelope_of_an_answer_and_of_a_refusal() -> None:
    answer = json.loads(bytes(written({"license": {"valid": True}}, form="json").body))
    envelope = answer["subsonic-response"]
    assert envelope["status"] == "ok"
    assert envelope["version"] == "1.16.1"
    assert envelope["type"] == "segue"
    assert envelope["openSubsonic"] is True
    assert envelope["serverVersion"]
    assert envelope["license"] == {"valid": True}
    fault = refused({"code": 70, "message": "no"}, form="xml")
    element = xml(bytes(fault.body))
    assert fault.status_code == 200
    assert element.tag == f"{{{NAMESPACE}}}subsonic-response"
    assert element.attrib["status"] == "failed"
    assert element[0].attrib == {"code": "70", "message": "no"}


def test_an_empty_list_is_there_in_json_and_nothing_in_xml() -> None:
    tree = {"albumList2": {"album": []}}
    assert json.loads(as_json(tree))["subsonic-response"] == {"albumList2": {"album": []}}
    assert len(xml(as_xml(tree))[0]) == 0
