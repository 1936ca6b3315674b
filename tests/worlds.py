"""Small worlds with a known answer: corpora made from records, without a database."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from segue.descriptors.extract import NAMES
from segue.names import artist_keys, title_key
from segue.records import CONTINUOUS, Attributes, TrackRecord
from segue.snapshot import Corpus, Description, Placed, Playlists, Trained
from segue.spaces import buckets
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

COLUMNS = (*CONTINUOUS, "tempo", "key", "mode", "time_signature")


def make_corpus(
    records: Sequence[TrackRecord],
    *,
    vectors: Mapping[str, Mapping[int, Sequence[float] | np.ndarray]] | None = None,
    unproven: Collection[str] = (),
    playable: Sequence[int] = (),
    guessed: Collection[int] = (),
    ids: Sequence[str] | None = None,
    epoch: int = 1,
    playlists: Sequence[tuple[str, Sequence[int]]] = (),
    trained: Mapping[str, Trained] | None = None,
    emotions: Mapping[int, str] | None = None,
) -> Corpus:
    """One row a record, in order; ids ``t00000``, ``t00001``, … unless given (sorted).

    `vectors` holds raw vectors by space name and row; windows, shape (windows, width), where an
    embedder made them, which is unproven for the spaces `unproven`. Attributes are
    given, but estimated for the rows `guessed`. `playlists` are titles and rows, `emotions` by row
    (those that the records' labels name unless given).
    """
    values = np.array(
        [_attribute_row(record.attributes) for record in records], dtype=np.float32
    ).reshape(len(records), len(COLUMNS))
    origins = np.where(np.isnan(values), -1, 1).astype(np.int8)
    for row in guessed:
        origins[row, origins[row] >= 0] = 0
    named = tuple(TrackId(i) for i in (ids or [f"t{i:05}" for i in range(len(records))]))
    assert list(named) == sorted(named)
    return Corpus(
        epoch=epoch,
        ids=named,
        row_of={track_id: row for row, track_id in enumerate(named)},
        titles=tuple(record.title for record in records),
        artists=tuple(record.artists for record in records),
        albums=tuple(record.album for record in records),
        genres=tuple(record.genres for record in records),
        title_keys=tuple(title_key(record.title) for record in records),
        artist_keys=tuple(artist_keys(record.artists) for record in records),
        labels={
            row: " ".join(value for _, value in record.labels)
            for row, record in enumerate(records)
            if record.labels
        },
        lyrics={row: record.lyrics for row, record in enumerate(records) if record.lyrics},
        year=np.array([record.year or 0 for record in records], dtype=np.int16),
        duration=_floats([record.duration for record in records]),
        explicit=np.array(
            [-1 if record.explicit is None else int(record.explicit) for record in records],
            dtype=np.int8,
        ),
        popularity=_floats([record.popularity for record in records]),
        playable=np.isin(np.arange(len(records)), np.array(playable, dtype=np.int64)),
        attributes=values,
        origins=origins,
        provenances=("estimated", "given"),
        synthetic=np.zeros(len(records), dtype=np.bool_),
        placed={
            space: _placed(by_row, unproven=space in unproven)
            for space, by_row in (vectors or {}).items()
        },
        playlists=playlists_of(playlists),
        trained=trained or {},
        emotions=_emotions(records) if emotions is None else emotions,
    )


def playlists_of(playlists: Sequence[tuple[str, Sequence[int]]]) -> Playlists:
    """Playlists by title and rows; a row that comes again in one counts once."""
    held = [list(dict.fromkeys(rows)) for _, rows in playlists]
    return Playlists(
        titles=tuple(title for title, _ in playlists),
        starts=np.cumsum([0, *map(len, held)], dtype=np.int64),
        rows=np.array([row for rows in held for row in rows], dtype=np.int32),
    )


def _emotions(records: Sequence[TrackRecord]) -> dict[int, str]:
    named = {
        row: next((value for kind, value in record.labels if kind == "emotion"), "")
        for row, record in enumerate(records)
    }
    return {row: emotion for row, emotion in named.items() if emotion}


def _placed(by_row: Mapping[int, Sequence[float] | np.ndarray], *, unproven: bool) -> Placed:
    rows = sorted(by_row)
    found = np.array([by_row[row] for row in rows], dtype=np.float32)
    windows = found.ndim == 3
    return Placed(
        rows=np.array(rows, dtype=np.int64),
        vectors=found.reshape(len(rows), -1).astype(np.float16 if windows else np.float32),
        version="test",
        width=found.shape[2] if windows else None,
        unproven=unproven,
    )


def _attribute_row(attributes: Attributes | None) -> list[float]:
    values = [None if attributes is None else getattr(attributes, name) for name in COLUMNS]
    return [float("nan") if value is None else float(value) for value in values]


def _floats(column: Sequence[float | None]) -> np.ndarray:
    return np.array(column, dtype=np.float64).astype(np.float32)


GENRES = ("ambient", "indie rock", "rock", "hip-hop", "deep house", "house")
WORDS = ("river", "night", "golden", "cold", "ocean", "the", "morning", "love", "stone", "you")


def planted_records(
    count: int, *, seed: int = 7, masked: float = 0.0, repeats: int = 0
) -> list[TrackRecord]:
    """Tracks of artists with a hand of their own: attributes and words come from one taste.

    Every artist has a genre and a centre of attributes; tracks scatter around it. With `masked`,
    that share of the tracks has no text at all (their artists and titles are blank). `repeats`
    of the tracks are copies of another track under a new row.
    """
    rng = np.random.default_rng(seed)
    artists = max(2, count // 7)
    genre_of = rng.integers(len(GENRES), size=artists)
    genre_centre = rng.normal(size=(len(GENRES), 8))
    centre = genre_centre[genre_of] + 0.7 * rng.normal(size=(artists, 8))
    made: list[TrackRecord] = []
    for _ in range(count - repeats):
        artist = int(rng.integers(artists))
        unit = 1 / (1 + np.exp(-(centre[artist] + 0.5 * rng.normal(size=8))))
        values = dict(zip(CONTINUOUS, (float(v) for v in unit), strict=True))
        values["loudness"] = -30 * (1 - values["loudness"])
        blank = rng.random() < masked
        title = " ".join(WORDS[i] for i in rng.integers(len(WORDS), size=3))
        made.append(
            TrackRecord(
                title="" if blank else title,
                artists=() if blank else (f"Artist {artist}",),
                album="" if blank else f"Album {artist} {int(rng.integers(3))}",
                genres=() if blank else (GENRES[genre_of[artist]],),
                duration=float(rng.uniform(90, 400)),
                year=int(rng.integers(1960, 2026)),
                explicit=bool(rng.random() < 0.2),
                attributes=Attributes(
                    **values,
                    tempo=float(rng.uniform(60, 190)),
                    key=int(rng.integers(12)),
                    mode=int(rng.integers(2)),
                ),
            )
        )
    copies = rng.integers(len(made), size=repeats)
    return made + [made[i] for i in copies]


def planted_windows(
    count: int, *, seed: int, width: int, windows: int = 10, apart: float = 0.4
) -> np.ndarray:
    """Windows of tracks that scatter around a place of their own, (count, windows, width)."""
    rng = np.random.default_rng(seed)
    centre = rng.normal(size=(max(2, count // 6), width))
    home = centre[rng.integers(len(centre), size=count)] + apart * rng.normal(size=(count, width))
    return home[:, np.newaxis] + apart * rng.normal(size=(count, windows, width))


LISTED = ("Night Drive", "night drive!", "Été", "ete", "夜のドライブ", "Тренировка", "", "90s Rock")
"""Names of playlists: two in two spellings each, some in other scripts, one blank."""


def planted_playlists(
    count: int, *, seed: int, playlists: int = 30, held: float = 0.7
) -> list[tuple[str, list[int]]]:
    """Playlists by title and rows, of two to a dozen tracks, by taste, with something odd in each.

    `held` of the rows stand in any. Each taste is an even part of them; the first ones are taken
    more often than others.
    """
    rng = np.random.default_rng(seed)
    rows = rng.permutation(count)[: max(1, int(held * count))]
    tastes = np.array_split(rows, 5)
    made: list[tuple[str, list[int]]] = []
    for number in range(playlists):
        taste = tastes[number % len(tastes)]
        liking = 1 / np.arange(1, len(taste) + 1)
        size = min(int(rng.integers(2, 13)), len(taste))
        taken = rng.choice(taste, size, replace=False, p=liking / liking.sum())
        odd = rng.choice(rows)
        title = LISTED[number % len(LISTED)] + (f" {number}" if number % 3 == 0 else "")
        made.append((title.strip(), list(dict.fromkeys([*taken.tolist(), int(odd)]))))
    return made


def planted_vectors(rows: Collection[int], *, seed: int, width: int) -> dict[int, np.ndarray]:
    """One vector a row, scattered around a few centres."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(6, width))
    return {row: centres[rng.integers(6)] + 0.5 * rng.normal(size=width) for row in sorted(rows)}


def mixed_corpus(count: int = 140, *, seed: int = 5) -> Corpus:
    """A planted world with every kind of gap.

    Two tracks of three have descriptors, three of four were heard by networks, which know invented
    music only; two of these are copies of one recording. Six of ten stand in some of thirty
    playlists, and those in two or more of them have vectors learned from playlists; two of five
    have a latent code.
    """
    rng = np.random.default_rng(seed)
    records = planted_records(count, seed=seed, masked=0.15, repeats=count // 10)
    for row in range(0, count, 9):
        records[row] = replace(records[row], attributes=None)
    for row in range(4, count, 9):
        records[row] = replace(records[row], attributes=Attributes(energy=0.4, tempo=99.0, key=3))
    for row in range(5, count, 9):
        known = records[row].attributes
        assert known is not None
        records[row] = replace(
            records[row], attributes=replace(known, liveness=None, tempo=None, mode=None)
        )
    for row in range(0, count, 6):
        emotion = "tense" if row % 4 else "calm"
        records[row] = replace(records[row], labels=(("emotion", emotion), ("tag", "late night")))
    for row in range(0, count, 10):
        records[row] = replace(records[row], lyrics="down by the river, river of stone")
    sound = rng.normal(size=(count, len(NAMES))) * rng.uniform(0.1, 50, size=len(NAMES))
    heard = {
        space: planted_windows(count, seed=seed, width=width)
        for space, width in (("sound", 8), ("genre", 12))
    }
    for windows in heard.values():
        windows[2] = windows[1]
    embedded = {
        space: {row: windows[row] for row in range(count) if row % 4}
        for space, windows in heard.items()
    }
    playlists = planted_playlists(count, seed=seed)
    times = np.bincount(np.concatenate([rows for _, rows in playlists]), minlength=count)
    often = np.flatnonzero(times > 1).tolist()
    return make_corpus(
        records,
        vectors={
            "descriptors": {row: sound[row] for row in range(count) if row % 3},
            **embedded,
            "playlists": planted_vectors(often, seed=seed, width=8),
            "factors": planted_vectors(often, seed=seed + 1, width=6),
            "latent": planted_vectors(range(0, count, 5), seed=seed, width=20)
            | planted_vectors(range(1, count, 5), seed=seed + 1, width=20),
        },
        unproven=heard,
        playable=range(0, count, 4),
        playlists=playlists,
        trained={
            name: Trained("test", {}, {}) for name in ("together", "playlists", "factors", "latent")
        }
        | {"federated": planted_federation(seed=seed)},
    )


def planted_federation(*, seed: int) -> Trained:
    """A model that several instances could have trained: small, and by chance."""
    width = buckets.width_of(64, 0)
    rng = np.random.default_rng(seed)
    state = {"features": buckets.VERSION, "artists": 64, "releases": 0, "strength": 0.7}
    weights = np.linalg.qr(rng.normal(size=(width, 6)))[0].astype(np.float32)
    scales = rng.uniform(0.2, 1.0, size=width).astype(np.float32)
    return Trained("test", state, {"weights": weights, "scales": scales})


def description_of(corpus: Corpus, row: int) -> Description:
    """What a row of a corpus would say of itself if it came from outside."""
    values = corpus.attributes[row].tolist()
    known = {n: None if v != v else v for n, v in zip(COLUMNS, values, strict=True)}
    for name in ("key", "mode", "time_signature"):
        known[name] = None if known[name] is None else int(known[name])
    label, emotion = corpus.labels.get(row), corpus.emotions.get(row)
    vectors = {
        space: placed.vectors[placed.rows.tolist().index(row)]
        for space, placed in corpus.placed.items()
        if row in placed.rows
    }
    record = TrackRecord(
        title=corpus.titles[row],
        artists=corpus.artists[row],
        album=corpus.albums[row],
        genres=corpus.genres[row],
        year=int(corpus.year[row]) or None,
        explicit=None if corpus.explicit[row] < 0 else bool(corpus.explicit[row]),
        popularity=None if np.isnan(corpus.popularity[row]) else float(corpus.popularity[row]),
        labels=_labels(label or "", emotion),
        lyrics=corpus.lyrics.get(row, ""),
        attributes=Attributes(**known),
    )
    origins = {
        name: corpus.provenances[place]
        for name, place in zip(COLUMNS, corpus.origins[row].tolist(), strict=True)
        if place >= 0
    }
    return Description(record=record, vectors=vectors, origins=origins)


def _labels(text: str, emotion: str | None) -> tuple[tuple[str, str], ...]:
    """Labels that say `text`, the emotion in it as what it is."""
    named = () if emotion is None else (("emotion", emotion),)
    rest = text.replace(emotion or "", "", 1).strip()
    return (*named, *((("tag", rest),) if rest else ()))
