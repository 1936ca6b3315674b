"""A wish: what somebody says of a song that need not exist, as a seed.

Any subset of attributes, genres, artists, an emotion and other words. What is left out is open: it
counts as unknown, not as usual.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from segue.errors import BadRequestError
from segue.names import fold
from segue.recommend.seeds import Seed, seed_from
from segue.records import KEYS, Attributes, Track, TrackRecord
from segue.snapshot import GIVEN, Description
from segue.types import TrackId
from segue.words.saying import quantity
from segue.words.settling import lens_of
from segue.words.understood import ARTIST, Named, Phrase, Target

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from segue.words.understood import Understood

RANGES: dict[str, tuple[float, float]] = {
    "loudness": (-60.0, 5.0),
    "tempo": (20.0, 400.0),
    "key": (0, 11),
    "mode": (0, 1),
    "time_signature": (1, 16),
}
"""What attributes lie in, both ends included; all others in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wished for; `attributes` by name as in `segue.records.Attributes`."""

    attributes: Mapping[str, float]
    genres: tuple[str, ...] = ()
    artists: tuple[str, ...] = ()
    emotion: str = ""
    tags: tuple[str, ...] = ()

    def joined(self, said: Understood, *, facets: Collection[str]) -> Understood:
        """What words say and this wishes besides, which counts before the words.

        Numbers are aimed at, a key and genres narrow, artists are to be near to; each stands among
        the phrases. A lens that came of the words alone comes of all of it.

        Parameters
        ----------
        said
            What the words say.
        facets
            Which single features the catalogue can weigh.
        """
        wanted = {name: _checked(name, value) for name, value in self.attributes.items()}
        phrases = [_added(name, value, said) for name, value in wanted.items()]
        filters = said.filters
        for name in ("key", "mode"):
            if name in wanted:
                filters = replace(filters, **{name: int(wanted.pop(name))})  # type: ignore[arg-type]
        genres, artists, tags = _named(self.genres), _named(self.artists), _named(self.tags)
        emotion = self.emotion.strip()
        phrases += [Phrase(name, "genre", f"only of the genre {name}") for name in genres]
        phrases += [Phrase(name, "artist", f"like the artist {name}") for name in artists]
        phrases += [Phrase(tag, "tag", f"with {tag!r} among its labels and titles") for tag in tags]
        if emotion:
            before = _instead("the emotion", said.emotion and said.emotion != emotion)
            phrases.append(Phrase(emotion, "emotion", f"labelled {emotion}{before}"))
        targets = [target for target in said.targets if target.number not in wanted]
        joined = replace(
            said,
            like=(*said.like, *(Named(ARTIST, name) for name in artists)),
            targets=(*targets, *(Target(name, value) for name, value in wanted.items())),
            emotion=emotion or said.emotion,
            tags=tuple(dict.fromkeys((*said.tags, *tags))),
            filters=replace(filters, genres=_named((*filters.genres, *genres))),
            phrases=(*said.phrases, *phrases),
        )
        own = said.lens != lens_of(said, facets)
        return joined if own else replace(joined, lens=lens_of(joined, facets))

    def seed(self) -> Seed:
        """The wish as a seed.

        Raises
        ------
        BadRequestError
            Nothing is wished for, or an attribute is unknown or out of its range.
        """
        values = {name: _checked(name, value) for name, value in self.attributes.items()}
        genres, artists, tags = _named(self.genres), _named(self.artists), _named(self.tags)
        emotion = self.emotion.strip()
        if not (values or genres or artists or tags or emotion):
            raise BadRequestError(
                "nothing is wished for",
                remedy="Name an attribute, a genre, an artist or an emotion",
            )
        whole = {name: int(v) if name in _WHOLE else v for name, v in values.items()}
        record = TrackRecord(
            # Other words are those of labels and of titles.
            title=" ".join(tags),
            artists=artists,
            genres=genres,
            labels=(*((("emotion", emotion),) if emotion else ()), *(("tag", tag) for tag in tags)),
            attributes=Attributes(**whole) if whole else None,  # type: ignore[arg-type]
        )
        origins = dict.fromkeys(values, GIVEN)
        seed = seed_from(Description(record, {}, origins=origins, wished=True))
        said = (*(_said(n, v) for n, v in values.items()), *genres, *artists, emotion, *tags)
        name = f"A wish: {', '.join(word for word in said if word)}"
        track = Track(TrackId(""), name, (), genres=genres, attributes=record.attributes)
        return Seed(track=track, description=seed.description)


_ATTRIBUTES = tuple(spec.name for spec in fields(Attributes))
_WHOLE = frozenset({"key", "mode", "time_signature"})


def _checked(name: str, value: float) -> float:
    if name not in _ATTRIBUTES:
        raise BadRequestError(
            f"there is no attribute {name!r}", remedy=f"Use {', '.join(_ATTRIBUTES)}"
        )
    low, high = RANGES.get(name, (0.0, 1.0))
    if not (math.isfinite(value) and low <= value <= high):
        raise BadRequestError(
            f"{name} is {value:g}", remedy=f"Give a number from {low:g} to {high:g}"
        )
    return value


def _added(name: str, value: float, said: Understood) -> Phrase:
    """A number that is wished for beside words, as a phrase of them."""
    if name in {"key", "mode"}:
        before = getattr(said.filters, name)
        text, lead = _said(name, value), "only" if name == "key" else "only in"
        return Phrase(
            text, "key", f"{lead} {text}{_instead(f'the {name}', before not in {None, value})}"
        )
    before = any(target.number == name for target in said.targets)
    means = f"as near to {name.replace('_', ' ')} {quantity(name, value)} as can be"
    return Phrase(_said(name, value), "number", f"{means}{_instead(f'the {name}', before)}")


def _instead(what: str, before: object) -> str:
    """That something takes the place of what words say, where they say anything."""
    return f", in place of what the words say of {what}" if before else ""


def _said(name: str, value: float) -> str:
    if name == "key":
        return f"in {KEYS[int(value)]}"
    if name == "mode":
        return "major" if value else "minor"
    return f"{name.replace('_', ' ')} {value:g}"


def _named(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names that say something, each once."""
    found = {fold(name): name.strip() for name in names if name.strip()}
    return tuple(found.values())
