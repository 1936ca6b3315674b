"""What was learned: from playlists and tables, and by the networks that hear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from segue.jobs.known_embedders import EmbedderStatus, KnownEmbedder, known
from segue.serve import words
from segue.serve.curves import Curve, curve, is_number, is_whole
from segue.serve.learned import shown
from segue.serve.rendering import render
from segue.serve.shelf import Library

router = APIRouter(include_in_schema=False)

BASELINE = "descriptors"


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of several methods on the same tracks: one row a method, one column a metric.

    `tracks` and `artists` say on how many; `of` holds the cells, empty where nothing was measured.
    """

    metrics: tuple[str, ...]
    methods: tuple[str, ...]
    of: Mapping[tuple[str, str], str]
    tracks: str
    artists: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One network as the page shows it.

    `facts` are pairs of a word and what is said of it. `decision` is a sentence, empty where
    nothing was decided.
    """

    status: EmbedderStatus
    facts: tuple[tuple[str, str], ...]
    figures: Figures | None
    decision: str
    curve: Curve | None
    notes: tuple[str, ...]


@router.api_route("/models", methods=["GET", "HEAD"])
def models(request: Request, segue: Library) -> Response:
    """What the catalogue taught, and every network that hears: at work or not."""
    networks = [_shown(each) for each in known(segue.database, settings=segue.settings)]
    learned, maps = shown(segue)
    return render("models.html", request=request, networks=networks, learned=learned, maps=maps)


def _shown(each: KnownEmbedder) -> Shown:
    manifest = each.manifest
    if manifest is None:
        return Shown(each.status, (), None, "", None, ())
    data = manifest.data
    counted = [
        f"{data[name]:,} {name}"
        for name in ("tracks", "artists", "genres")
        if is_whole(data.get(name)) and data[name]
    ]
    facts = (
        ("Learned from", ", ".join(counted)),
        ("Source", str(data.get("source", ""))),
        ("Licences", _listed(data.get("licences", data.get("licenses", "")))),
        ("Music", "invented only" if manifest.synthetic else ""),
        ("Vector", f"{manifest.width:,} numbers, {manifest.windows} passages a track"),
        ("Front end", str(manifest.front.get("kind", ""))),
        ("Made", manifest.created.partition("T")[0]),
    )
    return Shown(
        status=each.status,
        facts=tuple((name, said) for name, said in facts if said),
        figures=_figures(manifest.metrics.get("held_out")),
        decision=_decision(manifest.metrics.get("decision")),
        curve=curve(manifest.history),
        notes=manifest.notes,
    )


def _listed(value: Any) -> str:  # noqa: ANN401 (whatever a manifest holds there)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} ({said})" for name, said in value.items())
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _figures(held_out: Any) -> Figures | None:  # noqa: ANN401
    """The table of what was measured on tracks held back; None where there is nothing to show."""
    found = held_out.get("figures") if isinstance(held_out, Mapping) else None
    if not isinstance(found, Mapping):
        return None
    of = {
        (str(method), str(metric)): told
        for method, figures in found.items()
        if isinstance(figures, Mapping)
        for metric, figure in figures.items()
        if (told := _figure(figure))
    }
    methods = _in_order([method for method, _ in of])
    metrics = tuple(dict.fromkeys(metric for _, metric in of))
    if not of:
        return None
    count = {name: held_out.get(name) for name in ("tracks", "artists")}
    said = {name: f"{n:,}" if is_whole(n) else "" for name, n in count.items()}
    return Figures(metrics, methods, of, said["tracks"], said["artists"])


def _in_order(methods: Sequence[str]) -> tuple[str, ...]:
    """The baseline last, the others as they come."""
    others = dict.fromkeys(method for method in methods if method != BASELINE)
    return (*others, *dict.fromkeys(method for method in methods if method == BASELINE))


def _figure(figure: Any) -> str:  # noqa: ANN401
    """A value with its interval; empty where it is none."""
    said = figure if isinstance(figure, Mapping) else {"value": figure}
    value, low, high = (said.get(name) for name in ("value", "low", "high"))
    if not is_number(value):
        return ""
    interval = f" ({low:.3f} to {high:.3f})" if is_number(low) and is_number(high) else ""
    return f"{value:.3f}{interval}"


def _decision(said: Any) -> str:  # noqa: ANN401
    """What was decided and by which figures."""
    if not isinstance(said, Mapping) or not all(
        is_number(said.get(name)) for name in ("ours", "theirs")
    ):
        return ""
    metric = words.metric(str(said.get("metric", "")))
    verdict = "It helps" if said.get("at_work") else "It does not help"
    music = " on real music" if said.get("invented") is False else ""
    return (
        f"{verdict}{music}: {metric} is {said['ours']:.3f} with it and {said['theirs']:.3f} by "
        f"{said.get('baseline', BASELINE)} alone, on artists that it was not taught with."
    )
