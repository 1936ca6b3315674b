"""What is ordinary: quartiles of the numbers that have words, over a few hundred pieces of music.

A catalogue is compared with itself (`segue.spaces.groups`). A single file has no catalogue, so its
words are relative to music of many kinds: classical, rock, pop, electronic, chiptunes, music of
games. "dark" is darker than three quarters of it.

``tests/golden/ordinary_make.py`` makes the table from the real data.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.descriptors.family import Group


@lru_cache(maxsize=1)
def quartiles() -> Mapping[str, tuple[float, float]]:
    """Lower and upper quartile by column, for every column that is shown."""
    table = json.loads(resources.files("segue.descriptors").joinpath("ordinary.json").read_text())
    return MappingProxyType({name: (low, high) for name, (low, high) in table["columns"].items()})


def word(group: Group, value: float) -> str:
    """What a group's shown number is called; empty where it is ordinary or has no words."""
    if not group.shown:
        return ""
    low, high = quartiles()[group.shown]
    if value <= low:
        return group.low
    return group.high if value >= high else ""
