"""What an answer may hold, as a mask over the rows: applied before the nearest are chosen.

Each condition of `segue.records.Filters` is a mask of its own, with words for it; what passes all
of them may be recommended. Names are compared folded (`segue.names`): case, accents and punctuation
do not count. Tempo is heard on the circle of octaves where that is wished: 84 and 168 beats a
minute are the same pulse counted twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import BadRequestError
from segue.names import artist_key, fold
from segue.recommend import ranges
from segue.recommend.folders import Folders
from segue.recommend.keys import Key, in_key
from segue.recommend.unknown import unknown
from segue.records import KEYS, Filters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from segue.records import Between
    from segue.snapshot import Corpus
    from segue.types import Mask, Rows

_TEMPO, _KEY, _MODE = (ranges.COLUMNS.index(name) for name in ("tempo", "key", "mode"))


@dataclass(frozen=True, slots=True, eq=False)
class Condition:
    """What one condition asks for, in words that follow "is", and the rows that pass it."""

    said: str
    passing: Mask


class Sieve:
    """Masks for one corpus; what it looks names up in is made at the first need."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def mask(self, filters: Filters) -> Mask | None:
        """Rows that pass every condition, shape (tracks,); None where there is no condition.

        Raises
        ------
        BadRequestError
            A range is empty or no range, or nothing has a wanted genre, artist, language or folder.
        """
        if filters == Filters():
            return None
        return self._all(self._conditions(filters))

    def told(self, filters: Filters) -> tuple[str, ...]:
        """What each condition asks for, in words that follow "is"."""
        return tuple(each.said for each in self._conditions(filters))

    def lost(self, filters: Filters) -> str:
        """Which conditions leave nothing, as a sentence; empty where something passes all."""
        conditions = list(self._conditions(filters))
        if not len(self._corpus) or not conditions or self._all(conditions).any():
            return ""
        rest = {
            each.said: int(np.count_nonzero(self._all(c for c in conditions if c is not each)))
            for each in conditions
        }
        saved = {said: count for said, count in rest.items() if count}
        if len(conditions) > 1 and saved:
            told = ", ".join(f"{count:,} without “{said}”" for said, count in saved.items())
            return f"No track passes all the filters; of all tracks there would be {told}{_UNKNOWN}"
        told = ", ".join(f"{np.count_nonzero(c.passing):,} “{c.said}”" for c in conditions)
        count = len(self._corpus)
        of_all = "the 1 track" if count == 1 else f"{count:,} tracks"
        return f"No track passes the filters; of {of_all}, each alone: {told}{_UNKNOWN}"

    def idle(self, filters: Filters) -> tuple[str, ...]:
        """Sentences on what is to be left out and is not there; it is no error to name it."""
        # Names are looked up where any is given: gathering them takes seconds of a large catalogue.
        gone = [
            f"of the genre {name!r}"
            for name in filters.exclude_genres
            if fold(name) not in self._genres
        ]
        gone += [
            f"by {name!r}"
            for name in filters.exclude_artists
            if artist_key(name) not in self._artists
        ]
        told = [f"No track is {what}: leaving it out changes nothing" for what in gone]
        strange = sum(one not in self._corpus.row_of for one in filters.exclude_tracks)
        if strange:
            what = "1 track" if strange == 1 else f"{strange:,} tracks"
            are = "is" if strange == 1 else "are"
            told.append(f"{what} to leave out {are} not in the catalogue")
        return tuple(told)

    def _all(self, conditions: Iterable[Condition]) -> Mask:
        passing = np.ones(len(self._corpus), dtype=np.bool_)
        for each in conditions:
            passing &= each.passing
        return passing

    def _conditions(self, filters: Filters) -> Iterator[Condition]:
        yield from self._named(filters)
        yield from self._numbered(filters)
        yield from self._keyed(filters)
        corpus = self._corpus
        if filters.explicit is not None:
            said = "explicit" if filters.explicit else "not explicit"
            yield Condition(said, corpus.explicit == int(filters.explicit))
        if filters.playable is not None:
            said = "held by a file" if filters.playable else "held by no file"
            yield Condition(said, corpus.playable == filters.playable)
        if filters.exclude_tracks:
            held = (corpus.row_of.get(track) for track in filters.exclude_tracks)
            rows = np.array([row for row in held if row is not None], dtype=np.int64)
            said = f"none of {len(filters.exclude_tracks):,} that are left out"
            yield Condition(said, self._none([rows]))

    def _named(self, filters: Filters) -> Iterator[Condition]:
        """Conditions on words."""
        if filters.genres:
            found = self._found("of the genre", filters.genres, self._genres, fold)
            yield Condition(f"of the genre {_either(filters.genres)}", self._any(found))
        if filters.exclude_genres:
            rows = (self._genres.get(fold(name), _NOBODY) for name in filters.exclude_genres)
            yield Condition(f"not of the genre {_either(filters.exclude_genres)}", self._none(rows))
        if filters.artists:
            found = self._found("by", filters.artists, self._artists, artist_key)
            yield Condition(f"by {_either(filters.artists)}", self._any(found))
        if filters.exclude_artists:
            rows = (self._artists.get(artist_key(n), _NOBODY) for n in filters.exclude_artists)
            yield Condition(f"not by {_either(filters.exclude_artists)}", self._none(rows))
        if filters.languages:
            found = self._found("in the language", filters.languages, self._languages, _language)
            yield Condition(f"in the language {_either(filters.languages)}", self._any(found))
        if filters.folders:
            held = [self._folders.rows(each) for each in filters.folders]
            yield Condition(f"in the folder {_either(filters.folders)}", self._any(held))

    def _numbered(self, filters: Filters) -> Iterator[Condition]:
        """Conditions on numbers."""
        corpus = self._corpus
        year, length = ranges.year(filters), ranges.length(filters)
        if year.given:
            yield Condition(year.said, (corpus.year != 0) & year.holds(corpus.year))
        if length.given:
            yield Condition(length.said, length.holds(corpus.duration))
        tempo = ranges.tempo(filters)
        if tempo.given:
            beats = np.where(corpus.attributes[:, _TEMPO] > 0, corpus.attributes[:, _TEMPO], np.nan)
            passing = tempo.holds(beats)
            if filters.octaves:
                passing |= tempo.holds(2 * beats) | tempo.holds(beats / 2)
            halved = ", half or double" if filters.octaves else ""
            yield Condition(f"{tempo.said}{halved}", passing)
        for each in filters.between:
            between = ranges.between(each)
            yield Condition(between.said, between.holds(self._column(each)))

    def _column(self, each: Between) -> NDArray[Any]:
        if each.attribute == ranges.POPULARITY:
            return self._corpus.popularity
        return self._corpus.attributes[:, ranges.COLUMNS.index(each.attribute)]

    def _keyed(self, filters: Filters) -> Iterator[Condition]:
        _check_key(filters)
        pitches, modes = self._corpus.attributes[:, _KEY], self._corpus.attributes[:, _MODE]
        if filters.key is not None:
            key = Key(filters.key, filters.mode)
            mixing = " or a key that mixes with it" if filters.compatible_keys else ""
            passing = in_key(pitches, modes, key, compatible=filters.compatible_keys)
            yield Condition(f"in {key.name}{mixing}", passing)
        elif filters.mode is not None:
            yield Condition("in major" if filters.mode else "in minor", modes == filters.mode)

    def _found(
        self,
        what: str,
        names: Iterable[str],
        rows: Mapping[str, Rows],
        plain: Callable[[str], str],
    ) -> list[Rows]:
        """Rows of each name; BadRequestError for one that nothing has."""
        found = []
        for name in names:
            if plain(name) not in rows:
                raise unknown(f"no track is {what} {name!r}", plain(name), rows, where="filters")
            found.append(rows[plain(name)])
        return found

    def _any(self, groups: Iterable[Rows]) -> Mask:
        found = np.zeros(len(self._corpus), dtype=np.bool_)
        for rows in groups:
            found[rows] = True
        return found

    def _none(self, groups: Iterable[Rows]) -> Mask:
        return ~self._any(groups)

    @cached_property
    def _genres(self) -> dict[str, Rows]:
        return _rows_by_name([fold(g) for g in genres] for genres in self._corpus.genres)

    @cached_property
    def _artists(self) -> dict[str, Rows]:
        return _rows_by_name([artist_key(a) for a in artists] for artists in self._corpus.artists)

    @cached_property
    def _languages(self) -> dict[str, Rows]:
        """By whole codes and by what stands before their region."""
        spoken = (self._corpus.languages.get(row, "") for row in range(len(self._corpus)))
        codes = ([_language(said)] if said else [] for said in spoken)
        return _rows_by_name(
            {part for c in code for part in (c, c.partition("-")[0])} for code in codes
        )

    @cached_property
    def _folders(self) -> Folders:
        return Folders(self._corpus.paths)


