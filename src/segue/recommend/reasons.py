"""Why a row stands where it stands, computed from the numbers its score is made of.

A space *contributes* what its loss would cost: ln(place without it / place), where both places are
among all tracks that could be recommended (`segue.recommend.gaps`). So the space that contributes
most is the one without which the row would fall furthest, and what the sentence says first is of
that space.

Features of seed and recommendation *agree* when nine random pairs of ten differ more; the one with
the lowest likeness differs most. The sentence says the first few that agree and the one that
differs, in words the spaces give (`records.Comparison`), and marks what rests on estimates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.spaces.groups import LIKE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.records import Comparison

AGREES = 0.9
"""Likeness from which a feature agrees."""

DIFFERS = 0.5
"""Likeness below which a difference is worth a word: most random pairs are closer.

From here on what is alike with a set as a whole is worth one, which no single pair says.
"""

SENSES = {
    "descriptors": "sound",
    "text": "words",
    "sound": "sound as a network hears it",
    "genre": "genre as a network hears it",
    "genre_votes": "genre as a network hears it",
    "together": "the playlists they stand in",
    "titles": "the names of the playlists they stand in",
    "artist": "who plays",
    "factors": "what people put together",
    "playlists": "the company they keep in playlists",
    "latent": "attributes and names taken together",
    "federated": "the company they keep in other libraries",
}
"""Spaces as people call what they look at; any other goes by its name."""

MARK = "estimated"
"""What is put behind a phrase that rests on an estimate from the signal."""

FIRST, OTHERS, MOST = 2, 1, 5
"""Phrases in the sentence from the space that contributes most, from each other, and from all."""


def most_different(compared: Sequence[Comparison]) -> Comparison | None:
    """The feature of lowest likeness, where there is one that does not agree."""
    apart = [each for each in compared if each.likeness < AGREES and each.contrast]
    return min(apart, key=lambda each: each.likeness, default=None)


def sentence(
    agree: Sequence[Sequence[Comparison]],
    differs: Comparison | None,
    *,
    nearest: str,
    silent: bool = False,
    near: str | None = None,
    whole: Sequence[Sequence[Comparison]] = (),
) -> str:
    """For example "Both calm and in A minor; yours is more acoustic (0.91 against 0.42).".

    Of a set: "In 3 playlists that hold several; nearest to Ann – River: both calm.".

    Parameters
    ----------
    agree
        Features that agree by space, the space that contributes most first.
    differs
        The feature that differs most; said where most random pairs are closer in it.
    nearest
        The space that contributes most: named where no feature agrees.
    silent
        Whether none of its own features agrees, so that it is named before what others say.
    near
        The seed of a set that is nearest, which `agree` is about; empty where a set has none.
    whole
        Features that agree with a set as a whole, by space.
    """
    chosen, of_all = _chosen(agree), _chosen(whole)
    sense = f"alike in {SENSES.get(nearest, nearest.replace('_', ' '))}"
    said = [_agreed(of_all)] if of_all else []
    if silent and (said or chosen):
        said = [sense, *said]
    beside = "" if said else f"{sense}, though no single feature stands out"
    if chosen:
        beside = f"both {_agreed(chosen)}"
    if near:
        beside = f"nearest to {near}: {beside}" if beside else f"nearest to {near}"
    said += [beside] if beside else []
    if differs and differs.likeness < DIFFERS:
        said.append(f"yours is {_contrast(differs)}")
    whole_sentence = "; ".join(said)
    return f"{whole_sentence[0].upper()}{whole_sentence[1:]}."


def _chosen(agree: Sequence[Sequence[Comparison]]) -> list[Comparison]:
    """The features to say, each once: more of them from the space that contributes most."""
    chosen: list[Comparison] = []
    several = sum(1 for group in agree if group) > 1
    for place, group in enumerate(agree):
        most = FIRST if place == 0 else OTHERS
        known = {each.agreement for each in chosen}
        said = [each for each in group if each.agreement and each.agreement not in known]
        chosen += said[: most if several else FIRST + OTHERS]
    return chosen[:MOST]


def _agreed(chosen: Sequence[Comparison]) -> str:
    """What agrees as a list; a mark behind each estimate, or one behind all where all are."""
    if all(each.estimated for each in chosen):
        all_of_it = _listed(_gathered([each.agreement for each in chosen]))
        return f"{all_of_it}, {MARK}" if all_of_it.endswith(")") else f"{all_of_it} ({MARK})"
    marked = (_marked(each.agreement) if each.estimated else each.agreement for each in chosen)
    return _listed(_gathered(list(marked)))


def _contrast(differs: Comparison) -> str:
    """What differs, with its mark."""
    return _marked(differs.contrast) if differs.estimated else differs.contrast


def _marked(phrase: str) -> str:
    """A phrase with the mark behind it, in its own brackets where it ends with some."""
    if phrase.endswith(")"):
        return f"{phrase.removesuffix(')')}, {MARK})"
    return f"{phrase} ({MARK})"


def _gathered(phrases: Sequence[str]) -> list[str]:
    """Phrases as they are, then those without a word of their own as one: "of like a and b"."""
    own = [phrase for phrase in phrases if not phrase.startswith(LIKE)]
    like = [phrase.removeprefix(LIKE) for phrase in phrases if phrase.startswith(LIKE)]
    return [*own, LIKE + _listed(like)] if like else own


def _listed(words: Sequence[str]) -> str:
    """Words as a list in a sentence: "a, b and c"."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
