"""How good estimates are: beside listeners' ratings, known truths, genres, Spotify's own numbers.

Formulas were not fitted to anything here. While they were written, the training half of the Emotify
clips and the demo world 42 were looked at; the other half and another world are shown apart.

- ``emotify``: rank correlation (Spearman) with what some twenty listeners a clip felt, for the
  emotions that should follow an attribute, with 95 % intervals over artists; `alone` is the best
  single descriptor of the formula on the training half, for scale. Ratings are of induced emotion:
  not even a perfect attribute would correlate to 1.
- ``demo``: with the planted attributes of a demo world. No crowd is played in it, so liveness there
  is the room alone, and a formula may hear its composer's habits.
- ``genres``: medians of estimates beside medians of the public table, the same genres.
- ``spotify``: what the attribute itself goes with in Spotify's analyses of 1,764 tracks, for the
  terms that have something like it there: whether signs are right on real numbers.
- ``loudness``: the level of the excerpt as a stand-in for the measured loudness.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import csv
import gzip
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq

import report
from segue.attributes.estimates import AS_STEREO, Estimator, loudness_of, scores
from segue.attributes.formulas import FORMULAS
from segue.audio.decode import decode
from segue.audio.recording import measure
from segue.catalogue import schema
from segue.catalogue.bulk import insert_rows
from segue.catalogue.database import open_database
from segue.descriptors.extract import COLUMNS, describe
from segue.descriptors.hearing import estimates as heard
from segue.evaluation.intervals import bootstrap
from segue.evaluation.numbers import spearman
from segue.jobs.guessing import HERE, settle_estimates
from segue.records import CONTINUOUS
from segue.sources.demo.rendering import render
from segue.sources.demo.world import world

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segue.types import Floats, Vectors

SEED = 42
WORLD, SEEN = 205, 42
SETTLED = 50_000

FOLLOW = {
    "energy": ("power", "joyful_activation", "calmness"),
    "valence": ("joyful_activation", "sadness", "tension"),
    "danceability": ("joyful_activation", "calmness"),
    "acousticness": ("calmness", "power"),
}
"""Emotions that should rise or fall with an attribute, whatever the others are."""

GENRES = {
    "classical": ("classical",),
    "electronic": ("electronic", "ambient", "idm", "techno", "trip-hop"),
    "pop": ("pop", "indie-pop", "folk", "singer-songwriter"),
    "rock": ("rock", "alt-rock", "hard-rock", "metal"),
}

ALIKE: Mapping[str, Mapping[str, str]] = {
    "energy": {
        "level": "timbre0_mean",
        "onset_rate": "segments_per_second",
        "centroid_mean": "timbre1_mean",
    },
    "valence": {"onset_rate": "segments_per_second", "onset_interval_std": "segment_seconds_std"},
    "danceability": {"onset_interval_std": "segment_seconds_std", "flux_mean": "d_timbre5_std"},
    "acousticness": {
        "level": "timbre0_mean",
        "centroid_mean": "timbre1_mean",
        "flux_mean": "d_timbre5_std",
    },
    "instrumentalness": {"mfcc_delta_3_std": "d_timbre6_std"},
    "liveness": {"level": "timbre0_mean", "chroma_entropy_mean": "pitch6_median"},
    "speechiness": {"flux_std": "d_timbre5_std", "onset_rate": "segments_per_second"},
}
"""Statistics of Spotify's segments that say about the same as a term of ours.

