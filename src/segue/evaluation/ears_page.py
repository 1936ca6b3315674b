"""A page about networks that hear, written from their measurement: Markdown from JSON alone.

The measurement (``benchmarks/results/ears.json``) holds

``tracks``, ``artists``, ``folds``, ``seeds``, ``source``
    what was judged, and how often each network was trained;
``methods``
    by name: ``label``, ``role`` ("space", "fused", "baseline" or "chance") and, by metric, what
    `segue.evaluation.seeds.method` gives, or ``missing`` with the reason;
``paired``
    by a name of one's own: ``first``, ``second`` (names of methods) and, by metric, what
    `segue.evaluation.seeds.pair` gives;
``genre``
    ``accuracy``, by model: ``label`` and a `segue.evaluation.seeds.summary`, with ``low`` and
    ``high`` where there is an interval; ``confusion``: ``labels`` and ``counts``;
``speed``
    ``training_windows`` and ``inference_windows`` a second and core, ``clip_ms`` a clip of 30 s;
``robustness``
    by method and alteration, the share of ten neighbours kept;
``parity``
    by network, the largest difference between PyTorch and ONNX Runtime;
``most``
    by metric, what a perfect space would reach (`segue.evaluation.retrieval.Gallery.most`);
``curves``, ``pictures``, ``notes``
    what was noted while training; file names; sentences without the full stop.

Everything but ``methods`` may be left out; a goal of which nothing is known is told as such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.audio.altering import ALTERATIONS
from segue.evaluation.ears_goals import cell, ends, goals
from segue.evaluation.markdown import table
from segue.evaluation.report import figure
from segue.evaluation.retrieval import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segue.evaluation.ears_goals import Figures

_INTRODUCTION = """\
How good are the neighbours that a network hears? Every track asks all others of its test part for
its nearest. **Artist hit@1** is how often the nearest is by the same artist, **artist P@10** the
share of the artist's other tracks, at most ten, among the ten nearest, **artist mAP** the mean
average precision. **Genre P@10** is the share of the ten nearest that are of the same genre, with
all tracks by the same artist taken out. No network has heard an artist that it is judged on.

Behind each figure of a network stands the spread (±) of its seeds, the luck of training; in
brackets the 95 % interval over artists: how far the figure would move with other tracks of the
same kind. **Hubs** is the skewness of how often each track is among the ten nearest of others: 0
is even, and the higher it is, the more a few tracks crowd all answers. **Kept** is the share of ten
neighbours that a track keeps when it is encoded anew at 64 kbit/s, made 6 dB louder, or begun a
second later; the worst of the three.

