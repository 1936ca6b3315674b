"""Pictures of an autoencoder: how it was taught, what collapses, and any space on a plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue.evaluation.pictures.ears import COLOURS, MARKS, NAMED_ARTISTS, scattered
from segue.evaluation.pictures.style import BLUE, ORANGE, SOFT, canvas

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.figure import Figure

    from segue.types import Floats

_MOST = len(COLOURS) * len(MARKS)


def curves(history: Sequence[Mapping[str, Any]], *, title: str) -> Figure:
    """The loss on tracks that were learned from and on artists kept aside, by pass.

    Parameters
    ----------
    history
        A pass each: `epoch`, `training`, `validation`.
    title
        What the picture says.
    """
    passes = [each for each in history if "validation" in each]
    numbers = [each["epoch"] for each in passes]
    aside = [each["validation"] for each in passes]
    with canvas(3.2, title=title, width=7.0) as figure:
        axes = figure.subplots()
        axes.plot(numbers, [each["training"] for each in passes], color=BLUE, label="learned from")
        axes.plot(numbers, aside, color=ORANGE, label="artists kept aside")
        if aside:
            best = aside.index(min(aside))
            axes.plot(numbers[best], aside[best], "o", color=ORANGE, ms=5, label="what was kept")
        axes.set_xlabel("passes")
        axes.set_title("loss")
        axes.set_ylim(bottom=0)
        axes.legend(fontsize=8)
    return figure


def collapse(runs: Mapping[str, Sequence[Mapping[str, Any]]], *, title: str) -> Figure:
    """How far apart words stay under each target, and its loss, as shares of the beginning.

    Parameters
    ----------
    runs
        By what the target is called: a pass each with `epoch`, `spread` (by kind of word) and,
        from the first on, `validation`.
    title
        What the picture says.
    """
    with canvas(3.4, title=title) as figure:
        panels = figure.subplots(1, 3)
        names = ("artists", "genres")
        for (run, history), colour in zip(runs.items(), (BLUE, ORANGE, SOFT), strict=False):
            passes = [each["epoch"] for each in history]
            for axes, name in zip(panels, names, strict=False):
                values = [each["spread"][name] for each in history]
                axes.plot(passes, [each / values[0] for each in values], color=colour, label=run)
            told = [each for each in history if "validation" in each]
            first = told[0]["validation"]
            panels[2].plot(
                [each["epoch"] for each in told],
                [each["validation"] / first for each in told],
                color=colour,
                label=run,
            )
        for axes, name in zip(
            panels, ("how far apart artists are", "… genres", "loss"), strict=True
        ):
            axes.set_title(name)
            axes.set_xlabel("passes")
            axes.set_ylim(bottom=0)
        panels[0].legend(fontsize=8)
    return figure


def plane(places: Floats, *, names: Mapping[str, Sequence[str]], title: str) -> Figure:
    """A map, once for each way to colour it.

    Parameters
    ----------
    places
        Shape (n, 2).
    names
        By what it is coloured by ("genre", "artist", "emotion"): one name a track, "" where
        unknown. Of artists the few with most tracks are coloured.
    title
        What the picture says.
    """
    with canvas(4.6, title=title, width=4.2 * max(1, len(names))) as figure:
        panels = figure.subplots(1, max(1, len(names)), squeeze=False)[0]
        for axes, (kind, words) in zip(panels, names.items(), strict=True):
            scattered(axes, places, words, most=NAMED_ARTISTS if kind == "artist" else _MOST)
            axes.set_title(f"by {kind}")
    return figure
