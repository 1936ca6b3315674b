"""Methods that continue playlists, side by side on playlists that none of them was taught."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segue.errors import BadTableError
from segue.evaluation.continuation import Found
from segue.training.playlists.methods import OfBlend, OfSpace, PopularByArtist
from segue.training.playlists.questions import LEAST, SCENARIOS, SEED, TITLE, questions, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from segue.training.playlists.material import Material
    from segue.training.playlists.methods import Method
    from segue.types import Progress


@dataclass(slots=True, eq=False)
class Trial:
    """What every method found, by scenario and method.

    `asked` says of how many playlists, `unanswered` how many a method had no answer to.
    """

    found: dict[str, dict[str, Found]] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    unanswered: dict[str, dict[str, int]] = field(default_factory=dict)


def run(
    material: Material,
    methods: Mapping[str, Method],
    *,
    scenarios: Sequence[str] = SCENARIOS,
    seed: int = SEED,
    on_progress: Progress | None = None,
) -> Trial:
    """Ask every method about every playlist held out.

    Parameters
    ----------
    material
        What was learned from and what is asked.
    methods
        By name. In ``title`` those of `by_title` alone are asked.
    scenarios
        Which, in order.
    seed
        See `questions`.
    on_progress
        Called with (playlists asked, in all, what).

    Raises
    ------
    BadTableError
        No playlist is long enough to be asked.
    """
    if not any(len(one.rows) >= LEAST for one in material.held):
        raise BadTableError(
            f"none of {len(material.held):,} playlists has {LEAST} tracks or more",
            remedy="Give longer playlists: of a short one hardly anything can be hidden",
        )
    trial = Trial()
    artists = material.corpus.artist_keys
    for scenario in scenarios:
        asked = questions(material, scenario, seed=seed)
        chosen = dict(by_title(methods) if scenario == TITLE else methods.items())
        found = {name: Found() for name in chosen}
        silent = dict.fromkeys(chosen, 0)
        for done, question in enumerate(asked, start=1):
            for name, method in chosen.items():
                ranking = method(question)
                silent[name] += not len(ranking)
                found[name].add(ranking, question.hidden, artists=artists)
            if on_progress is not None and (done % 10 == 0 or done == len(asked)):
                on_progress(done, len(asked), f"continuing playlists from {told(scenario)}")
        trial.found[scenario], trial.asked[scenario] = found, len(asked)
        trial.unanswered[scenario] = silent
    return trial


def by_title(methods: Mapping[str, Method]) -> Iterator[tuple[str, Method]]:
    """Those that can say something of a title alone."""
    for name, method in methods.items():
        if isinstance(method, OfSpace) and method.name != "titles":
            continue
        if not isinstance(method, OfBlend | PopularByArtist):
            yield name, method