Beside networks stand what anybody can compute: **raw MFCC**, the cosine of 273 cepstral numbers as
they are; **descriptors**, all of Segue's numbers z-scored and clipped; **mel statistics**, mean and
deviation of 128 mel bands on their 32 principal axes; **bliss-audio**, the Euclidean distance of
its 23 numbers, plain and with the weights that its later versions give them; and chance."""

_PICTURES = {
    "methods": "Every method's neighbours with their intervals",
    "map": "The space as a map, coloured by genre and by artist",
    "curves": "Loss and retrieval on artists kept aside, while training",
    "confusion": "Which genre is taken for which",
}


def page(
    figures: Figures,
    *,
    title: str = "How well networks hear",
    made: str = "",
    pictures: str = "pictures",
) -> str:
    """The page.

    Parameters
    ----------
    figures
        The measurement.
    title
        Of the page.
    made
        Lines below the title, such as a comment that says where the page comes from.
    pictures
        The folder of the pictures, relative to the page.
    """
    parts = [
        f"# {title}",
        made,
        _INTRODUCTION,
        _judged_on(figures),
        f"## Asked for and reached\n\n{_goals(figures)}",
        f"## Neighbours\n\n{_methods(figures['methods'], figures.get('robustness', {}))}",
        *_sections(figures),
        *(_picture(name, pictures) for name in figures.get("pictures", ())),
        *_notes(figures),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _judged_on(figures: Figures) -> str:
    """A sentence about tracks, folds and seeds."""
    seeds = figures.get("seeds", ())
    trained = f", each network trained {len(seeds)} times" if len(seeds) > 1 else ""
    folds = f" in {figures['folds']} folds that never share an artist" if "folds" in figures else ""
    source = f" of {figures['source']}" if "source" in figures else ""
    if "tracks" not in figures:
        return ""
    most = figures.get("most", {}).get("genre_precision_10")
    best = "" if most is None else f" A perfect space would reach a genre P@10 of {figure(most)}."
    return (
        f"{figures['tracks']:,} tracks by {figures['artists']:,} artists{source}{folds}{trained}."
        f"{best}"
    )


def _goals(figures: Figures) -> str:
    rows = [[about, asked, reached, verdict] for about, asked, reached, verdict in goals(figures)]
    return table(["goal", "asked", "reached", ""], rows)


def _methods(methods: Figures, robustness: Figures) -> str:
    """A row a method: every metric, hubs, and what alterations keep."""
    heads = ["method", *METRICS.values(), "hubs", "kept"]
    rows = []
    for name, each in methods.items():
        if "missing" in each:
            rows.append([each["label"], f"({each['missing']})", *[""] * (len(heads) - 2)])
            continue
        kept = min(robustness.get(name, {}).values(), default=None)
        rows.append(
            [
                f"**{each['label']}**" if each.get("role") == "fused" else each["label"],
                *(cell(each[metric]) for metric in METRICS),
                _short(each.get("hubness")),
                "" if kept is None else figure(kept),
            ]
        )
    return table(heads, rows)


def _sections(figures: Figures) -> Iterator[str]:
    """What else there is: pairs, genres, alterations."""
    methods = figures["methods"]
    if figures.get("paired"):
        yield f"## Side by side\n\n{_pairs(figures['paired'], methods)}"
    accuracy = figures.get("genre", {}).get("accuracy", {})
    if accuracy:
        rows = [[each["label"], cell(each)] for each in accuracy.values()]
        yield f"## Naming genres\n\n{table(['model', 'accuracy'], rows)}"
    if figures.get("robustness"):
        rows = [
            [methods[name]["label"], *(_share(kept, each) for each in ALTERATIONS)]
            for name, kept in figures["robustness"].items()
        ]
        yield (
            "## Neighbours kept\n\n"
            + table(["method", *(f"{each}" for each in ALTERATIONS.values())], rows)
        )


def _pairs(paired: Figures, methods: Figures) -> str:
    """One method beside another on the same draws of artists."""
    rows = []
    for each in paired.values():
        for metric in ("artist_precision_10", "genre_precision_10"):
            if metric not in each:
                continue
            difference, ratio = each[metric]["difference"], each[metric]["ratio"]
            rows.append(
                [
                    methods[each["first"]]["label"],
                    methods[each["second"]]["label"],
                    METRICS[metric],
                    f"{figure(difference['value'])} {ends(difference)}",
                    f"{figure(ratio['value'])} {ends(ratio)}",
                ]
            )
    return table(["method", "beside", "metric", "ahead by", "times"], rows)


def _notes(figures: Figures) -> Iterator[str]:
    listed = [f"- {note}." for note in figures.get("notes", ())]
    if listed:
        yield "## What to know\n\n" + "\n".join(listed)


def _picture(name: str, folder: str) -> str:
    words = next((said for kind, said in _PICTURES.items() if kind in name), name)
    return f"![{words}]({folder}/{name})"


def _short(told: Figures | None) -> str:
    return "" if told is None or told.get("mean") is None else figure(told["mean"])


def _share(kept: Figures, alteration: str) -> str:
    return figure(kept[alteration]) if alteration in kept else ""
