"""Words for numbers: how pages say durations, counts, attributes and weights.

The API speaks in plain numbers; people read "3:07", "A minor", "122 BPM". What a number means is
said once, here, and pages and the page about Segue both read it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segue.evaluation.retrieval import METRICS
from segue.names import artist_key, is_collective
from segue.records import KEYS
from segue.snapshot import ESTIMATED, PREDICTED, trust

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from segue.attributes.predictor import Interval
    from segue.records import Attributes, Contribution, Passage, Reasons, Track

GAUGES: dict[str, str] = {
    "energy": "how intense and active it feels",
    "valence": "how cheerful it sounds",
    "danceability": "how well it suits dancing",
    "acousticness": "how likely it is played on acoustic instruments",
    "instrumentalness": "how likely it has no singing",
    "liveness": "how likely an audience is heard",
    "speechiness": "how much of it is spoken",
}
"""Attributes on a scale from 0 to 1, and what they say."""

LENSES: dict[str, tuple[str, str]] = {
    "balanced": ("Balanced", "every sense that knows the track, weighed by what finds more"),
    "hybrid": ("Hybrid", "attributes and words together, 60 to 40"),
    "descriptors": ("Sound", "what the signal is like: timbre and loudness over time"),
    "audio": ("Audio", "the signal, and what a network hears in it, half and half"),
    "sound": ("Learned sound", "what a network hears that can tell artists apart"),
    "genre": ("Learned genre", "what a network hears that can name genres"),
    "genre_votes": ("Genre by vote", "the same, and every passage of the track has a vote"),
    "attributes": ("Attributes", "energy, valence, tempo, key and the like"),
    "text": ("Words", "artist, album, genre, title and tags"),
    "mood": ("Mood", "cheerfulness and energy, half and half"),
    "tempo": ("Tempo", "beats a minute, where half and double the tempo are near"),
    "together": ("Same playlists", "how many playlists hold both tracks"),
    "factors": ("Put together", "which tracks a playlist with this one would hold next"),
    "playlists": ("Playlist company", "tracks that are kept beside the same tracks"),
    "titles": ("Playlist names", "the words in the names of the playlists that hold them"),
    "latent": ("Learned codes", "attributes, artist, genre and emotion taken together"),
    "federated": ("Company elsewhere", "what several libraries keep together in playlists"),
    "artist": ("Artist", "who plays"),
    "album": ("Album", "which album it is on"),
}
"""What people call a lens and what it looks at."""

SPACES: dict[str, str] = {
    "descriptors": "sound",
    "attributes": "attributes",
    "text": "words",
    "sound": "learned sound",
    "genre": "learned genre",
    "genre_votes": "votes by genre",
    "together": "same playlists",
    "factors": "put together",
    "playlists": "playlist company",
    "titles": "playlist names",
    "latent": "learned codes",
    "federated": "company elsewhere",
}
"""What people call a space."""


CHANGES: dict[str, str] = {
    "hubs": "near to everything",
    "recent": "offered lately",
    "variation": "chance",
    "diversity": "like the rows above",
}
"""What people call what moves a row."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """One attribute to show: its value in words, and as a share of its scale where it has one.

    `mark` says what it is where it was not given and the text does not show it: "estimated". The
    share is likely to lie between `low` and `high`, where that is known.
    """

    name: str
    text: str
    meaning: str = ""
    share: float | None = None
    mark: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One coloured part of a bar of contributions: from `start`, `share` wide, both in percent."""

    space: str
    start: float
    share: float


def duration(seconds: float | None) -> str:
    """Minutes and seconds ("3:07"), with hours where there are any; empty when unknown."""
    if seconds is None:
        return ""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return (f"{hours}:{minutes:02}" if hours else f"{minutes}") + f":{whole % 60:02}"


def playing(seconds: float) -> str:
    """How long something plays, roughly: "48 minutes", "3 hours 20 minutes", "12 days"."""
    minutes = max(round(seconds / 60), 1)
    hours = minutes // 60
    if hours >= _DAYS_FROM:
        return f"{round(hours / 24):,} days"
    parts = [(hours, "hour"), (minutes % 60, "minute")]
    return " ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in parts if n)


_DAYS_FROM = 72


def passage(seconds: float | None) -> str:
    """The part of a track to preview, as the end of its address: 30 s from its middle.

    It is the passage that was analysed. Short tracks, and those of unknown length, play whole.
    """
    if seconds is None or seconds < 60:
        return ""
    start = seconds / 2 - 15
    return f"#t={start:.1f},{start + 30:.1f}"


def count(number: int) -> str:
    """A whole number with its thousands apart: "89,741"."""
    return f"{number:,}"


def score(number: float) -> str:
    """A score with three decimals and a true minus sign."""
    return f"{number:.3f}".replace("-", "−")


def percent(share: float) -> str:
    """A share of 1 as whole percent."""
    return f"{share * 100:.0f} %"


def space(name: str) -> str:
    """What people call a space; its own name when it is somebody's own."""
    return SPACES.get(name, name)


def metric(name: str) -> str:
    """What a figure of neighbours is called."""
    return METRICS.get(name, name.replace("_", " "))


def provenance(text: str) -> str:
    """Where attributes come from, as the end of a sentence."""
    if text.startswith(f"{PREDICTED}:"):
        return f"predicted by the model {text.partition(':')[2]}"
    known = {"given": "given by the table or file", ESTIMATED: "estimated from the signal"}
    return known.get(text, text)


