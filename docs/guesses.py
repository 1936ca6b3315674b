"""Estimates as a page: what they are, how good each is, and every formula with its reasons."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING, Any

import figures

from segue.attributes import matching
from segue.attributes.estimates import AS_STEREO, ENOUGH
from segue.attributes.formulas import CLIP, FORMULAS, SPREAD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.attributes.formulas import Formula, Term

MEASURED: dict[str, Any] = json.loads(
    (figures.RESULTS / "estimates.json").read_text(encoding="utf-8")
)["figures"]

WORDS = {
    "power": "power",
    "joyful_activation": "joyful activation",
    "calmness": "calmness",
    "sadness": "sadness",
    "tension": "tension",
}
FALL = {
    ("energy", "calmness"),
    ("valence", "sadness"),
    ("valence", "tension"),
    ("danceability", "calmness"),
    ("acousticness", "power"),
}
"""Emotions that should fall as the attribute rises."""

_INTRO = f"""Every file that was listened to has values for all eight numeric attributes, tempo, key
and mode, before any model was trained: **estimates**, worked out from its descriptors by the
formulas below. They put tracks in an order that is better than none. They are guesses, and marked
as such wherever they are shown: `≈ 0.62, estimated` on pages, "calm (estimated)" in reasons,
`origins` and `estimated` in JSON. A value that a table gives is always shown before an estimate,
and so is a prediction of the model that the setting `attributes_model` names. Attributes that are
estimates do not choose the lens of a seed.

- Where a catalogue gives an attribute of {ENOUGH} or more of the tracks it has listened to, its own
  values are the measure; else ordinary music is. `segue status` says which.
- Loudness is measured: by ITU-R BS.1770 once the whole file was played, else from the level of the
  excerpt, plus {AS_STEREO:g} dB. Tempo, key and mode are heard
  ([descriptors.md](descriptors.md)) and left out where unsure."""

_READING = """Rank correlations (Spearman: 1 is the same order, 0 none, −1 the reverse) with what
should rise or fall with the attribute; in brackets the 95 % interval over artists. *Listeners* felt
these emotions in 302 clips (Emotify, some twenty listeners each); nobody feels an attribute, so
even a perfect one would not reach 1. *Not looked at* are the clips that took no part while the
formulas were written. *Demo* is the planted truth of a demo world that took no part either; its
instruments are synthetic, and what is easy there may not be elsewhere."""

_LISTED = """Where an interval holds 0, nothing may be behind it. A single descriptor follows some
of these emotions as well as a formula does (`alone` in `benchmarks/results/estimates.json`):
formulas are made of what is known of the attributes, not of these ratings."""


_FAR = """How far estimates are from the truth of that demo world, on average: measured by ordinary
music, which it is not; by its own values; and, for scale, if every track got the world's mean.
Where the last is the smallest, the order is all that an estimate is good for."""

_GENRES = """Medians by genre, estimates of clips / values of a public table of the same genres.
That they are near on the whole is how estimates are matched; that they are near in each genre is
not."""

_FORMULAS = """Each is a sum of weight × z, where z says how many standard deviations a descriptor
lies above ordinary music, cut off at ±{clip:g}. *Near* a tempo is exp(−(log2(tempo / near) /
{spread:g})²), 1 there and towards 0 an octave away. The last column is the rank correlation of the
attribute itself with what is most like the descriptor in Spotify's published analyses of {tracks}
tracks, where there is such a thing: whether the sign is right on real numbers. Weights are round
numbers, not fitted; half of the clips, another demo world and Spotify's analyses were looked at
while they were chosen."""

_COST = """One track takes {one} ms of one core. After an analysis or an import of a table the
estimates of all tracks are settled again, in one transaction that writes only what changed: {first}
s of one core for {tracks} tracks, {again} s where nothing changes.