Timbre 0 is loudness and 1 brightness; the deviations are of differences from segment to segment;
high medians of pitch 6 stand for sound on all pitches.
"""


def rho(true: Floats, guessed: Floats, *, artists: Sequence[str] | None) -> dict[str, Any]:
    """A rank correlation with its interval over artists."""
    found = bootstrap(spearman, true, guessed, artists=artists, seed=SEED)
    return {
        "rho": round(found.value, 3),
        "low": round(found.low, 3),
        "high": round(found.high, 3),
        "tracks": len(true),
    }


def plain(true: Floats, guessed: Floats) -> float:
    return float(spearman(true, guessed))


def rated(
    rows: Sequence[Mapping[str, str]], vectors: Vectors, emotions: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Correlation with ratings: all clips, the half that was looked at, the half that was not."""
    there = [place for place, row in enumerate(rows) if row["path"] in emotions]
    found: dict[str, Any] = {"clips": len(there)}
    scored = scores(vectors)
    for attribute, follow in FOLLOW.items():
        terms = {
            term.column for one in FORMULAS if one.attribute == attribute for term in one.terms
        }
        found[attribute] = {}
        for emotion in follow:
            felt = np.array([float(emotions[rows[place]["path"]][emotion]) for place in there])
            guessed = scored[attribute][there]
            artists = [rows[place]["artist"] for place in there]
            unseen = np.array([rows[place]["split"] == "test" for place in there])
            seen = np.flatnonzero(~unseen)
            alone = {
                name: plain(felt[seen], vectors[there, COLUMNS[name]].astype(float)[seen])
                for name in sorted(terms)
            }
            best = max(alone, key=lambda name: abs(alone[name]))
            column = vectors[there, COLUMNS[best]].astype(float)
            parts = np.flatnonzero(unseen)
            found[attribute][emotion] = {
                **rho(felt, guessed, artists=artists),
                "unseen": rho(
                    felt[parts], guessed[parts], artists=[artists[place] for place in parts]
                ),
                "alone": {"column": best, "rho": round(plain(felt, column), 3)},
            }
    return found


def planted(seed: int) -> dict[str, Any]:
    """Correlation with a demo world's truth, and how far estimates are from it."""
    tracks = world(seed).tracks
    described = [_described(*render(track)) for track in tracks]
    vectors = np.stack([vector for vector, _ in described])
    loud = np.array([loudness for _, loudness in described])
    truth = {
        name: np.array([getattr(track.attributes, name) for track in tracks], dtype=float)
        for name in CONTINUOUS
    }
    artists = [track.artist for track in tracks]
    scored = scores(vectors)
    by_ordinary = Estimator.ordinary().values(scored, loud)
    by_own = Estimator.fitted(scored, truth).values(scored, loud)
    found: dict[str, Any] = {"tracks": len(tracks), "world": seed}
    for name in CONTINUOUS:
        order = loud if name == "loudness" else scored[name]
        found[name] = {
            **rho(truth[name], order, artists=artists),
            "apart": {
                "ordinary": _apart(truth[name], by_ordinary[name]),
                "own": _apart(truth[name], by_own[name]),
                "mean": _apart(truth[name], np.full(len(tracks), truth[name].mean())),
            },
        }
    return found


def _apart(true: Floats, guessed: Floats) -> float:
    """Mean absolute difference."""
    return round(float(np.abs(true - guessed).mean()), 3)


def _described(samples: np.ndarray, rate: int) -> tuple[np.ndarray, float]:
    """Descriptors of a rendered piece and its integrated loudness, through a file as anyone's."""
    import wave

    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        with wave.open(file.name, "wb") as out:
            out.setparams((2, 2, rate, 0, "NONE", ""))
            out.writeframes((samples.T * 32767).astype("<i2").tobytes())
        path = Path(file.name)
        vector = describe(decode(path).audio)
        loudness = measure(path, longest_hours=1).loudness
    return vector, float("nan") if loudness is None else loudness


def by_genre(rows: Sequence[Mapping[str, str]], vectors: Vectors, table: Path) -> dict[str, Any]:
    """Medians of estimates by genre beside those of the public table."""
    with gzip.open(table, "rt", encoding="utf-8", newline="") as lines:
        spotify = list(csv.DictReader(lines))
    estimator = Estimator.ordinary()
    guessed = estimator.values(scores(vectors), loudness_of(vectors, np.full(len(rows), np.nan)))
    genres = np.array([row["genre"] for row in rows])
    found: dict[str, Any] = {}
    for genre in sorted(set(genres.tolist())):
        theirs = [row for row in spotify if row["track_genre"] in GENRES.get(genre, ())]
        found[genre] = {
            "clips": int((genres == genre).sum()),
            **{name: _beside(guessed[name][genres == genre], theirs, name) for name in guessed},
        }
    known = np.isin(genres, list(GENRES))
    sung = np.isin(genres[known], ("pop", "rock"))
    played = scores(vectors)["instrumentalness"][known]
    found["singing"] = round(float((played[~sung][:, None] > played[sung][None, :]).mean()), 3)
    return found


