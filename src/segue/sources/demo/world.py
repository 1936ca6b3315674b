"""The demo world: invented artists, their songs, and listeners with hidden tastes.

Everything follows from one seed. 28 artists in eleven styles have 120 tracks that `writing`
renders; they and 600 more have 5,000 tracks that stand in a table only. Listeners (`listeners`)
choose from both, so that files, rows, playlists and histories meet by the outside id ``demo``.
Nothing is symmetric: artists have unequal numbers of tracks, fame is Zipf-like, and the numbers
of listeners, playlists and tracks differ.

Some tracks are planted as trouble: `plan` lists them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from segue.sources.demo.artists import STYLES, make_artist, stream
from segue.sources.demo.listeners import make_playlists, make_plays
from segue.sources.demo.plan import AUDIO_ARTISTS, SPECIAL, Slot, audio_slots
from segue.sources.demo.songs import Place, live, make_song, remix
from segue.sources.demo.words import album_title

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.records import Play, PlaylistRecord, TrackRecord
    from segue.sources.demo.artists import Artist
    from segue.sources.demo.truth import TrackTruth

TABLE_ARTISTS = 600
TABLE_TRACKS = 5_000

_COUNT, _RENOWN, _ALBUM = 3, 4, 5


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """A whole world, as it was planted.

    `tracks` are the tracks with audio, in the order `write_demo` writes them; `table` the rows
    of the table-only tracks; `truth` holds all of them by demo id.
    """

    seed: int
    artists: tuple[Artist, ...]
    tracks: tuple[TrackTruth, ...]
    table: tuple[TrackRecord, ...]
    playlists: tuple[PlaylistRecord, ...]
    plays: tuple[Play, ...]
    truth: Mapping[str, TrackTruth]

    @property
    def audio(self) -> tuple[TrackRecord, ...]:
        """The rows a table would have for the tracks with audio, attributes and all."""
        return tuple(truth.record for truth in self.tracks)


@lru_cache(maxsize=1)
def world(seed: int = 42) -> DemoWorld:
    """Plant a world; no sound is made, and the same seed gives the same world.

    Takes about a second; the last world asked for is kept.

    Parameters
    ----------
    seed
        Any whole number from 0.
    """
    artists = _artists(seed)
    truths = _truths(seed, artists)
    audio = tuple(truth for truth in truths if truth.audio)
    return DemoWorld(
        seed=seed,
        artists=artists,
        tracks=audio,
        table=tuple(truth.record for truth in truths[len(audio) :]),
        playlists=make_playlists(seed, truths),
        plays=make_plays(seed, truths),
        truth={truth.id: truth for truth in truths},
    )


def _artists(seed: int) -> tuple[Artist, ...]:
    """The audio artists, then the table's, whose styles follow the styles' shares."""
    names = [*AUDIO_ARTISTS]
    for style in STYLES.values():
        names.extend([style.name] * round(style.share * TABLE_ARTISTS))
    taken: set[str] = set()
    seen: dict[str, int] = {}
    made: list[Artist] = []
    for number, name in enumerate(names):
        nth = seen.get(name, 0)
        seen[name] = nth + 1
        made.append(make_artist(seed, number, style=STYLES[name], nth=nth, taken=taken))
    return tuple(made)


def _truths(seed: int, artists: tuple[Artist, ...]) -> list[TrackTruth]:
    slots = audio_slots()
    audio = len(slots)
    slots += _table_slots(seed, artists, slots)
    weights, popularity = _fame(seed, artists, slots, audio=audio)
    most: dict[int, int] = {}
    for slot in slots:
        most[slot.artist] = max(most.get(slot.artist, 0), slot.nth + 1)
    albums = [_albums(seed, artist, songs=most[artist.number]) for artist in artists]
    titles: list[set[str]] = [set() for _ in artists]
    truths: list[TrackTruth] = []
    of_slot: dict[tuple[int, int], TrackTruth] = {}
    for index, slot in enumerate(slots):
        album, track_number, year = albums[slot.artist][slot.nth]
        place = Place(
            index + 1, album, track_number, year, weights[index], popularity[index], index < audio
        )
        truth = _planted(seed, artists, slot, place=place, titles=titles, of_slot=of_slot)
        if not slot.version:
            of_slot[slot.artist, slot.nth] = truth
        truths.append(truth)
    return truths


def _planted(
    seed: int,
    artists: tuple[Artist, ...],
    slot: Slot,
    *,
    place: Place,
    titles: list[set[str]],
    of_slot: dict[tuple[int, int], TrackTruth],
) -> TrackTruth:
    """The song of a slot, with what `plan.SPECIAL` wants of it."""
    if slot.version:
        version = live if slot.version == "live" else remix
        song = of_slot[slot.artist, slot.nth]
        return version(song, place=place._replace(album=f"{song.album} ({slot.version.title()})"))
    truth = make_song(seed, artists[slot.artist], place=place, taken=titles[slot.artist])
    special = SPECIAL.get((slot.artist, slot.nth))
    if special is None:
        return truth
    if special.guest is not None:
        guest = artists[special.guest].name
        return replace(truth, title=f"{truth.title} (feat. {guest})")
    if special.compilation:
        return replace(truth, artists=(), album=special.compilation, album_artist="Various Artists")
    return replace(truth, title=special.title)


def _table_slots(seed: int, artists: tuple[Artist, ...], audio: list[Slot]) -> list[Slot]:
    """How many further tracks each artist has: log-normal, at least one, `TABLE_TRACKS` in all."""
    used = [0] * len(artists)
    for slot in audio:
        used[slot.artist] = max(used[slot.artist], slot.nth + 1)
    shares = stream(seed, _COUNT).lognormal(0.0, 0.9, len(artists))
    exact = 1.0 + shares / shares.sum() * (TABLE_TRACKS - len(artists))
    counts = np.floor(exact).astype(int)
    most = np.argsort(counts - exact)[: TABLE_TRACKS - int(counts.sum())]
    counts[most] += 1
    return [
        Slot(artist=number, nth=used[number] + turn)
        for number, count in enumerate(counts)
        for turn in range(count)
    ]


def _fame(
    seed: int, artists: tuple[Artist, ...], slots: list[Slot], *, audio: int
) -> tuple[list[float], list[float]]:
    """Chance of being listened to (Zipf-like in rank, sums to 1) and popularity from 0 to 100."""
    renown = np.array([artists[slot.artist].renown for slot in slots])
    draw = renown * stream(seed, _RENOWN).lognormal(0.0, 0.8, len(slots))
    # Nobody would hear the audio tracks else: they are few among thousands.
    draw[:audio] = 4.0 + 4.0 * draw[:audio]
    rank = np.argsort(np.argsort(-draw)) + 1.0
    weights = np.power(rank + 20.0, -0.8)
    logs = np.log(weights)
    popularity = 100.0 * (logs - logs.min()) / (logs.max() - logs.min())
    return (weights / weights.sum()).tolist(), np.round(popularity, 0).tolist()


def _albums(seed: int, artist: Artist, *, songs: int) -> list[tuple[str, int, int]]:
    """For every song of an artist in turn: its album, its number on it, its year."""
    rng = stream(seed, _ALBUM, artist.number)
    year = round(1955 + 70 * artist.latent[5])
    made: list[tuple[str, int, int]] = []
    while len(made) < songs:
        size = int(rng.integers(4, 12))
        title = album_title(rng, style=artist.style)
        made.extend((title, number + 1, min(year, 2025)) for number in range(size))
        year += int(rng.integers(1, 4))
    return made
