"""All that words can mean in one catalogue: the vocabulary, and what only this catalogue knows.

Terms are phrases in the normal form of `segue.words.tokens.key`. Of a catalogue they are its
genres, the emotions its labels name and the languages of its tracks; artists and titles are looked
up where names may stand (`segue.words.calling`).
"""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from segue.names import fold
from segue.words import vocabulary
from segue.words.calling import Names
from segue.words.scales import scales
from segue.words.tokens import key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from segue.recommend.artists import ByArtist
    from segue.records import Track
    from segue.snapshot import Corpus
    from segue.words.scales import Scale
    from segue.words.vocabulary import Quality

NEAR = 3
"""Most words that are offered for one that nobody knows."""

_LABELLED = 2


@dataclass(frozen=True, slots=True)
class Term:
    """What a phrase means by itself: a `kind`, and a name or a quality.

    Kinds are "quality", "comparative", "mode", "flag", "genre", "emotion" and "language".
    """

    kind: str
    name: str = ""
    quality: Quality | None = None


@lru_cache(maxsize=1)
def _plain_terms() -> dict[str, Term]:
    """Terms of the vocabulary alone."""
    found: dict[str, Term] = {}
    for phrase, quality in vocabulary.qualities():
        found.setdefault(key(phrase), Term("quality", phrase, quality))
    for phrase, quality in vocabulary.comparatives():
        found[key(phrase)] = Term("comparative", phrase, quality)
    found |= {key(phrase): Term("mode", str(mode)) for phrase, mode in vocabulary.MODES.items()}
    found |= {key(phrase): Term("flag", phrase) for phrase in vocabulary.FLAGS}
    return found


class Lexicon:
    """What words mean in one catalogue; made once for an epoch.

    Parameters
    ----------
    corpus
        The catalogue.
    by_artist
        The tracks of its artists.
    facets
        Names of the facets that a lens may weigh.
    """

    def __init__(
        self,
        corpus: Corpus,
        by_artist: ByArtist,
        *,
        facets: Collection[str] = (),
    ) -> None:
        self._corpus = corpus
        self.facets = frozenset(facets)
        self.names = Names(corpus, by_artist)
        self.scales: Mapping[str, Scale] = scales(corpus)
        self.genres = _keyed(name for names in set(corpus.genres) for name in names)
        self.emotions = _keyed(corpus.emotions.values())
        self.languages = _languages(set(corpus.languages.values()))
        self.marked = bool((corpus.explicit >= 0).any())
        self._compact = {name.replace(" ", ""): name for name in self.genres}
        self._terms = self._all_terms()
        self.longest = max(term.count(" ") + 1 for term in self._terms)

    def term(self, phrase: str) -> Term | None:
        """What a phrase in normal form means by itself."""
        found = self._terms.get(phrase)
        if found is None and (genre := self._genre(phrase)) is not None:
            return Term("genre", self.genres[genre])
        if found is not None and found.quality is not None and found.quality.yields:
            genre = self._genre(phrase)
            return found if genre is None else Term("genre", self.genres[genre])
        return found

    def genre(self, phrase: str) -> str | None:
        """The genre of the catalogue that is called so, as the catalogue writes it."""
        found = self._genre(phrase)
        return None if found is None else self.genres[found]

    def usual(
        self, number: str, rows: Sequence[int], *, tracks: Sequence[Track] = ()
    ) -> float | None:
        """The median of a number over rows, and tracks from outside; None where none has it."""
        columns = {"popularity": self._corpus.popularity, "seconds": self._corpus.duration}
        places = np.array(rows, dtype=np.int64)
        if number in columns:
            values = columns[number][places].astype(np.float64)
        elif number == "year":
            years = self._corpus.year[places].astype(np.float64)
            values = years[years > 0]
        else:
            column = tuple(self.scales).index(number)
            values = self._corpus.attributes[places, column].astype(np.float64)
        others = np.array([_of(track, number) for track in tracks], dtype=np.float64)
        values = np.concatenate([values, others])
        known = values[np.isfinite(values)]
        return float(np.median(known)) if known.size else None

    def labelled(self, word: str) -> bool:
        """Whether labels of several tracks have a word."""
        return self._labels[word] >= _LABELLED

    def near(self, phrase: str) -> tuple[str, ...]:
        """Words that look like a phrase nobody knows, the closest first."""
        plain = fold(phrase)
        likely = [
            one
            for one in self._writable.get(plain[:1], ())
            if abs(len(one) - len(plain)) <= max(1, len(plain) // 3)
        ]
        close = difflib.get_close_matches(plain, likely, n=NEAR, cutoff=0.75)
        return tuple(dict.fromkeys(self._written(one) for one in close))

    def _genre(self, phrase: str) -> str | None:
        """The normal form of the genre that is called so."""
        for one in (phrase, *vocabulary.GENRES.get(phrase, ())):
            if one in self.genres:
                return one
            if (found := self._compact.get(one.replace(" ", ""))) is not None:
                return found
        return None

    def _all_terms(self) -> dict[str, Term]:
        found = {name: Term("genre", shown) for name, shown in self.genres.items()}
        found |= {name: Term("genre", self.genres[genre]) for name, genre in self._aliases()}
        found |= {name: Term("emotion", shown) for name, shown in self.emotions.items()}
        found |= _plain_terms()
        languages = (
            (f"{word} {name}", name) for name in self.languages for word in ("in", "sung in")
        )
        return found | {phrase: Term("language", name) for phrase, name in languages}

    def _aliases(self) -> Iterable[tuple[str, str]]:
        for name in vocabulary.GENRES:
            genre = self._genre(name)
            if genre is not None:
                yield name, genre

    @cached_property
    def _writable(self) -> dict[str, list[str]]:
        """Terms by their first letter."""
        found: dict[str, list[str]] = {}
        for term in sorted(self._terms):
            found.setdefault(term[:1], []).append(term)
        return found

    def _written(self, phrase: str) -> str:
        term = self._terms[phrase]
        return term.name if term.kind in {"genre", "emotion", "quality"} else phrase

    @cached_property
    def _labels(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for text in self._corpus.labels.values():
            found.update(set(fold(text).split()))
        return found


def _of(track: Track, number: str) -> float:
    """A number of a track; NaN where it is unknown."""
    kept = {"popularity": track.popularity, "seconds": track.duration, "year": track.year}
    found = kept[number] if number in kept else getattr(track.attributes, number, None)
    return float("nan") if found is None else float(found)


def _keyed(names: Iterable[str]) -> dict[str, str]:
    """Names by their normal form, in order."""
    return {key(name): name for name in sorted(set(names)) if key(name)}


def _languages(codes: set[str]) -> dict[str, str]:
    """Languages of the catalogue by what they are called: name → the code its tags have."""
    found = {}
    for name, known in vocabulary.LANGUAGES.items():
        code = next((one for one in sorted(codes) if one.split("-")[0] in known), None)
        if code is not None:
            found[name] = code
    return found
