"""The questions of the table: what each figure means, and whether more of it is better."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Group = Literal[
    "attributes", "audio", "playlists", "search", "robustness", "beyond accuracy", "listeners"
]

GROUPS: tuple[Group, ...] = (
    "attributes",
    "audio",
    "playlists",
    "search",
    "robustness",
    "beyond accuracy",
    "listeners",
)


@dataclass(frozen=True, slots=True)
class Column:
    """One question.

    `better` is 1 where more is better, -1 where less is, 0 where nearest to 0 is. `digits` are
    those behind the point.
    """

    name: str
    group: Group
    label: str
    better: int
    words: str
    digits: int = 3


_COLUMNS = (
    Column(
        "attributes_r2",
        "attributes",
        "R² of neighbours",
        1,
        "how well what is recommended, by other artists, tells the attributes of the seed: R² of"
        " the mean of the ten, itself the mean over energy, valence and six more",
    ),
    Column(
        "predicted_r2",
        "attributes",
        "R² from sound",
        1,
        "how well attributes are told from the sound of tracks by artists of their own, where a"
        " table gives them: mean R² of the eight",
    ),
    Column("key_accuracy", "attributes", "key", 1, "share of keys told right from the sound"),
    Column("mode_accuracy", "attributes", "mode", 1, "share of major and minor told right"),
    Column("tempo_accuracy", "attributes", "tempo", 1, "share of tempi told within 4 %"),
    Column("artist_hit_1", "audio", "artist hit@1", 1, "the nearest track is by the same artist"),
    Column("artist_map", "audio", "artist mAP", 1, "mean average precision of the artist's tracks"),
    Column(
        "genre_precision_10",
        "audio",
        "genre P@10",
        1,
        "share of the ten nearest of the same genre, the artist's own tracks taken out",
    ),
    Column(
        "hubness",
        "audio",
        "hubs",
        -1,
        "skewness of how often a track is among the ten nearest of the others",
        2,
    ),
    Column(
        "half_r_precision",
        "playlists",
        "half",
        1,
        "R-precision of hidden tracks, half of a playlist known",
        4,
    ),
    Column("5_r_precision", "playlists", "5 seeds", 1, "the same, five tracks known", 4),
    Column("1_r_precision", "playlists", "1 seed", 1, "the same, one track known", 4),
    Column(
        "half_ndcg", "playlists", "NDCG", 1, "NDCG of 500 candidates, half of a playlist known", 4
    ),
    Column(
        "half_clicks",
        "playlists",
        "clicks",
        -1,
        "pages of ten until the first hidden track, 51 for none; half of a playlist known",
        1,
    ),
    Column(
        "recall_exact",
        "search",
        "recall@10",
        1,
        "share of the ten with the highest exact scores that the program finds",
        4,
    ),
    Column("milliseconds", "search", "ms", -1, "processor time of an answer with its reasons", 1),
    Column("megabytes", "search", "MB", -1, "numbers that a space holds in memory", 0),
    Column(
        "kept_mp3_64",
        "robustness",
        "64 kbit/s",
        1,
        "share of ten neighbours kept at a low bit rate",
    ),
    Column("kept_louder", "robustness", "+6 dB", 1, "the same, louder"),
    Column("kept_cropped", "robustness", "cropped", 1, "the same, begun a second later"),
    Column("answered", "beyond accuracy", "answered", 1, "share of seeds that it can answer"),
    Column(
        "coverage",
        "beyond accuracy",
        "coverage",
        1,
        "different tracks among all that are recommended, as a share of as many as there could be",
    ),
    Column(
        "novelty",
        "beyond accuracy",
        "novelty",
        1,
        "mean -log₂ of the share of playlists (or popularity) that a recommended track has",
        2,
    ),
    Column(
        "diversity",
        "beyond accuracy",
        "diversity",
        1,
        "mean distance within a list: 1 - cosine of attributes, else of descriptors",
    ),
    Column(
        "popularity_bias",
        "beyond accuracy",
        "popularity",
        0,
        "how much more popular, in percentiles, what is recommended is than the seeds",
        1,
    ),
    Column(
        "repetition",
        "beyond accuracy",
        "by one artist",
        -1,
        "most rows of one artist in a list of ten, mean",
        2,
    ),
    Column(
        "concentration",
        "beyond accuracy",
        "hubs",
        -1,
        "how many times more often than by chance two lists share a track",
        1,
    ),
    Column(
        "head",
        "beyond accuracy",
        "top 1 %",
        -1,
        "share of all rows that the most recommended hundredth of tracks takes; depends on how"
        " many seeds ask, so compare with random",
    ),
    Column(
        "judged",
        "listeners",
        "judged",
        1,
        "share of blind comparisons by listeners that it won, equal ones left out",
    ),
)

COLUMNS: Mapping[str, Column] = MappingProxyType({column.name: column for column in _COLUMNS})
"""Every column, in order."""
