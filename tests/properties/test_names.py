"""Laws of names: folding twice is folding once, and what never counts never does."""

from __future__ import annotations

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from segue.names import artist_key, artist_keys, fold, is_collective, split_title, title_key

names = st.text(max_size=30)
latin = st.text("abcdefghijklmnopqrstuvwxyz äéøñ0123456789", min_size=1, max_size=30)
words = st.from_regex(r"[b-df-hj-mp-tv-z]{3,8}", fullmatch=True)


@given(names)
@example("a-et b")
@example("x n' y")
@example("a & b + c")
@example("A.B.C.")
@example("İ")
@example("ǅ")
def test_folding_twice_is_folding_once(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(names)
def test_only_a_blank_name_folds_to_nothing(name: str) -> None:
    assert bool(fold(name)) is bool(name.strip())


@given(latin)
def test_case_and_blanks_never_count(name: str) -> None:
    assert fold(name.upper()) == fold(name) == fold(f"\t{name}  ")
    assert fold(name.replace(" ", "   ")) == fold(name)


@given(latin)
def test_composed_and_decomposed_are_one(name: str) -> None:
    assert fold(unicodedata.normalize("NFD", name)) == fold(unicodedata.normalize("NFC", name))


@given(names)
def test_a_key_has_no_blanks_to_spare(name: str) -> None:
    for key in (artist_key(name), split_title(name)[1]):
        assert key == key.strip()
        assert "  " not in key


@given(st.lists(names, max_size=4).map(tuple))
def test_artist_keys_are_those_of_the_real_artists(artists: tuple[str, ...]) -> None:
    keys = artist_keys(artists)
    assert len(keys) == len(set(keys))
    assert set(keys) == {artist_key(name) for name in artists if not is_collective(name)}


@given(names)
def test_every_title_has_a_song_unless_it_is_blank(title: str) -> None:
    base, _ = split_title(title)
    assert bool(base) is bool(title.strip())


@given(words, words)
def test_a_guest_never_changes_a_title_and_a_version_always_does(song: str, guest: str) -> None:
    plain = title_key(song)
    assert title_key(f"{song} (feat. {guest})") == plain
    assert title_key(f"{song} - Album Version") == plain
    live = title_key(f"{song} (Live at {guest})")
    assert live != plain
    assert title_key(f"{song} - Live in {guest}") == live
    assert title_key(f"{song} [Live at {guest}] (feat. Somebody)") == live