def _beside(guessed: Floats, theirs: Sequence[Mapping[str, str]], name: str) -> dict[str, float]:
    both = {"estimate": round(float(np.median(guessed)), 3)}
    if theirs:
        both["table"] = round(float(np.median([float(row[name]) for row in theirs])), 3)
    return both


def in_spotify(path: Path) -> dict[str, Any]:
    """What each attribute goes with in Spotify's own analyses."""
    table = pq.read_table(path)
    found: dict[str, Any] = {"tracks": table.num_rows}
    for attribute, terms in ALIKE.items():
        truth = np.array(table[attribute].to_pylist(), dtype=float)
        found[attribute] = {
            term: round(plain(truth, np.array(table[column].to_pylist(), dtype=float)), 3)
            for term, column in terms.items()
        }
    return found


def level_for_loudness(vectors: Vectors, loud: Floats) -> dict[str, float]:
    """The level of mono clips beside their loudness, in dB."""
    apart = loud - vectors[:, COLUMNS["level"]].astype(float)
    apart = apart[np.isfinite(apart)]
    return {
        "mean": round(float(apart.mean()), 2),
        "deviation": round(float(apart.std()), 2),
        "as_stereo": AS_STEREO,
        "clips": len(apart),
    }


def cost(vectors: Vectors) -> dict[str, Any]:
    """Processor milliseconds of one track, and processor seconds to settle a catalogue."""
    estimator = Estimator.ordinary()
    began = time.process_time()
    for vector in vectors[:100]:
        estimator.completed(heard(vector), vector)
    one = (time.process_time() - began) / min(100, len(vectors)) * 1e3
    with tempfile.TemporaryDirectory() as folder, open_database(Path(folder) / "c.db") as db:
        blobs = [vector.astype("<f4").tobytes() for vector in vectors]
        names = ("id", "public_id", "title", "credit", "title_key", "artist_key", "synthetic")
        with db.write() as connection:
            tracks = [(n, f"t{n}", f"{n}", "", f"{n}", "", False, 0.0) for n in range(SETTLED)]
            insert_rows(connection, schema.tracks, (*names, "created"), tracks)
            rows = [
                (n, HERE["space"], HERE["version"], f"h{n}", blobs[n % len(blobs)])
                for n in range(SETTLED)
            ]
            columns = ("track_id", "space", "version", "content_hash", "data")
            insert_rows(connection, schema.vectors, columns, rows)
        seconds = []
        for _ in range(2):
            began = time.process_time()
            settle_estimates(db)
            seconds.append(round(time.process_time() - began, 2))
    return {
        "one_ms": round(one, 2),
        "tracks": SETTLED,
        "first_seconds": seconds[0],
        "again_seconds": seconds[1],
    }


def main() -> None:
    pack, table = report.shared("audio"), report.shared("tracks/spotify_tracks_114k.csv.gz")
    segments = report.shared("attributes/spotify_segments_2k.parquet")
    with (pack / "labels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with (pack / "emotify_emotions.csv").open(encoding="utf-8") as file:
        emotions = {row["path"]: row for row in csv.DictReader(file)}
    vectors = np.stack([describe(decode(pack / row["path"]).audio) for row in rows])
    loud = [measure(pack / row["path"], longest_hours=1).loudness for row in rows]
    figures = {
        "emotify": rated(rows, vectors, emotions),
        "demo": planted(WORLD),
        "demo_seen": planted(SEEN),
        "genres": by_genre(rows, vectors, table),
        "spotify": in_spotify(segments),
        "loudness": level_for_loudness(vectors, np.array(loud, dtype=float)),
        "cost": cost(vectors),
    }
    inputs = [pack / name for name in ("labels.csv", "emotify_emotions.csv", "emotify", "cc")]
    report.write("estimates", figures, inputs=[*inputs, table, segments], seed=SEED)


if __name__ == "__main__":
    main()
