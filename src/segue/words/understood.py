"""What a text in words is understood as: seeds, targets, conditions, and each phrase's meaning.

It is a plain record, so that it can be shown, changed and sent back (`segue.words.written`).
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 (read by `segue.words.written`)
from dataclasses import dataclass, field, replace

from segue.records import Between, Filters

ARTIST, TRACK = "artist", "track"

UNKNOWN, UNUSED = "unknown", "unused"
"""Kinds of phrases that have no effect: nobody knows them, or the catalogue cannot follow them."""


@dataclass(frozen=True, slots=True)
class Named:
    """An artist or a track that is named, as the catalogue writes it; `id` is that of a track."""

    kind: str
    name: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A number that is wanted: what is aimed at, and from `least` to `most` what counts as it.

    `number` is an attribute of `segue.records.Attributes`, or "popularity". Where `firm`, only
    tracks in the range are answered; else as long as enough of them are left.
    """

    number: str
    value: float
    least: float | None = None
    most: float | None = None
    firm: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """A part of the text: its `kind`, what it `means` in a sentence, what else it could be.

    `near` are words to write instead: other readings, or what is known and looks alike.
    """

    text: str
    kind: str
    means: str
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text is understood as.

    Attributes
    ----------
    text
        As it was written; empty of one that was put together.
    like, unlike
        Seeds: what to be near to, what to stay away from.
    targets
        Numbers that are wanted, each once.
    emotion, tags
        Words for what tracks are labelled with, or called.
    filters
        Other conditions: years, lengths, genres, keys.
    lens
        What the answer goes by; None leaves it to the seeds.
    phrases
        The parts of the text in order.
    """

    text: str = field(default="", compare=False)
    like: tuple[Named, ...] = ()
    unlike: tuple[Named, ...] = ()
    targets: tuple[Target, ...] = ()
    emotion: str = ""
    tags: tuple[str, ...] = ()
    filters: Filters = Filters()  # noqa: RUF009 (frozen)
    lens: Mapping[str, float] | None = None
    phrases: tuple[Phrase, ...] = field(default=(), compare=False)

    @property
    def unknown(self) -> tuple[Phrase, ...]:
        """Parts that nobody understood."""
        return tuple(phrase for phrase in self.phrases if phrase.kind == UNKNOWN)

    @property
    def empty(self) -> bool:
        """Whether nothing is understood that an answer could follow."""
        said = (self.like, self.unlike, self.targets, self.emotion, self.tags)
        return not any(said) and self.filters == Filters()

    def narrowed(self) -> Filters:
        """All conditions: the `filters`, and the ranges of the targets.

        Half and double the tempo are another tempo here: nobody calls a track slow whose beat
        could be counted half as fast.
        """
        filters = self.filters
        for target in self.targets:
            if target.least is None and target.most is None:
                continue
            if target.number == "tempo":
                filters = replace(
                    filters, tempo_from=target.least, tempo_to=target.most, octaves=False
                )
            else:
                between = Between(target.number, target.least, target.most)
                filters = replace(filters, between=(*filters.between, between))
        return filters
