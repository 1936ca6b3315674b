"""What every manifest must fulfil, whatever kind of model it is of."""

from __future__ import annotations

from typing import Any

import pytest

from segue.errors import BadFileError, UnavailableError
from segue.models.soundness import check_files, check_format, check_kinds, is_name

KINDS = {"name": str, "count": int, "share": (int, float), "whole": bool, "words": list}
SOUND = {"name": "a", "count": 1, "share": 0.5, "whole": True, "words": ["a"]}
DIGEST = "0f" * 32


def test_what_is_of_its_kind_is_taken() -> None:
    check_kinds(SOUND, KINDS, words=("words",))
    check_kinds(SOUND | {"share": 1, "whole": False, "words": []}, KINDS, words=("words",))


@pytest.mark.parametrize(
    ("name", "value"),
    [("name", 1), ("count", 1.5), ("count", True), ("share", True), ("whole", 1), ("words", "a")],
)
def test_another_kind_is_refused(name: str, value: Any) -> None:
    with pytest.raises(BadFileError, match=rf"something else than it should as '{name}'"):
        check_kinds(SOUND | {name: value}, KINDS)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(BadFileError, match="the manifest lacks 'count'"):
        check_kinds({"name": "a"}, KINDS)


def test_words_are_words() -> None:
    with pytest.raises(BadFileError, match="something else than words in 'words'"):
        check_kinds(SOUND | {"words": [1]}, KINDS, words=("words",))


@pytest.mark.parametrize("stated", [1, True, None, "2", [2], 3])
def test_a_format_must_be_the_one_that_is_read(stated: Any) -> None:
    check_format({"format": 2}, 2)
    with pytest.raises(UnavailableError, match=r"format .*, and this Segue reads 2\. Use the"):
        check_format({"format": stated}, 2)


def test_files_are_those_that_are_wanted() -> None:
    check_files({"a.onnx": DIGEST}, ("a.onnx",), of="its parts")
    with pytest.raises(BadFileError, match=r"names a file '\.\./b' that .* none of its parts"):
        check_files({"a.onnx": DIGEST, "../b": DIGEST}, ("a.onnx",), of="its parts")
    with pytest.raises(BadFileError, match=r"does not name the graph a\.onnx"):
        check_files({}, ("a.onnx",), of="its parts")
    for digest in ("", "0f", DIGEST.upper(), 7, f"{DIGEST}\n"):
        with pytest.raises(BadFileError, match=r"holds no sha256 of a\.onnx"):
            check_files({"a.onnx": digest}, ("a.onnx",), of="its parts")


def test_names_stay_names() -> None:
    assert all(is_name(name) for name in ("a", "sound-1.0_b", "9"))
    assert not any(is_name(name) for name in ("", "a b", "../a", ".a", "a" * 65, "a\n", "é"))
