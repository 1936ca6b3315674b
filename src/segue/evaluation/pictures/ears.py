"""What networks of sound learned: a space as a map, curves of training, confusions, ranks.

A map puts every track on a plane so that near in the space is near on paper, as far as that can be
(t-SNE: van der Maaten and Hinton, JMLR 9, 2008). Distances on it that are not small mean nothing.
"""

from __future__ import annotations

from collections import Counter
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import UnavailableError
from segue.evaluation.pictures.classes import cells
from segue.evaluation.pictures.style import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    RED,
    SKY,
    SOFT,
    canvas,
    save,
)
from segue.evaluation.report import figure as written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from segue.types import Floats

COLOURS = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY)
MARKS = ("o", "s", "^", "D")

NAMED_ARTISTS = 12
"""Most artists that are coloured on a map."""

_METHODS = {"artist_precision_10": "artist P@10", "genre_precision_10": "genre P@10"}
_ROLES = {"space": BLUE, "fused": ORANGE, "baseline": SOFT, "chance": FAINT}


def draw(
    figures: Mapping[str, Any],
    folder: Path,
    *,
    spaces: Mapping[str, NDArray[np.floating[Any]]] | None = None,
    genres: Sequence[str] = (),
    artists: Sequence[str] = (),
    stem: str = "ears",
) -> tuple[str, ...]:
    """Write every picture there is something for.

    Parameters
    ----------
    figures
        The measurement (`segue.evaluation.ears_page`).
    folder
        An existing folder.
    spaces
        By name, vectors of the same tracks, shape (n, width): each becomes a map.
    genres, artists
        Of these tracks, one name each.
    stem
        The beginning of the file names: ``ears-methods.png``.

    Returns
    -------
    tuple of str
        Names of the files, in the order in which a page shows them.

    Raises
    ------
    UnavailableError
        A package is missing, or a file cannot be written.
    """
    made = {"methods": methods(figures["methods"], title="Neighbours, with their 95 % intervals")}
    for name, vectors in (spaces or {}).items():
        title = f"The space {name} as a map"
        made[f"map-{name}"] = maps(layout(vectors), genres=genres, artists=artists, title=title)
    if figures.get("curves"):
        made["curves"] = curves(figures["curves"], title="While networks learn")
    confused = figures.get("genre", {}).get("confusion")
    if confused:
        title = "Genres (rows) and what they were taken for (columns), in %"
        made["confusion"] = confusion(np.array(confused["counts"]), confused["labels"], title=title)
    for name, figure in made.items():
        save(figure, folder / f"{stem}-{name}.png")
    return tuple(f"{stem}-{name}.png" for name in made)


def layout(vectors: NDArray[np.floating[Any]], *, seed: int = 42) -> Floats:
    """Places on a plane, shape (n, 2): t-SNE of cosine distances.

    Parameters
    ----------
    vectors
        Shape (n, width), one a track, at least 5.
    seed
        The same vectors and seed give the same map.

    Raises
    ------
    UnavailableError
        scikit-learn is not installed.
    """
    try:
        from sklearn.manifold import TSNE
    except ImportError as error:
        raise UnavailableError(
            "maps need scikit-learn, which is not installed",
            remedy="Run: pip install 'segue[attributes]'",
        ) from error
    perplexity = min(30.0, (len(vectors) - 1) / 3)
    mapping = TSNE(metric="cosine", init="pca", perplexity=perplexity, random_state=seed, n_jobs=1)
    places: Floats = mapping.fit_transform(np.asarray(vectors, dtype=np.float32)).astype(np.float64)
    return places


def maps(places: Floats, *, genres: Sequence[str], artists: Sequence[str], title: str) -> Figure:
    """The same map twice: coloured by genre, and by the artists that have most tracks.

    Parameters
    ----------
    places
        Shape (n, 2), as `layout` gives them.
    genres, artists
        One name a track, "" where unknown.
    title
        What the picture says.
    """
    with canvas(4.6, title=title) as figure:
        left, right = figure.subplots(1, 2)
        scattered(left, places, genres, most=len(COLOURS) * len(MARKS))
        left.set_title("by genre")
        scattered(right, places, artists, most=NAMED_ARTISTS)
        count = len(set(artists) - {""})
        right.set_title(f"by artist, the {min(NAMED_ARTISTS, count)} with most tracks of {count}")
    return figure


