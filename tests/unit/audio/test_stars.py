"""Groups of files that match one in their middle."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from segue.audio.stars import stars

LENGTHS = dict.fromkeys(string.ascii_lowercase, 100.0)
NAMES = st.sampled_from(string.ascii_lowercase[:9])
PAIRS = st.lists(st.tuples(NAMES, NAMES), max_size=30)


def test_a_chain_is_no_group() -> None:
    assert stars([("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")], LENGTHS) == [
        ("b", "a", "c"),
        ("d", "e"),
    ]


def test_the_longest_of_equals_is_the_middle() -> None:
    assert stars([("a", "b")], {"a": 10.0, "b": 20.0}) == [("b", "a")]
    assert stars([("a", "b")], {"a": 10.0, "b": 10.0}) == [("a", "b")]


def test_nothing_makes_no_group() -> None:
    assert stars([], {}) == []
    assert stars([("a", "a")], LENGTHS) == []


@given(PAIRS, st.randoms())
def test_every_file_of_a_group_matches_its_middle(
    pairs: list[tuple[str, str]], chance: object
) -> None:
    found = stars(pairs, LENGTHS)
    either = {*pairs, *((b, a) for a, b in pairs)}
    members = [name for group in found for name in group]
    assert len(members) == len(set(members))
    for middle, *others in found:
        assert others
        assert all((middle, other) in either for other in others)
    # Whoever is left over matches nobody else who is.
    left = {name for pair in pairs for name in pair} - set(members)
    assert not any(a != b and a in left and b in left for a, b in pairs)
    shuffled = [(b, a) for a, b in pairs]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert stars(shuffled, LENGTHS) == found
