"""Names that every file system takes, and that look like what they are."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.exports.naming import LONGEST, NAMELESS, file_name

FORBIDDEN = set('<>:"/\\|?*')


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Road trip", "Road trip"),
        ("AC/DC: live?", "AC DC live"),
        ("../../etc/passwd", "etc passwd"),
        (" . ", NAMELESS),
        ("", NAMELESS),
        ("CON", "CON playlist"),
        ("aux.old", "Playlist aux.old"),
        ("Console", "Console"),
        ("🎧 夜のドライブ", "🎧 夜のドライブ"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("أغنية", "أغنية"),
        ("evil\u202egpj.m3u8", "evilgpj.m3u8"),
        ("line\nbreak\0", "line break"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("half \ud800 pair", "half pair"),
    ],
)
def test_a_title_as_a_name(title: str, name: str) -> None:
    assert file_name(title) == name


def test_copies_and_endings() -> None:
    assert file_name("Mix", ending="m3u8", copy=2) == "Mix (2).m3u8"


@given(st.text(alphabet=st.characters(), max_size=400), st.integers(1, 999))
def test_any_title_gives_a_name_for_every_file_system(title: str, copy: int) -> None:
    name = file_name(title, ending="m3u8", copy=copy)
    assert not FORBIDDEN & set(name)
    assert len(name.encode()) <= LONGEST + len(" (999).m3u8 Playlist ")
    assert name == unicodedata.normalize("NFC", name)
    assert not name.startswith((".", " "))
    assert not {unicodedata.category(c) for c in name} & {"Cc", "Cs", "Zl", "Zp"}
    assert file_name(name.removesuffix(".m3u8")) == name.removesuffix(".m3u8")


def test_a_long_title_is_cut_between_letters() -> None:
    assert file_name("é" * 200) == "é" * 90
    family = "👨\u200d👩\u200d👧"
    assert file_name("x" * 170 + family).encode().startswith(b"x" * 170)
    assert not file_name("x" * 170 + family).endswith("\u200d")
