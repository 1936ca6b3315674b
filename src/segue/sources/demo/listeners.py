"""Listeners with hidden tastes: their playlists, and a year of listening for a few of them.

A listener has one to three places in the hidden space it likes (each near an artist, famous ones
more often). A playlist is made at one of them with a *theme*, which says what it holds together:
a genre, a mood, an era, an artist. The chance of a track is ::

    weight^a · exp(−½ · Σ_d (f_d · (x_d − q_d) / s)²) · b^[by the loved artist]

with x the track's hidden point, q the playlist's place, f the theme's focus a coordinate and s
its width; a few entries are chosen by fame alone. Tracks are drawn without replacement (the
Gumbel trick: the largest of log-chance minus the log of an exponential).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segue.records import OutsideId, Play, PlaylistRecord
from segue.sources.demo.artists import stream
from segue.sources.demo.truth import SCHEME
from segue.sources.demo.words import playlist_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    from segue.records import TrackRecord
    from segue.sources.demo.truth import TrackTruth
    from segue.types import Floats

LISTENERS = 430
PLAYLISTS = 2_000
HISTORIES = 12

_TASTE, _PLAYLIST, _OWNER, _HISTORY = 6, 7, 8, 9
_YEAR_START = 1_704_067_200.0
_DAY = 86_400.0
_FAME = 0.85
_NOISE = 0.06
_SHORTEST, _LONGEST = 5, 80

# How much each hidden coordinate matters, in the order of artists.LATENT.
_PLAIN = np.array([1.0, 1.0, 0.8, 0.8, 0.8, 0.9, 1.3, 1.3])
_FOCUS: dict[str, Floats] = {
    "genre": _PLAIN * np.array([1.3, 1.3, 1.3, 1.0, 0.4, 0.7, 1.0, 1.0]),
    "artist": _PLAIN,
    "mixed": 0.8 * _PLAIN,
    "calm": np.array([0.7, 2.2, 0.5, 0.7, 0.4, 0.3, 0.9, 0.9]),
    "driving": np.array([0.7, 2.2, 0.4, 0.4, 0.5, 0.4, 0.9, 0.9]),
    "glad": np.array([0.7, 0.7, 0.4, 0.6, 2.2, 0.4, 0.9, 0.9]),
    "sad": np.array([0.7, 0.7, 0.4, 0.6, 2.2, 0.4, 0.9, 0.9]),
    "old": np.array([0.8, 0.8, 0.5, 0.4, 0.4, 2.6, 0.8, 0.8]),
    "new": np.array([0.8, 0.8, 0.5, 0.4, 0.4, 2.6, 0.8, 0.8]),
}
_PULL: dict[str, tuple[int, float]] = {
    "calm": (1, 0.1),
    "driving": (1, 0.9),
    "glad": (4, 0.85),
    "sad": (4, 0.15),
    "old": (5, 0.25),
    "new": (5, 0.95),
}
_THEMES = ("genre", "artist", "mixed", "calm", "driving", "glad", "sad", "old", "new")
_SHARES = np.array([0.28, 0.12, 0.2, 0.08, 0.1, 0.08, 0.06, 0.04, 0.04])


class _Crowd(NamedTuple):
    """All tracks as columns, in the order of their numbers.

    `terms` are the squares of the points, then the points; `fame` is the logarithm of the
    tracks' weights, `rising` their running sum.
    """

    points: Floats
    terms: Floats
    fame: Floats
    rising: Floats
    artists: NDArray[np.int64]
    truths: Sequence[TrackTruth]
    entries: list[TrackRecord]


class _Taste(NamedTuple):
    """What one listener likes: places, the artist at each, how wide it listens."""

    name: str
    places: Floats
    loved: NDArray[np.int64]
    width: float


def make_playlists(seed: int, truths: Sequence[TrackTruth]) -> tuple[PlaylistRecord, ...]:
    """All playlists of the world, each by one of `LISTENERS`; lengths log-normal from 5 to 80."""
    crowd = _crowd(truths)
    tastes = [_taste(seed, number, crowd) for number in range(LISTENERS)]
    rng = stream(seed, _OWNER)
    # A few listeners make most of the playlists.
    eager = rng.pareto(1.5, LISTENERS) + 0.2
    owners = rng.choice(LISTENERS, size=PLAYLISTS, p=eager / eager.sum())
    return tuple(
        _playlist(seed, number, tastes[owner], crowd) for number, owner in enumerate(owners)
    )


def make_plays(seed: int, truths: Sequence[TrackTruth]) -> tuple[Play, ...]:
    """A year of listening of the first `HISTORIES` listeners, in order of time for each."""
    crowd = _crowd(truths)
    plays: list[Play] = []
    for number in range(HISTORIES):
        plays.extend(_history(seed, _taste(seed, number, crowd), crowd, number))
    return tuple(plays)


def _crowd(truths: Sequence[TrackTruth]) -> _Crowd:
    points = np.array([truth.latent for truth in truths])
    weights = np.array([truth.weight for truth in truths])
    return _Crowd(
        points=points,
        terms=np.hstack([points**2, points]),
        fame=np.log(weights),
        rising=np.cumsum(weights),
        artists=np.array([truth.artist_number for truth in truths]),
        truths=truths,
        entries=[truth.entry for truth in truths],
    )


def _taste(seed: int, number: int, crowd: _Crowd) -> _Taste:
    rng = stream(seed, _TASTE, number)
    chance = np.exp(crowd.fame)
    anchors = rng.choice(len(chance), size=int(rng.integers(1, 4)), p=chance / chance.sum())
    places = crowd.points[anchors] + rng.normal(0.0, 0.05, (len(anchors), crowd.points.shape[1]))
    return _Taste(
        name=f"demo-listener-{number + 1:03d}",
        places=places,
        loved=crowd.artists[anchors],
        width=float(rng.uniform(0.11, 0.2)),
    )


def _chances(crowd: _Crowd, place: Floats, *, focus: Floats, width: float) -> Floats:
    """Log-chance of every track at one place, up to a constant (the square, multiplied out)."""
    scale = (focus / width) ** 2
    chances: Floats = _FAME * crowd.fame + np.einsum(
        "td,d->t", crowd.terms, np.concatenate([-0.5 * scale, scale * place])
    )
    return chances


def _playlist(seed: int, number: int, taste: _Taste, crowd: _Crowd) -> PlaylistRecord:
    rng = stream(seed, _PLAYLIST, number)
    theme = _THEMES[int(np.searchsorted(np.cumsum(_SHARES), rng.random() * _SHARES.sum()))]
    which = int(rng.integers(len(taste.places)))
    place = taste.places[which].copy()
    if theme in _PULL:
        coordinate, value = _PULL[theme]
        place[coordinate] = value
    chances = _chances(crowd, place, focus=_FOCUS[theme], width=taste.width)
    loved = int(taste.loved[which])
    chances[crowd.artists == loved] += 2.5 if theme == "artist" else 0.8
    size = int(np.clip(np.round(rng.lognormal(2.95, 0.65)), _SHORTEST, _LONGEST))
    chosen = _drawn(rng, chances, crowd, size=size)
    home = crowd.truths[int(chosen[0])]
    followers = int(rng.pareto(1.2) * 3.0)
    return PlaylistRecord(
        title=playlist_title(rng, theme=theme, genre=home.genres[0], artist=_name_of(loved, crowd)),
        outside_id=OutsideId(SCHEME, f"demo-playlist-{number + 1:04d}"),
        entries=tuple(crowd.entries[row] for row in rng.permutation(chosen)),
        description="synthetic: made by Segue's demo world",
        followers=followers,
        modified=_YEAR_START + float(rng.uniform(0.0, 365.0)) * _DAY,
        listener=taste.name,
    )


def _name_of(artist: int, crowd: _Crowd) -> str:
    return crowd.truths[int(np.argmax(crowd.artists == artist))].artist


def _drawn(rng: Generator, chances: Floats, crowd: _Crowd, *, size: int) -> NDArray[np.int64]:
    """About `size` different rows, best first, then a few by fame alone."""
    strays = rng.random(int(rng.binomial(size, _NOISE)))
    noise = np.log(rng.standard_exponential(len(chances)))
    kept = _largest(chances - noise, max(size - len(strays), min(size, _SHORTEST)))
    if not len(strays):
        return kept
    famous = np.searchsorted(crowd.rising, strays * crowd.rising[-1])
    return np.array(list(dict.fromkeys([*kept.tolist(), *famous.tolist()])))


def _largest(values: Floats, count: int) -> NDArray[np.int64]:
    top = np.argpartition(-values, count)[:count]
    order: NDArray[np.int64] = top[np.argsort(-values[top], kind="stable")]
    return order


def _history(seed: int, taste: _Taste, crowd: _Crowd, number: int) -> list[Play]:
    """Evening sessions over a year, whose place drifts from the first liked place to another."""
    rng = stream(seed, _HISTORY, number)
    start = taste.places[0]
    end = 0.5 * start + 0.5 * crowd.points[int(rng.integers(len(crowd.points)))]
    plays: list[Play] = []
    days = np.flatnonzero(rng.random(366) < rng.uniform(0.12, 0.4))
    for day in days:
        place = start + (end - start) * (day / 365.0)
        chances = _chances(crowd, place, focus=_PLAIN, width=1.3 * taste.width)
        chances[crowd.artists == taste.loved[0]] += 1.0
        size = int(rng.integers(3, 14))
        at = _YEAR_START + day * _DAY + float(rng.normal(19.0, 2.5)) * 3600.0
        for row in rng.permutation(_drawn(rng, chances, crowd, size=size)):
            plays.append(Play(listener=taste.name, track=crowd.entries[row], at=round(at, 0)))
            at += (crowd.truths[row].duration or 200.0) + float(rng.uniform(1.0, 20.0))
    return plays
