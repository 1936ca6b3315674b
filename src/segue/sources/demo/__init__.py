"""The demo world: invented artists, their music as files, listeners with known tastes.

`world` plants it (numbers and names, fast), `write_demo` renders its audio into a folder. All of
it is synthetic, follows from one seed, and is the ground truth of tests; see docs/demo-world.md.
"""

from __future__ import annotations

from segue.sources.demo.truth import TrackTruth
from segue.sources.demo.world import DemoWorld, world
from segue.sources.demo.writing import write_demo

__all__ = ["DemoWorld", "TrackTruth", "world", "write_demo"]
