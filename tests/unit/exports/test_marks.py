"""A playlist file that is ours is known, and so is a change to it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from segue.exports.marks import Mark, mark_of, marked

LINES = st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])), max_size=6)


@given(LINES)
def test_what_is_marked_is_ours_until_it_is_changed(lines: list[str]) -> None:
    text = "".join(f"{line}\n" for line in ["#EXTM3U", *lines])
    ours = marked(text, name="ab12")
    assert ours.startswith("#EXTM3U\n#SEGUE:ab12 ")
    assert mark_of(ours) == Mark("ab12", unchanged=True)
    assert mark_of(f"{ours}more.mp3\n") == Mark("ab12", unchanged=False)


def test_a_file_of_others_has_no_mark() -> None:
    assert mark_of("#EXTM3U\n#EXTINF:1,a\na.mp3\n") is None
    assert mark_of("") is None
    assert mark_of("#EXTM3U\n#SEGUE:ab12 short\n") is None
