"""Which column of a table means what: the names a mapping may use, and the layouts known.

``CELLS`` is the vocabulary. Each name says which field of a record a column fills and how its
text is read; these are the names on the left of ``--map title="My Title Column"``, and a column
of a table that bears one of them needs no mapping.

``LAYOUTS`` are tables seen in the wild, as data: the columns that tell one apart, and what each
of its columns means. A further layout is a further entry here and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from segue.sources import values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Cell:
    """What a column means.

    `field` is a field of `segue.records.TrackRecord`, an attribute as ``attributes.energy``, an
    outside id as ``id.spotify``, or a label as ``label.tag``. `parse` reads the text (see
    `segue.sources.values`). For a yes-or-no column, `value` is what the label says when it is yes.
    """

    field: str
    parse: Callable[[str], Any]
    words: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A table seen in the wild: what its columns mean, by a name of `CELLS` or in their own way.

    `required` are the columns it is known by. `playlist` are the columns that hold the id and
    the title of a playlist, where every row is an entry of one; `scheme` is whose ids those are.
    """

    words: str
    required: frozenset[str]
    columns: Mapping[str, str | Cell]
    playlist: tuple[str, str] | None = None
    scheme: str = "own"


_FRACTIONS: Final = (
    "energy",
    "valence",
    "danceability",
    "acousticness",
    "instrumentalness",
    "liveness",
    "speechiness",
)

CELLS: Final[Mapping[str, Cell]] = {
    "title": Cell("title", values.text, "title of the track"),
    "artists": Cell("artists", values.names, "artists, separated by ; or as a list"),
    "artist": Cell("artists", values.names, "the same as artists"),
    "artists_by_comma": Cell(
        "artists", values.names_by_comma, "artists, separated by commas that no space follows"
    ),
    "album": Cell("album", values.text, "title of the album"),
    "album_artist": Cell("album_artist", values.text, "artist of the album"),
    "genres": Cell("genres", values.genres, "genres, separated by ; or as a list"),
    "genre": Cell("genres", values.genres, "the same as genres"),
    "genres_by_comma": Cell("genres", values.words_by_comma, "genres, separated by commas"),
    "duration": Cell("duration", values.seconds, "length in seconds"),
    "duration_ms": Cell("duration", values.milliseconds, "length in milliseconds"),
    "length": Cell("duration", values.clock, "length as minutes:seconds"),
    "year": Cell("year", values.year, "year it came out"),
    "release_date": Cell("year", values.year, "date it came out; only the year is kept"),
    "explicit": Cell("explicit", values.flag, "yes or no"),
    "popularity": Cell("popularity", values.popularity, "popularity, 0 to 100"),
    "track_number": Cell("track_number", values.track_number, "place on the album"),
    "language": Cell("language", values.text, "language of the lyrics"),
    "lyrics": Cell("lyrics", values.text, "lyrics"),
    "id": Cell(
        "id.own", values.own_id, "your own id of the track, the same in every table you import"
    ),
    "spotify": Cell("id.spotify", values.spotify_id, "Spotify id, URI or address"),
    "isrc": Cell("id.isrc", values.isrc, "ISRC"),
    "musicbrainz": Cell("id.musicbrainz", values.musicbrainz_id, "MusicBrainz recording id"),
    **{name: Cell(f"attributes.{name}", values.fraction, f"{name}, 0 to 1") for name in _FRACTIONS},
    **{
        f"{name}_percent": Cell(f"attributes.{name}", values.percent, f"{name}, 0 to 100")
        for name in _FRACTIONS
    },
    "loudness": Cell("attributes.loudness", values.loudness, "loudness in dB"),
    "tempo": Cell("attributes.tempo", values.tempo, "beats a minute, 10 to 1000; 0 is unknown"),
    "key": Cell("attributes.key", values.key, "key as 0 to 11 (0 is C) or as 'F# min'"),
    "mode": Cell("attributes.mode", values.mode, "1 or major, 0 or minor"),
    "time_signature": Cell("attributes.time_signature", values.whole, "beats a bar"),
    "emotion": Cell("label.emotion", values.words_by_comma, "emotion it expresses"),
    "mood": Cell("label.mood", values.words_by_comma, "mood"),
    "tags": Cell("label.tag", values.genres, "tags, separated by ; or as a list"),
    "tags_by_comma": Cell("label.tag", values.words_by_comma, "tags, separated by commas"),
}
"""What a mapping's names mean, by name; documented as they stand here."""

NEEDED: Final = (("title", "artists"), ("id",), ("spotify",), ("isrc",), ("musicbrainz",))
"""Any one of these sets of fields is enough to make a track of a row."""


def _good_for(occasion: str) -> Cell:
    return Cell("label.good for", values.flag, f"good for {occasion}", value=occasion)


