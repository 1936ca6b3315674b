"""Facets as things that a lens can weigh beside spaces, each by its name.

Facets are built when a lens first weighs them. They are no spaces of a catalogue: nobody is told
that a track is absent from one unless it was asked for, and no default weighs them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from segue.descriptors.extract import GROUPS
from segue.spaces.descriptors import DescriptorsSpace
from segue.spaces.facets import ALONE, YEAR, Continuous, Key, Mode, Tempo, Year
from segue.spaces.grouped import GroupSpace
from segue.spaces.single import OfModes, OnFifths, OnOctaves, SingleSpace, Straight

if TYPE_CHECKING:
    from segue.snapshot import Corpus, Space
    from segue.spaces.facets import Facet


def _kind(facet: Facet) -> type[Space]:
    """The class of one facet."""
    bases: dict[type, type[SingleSpace]] = {
        Continuous: Straight,
        Year: Straight,
        Tempo: OnOctaves,
        Key: OnFifths,
        Mode: OfModes,
    }
    how = "import a table that has it"
    if facet.columns[0] < YEAR:
        how += ", or scan and analyse its file"
    elif isinstance(facet, Year):
        how += ", or tag its file with it"
    said = {
        "name": facet.name,
        "needs": f"its {facet.name}: {how}",
        "facet": facet,
        "__module__": __name__,
        "__doc__": f"How near two tracks are in {facet.name}.",
    }
    made = type(f"{facet.name.capitalize()}Facet", (bases[type(facet)],), said)
    return cast("type[Space]", made)


def _group(name: str) -> type[Space]:
    about = f"How near two tracks are in {name.replace('_', ' ')}."
    said = {"name": name, "__doc__": about, "__module__": __name__}
    return cast("type[Space]", type(f"{name.title().replace('_', '')}Facet", (GroupSpace,), said))


KINDS: Mapping[str, type[Space]] = {
    **{name: _group(name) for name in GROUPS},
    **{facet.name: _kind(facet) for facet in ALONE},
}
"""Every facet by name: an attribute is meant where a group of descriptors is called the same."""


class Weighable(Mapping[str, "Space"]):
    """The facets of a corpus by name, each built at its first use; none is named like a space."""

    def __init__(self, corpus: Corpus, spaces: Mapping[str, Space]) -> None:
        self._corpus, self._spaces = corpus, spaces
        self._built: dict[str, Space] = {}

    def __getitem__(self, name: str) -> Space:
        """The facet `name`; KeyError where there is none."""
        if name not in self._built:
            if name in self._spaces:
                raise KeyError(name)
            kind: type[Any] = KINDS[name]
            heard: object = self._spaces.get(DescriptorsSpace.name)
            if issubclass(kind, GroupSpace) and isinstance(heard, DescriptorsSpace):
                self._built[name] = cast("Space", kind(self._corpus, heard))
            else:
                self._built[name] = kind.build(self._corpus)
        return self._built[name]

    def __contains__(self, name: object) -> bool:
        """Whether there is such a facet; builds none."""
        return name in KINDS and name not in self._spaces

    def __iter__(self) -> Iterator[str]:
        """Names in a fixed order."""
        return (name for name in KINDS if name not in self._spaces)

    def __len__(self) -> int:
        """How many there are."""
        return sum(1 for _ in self)
