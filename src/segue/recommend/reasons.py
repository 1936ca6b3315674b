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

from types import MappingProxyType
from typing import TYPE_CHECKING

from segue.records import Contribution, Reasons
from segue.snapshot import Inferring
from segue.spaces.groups import LIKE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.recommend.blending import Blend, Points, Settled
    from segue.recommend.nearest import Neighbour
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
}
"""Spaces as people call what they look at; any other goes by its name."""

MARK = "estimated"
"""What is put behind a phrase that rests on an estimate from the signal."""

_NOBODY: Mapping[int, Neighbour] = MappingProxyType({})

FIRST, OTHERS, MOST = 2, 1, 5
"""Phrases in the sentence from the space that contributes most, from each other, and from all."""


def explain(
    blend: Blend,
    point: Points,
    settled: Settled,
    *,
    place: int,
    rank: int,
    without: Sequence[int],
    near: Mapping[int, Neighbour] = _NOBODY,
) -> Reasons:
    """Reasons for the row at `place` of `settled`.

    Parameters
    ----------
    blend, point
        What was asked, and where the seed stands.
    settled
        Exact scores.
    place
        Which of its rows.
    rank, without
        Where that row stands among all that could be recommended, and where it would stand without
        each space of the blend; from 1.
    near
        Of a set, the seed that each row is nearest to.
    """
    row = int(settled.rows[place])
    seed = near.get(row)
    parts, estimated = settled.parts[place].tolist(), settled.estimated[place].tolist()
    found: list[tuple[Contribution, tuple[Comparison, ...], bool]] = []
    for index, (name, space) in enumerate(zip(blend.names, blend.spaces, strict=True)):
        own = None if seed is None else seed.points[index]
        against = point[index] if own is None else own
        compared = () if estimated[index] else space.compare(against, row)
        contribution = Contribution(
            name,
            blend.weights[index],
            parts[index],
            blend.expected[index],
            rank,
            without[index],
            estimated[index],
            isinstance(space, Inferring) and bool(space.inferred[row]),
        )
        found.append((contribution, compared, seed is not None and own is None))
    found.sort(key=lambda each: -each[0].value)
    agree = [
        [each for each in compared if each.likeness >= (DIFFERS if whole else AGREES)]
        for _, compared, whole in found
    ]
    differs = _most_different([each for _, compared, _ in found for each in compared])
    groups = list(zip(agree, [whole for _, _, whole in found], strict=True))
    return Reasons(
        contributions=tuple(contribution for contribution, _, _ in found),
        agree=tuple(each for group in agree for each in group),
        differs=differs,
        sentence=sentence(
            [group for group, whole in groups if not whole],
            differs,
            nearest=found[0][0].space,
            near=None if seed is None else seed.name,
            whole=[group for group, whole in groups if whole],
        ),
    )


def _most_different(compared: Sequence[Comparison]) -> Comparison | None:
    """The feature of lowest likeness, where there is one that does not agree."""
    apart = [each for each in compared if each.likeness < AGREES and each.contrast]
    return min(apart, key=lambda each: each.likeness, default=None)


def sentence(
    agree: Sequence[Sequence[Comparison]],
    differs: Comparison | None,
    *,
    nearest: str,
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
        The space to name where no feature agrees.
    near
        The seed of a set that is nearest, which `agree` is about; empty where a set has none.
    whole
        Features that agree with a set as a whole, by space.
    """
    chosen, of_all = _chosen(agree), _chosen(whole)
    sense = f"alike in {SENSES.get(nearest, nearest)}, though no single feature stands out"
    said = [_agreed(of_all)] if of_all else []
    beside = "" if said else sense
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
