"""A playlist file that is ours is known, and so is a change to it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from segue.exports.marks import Mark, mark_name, mark_of, marked

LINES = st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])), max_size=6)


@given(LINES, st.tuples(st.text(), st.text()))
def test_what_is_marked_is_ours_until_it_is_changed(
    lines: list[str], whose: tuple[str, str]
) -> None:
    text = "".join(f"{line}\n" for line in ["#EXTM3U", *lines])
    name = mark_name(*whose)
    ours = marked(text, name=name)
    assert ours.startswith(f"#EXTM3U\n#SEGUE:{name} ")
    assert mark_of(ours) == Mark(name, unchanged=True)
    assert mark_of(f"{ours}more.mp3\n") == Mark(name, unchanged=False)


def test_playlists_of_two_sources_have_two_names() -> None:
    assert len({mark_name("own", "1"), mark_name("mpd", "1"), mark_name("own", "2")}) == 3


def test_a_file_of_others_has_no_mark() -> None:
    assert mark_of("#EXTM3U\n#EXTINF:1,a\na.mp3\n") is None
    assert mark_of("") is None
    assert mark_of("#EXTM3U\n#SEGUE:ab12 short\n") is None