_SPOTIFY_ATTRIBUTES: Final[Mapping[str, str]] = {
    name: name for name in (*_FRACTIONS, "loudness", "tempo", "key", "mode", "time_signature")
}

LAYOUTS: Final[Mapping[str, Layout]] = {
    "spotify-tracks": Layout(
        "the Spotify tracks table (114,000 rows, one genre a row)",
        frozenset({"track_id", "artists", "album_name", "track_name", "track_genre"}),
        {
            **_SPOTIFY_ATTRIBUTES,
            "track_id": "spotify",
            "artists": "artists",
            "album_name": "album",
            "track_name": "title",
            "popularity": "popularity",
            "duration_ms": "duration_ms",
            "explicit": "explicit",
            "track_genre": "genres",
        },
    ),
    "spotify-features": Layout(
        "tracks_features.csv (1.2 million rows, artists as a list)",
        frozenset({"id", "name", "album", "album_id", "artists", "artist_ids"}),
        {
            **_SPOTIFY_ATTRIBUTES,
            "id": "spotify",
            "name": "title",
            "album": "album",
            "artists": "artists",
            "track_number": "track_number",
            "explicit": "explicit",
            "duration_ms": "duration_ms",
            "year": "year",
            "release_date": "release_date",
        },
    ),
    "emotion": Layout(
        "the emotion table (900,000 rows, percentages, 'Good for …')",
        frozenset({"Artist(s)", "song", "Length", "emotion", "Positiveness"}),
        {
            "Artist(s)": "artists_by_comma",
            "song": "title",
            "text": "lyrics",
            "Length": "length",
            "emotion": "emotion",
            "Genre": "genres_by_comma",
            "Album": "album",
            "Release Date": "release_date",
            "Key": "key",
            "Tempo": "tempo",
            "Loudness (db)": "loudness",
            "Time signature": "time_signature",
            "Explicit": "explicit",
            "Popularity": "popularity",
            "Energy": "energy_percent",
            "Danceability": "danceability_percent",
            "Positiveness": "valence_percent",
            "Speechiness": "speechiness_percent",
            "Liveness": "liveness_percent",
            "Acousticness": "acousticness_percent",
            "Instrumentalness": "instrumentalness_percent",
            "Good for Party": _good_for("party"),
            "Good for Work/Study": _good_for("work/study"),
            "Good for Relaxation/Meditation": _good_for("relaxation/meditation"),
            "Good for Exercise": _good_for("exercise"),
            "Good for Running": _good_for("running"),
            "Good for Yoga/Stretching": _good_for("yoga/stretching"),
            "Good for Driving": _good_for("driving"),
            "Good for Social Gatherings": _good_for("social gatherings"),
            "Good for Morning Routine": _good_for("morning routine"),
        },
    ),
    "editorial-playlists": Layout(
        "playlist entries with features (32,833 rows, a row an entry)",
        frozenset({"track_id", "track_name", "track_artist", "playlist_id", "playlist_name"}),
        {
            **_SPOTIFY_ATTRIBUTES,
            "track_id": "spotify",
            "track_name": "title",
            "track_artist": "artists",
            "track_popularity": "popularity",
            "track_album_name": "album",
            "track_album_release_date": "release_date",
            "playlist_genre": "genres",
            "playlist_subgenre": "genres",
            "duration_ms": "duration_ms",
        },
        playlist=("playlist_id", "playlist_name"),
        scheme="spotify",
    ),
    "previews": Layout(
        "tracks with Million Song and Spotify ids",
        frozenset({"track_id", "name", "artist", "spotify_preview_url", "spotify_id"}),
        {
            **_SPOTIFY_ATTRIBUTES,
            "track_id": Cell("id.msd", values.own_id, "Million Song Dataset track id"),
            "spotify_id": "spotify",
            "name": "title",
            "artist": "artists",
            "genre": "genres",
            "tags": "tags_by_comma",
            "year": "year",
            "duration_ms": "duration_ms",
        },
    ),
    "moods": Layout(
        "tracks with one of four moods",
        frozenset({"name", "album", "artist", "id", "length", "mood"}),
        {
            **_SPOTIFY_ATTRIBUTES,
            "id": "spotify",
            "name": "title",
            "album": "album",
            "artist": "artists",
            "release_date": "release_date",
            "popularity": "popularity",
            "length": "duration_ms",
            "mood": "mood",
        },
    ),
    "features": Layout(
        "Spotify ids with features and, for most, names",
        frozenset({"track_id", "track_name", "artist", "danceability", "energy"}),
        {
            **_SPOTIFY_ATTRIBUTES,
            "track_id": "spotify",
            "track_name": "title",
            "artist": "artists",
            "duration_ms": "duration_ms",
        },
    ),
}
"""Tables seen in the wild, by name; the first whose required columns all stand is taken."""
