"""Small catalogues to read words against, and what is understood written short."""

from __future__ import annotations

import csv
import gzip
from dataclasses import replace
from typing import TYPE_CHECKING

from segue.recommend.artists import ByArtist
from segue.recommend.keys import Key
from segue.records import Attributes, TrackRecord
from segue.spaces.weighable import KINDS
from segue.words.lexicon import Lexicon
from segue.words.settling import NARROWING
from worlds import make_corpus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from segue.words.understood import Target, Understood


def lexicon_of(records: Sequence[TrackRecord]) -> Lexicon:
    """What words can mean where these are the tracks."""
    corpus = make_corpus(records)
    return Lexicon(corpus, ByArtist(corpus), facets=tuple(KINDS))


def planted(row: int, artist: str = "", genre: str = "", **known: object) -> TrackRecord:
    """A track whose numbers all grow with its row, of 100: energy 0.00, 0.01, … 0.99."""
    share = row / 100
    made = TrackRecord(
        title=f"Song {row}",
        artists=(artist or f"Artist {row}",),
        genres=(genre,) if genre else (),
        year=1960 + row // 2,
        duration=120.0 + 2 * row,
        popularity=float(row),
        explicit=row % 2 == 0,
        attributes=Attributes(
            energy=share, valence=share, danceability=share, loudness=share * 30 - 35,
            acousticness=share, instrumentalness=share, liveness=share, speechiness=share,
            tempo=60.0 + row, key=row % 12, mode=row % 2, time_signature=4,
        ),
    )  # fmt: skip
    return replace(made, **known)  # type: ignore[arg-type]


def table_of(path: Path) -> list[TrackRecord]:
    """The 114k table, every track once with all its genres."""
    rows: dict[str, TrackRecord] = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            track, genre = row["track_id"], row["track_genre"]
            if track in rows:
                known = rows[track]
                rows[track] = replace(known, genres=tuple({*known.genres, genre}))
            else:
                rows[track] = _record(row)
    return list(rows.values())


def _record(row: dict[str, str]) -> TrackRecord:
    numbers = {name: float(row[name]) for name in _NUMBERS}
    whole = {name: int(row[name]) for name in ("key", "mode", "time_signature")}
    return TrackRecord(
        title=row["track_name"],
        artists=tuple(part for part in row["artists"].split(";") if part),
        album=row["album_name"],
        genres=(row["track_genre"],),
        duration=float(row["duration_ms"]) / 1000,
        explicit=row["explicit"] == "True",
        popularity=float(row["popularity"]),
        attributes=Attributes(**numbers, **whole),  # type: ignore[arg-type]
    )


_NUMBERS = ("energy", "valence", "danceability", "loudness", "acousticness", "instrumentalness")
_NUMBERS += ("liveness", "speechiness", "tempo")


def gist(read: Understood, lexicon: Lexicon) -> set[str]:
    """What is read, in the short form of `phrases`."""
    filters = read.filters
    found = {f"like {one.name}" for one in read.like} | {
        f"unlike {one.name}" for one in read.unlike
    }
    found |= {_target(one) for one in read.targets}
    found |= {f"genre {name}" for name in filters.genres}
    found |= {f"not genre {name}" for name in filters.exclude_genres}
    found |= {f"by {name}" for name in filters.artists}
    found |= {f"not by {name}" for name in filters.exclude_artists}
    for number, least, most in (
        ("year", filters.year_from, filters.year_to),
        ("seconds", filters.seconds_from, filters.seconds_to),
    ):
        assert number in NARROWING
        if least is not None or most is not None:
            ends = (_end(one, lexicon.scales[number].quantiles) for one in (least, most))
            found.add(f"{number} {'-'.join(ends)}")
    if filters.key is not None:
        lead = "mixes with" if filters.compatible_keys else "key"
        found.add(f"{lead} {Key(filters.key, filters.mode).name}")
    elif filters.mode is not None:
        found.add("major" if filters.mode else "minor")
    for flag in ("explicit", "playable"):
        value = getattr(filters, flag)
        if value is not None:
            found.add(flag if value else f"not {flag}")
    found |= {f"language {code}" for code in filters.languages}
    found |= {f"emotion {read.emotion}"} if read.emotion else set()
    found |= {f"tag {tag}" for tag in read.tags}
    return found | {
        f"{one.kind} {one.text}" for one in read.phrases if one.kind in {"unknown", "unused"}
    }


def _target(target: Target) -> str:
    if target.firm:
        ends = ("" if one is None else f"{one:g}" for one in (target.least, target.most))
        return f"{target.number} {'-'.join(ends)}"
    if target.least is None:
        return f"{target.number} low"
    return f"{target.number} {'high' if target.most is None else 'mid'}"


def _end(value: float | None, quantiles: tuple[float, ...]) -> str:
    """A written number; "*" for one that the catalogue's quarters gave."""
    if value is None:
        return ""
    quarters = (quantiles[len(quantiles) // 4], quantiles[3 * len(quantiles) // 4])
    return "*" if value in quarters or round(value, 3) != round(value, 1) else f"{value:g}"
