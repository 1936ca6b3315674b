"""Charts as SVG, drawn by the server: they need no script and follow the colours of the page.

Every function takes numbers and names and gives `markupsafe.Markup` to put into a template. A chart
is one picture to a screen reader (``role="img"``), with a title and a sentence of what it shows;
where single values matter, the same stands beside it as a table. Colours are classes of
``charts.css``, never values, so that light and dark are the page's affair. Whatever names a chart
is given are escaped.

Places are in percent of the picture wherever it may be stretched, so that text keeps its size from
a phone to a wide screen.
"""

from __future__ import annotations

from segue.serve.charts.drawing import short
from segue.serve.charts.fifths import fifths
from segue.serve.charts.histogram import bars, histogram
from segue.serve.charts.line import Line, line
from segue.serve.charts.matrix import matrix
from segue.serve.charts.radar import Shape, radar

__all__ = ["Line", "Shape", "bars", "fifths", "histogram", "line", "matrix", "radar", "short"]