def _check_key(filters: Filters) -> None:
    if filters.key is not None and filters.key not in range(len(KEYS)):
        raise BadRequestError(
            f"{filters.key} is no key", where="filters", remedy="Give a pitch class from 0 to 11"
        )
    if filters.mode not in {None, 0, 1}:
        raise BadRequestError(
            f"{filters.mode} is no mode", where="filters", remedy="Give 1 for major, 0 for minor"
        )
    if filters.compatible_keys and filters.key is None:
        raise BadRequestError(
            "keys are to be compatible, but no key is named",
            where="filters",
            remedy="Name the key that they shall mix with",
        )


_UNKNOWN = ". What nobody knows of a track passes no filter on it"

_NOBODY = np.empty(0, dtype=np.int64)


def _language(code: str) -> str:
    return code.strip().casefold().replace("_", "-")


def _rows_by_name(names: Iterable[Iterable[str]]) -> dict[str, Rows]:
    rows: dict[str, list[int]] = {}
    for row, several in enumerate(names):
        for name in several:
            rows.setdefault(name, []).append(row)
    return {name: np.array(found, dtype=np.int64) for name, found in rows.items()}


def _either(names: Iterable[str]) -> str:
    """``a, b or c``."""
    *some, last = names
    return f"{', '.join(some)} or {last}" if some else last
