"""What is like what: the reason to ask Segue and not another server.

`getSimilarSongs` and `getSimilarSongs2` answer as the pages do, by all that is known of a track;
of an album or an artist its best known songs are asked together. `getSonicSimilarTracks` and
`findSonicPath` go by the sound alone (`segue.recommend.lenses`, ``audio``), as their extension
promises. What the listener dislikes is never offered, and neither is what cannot be played.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from segue.names import artist_keys
from segue.recommend.journey.ground import common_ground
from segue.records import Filters
from segue.serve.shelf import need_engine, seed_of
from segue.serve.subsonic import songs as told
from segue.serve.subsonic.albums import MOST
from segue.serve.subsonic.asked import Endpoint
from segue.serve.subsonic.finding import best_known
from segue.serve.subsonic.ids import ALBUM, ARTIST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.recommend.engine import Engine
    from segue.recommend.seeds import Seed
    from segue.records import Answer
    from segue.serve.subsonic.asked import Asked
    from segue.types import TrackId

SONIC = "audio"
"""The lens of what is asked about the sound."""

ASKED_TOGETHER = 25
"""Songs of an artist or album that are asked about, the best known."""

LONGEST_PATH = 100


def similar(asked: Asked) -> Mapping[str, Any]:
    """Songs like a song, an album or an artist."""
    return {"similarSongs": {"song": _similar(asked, asked.need("id"))}}


def similar2(asked: Asked) -> Mapping[str, Any]:
    """Songs like an artist; any other id is answered too."""
    return {"similarSongs2": {"song": _similar(asked, asked.need("id"))}}


def _similar(asked: Asked, given: str) -> list[dict[str, Any]]:
    count = asked.whole("count", 50, most=MOST)
    if not count:
        return []
    need_engine(asked.segue)
    if given.startswith((ARTIST, ALBUM)):
        seeds = [seed_of(asked.segue, each) for each in _speakers(asked, given)]
        answer = asked.segue.continued(seeds, n=count, filters=_wanted(asked))
    else:
        seed = seed_of(asked.segue, given)
        answer = asked.segue.similar(seed, n=count, filters=_wanted(asked))
    return told.songs(asked, [row.track.id for row in answer])


def _speakers(asked: Asked, given: str) -> list[TrackId]:
    """The songs that speak for an artist or an album."""
    rack = asked.rack
    if given.startswith(ARTIST):
        rows = rack.artists.rows(rack.artist(given))
    else:
        rows = rack.albums.rows(rack.album(given))
    return rack.ids(best_known(rack, rows)[:ASKED_TOGETHER])


def _wanted(asked: Asked) -> Filters:
    return Filters(playable=True, exclude_tracks=asked.dislikes)


def artist_info(asked: Asked) -> Mapping[str, Any]:
    """Artists like one, as their songs come among those like its own; no words about it."""
    return {"artistInfo": {"similarArtist": _like_artist(asked)}}


def artist_info2(asked: Asked) -> Mapping[str, Any]:
    """The same, under the name of later players."""
    return {"artistInfo2": {"similarArtist": _like_artist(asked)}}


def _like_artist(asked: Asked) -> list[dict[str, Any]]:
    rack, given = asked.rack, asked.need("id")
    own = rack.artist(given)
    count = asked.whole("count", 20, most=MOST)
    need_engine(asked.segue)
    seeds = [seed_of(asked.segue, each) for each in _speakers(asked, given)]
    dials = replace(asked.segue.dials(), per_artist=1)
    # A row may be by the artist itself, or by several.
    most = min(2 * count + 10, MOST)
    answer = asked.segue.continued(seeds, n=most, filters=_wanted(asked), dials=dials)
    keys = dict.fromkeys(key for row in answer for key in artist_keys(row.track.artists))
    places = [at for key in keys if (at := rack.artists.groups.find(key)) is not None]
    return [told.artist(rack, at) for at in places if at != own and rack.artists.songs[at]][:count]


def sonic(asked: Asked) -> Mapping[str, Any]:
    """Songs that sound like one, each with how much."""
    seed = seed_of(asked.segue, asked.need("id"))
    count = asked.whole("count", 10, most=MOST)
    if not count:
        return {"sonicMatch": []}
    # In the order of likeness itself: nothing is capped and nothing is moved.
    usual = asked.segue.dials()
    dials = replace(usual, per_artist=None, per_album=None, hubs=0.0, diversity=0.0, variation=0.0)
    answer = asked.segue.similar(seed, n=count, lens=SONIC, filters=_wanted(asked), dials=dials)
    return {"sonicMatch": _matches(asked, _scored(answer))}


def _scored(answer: Answer) -> list[tuple[TrackId, float]]:
    return [(row.track.id, row.score) for row in answer]


def path(asked: Asked) -> Mapping[str, Any]:
    """Songs that lead from one to another by small steps, each with its likeness to the first."""
    start = seed_of(asked.segue, asked.need("startSongId"))
    end = seed_of(asked.segue, asked.need("endSongId"))
    count = asked.whole("count", 25, least=2, most=LONGEST_PATH)
    journey = asked.segue.path(start, end, n=count, lens=SONIC, filters=_wanted(asked))
    ids = [step.track.id for step in journey]
    return {"sonicMatch": _matches(asked, _from_start(asked.segue.engine(), start, ids))}


def _from_start(engine: Engine, start: Seed, ids: Sequence[TrackId]) -> list[tuple[TrackId, float]]:
    """How alike tracks are to the first, in the spaces of the lens that it stands in."""
    standings = {one: engine.stand(engine.seed_of(one)) for one in ids}
    standing = engine.stand(start)
    lens = engine.chosen(SONIC, standing)
    found = []
    for one, each in standings.items():
        ground = common_ground(engine, lens, [standing, each])
        found.append((one, ground.exactly(ground.stop(standing), ground.stop(each))))
    return found


def _matches(asked: Asked, scored: Sequence[tuple[TrackId, float]]) -> list[dict[str, Any]]:
    """Songs with their likeness: a cosine, brought from [-1, 1] to [0, 1]."""
    known = {
        each["id"]: each for each in told.songs(asked, [one for one, _ in scored], all_of=True)
    }
    return [
        {"similarity": round(min(max((1 + score) / 2, 0.0), 1.0), 6), "entry": known[one]}
        for one, score in scored
        if one in known
    ]


ENDPOINTS = (
    Endpoint("getSimilarSongs", similar, "songs like a song, an album or an artist"),
    Endpoint("getSimilarSongs2", similar2, "songs like an artist"),
    Endpoint("getArtistInfo", artist_info, "as getArtistInfo2"),
    Endpoint("getArtistInfo2", artist_info2, "artists like one; no words about it"),
    Endpoint("getSonicSimilarTracks", sonic, "songs that sound like one, with how much"),
    Endpoint("findSonicPath", path, "a path of small steps in sound between two songs"),
)
