"""The catalogue in numbers: how values are spread, what goes with what, what genres are like."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup

from segue.catalogue import counts as counting
from segue.catalogue import holdings as held
from segue.catalogue import tracks
from segue.catalogue.counts import Counts
from segue.catalogue.holdings import Format, Played
from segue.library.shelves.holdings import MEASURED
from segue.serve import charts, words
from segue.serve.profiles import FEWEST, compared, shape_of
from segue.serve.rendering import link, render
from segue.serve.shelf import Library
from segue.serve.whose import Listener

if TYPE_CHECKING:
    from fastapi import FastAPI

    from segue.library import Segue
    from segue.library.shelves import Group, Shelves
    from segue.library.shelves.holdings import Distribution

router = APIRouter(include_in_schema=False)

COMPARED = 4
"""Most genres that are laid over one another."""

SMALL = 6
"""Genres that are drawn side by side, the largest."""

OFFERED = 300
"""Most genres that can be chosen from a list, the largest."""

LISTENERS = 32
"""Most listeners whose plays are kept counted."""

_DAY = 86_400.0
_UNITS = {"loudness": " dB", "tempo": " BPM", "duration": " min"}
_TITLES = {"duration": "length"}
_POINTS = 40


@dataclass(frozen=True, slots=True)
class Spread:
    """One distribution as the page shows it: its chart, and in words where most of it lies."""

    name: str
    chart: Markup | None
    middle: str
    known: int
    unknown: int
    origins: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """All that is the same for everybody until the catalogue changes."""

    shelves: Shelves
    counts: Counts
    formats: tuple[Format, ...]
    spreads: tuple[Spread, ...]
    together: Markup
    keys: Markup | None
    growth: Markup | None
    genres: tuple[Group, ...]
    profiles: tuple[tuple[Group, Markup], ...]


@router.api_route("/statistics", methods=["GET", "HEAD"])
def statistics(
    request: Request,
    segue: Library,
    listener: Listener,
    genre: Annotated[tuple[str, ...], Query()] = (),
) -> Response:
    """All figures; `genre`, up to four times, says which genres are laid over one another."""
    shelves = segue.shelves_ready()
    if shelves is None:
        return render("statistics.html", request=request, drawn=None)
    drawn = _drawn(request.app, segue, shelves)
    asked = [one for one in dict.fromkeys(genre) if shelves.genres.find(one) is not None]
    chosen = asked[:COMPARED] or [group.key for group in drawn.genres[:2]]
    played = _played(request.app, segue, shelves, listener)
    often = dict(played.most)
    heard = tracks.many(segue.database, [one for one, _ in played.most])
    return render(
        "statistics.html",
        request=request,
        drawn=drawn,
        holdings=shelves.holdings,
        playing=words.playing(shelves.holdings.seconds) if shelves.holdings.seconds else "",
        chosen=[*chosen, *[""] * (COMPARED - len(chosen))],
        comparison=_comparison(shelves, chosen),
        played=played,
        most=_most([(each.name, each.id, often[each.id]) for each in heard]),
        months=_months(played),
    )


def _drawn(app: FastAPI, segue: Segue, shelves: Shelves) -> Drawn:
    """The charts; drawn once an epoch."""
    kept: Drawn | None = getattr(app.state, "statistics", None)
    if kept is None or kept.shelves is not shelves:
        kept = app.state.statistics = _draw(segue, shelves)
    return kept


def _draw(segue: Segue, shelves: Shelves) -> Drawn:
    figures = shelves.holdings
    largest = shelves.genres.most(shelves.genres.counts, n=OFFERED)
    return Drawn(
        shelves=shelves,
        counts=counting.counts(segue.database),
        formats=tuple(held.formats(segue.database)),
        spreads=tuple(_spread(each) for each in figures.distributions),
        together=charts.matrix(MEASURED, figures.together, title="What goes together"),
        keys=charts.fifths(figures.keys, title="Keys") if figures.keys else None,
        growth=_growth(shelves),
        genres=tuple(largest),
        profiles=tuple(_profiles(shelves, largest)),
    )


def _spread(one: Distribution) -> Spread:
    name, unit = _TITLES.get(one.name, one.name), _UNITS.get(one.name, "")
    origins = tuple((words.provenance(source), n) for source, n in one.origins.items())
    if not one.known:
        return Spread(name, None, "", 0, one.unknown, origins)
    said = [_said(one.name, value) for value in one.quantiles]
    chart = charts.histogram(
        one.counts,
        one.edges,
        title=name.capitalize(),
        marks=[(one.quantiles[2], "median")],
        unit=unit,
        tabled=True,
        plain=one.name == "year",
    )
    middle = f"Half lie between {said[1]} and {said[3]}{unit}, nine in ten between {said[0]} and "
    return Spread(name, chart, f"{middle}{said[4]}{unit}.", one.known, one.unknown, origins)


def _said(name: str, value: float) -> str:
    return f"{value:.0f}" if name == "year" else charts.short(value)


def _profiles(shelves: Shelves, largest: list[Group]) -> list[tuple[Group, Markup]]:
    """Genres side by side, of which enough is known."""
    made: list[tuple[Group, Markup]] = []
    for group in largest[: SMALL * 2]:
        shape = _shape(shelves, group.key)
        if sum(value is not None for value in shape.values) >= FEWEST and len(made) < SMALL:
            made.append((group, compared([shape], title=f"What {group.name} is like")))
    return made


def _shape(shelves: Shelves, key: str) -> charts.Shape:
    at = shelves.genres.find(key)
    rows = np.empty(0, dtype=np.int64) if at is None else shelves.genres.rows(at)
    return shape_of(shelves.corpus, rows, key)


def _comparison(shelves: Shelves, chosen: list[str]) -> Markup | None:
    shapes = [_shape(shelves, key) for key in chosen]
    shapes = [charts.Shape(each.name, each.values) for each in shapes if any(each.values)]
    if not shapes:
        return None
    named = " and ".join(each.name for each in shapes)
    return compared(shapes, title=f"What {named} are like")


def _growth(shelves: Shelves) -> Markup | None:
    """How many tracks there were on each day; None where all came within one."""
    came = np.sort(shelves.created)
    if not len(came) or came[-1] - came[0] < _DAY:
        return None
    steps = np.linspace(came[0], came[-1], _POINTS)
    there = np.searchsorted(came, steps, side="right").tolist()
    labels = [time.strftime("%d %b %Y", time.gmtime(at)).lstrip("0") for at in steps.tolist()]
    line = charts.Line("Tracks", tuple(map(float, there)))
    return charts.line(
        [line],
        title="Tracks in the catalogue",
        labels=labels,
        steps=steps.tolist(),
        over="Day",
        low=0,
    )


def _played(app: FastAPI, segue: Segue, shelves: Shelves, listener: str) -> Played:
    """What the listener has played; counted once an epoch for those who have played anything.

    A browser may name anybody, so names without plays are not kept, and no more than some others.
    """
    kept: tuple[object, dict[str, Played]] = getattr(app.state, "played", (None, {}))
    if kept[0] is not shelves or len(kept[1]) > LISTENERS:
        kept = app.state.played = (shelves, {})
    found = kept[1].get(listener)
    if found is None:
        found = held.played(segue.database, listener)
        if found.times:
            kept[1][listener] = found
    return found


def _most(played: list[tuple[str, str, int]]) -> Markup | None:
    named = Markup('<a href="{}">{}</a>')
    entries = [(named.format(link("tracks", one), name), n, f"{n:,}") for name, one, n in played]
    return charts.bars(entries, title="Played most") if entries else None


def _months(played: Played) -> Markup | None:
    if len(played.months) < 2:
        return None
    line = charts.Line("Plays", tuple(float(n) for _, n in played.months))
    labels = [month for month, _ in played.months]
    steps = list(range(len(labels)))
    return charts.line(
        [line], title="Plays by month", labels=labels, steps=steps, over="Month", low=0
    )
