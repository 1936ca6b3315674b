"""What the form that asks offers: lenses, genres, keys, and choices for filters and dials.

Choices are steps of a number. What was asked by an address and lies between them is a choice of its
own, so that no form forgets it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.recommend.keys import Key
from segue.recommend.lenses import BALANCED, LENSES
from segue.serve import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI

    from segue.library import Segue
    from segue.records import Between
    from segue.serve.questions import Question

ATTRIBUTES: dict[str, str] = {
    "energy": "Energy",
    "valence": "Cheerfulness",
    "danceability": "Danceability",
    "acousticness": "Acoustic",
    "instrumentalness": "Instrumental",
}
"""Attributes that a form offers ranges of, and what they are called there."""

_THIRDS = {":0.33": "Low", "0.33:0.67": "Middle", "0.67:": "High"}

DIALS: dict[str, tuple[str, Mapping[float, str]]] = {
    "diversity": ("Variety", {0.0: "None", 0.3: "Some", 0.6: "Much"}),
    "hubs": ("Tracks near to everything", {0.0: "As they come", 0.5: "Less", 1.0: "Least"}),
    "variation": ("Chance", {0.0: "None", 0.2: "A little", 0.6: "Much"}),
}
"""Dials in [0, 1]: what they are called, and their steps."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a field: what is sent, what is shown, whether it is chosen."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A field of which one option is chosen; the first, blank, asks nothing."""

    name: str
    label: str
    options: tuple[Option, ...]


def lens_choices(segue: Segue) -> list[tuple[str, str, str]]:
    """Every lens: its name, what people call it, what it looks at; each space is one too.

    Lenses are left out that need a network or training, or playlists, where no track has any.
    """
    spaces = segue.engine().snapshot.spaces if segue.ready else {}
    always = {name for name, lens in LENSES.items() if name in lens.weights}
    nobody = {n for n, space in spaces.items() if n not in always and not space.placed.any()}
    weights = {name: {name: 1.0} for name in spaces} | {n: one.weights for n, one in LENSES.items()}
    known = [name for name in words.LENSES if name in weights]
    names = dict.fromkeys([*known, *LENSES, *spaces])
    offered = [BALANCED, *(name for name in names if not nobody & weights[name].keys())]
    return [(name, *words.LENSES.get(name, (name.capitalize(), ""))) for name in offered]


def genres_of(app: FastAPI, segue: Segue) -> list[str]:
    """The genres of the tracks the engine knows, in order; none before it stands.

    Gathered once an epoch.
    """
    if not segue.ready:
        return []
    corpus = segue.engine().snapshot.corpus
    epoch, genres = getattr(app.state, "genres", (None, []))
    if epoch != corpus.epoch:
        genres = sorted({genre for several in set(corpus.genres) for genre in several})
        app.state.genres = (corpus.epoch, genres)
    return genres


def key_choices() -> list[str]:
    """All keys with their places on the Camelot wheel, round the wheel."""
    keys = [Key(pitch, mode) for pitch in range(12) for mode in (0, 1)]
    ordered = sorted(keys, key=lambda each: (int(each.camelot[:-1]), each.camelot))
    return [each.name for each in ordered] + [each.camelot for each in ordered]


def key_asked(question: Question) -> str:
    """The key that is asked for, as one writes it; empty where none is."""
    return "" if question.key is None else question.key.name


def range_choices(question: Question) -> list[Choice]:
    """A field for each attribute that has ranges to choose from, or of which one is asked."""
    asked = list(question.filters.between)
    firsts = {each.attribute: each for each in reversed(asked) if each.attribute in ATTRIBUTES}
    others = [each for each in asked if each is not firsts.get(each.attribute)]
    offered = [_ranges(name, firsts.get(name), _THIRDS) for name in ATTRIBUTES]
    return offered + [_ranges(each.attribute, each, {}) for each in others]


def dial_choices(question: Question) -> list[Choice]:
    """A field for each dial in [0, 1]."""
    return [
        _choice(
            name,
            label,
            {f"{value:g}": said for value, said in steps.items()},
            None if (asked := getattr(question, name)) is None else f"{asked:g}",
            usual="As usual",
        )
        for name, (label, steps) in DIALS.items()
    ]


def _ranges(name: str, asked: Between | None, thirds: Mapping[str, str]) -> Choice:
    label = ATTRIBUTES.get(name, name.replace("_", " ").capitalize())
    steps = {f"{name}:{ends}": said for ends, said in thirds.items()}
    written = None
    if asked is not None:
        least, most = ("" if end is None else f"{end:g}" for end in (asked.least, asked.most))
        written = f"{name}:{least}:{most}"
    return _choice("between", label, steps, written, usual="Any")


def _choice(
    name: str, label: str, steps: Mapping[str, str], asked: str | None, *, usual: str
) -> Choice:
    options = [Option(value, said, value == asked) for value, said in steps.items()]
    if asked is not None and asked not in steps:
        options.append(Option(asked, _said(asked), chosen=True))
    return Choice(name, label, (Option("", usual), *options))


def _said(value: str) -> str:
    """A value that is no step: "0.45", "0.2 to 0.4", "from 0.2"."""
    if ":" not in value:
        return value
    _, least, most = value.split(":")
    return f"{least} to {most}" if least and most else f"from {least}" if least else f"to {most}"