The level of an excerpt stands for the loudness of a whole file until that is played: in {clips}
mono clips the two were {mean} dB apart, give or take {deviation} dB, and two channels of the same
music have 3 dB more."""


def page(made: str) -> str:
    """The page; `made` is the comment that says what it is written from."""
    parts = [
        "# Estimates: attributes before any model",
        made,
        _INTRO,
        "## How good they are",
        _READING,
        _judged(),
        _LISTED,
        _FAR,
        _apart(),
        "## From a score to a value",
        _markdown(inspect.getdoc(matching) or ""),
        _genres(),
        "## The formulas",
        _sum(),
        *(_section(one) for one in FORMULAS),
        "## What it costs",
        _cost(),
    ]
    return "\n\n".join(parts) + "\n"


def figure(key: str, *, digits: int = 2) -> str:
    """A number of the measurement, with the mark that names its place."""
    value: Any = MEASURED
    for word in key.split("."):
        value = value[word]
    return f"{value:,.{digits}f}<!-- figure estimates {key} -->".replace("-", "−", value < 0)


def interval(key: str) -> str:
    """A correlation with its interval."""
    return f"{figure(f'{key}.rho')} [{figure(f'{key}.low')}, {figure(f'{key}.high')}]"


def _judged() -> str:
    rows = []
    for one in FORMULAS:
        name = one.attribute
        felt: Mapping[str, Any] = MEASURED["emotify"].get(name, {})
        listeners = [
            f"{_direction(name, emotion)} {interval(f'emotify.{name}.{emotion}')}"
            for emotion in felt
        ]
        apart = [
            f"{WORDS[emotion]} {interval(f'emotify.{name}.{emotion}.unseen')}" for emotion in felt
        ]
        cells = (
            f"[{name}](#{name})",
            "<br>".join(listeners) or "no rating stands for it",
            "<br>".join(apart),
            interval(f"demo.{name}"),
        )
        rows.append(f"| {' | '.join(cells)} |")
    loud = f"| loudness | measured | | {interval('demo.loudness')} |"
    head = "| attribute | listeners | not looked at | demo |\n|---|---|---|---|\n"
    return head + "\n".join([*rows, loud])


def _apart() -> str:
    """Mean absolute differences from a demo world's truth."""
    rows = []
    for one in FORMULAS:
        key = f"demo.{one.attribute}.apart"
        cells = [figure(f"{key}.{kind}", digits=3) for kind in ("ordinary", "own", "mean")]
        rows.append(f"| {one.attribute} | {' | '.join(cells)} |")
    head = "| attribute | ordinary music | its own values | the mean for all |\n|---|---|---|---|\n"
    return head + "\n".join(rows)


def _direction(attribute: str, emotion: str) -> str:
    should = "falls" if (attribute, emotion) in FALL else "rises"
    return f"{WORDS[emotion]} ({should})"


def _genres() -> str:
    """Medians by genre: estimates of clips beside a public table of the same genres."""
    names = [one.attribute for one in FORMULAS]
    listed = [
        genre
        for genre, found in MEASURED["genres"].items()
        if isinstance(found, dict) and "table" in found["energy"]
    ]
    rows = [
        f"| {name} | "
        + " | ".join(
            f"{figure(f'genres.{genre}.{name}.estimate')} / "
            f"{figure(f'genres.{genre}.{name}.table')}"
            for genre in listed
        )
        + " |"
        for name in names
    ]
    head = f"| attribute | {' | '.join(listed)} |\n|---|{'---|' * len(listed)}\n"
    return f"{_GENRES}\n\n{head}" + "\n".join(rows)


def _sum() -> str:
    tracks = figure("spotify.tracks", digits=0)
    return _FORMULAS.format(clip=CLIP, spread=SPREAD, tracks=tracks)


def _section(one: Formula) -> str:
    rows = "\n".join(_term(one.attribute, term) for term in one.terms)
    return (
        f"### {one.attribute}\n\n{one.about}\n\n"
        "| descriptor | weight | because more of it is | in Spotify's analyses |\n"
        f"|---|---|---|---|\n{rows}\n\nFrom: {one.source}."
    )


def _term(attribute: str, term: Term) -> str:
    there = term.column in MEASURED["spotify"].get(attribute, {}) and not term.near
    beside = figure(f"spotify.{attribute}.{term.column}") if there else ""
    near = f" near {term.near:g}" if term.near else ""
    weight = f"{term.weight:+g}".replace("-", "−")
    return f"| `{term.column}`{near} | {weight} | {term.why} | {beside} |"


def _cost() -> str:
    return _COST.format(
        one=figure("cost.one_ms", digits=1),
        tracks=figure("cost.tracks", digits=0),
        first=figure("cost.first_seconds", digits=1),
        again=figure("cost.again_seconds", digits=1),
        clips=figure("loudness.clips", digits=0),
        mean=figure("loudness.mean"),
        deviation=figure("loudness.deviation"),
    )


def _markdown(docstring: str) -> str:
    return docstring.replace("``", "`")
