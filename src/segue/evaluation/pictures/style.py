"""How pictures look: 1,000 pixels wide, quiet, and readable without telling red from green.

Colours are from Okabe and Ito, *Color Universal Design*, 2008; the heat of a cell is a blue that
also falls in brightness.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 10.0
"""Of a picture, inches."""

DPI = 100
"""Pixels an inch."""

_SHADES = 63
"""Shades a channel has in the file, less one: more of them only make the file larger."""

INK, SOFT, FAINT, PAPER = "#1f2430", "#6b7280", "#c3c8d0", "#ffffff"
BLUE, ORANGE, GREEN, RED, PURPLE, SKY = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#d55e00",
    "#cc79a7",
    "#56b4e9",
)
ROLES = {"model": BLUE, "member": "#9cc7e0", "baseline": FAINT}
"""Colours of bars where only one pipeline is shown."""

PIPELINES = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED)
"""Colours of bars by pipeline, where several are shown."""

# Any, since later versions of matplotlib list every name in the type.
STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "axes.linewidth": 0.7,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.frameon": False,
    "figure.facecolor": PAPER,
}


@contextmanager
def canvas(height: float, *, title: str, width: float = WIDTH) -> Iterator[Figure]:
    """An empty figure of our style, titled at the top left; draw on it within the block.

    Parameters
    ----------
    height, width
        Inches.
    title
        What the picture says.

    Raises
    ------
    UnavailableError
        matplotlib is not installed.
    """
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UnavailableError(
            "pictures need matplotlib, which is not installed",
            remedy="Run: pip install 'segue[attributes]'",
        ) from error
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        figure.suptitle(title, x=0.008, ha="left", fontsize=11, fontweight="bold")
        yield figure


def save(figure: Figure, path: Path) -> None:
    """Write a picture as PNG, in few enough colours for a page that loads at once.

    Raises
    ------
    UnavailableError
        It cannot be written there.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.image import imsave

    figure.set_dpi(DPI)
    drawn: Any = FigureCanvasAgg(figure)
    drawn.draw()
    pixels = np.asarray(drawn.buffer_rgba()) / 255
    coarse = (np.round(pixels * _SHADES) * (255 / _SHADES)).astype(np.uint8)
    try:
        imsave(path, coarse, pil_kwargs={"optimize": True})
    except OSError as error:
        raise UnavailableError(
            f"the picture could not be written: {error.strerror}",
            where=str(path),
            remedy="Name a folder that is there and can be written to",
        ) from error


def blank(axes: Axes) -> None:
    """Nothing at all in a place of the grid that is left over."""
    axes.set_axis_off()


def grid_of(count: int, *, widest: int = 4) -> tuple[int, int]:
    """Rows and columns for so many panels: 2 × 4 for eight, 3 × 3 for nine, 1 × 3 for one.

    Parameters
    ----------
    count
        At least 1.
    widest
        Most columns, at least 3.
    """
    # The fewest gaps; among equals the fewest rows.
    columns = min(range(widest, 2, -1), key=lambda each: -count % each) if count > 2 else 3
    return -(-count // columns), columns
