"""Ids of artists and albums come back as the keys they were made of."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.errors import NotFoundError
from segue.serve.subsonic.ids import (
    ALBUM,
    ARTIST,
    album_id,
    artist_id,
    key_in,
    number_in,
    playlist_id,
)

KEYS = st.text(st.characters(exclude_categories=["Cs"]))


@given(KEYS)
def test_a_key_comes_back_and_its_id_needs_no_quoting(key: str) -> None:
    for made, prefix in ((artist_id(key), ARTIST), (album_id(key), ALBUM)):
        assert re.fullmatch(r"[A-Za-z0-9_-]+", made)
        assert key_in(made, prefix) == key


@given(KEYS, KEYS)
def test_different_keys_have_different_ids(one: str, other: str) -> None:
    assert (artist_id(one) == artist_id(other)) == (one == other)


@given(st.text())
def test_what_we_did_not_make_is_nothing(given_id: str) -> None:
    try:
        key = key_in(given_id, ARTIST)
    except NotFoundError:
        return
    assert artist_id(key) == given_id


@pytest.mark.parametrize(
    "given_id", ["", "ar-", "al-YQ", "ar-YQ==", "ar-YR", "ar-_w", "ar-é", "t1"]
)
def test_ids_that_were_bent(given_id: str) -> None:
    if given_id == "ar-":
        assert key_in(given_id, ARTIST) == ""
        return
    with pytest.raises(NotFoundError, match="nothing with the id"):
        key_in(given_id, ARTIST)


@given(st.integers(0, 2**40))
def test_a_playlist_comes_back(number: int) -> None:
    assert number_in(playlist_id(number)) == number


@pytest.mark.parametrize("given_id", ["", "pl-", "pl--1", "pl-1.5", "pl-٣", "1", "pl-" + "9" * 40])
def test_what_is_no_playlist(given_id: str) -> None:
    with pytest.raises(NotFoundError, match="nothing with the id"):
        number_in(given_id)