def confusion(counts: NDArray[np.number], labels: Sequence[str], *, title: str) -> Figure:
    """Which genre is taken for which: of the tracks of each (row), the share taken for each, in %.

    Parameters
    ----------
    counts
        Shape (genres, genres).
    labels
        Names of the genres.
    title
        What the picture says.
    """
    height = 1.2 + 0.36 * max(3, len(labels))
    with canvas(height, title=title, width=min(10.0, 3.0 + 1.1 * len(labels))) as figure:
        cells(figure.subplots(), np.asarray(counts, dtype=np.float64), tuple(labels))
    return figure


def curves(runs: Mapping[str, Sequence[Mapping[str, float]]], *, title: str) -> Figure:
    """How training went: the loss of batches, and retrieval on artists that were kept aside.

    Parameters
    ----------
    runs
        By name, what was noted on the way (`segue.embedding.manifest.Manifest.history`): ``step``
        and ``loss``, and ``validation`` wherever it was looked at.
    title
        What the picture says.
    """
    with canvas(3.4, title=title) as figure:
        panels = figure.subplots(1, 2)
        for axes, name in zip(panels, ("loss", "validation"), strict=True):
            for (run, history), colour in zip(runs.items(), cycle(COLOURS), strict=False):
                steps, values = _noted(history, name)
                axes.plot(steps, values, color=colour, lw=1.4, label=run)
                if name == "validation" and len(values):
                    best = int(np.argmax(values))
                    axes.plot(steps[best], values[best], "o", color=colour, ms=4)
            axes.set_xlabel("batches")
            axes.set_ylim(bottom=0)
        panels[0].set_title("loss of batches, each in its own unit")
        panels[1].set_title("retrieval on artists kept aside; the dot is what was kept")
        panels[1].legend(fontsize=8, loc="lower right")
    return figure


def methods(found: Mapping[str, Mapping[str, Any]], *, title: str) -> Figure:
    """Every method's neighbours with the interval over artists, the best at the top.

    Parameters
    ----------
    found
        By name: ``label``, ``role`` and, by metric, ``mean``, ``low`` and ``high``
        (`segue.evaluation.seeds.method`).
    title
        What the picture says.
    """
    known = {name: each for name, each in found.items() if "artist_precision_10" in each}
    with canvas(0.9 + 0.27 * len(known), title=title) as figure:
        panels = figure.subplots(1, 2)
        for axes, (metric, label) in zip(panels, _METHODS.items(), strict=True):
            ranked = sorted(known.values(), key=lambda each: each[metric]["mean"])
            for place, each in enumerate(ranked):
                told, colour = each[metric], _ROLES.get(each.get("role", ""), BLUE)
                axes.plot([told["low"], told["high"]], [place, place], color=colour, lw=1.6)
                axes.plot(told["mean"], place, "o", color=colour, ms=5)
                axes.text(
                    *(1.0, place, written(told["mean"])),
                    transform=axes.get_yaxis_transform(),
                    ha="right",
                    va="center",
                    fontsize=7.5,
                )
            axes.set_yticks(range(len(ranked)), [each["label"] for each in ranked])
            axes.tick_params(length=0)
            low, high = axes.get_xlim()
            axes.set_xlim(min(0.0, low), high + 0.18 * (high - low))
            axes.set_title(label)
    return figure


def scattered(axes: Axes, places: Floats, names: Sequence[str], *, most: int) -> None:
    """One panel: the most frequent names in colour, the others faint."""
    counted = Counter(name for name in names if name)
    shown = sorted(counted, key=lambda name: (-counted[name], name))[:most]
    rest = np.array([name not in shown for name in names])
    across, up = places.T
    axes.scatter(across[rest], up[rest], s=9, color=FAINT, linewidths=0)
    for place, name in enumerate(shown):
        rows = np.array([each == name for each in names])
        axes.scatter(
            across[rows],
            up[rows],
            s=16,
            color=COLOURS[place % len(COLOURS)],
            marker=MARKS[place // len(COLOURS) % len(MARKS)],
            linewidths=0,
            alpha=0.85,
            label=name.replace("$", r"\$"),  # two of them would make it a formula
        )
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    axes.legend(fontsize=7, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=4, labelcolor=INK)


def _noted(history: Sequence[Mapping[str, float]], name: str) -> tuple[Floats, Floats]:
    """Steps and values of what was noted under a name."""
    pairs = [
        (each["step"], value)
        for each in history
        if isinstance(value := each.get(name), (int, float)) and np.isfinite(value)
    ]
    both = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    return both[:, 0], both[:, 1]