def sources(track: Track, intervals: Mapping[str, Interval]) -> list[str]:
    """Where a track's attributes come from, as sentences."""
    by_source: dict[str, list[str]] = {}
    for name, source in track.origins.items():
        by_source.setdefault(source, []).append(name.replace("_", " "))
    order = sorted(by_source, key=lambda one: (-trust(one), one))
    said = [f"Attributes are {provenance(one)}." for one in order[:1]]
    if len(order) > 1:
        said = [f"{_capital(provenance(one))}: {', '.join(by_source[one])}." for one in order]
    if intervals:
        share = next(iter(intervals.values())).coverage
        said.append(f"± is made to hold for {share * 100:.0f} % of tracks.")
    if ESTIMATED in by_source:
        said.append("≈ is a guess by a formula, good for an order of tracks and no more.")
    return said


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def gauges(track: Track, intervals: Mapping[str, Interval]) -> list[Gauge]:
    """The known attributes in the order people look for them.

    Parameters
    ----------
    track
        Whose.
    intervals
        Between what predicted ones lie, by name.
    """
    if track.attributes is None:
        return []
    return [
        _marked(gauge, track.origins.get(_ATTRIBUTE.get(gauge.name, gauge.name), ""), intervals)
        for gauge in _gauges(track.attributes)
    ]


_ATTRIBUTE = {"metre": "time_signature"}
_UNITS = {"loudness": (1, " dB")}


def _marked(gauge: Gauge, origin: str, intervals: Mapping[str, Interval]) -> Gauge:
    """A gauge that shows how far to trust it: "≈ 0.62", "0.62 ± 0.15"."""
    if origin == ESTIMATED:
        return replace(gauge, text=f"≈ {gauge.text}", mark=ESTIMATED)
    interval = intervals.get(gauge.name)
    if interval is None:
        return replace(gauge, mark=PREDICTED if origin.startswith(PREDICTED) else "")
    digits, unit = _UNITS.get(gauge.name, (2, ""))
    text = f"{gauge.text.removesuffix(unit)} ± {interval.half:.{digits}f}{unit}"
    if gauge.share is None:
        return replace(gauge, text=text)
    return replace(gauge, text=text, low=_share(interval.low), high=_share(interval.high))


def _gauges(attributes: Attributes) -> list[Gauge]:
    shown: list[Gauge] = []
    if attributes.tempo is not None:
        shown.append(Gauge("tempo", f"{attributes.tempo:.0f} BPM"))
    if attributes.key is not None:
        mode = {0: " minor", 1: " major", None: ""}[attributes.mode]
        shown.append(Gauge("key", f"{KEYS[attributes.key]}{mode}"))
    elif attributes.mode is not None:
        shown.append(Gauge("mode", "major" if attributes.mode else "minor"))
    if attributes.loudness is not None:
        shown.append(Gauge("loudness", f"{signed(attributes.loudness)} dB"))
    if attributes.time_signature is not None:
        shown.append(Gauge("metre", f"{attributes.time_signature} beats a bar"))
    for name, meaning in GAUGES.items():
        value = getattr(attributes, name)
        if value is not None:
            shown.append(Gauge(name, f"{value:.2f}", meaning, _share(value)))
    return shown


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def parts(reasons: Reasons) -> list[Part]:
    """The bar of contributions: what each space is worth, of all that speak for the row."""
    made: list[Part] = []
    start = 0.0
    for contribution in reasons.contributions:
        share = round(reasons.share(contribution.space) * 100, 1)
        if share > 0:
            made.append(Part(contribution.space, round(start, 1), share))
            start += share
    return made


def contribution(part: Contribution) -> str:
    """What a space did for a row: its place without it, its score, and its weight."""
    places = f"without it place {part.without:,} instead of {part.rank:,}"
    scores = f"scores {score(part.score)} where chance gives {score(part.expected)}"
    return f"{places}; {scores}, weight {part.weight:.2f}"


def change(name: str, amount: float) -> str:
    """What moved a row, and how far: "near to everything −0.012"."""
    said = f"{amount:+.3f}".replace("-", "−")
    return f"{CHANGES.get(name, name)} {said}"


def heard_alike(one: Passage) -> str:
    """Where two tracks sound most alike: "1:32 to 1:35 there, 1:44 to 1:47 here"."""
    sides = (("there", one.seed_at), ("here", one.track_at))
    return ", ".join(
        f"{duration(start)} to {duration(start + one.seconds)} {side}" for side, start in sides
    )


def signed(value: float) -> str:
    """A level with one decimal and a minus sign that is one."""
    return f"{value:.1f}".replace("-", "−")


def is_somebody(name: str) -> bool:
    """Whether a name is an artist's, and not one for nobody in particular."""
    return not is_collective(name)


def queue(tracks: Iterable[Track]) -> str:
    """Tracks as the player takes them, as JSON."""
    told = [
        {"id": t.id, "title": t.title or "Untitled", "artist": t.artist, "duration": t.duration}
        for t in tracks
    ]
    return json.dumps(told, ensure_ascii=False)


FILTERS: Mapping[str, Callable[..., object]] = {
    "duration": duration,
    "passage": passage,
    "playing": playing,
    "count": count,
    "score": score,
    "signed": signed,
    "percent": percent,
    "space": space,
    "metric": metric,
    "provenance": provenance,
    "gauges": gauges,
    "sources": sources,
    "parts": parts,
    "contribution": contribution,
    "change": change,
    "heard_alike": heard_alike,
    "artist_key": artist_key,
    "is_somebody": is_somebody,
    "queue": queue,
}
"""What templates may call on a value."""
