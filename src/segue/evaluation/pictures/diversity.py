"""What diversity costs: how unlike rows are against how many of the hidden tracks are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.evaluation.pictures.style import BLUE, SOFT, canvas

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.figure import Figure


def front(points: Sequence[Mapping[str, float]]) -> Figure:
    """R-precision on held-out playlists over the diversity of the first ten rows, by the dial.

    Parameters
    ----------
    points
        Each with ``diversity`` (the dial), ``intra_list_diversity`` and ``r_precision``.
    """
    across = [point["intra_list_diversity"] for point in points]
    up = [point["r_precision"] for point in points]
    with canvas(4.2, title="What diversity costs on held-out playlists") as figure:
        axes = figure.add_subplot()
        axes.plot(across, up, "-o", color=BLUE, linewidth=1.4, markersize=5)
        for point, x, y in zip(points, across, up, strict=True):
            axes.annotate(
                f"{point['diversity']:g}",
                (x, y),
                textcoords="offset points",
                xytext=(5, 6),
                color=SOFT,
                fontsize=8,
            )
        axes.set_xlabel("likeness of the first ten rows to each other that is given up (share)")
        axes.set_ylabel("R-precision")
        axes.set_ylim(bottom=0)
        axes.set_title("numbers are the dial `diversity`")
        axes.margins(x=0.08, y=0.15)
    return figure
