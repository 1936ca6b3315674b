"""What is asked about: a track of the catalogue, something described from outside, or a set.

A seed is one thing in every epoch; its `Standing` is where it is in the spaces of one snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from math import frexp, ldexp
from typing import TYPE_CHECKING

from segue.errors import NotFoundError
from segue.records import CONTINUOUS, Attributes, Track
from segue.snapshot import Inferring, trust
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from segue.snapshot import Corpus, Description, Snapshot, Space
    from segue.types import Rows


_ATTRIBUTES = tuple(spec.name for spec in fields(Attributes))


@dataclass(frozen=True, slots=True)
class Seed:
    """A track to find others like: by its `row` in the snapshot, or by its `description`.

    Rows differ from epoch to epoch; the engine goes by `track.id` where the row does not fit.

    With `members` it is a set: a playlist, a history. It stands where they stand; its
    `description` then says something of the whole (a playlist's title), and `track` names it.

    Attributes
    ----------
    known
        Of a set, tracks of the catalogue that are not recommended though they are no members.
    shifts
        What is asked about, where the members, itself among them, only shift what is found: where
        it stands alone chooses the lens. None for a set that is asked about as a whole.
    """

    track: Track
    row: int | None = None
    description: Description | None = None
    members: tuple[Member, ...] = ()
    known: frozenset[TrackId] = frozenset()
    shifts: Seed | None = None

    @property
    def hidden(self) -> tuple[Seed, ...]:
        """What is not recommended, nor are versions of it: itself, or members not offered."""
        if not self.members:
            return (self,)
        return tuple(member.seed for member in self.members if not member.offered)


@dataclass(frozen=True, slots=True)
class Member:
    """One of a set of seeds, which has no members of its own.

    Above 0 its `weight` pulls near, below 0 it pushes away; weights count beside one another.
    A member, and versions of it, is not recommended unless it is `offered`.
    """

    seed: Seed
    weight: float = 1.0
    offered: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A member of a set in one snapshot: its `row` there, None from outside.

    `found` holds points by space once they are asked for.
    """

    seed: Seed
    row: int | None
    weight: float
    found: dict[str, object | None] = field(default_factory=dict, compare=False, repr=False)

    def point(self, space: Space) -> object | None:
        """Where it stands in a space; None where it does not."""
        if space.name not in self.found:
            self.found[space.name] = self._point(space)
        return self.found[space.name]

    def _point(self, space: Space) -> object | None:
        if self.row is not None:
            return space.point(self.row) if space.placed[self.row] else None
        return None if self.seed.description is None else placed(self.seed.description, space)


def placed(description: Description, space: Space) -> object | None:
    """Where something from outside stands; the title of a playlist where titles are read alone.

    A space that would place it without its title says nothing of the title. What is only wished
    for stands where it was described, not where its content would put it.
    """
    if description.title and space.place(replace(description, title="")) is not None:
        return None
    point = space.place(description)
    if point is None or not description.wished or not isinstance(space, Inferring):
        return point
    return None if space.infers(point) else point


class Points(Mapping[str, object]):
    """Where a seed stands by space; facets can be looked up too, and are placed when they are.

    Parameters
    ----------
    spaces
        Points by space.
    facets
        What can be looked up beside.
    place
        From a facet to the seed's point there, None for nowhere.
    """

    def __init__(
        self,
        spaces: Mapping[str, object],
        facets: Mapping[str, Space],
        place: Callable[[Space], object | None],
    ) -> None:
        self._spaces, self._facets, self._place = spaces, facets, place
        self._found: dict[str, object | None] = {}

    def __getitem__(self, name: str) -> object:
        """The point in the space or facet `name`; KeyError where the seed does not stand."""
        if name in self._spaces:
            return self._spaces[name]
        if name not in self._found:
            self._found[name] = self._place(self._facets[name])
        point = self._found[name]
        if point is None:
            raise KeyError(name)
        return point

    def __iter__(self) -> Iterator[str]:
        """Names of the spaces, without facets."""
        return iter(self._spaces)

    def __len__(self) -> int:
        """In how many spaces it stands."""
        return len(self._spaces)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a seed stands in one snapshot.

    `row` is its own, None from outside and of a set. `points` are by space, and by facet where one
    of `facets` is looked up; `absent` says what would place it in each of the other spaces.
    `guessed` are the spaces in which its point rests on estimates, `learned` those that a network
    made which knows real music.

    Of a set, `parts` are the members that count, `size` is how many of them are to be near, and
    `hidden` are rows of the snapshot that are not recommended, ascending. `size` is 1 for a track
    and 0 for the title of a playlist alone.
    """

    seed: Seed
    row: int | None
    points: Mapping[str, object]
    absent: Mapping[str, str]
    guessed: frozenset[str]
    learned: frozenset[str] = frozenset()
    parts: tuple[Part, ...] = ()
    size: int = 1
    hidden: Rows | None = None
    facets: Mapping[str, Space] = field(default_factory=dict)

    @property
    def without(self) -> int | Rows | None:
        """Rows that may not be recommended: its own."""
        return self.row if self.hidden is None else self.hidden

    def among(self, spaces: Iterable[str]) -> tuple[str, ...]:
        """Those of `spaces` that the seed stands in."""
        return tuple(name for name in spaces if name in self.points)

    def lacking(self, names: Iterable[str]) -> dict[str, str]:
        """What would place the seed in those of some spaces and facets where it does not stand."""
        needs = {name: self.facets[name].needs for name in names if name in self.facets}
        needs |= self.absent
        return {name: needs[name] for name in names if name in needs and name not in self.points}


def stand(seed: Seed, snapshot: Snapshot) -> Standing:
    """Find `seed` in every space of `snapshot`.

    Raises
    ------
    NotFoundError
        It was a track of the catalogue and is gone.
    """
    row = row_of(seed, snapshot.corpus)

    def placing(space: Space) -> object | None:
        if row is not None:
            return space.point(row)
        return None if seed.description is None else placed(seed.description, space)

    points: dict[str, object] = {}
    absent: dict[str, str] = {}
    guessed: set[str] = set()
    learned: set[str] = set()
    for name, space in snapshot.spaces.items():
        point = placing(space)
        if point is None:
            absent[name] = needs_of(space, seed)
        else:
            points[name] = point
            guessing = snapshot.guessing.get(name)
            if guessing is not None and guessing.guessed(point):
                guessed.add(name)
            if name in snapshot.proven:
                learned.add(name)
    titled = seed.description is not None and bool(seed.description.title)
    return Standing(
        seed,
        row,
        Points(points, snapshot.facets, placing),
        absent,
        frozenset(guessed),
        frozenset(learned),
        size=0 if row is None and titled else 1,
        facets=snapshot.facets,
    )


def needs_of(space: Space, seed: Seed) -> str:
    """What would place a seed in a space; what is wrong with this one before what all need."""
    lacking = seed.description.lacking if seed.description is not None else {}
    return lacking.get(getattr(space, "stored", space.name), space.needs)


def row_of(seed: Seed, corpus: Corpus) -> int | None:
    """The row of a seed's track in this corpus, which may be of a later epoch than the seed."""
    row = corpus.row_of.get(seed.track.id)
    if row is None and seed.description is None:
        raise NotFoundError(
            f"{seed.track.name} ({seed.track.id}) is no longer in the catalogue",
            remedy="Look for it with `segue search WORDS`",
        )
    return row


def seed_from(description: Description) -> Seed:
    """A seed from outside the catalogue; its track has an empty id."""
    record = description.record
    track = Track(
        id=TrackId(""),
        title=record.title,
        artists=record.artists,
        album=record.album,
        genres=record.genres,
        year=record.year,
        duration=record.duration,
        explicit=record.explicit,
        popularity=record.popularity,
        attributes=record.attributes,
        provenance=max(description.origins.values(), key=trust, default=""),
        origins=description.origins,
        outside_ids=record.outside_ids,
        labels=record.labels,
    )
    return Seed(track=track, description=description)


def track_at(corpus: Corpus, row: int) -> Track:
    """The track of a row, as the snapshot knows it: without outside ids and labels."""
    explicit = int(corpus.explicit[row])
    return Track(
        id=corpus.ids[row],
        title=corpus.titles[row],
        artists=corpus.artists[row],
        album=corpus.albums[row],
        genres=corpus.genres[row],
        year=int(corpus.year[row]) or None,
        duration=_number(float(corpus.duration[row])),
        explicit=None if explicit < 0 else bool(explicit),
        popularity=_number(float(corpus.popularity[row])),
        attributes=_attributes(corpus.attributes[row].tolist()),
        provenance=corpus.origin(row),
        origins=_origins(corpus, row),
        playable=bool(corpus.playable[row]),
        synthetic=bool(corpus.synthetic[row]),
    )


def _origins(corpus: Corpus, row: int) -> dict[str, str]:
    """Where each known attribute of a row comes from."""
    places = corpus.origins[row].tolist()
    return {
        name: corpus.provenances[place]
        for name, place in zip(_ATTRIBUTES, places, strict=True)
        if place >= 0
    }


def _attributes(values: list[float]) -> Attributes | None:
    *measured, key, mode, metre = (_number(value) for value in values)
    if all(number is None for number in (*measured, key, mode, metre)):
        return None
    named = dict(zip((*CONTINUOUS, "tempo"), measured, strict=True))
    return Attributes(**named, key=_whole(key), mode=_whole(mode), time_signature=_whole(metre))


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def _number(value: float) -> float | None:
    """A float32 as a short decimal number that is read as it; None for NaN."""
    if value != value:  # noqa: PLR0124 (NaN)
        return None
    part, power = frexp(value)
    # Half of what lies to the next float32; below a power of two they lie closer.
    half = ldexp(1.0, power - (26 if abs(part) == 0.5 else 25))
    for digits in (6, 7, 8):
        written = float(f"{value:.{digits}g}")
        if abs(written - value) < half:
            return written
    return float(f"{value:.9g}")
