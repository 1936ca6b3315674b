"""What words insist on: as much as the catalogue has enough tracks for.

A number that words want ("slow") is insisted on as long as enough tracks are left. Where too few
are, the one that takes most away is widened first, step by step to the middle of the catalogue,
then let go of; a note says so. Numbers that are written out ("100-120 bpm") stay.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np

from segue.errors import BadRequestError
from segue.library.wishes import Wish
from segue.recommend.seeds import Member, Seed
from segue.records import Filters
from segue.words.calling import SPEAK
from segue.words.saying import of_range

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.recommend.engine import Engine
    from segue.words.scales import Scale
    from segue.words.understood import Target, Understood


FEW = 10
"""Of how many tracks left a word need not be widened, however many are asked for."""

STEPS = (0.1, 0.25, 1 / 3, 0.5)
"""To which parts of the tracks, from their end, a range is widened one after the other."""


def narrowed(
    said: Understood,
    given: Filters,
    engine: Engine,
    scales: Mapping[str, Scale],
    *,
    enough: int,
    notes: list[str],
) -> Filters:
    """All filters, with wider ranges of those numbers that are only words where few tracks pass.

    Parameters
    ----------
    said
        What the words say.
    given
        What is given beside them.
    engine, scales
        Of the catalogue that is asked.
    enough
        How many tracks are to pass; `FEW` are always enough.
    notes
        Sentences on what is widened are added.
    """
    targets = {target.number: target for target in said.targets}
    loose = [t.number for t in said.targets if not t.firm and _ends(t)]

    def filters(changed: Mapping[str, Target]) -> Filters:
        return beside(replace(said, targets=tuple(changed.values())).narrowed(), given)

    enough = min(enough, FEW)
    left = first = _passing(filters(targets), engine) if loose else enough
    widened: list[str] = []
    while left < enough and loose:
        without = {number: _let_go(targets[number]) for number in loose}
        number = max(loose, key=lambda n: _passing(filters(targets | {n: without[n]}), engine))
        targets[number] = _wider(targets[number], scales[number])
        widened += [] if number in widened else [number]
        if not _ends(targets[number]):
            loose.remove(number)
        left = _passing(filters(targets), engine)
    for number in widened:
        target = targets[number]
        now = f"is taken as {of_range(number, target.least, target.most)}" if _ends(target) else (
            "is not insisted on"
        )  # fmt: skip
        count = f"{first:,} track is" if first == 1 else f"{first:,} tracks are"
        notes.append(f"{count} all of that, so {number} {now}")
    return filters(targets)


def _ends(target: Target) -> bool:
    return target.least is not None or target.most is not None


def _let_go(target: Target) -> Target:
    return replace(target, least=None, most=None)


def _wider(target: Target, scale: Scale) -> Target:
    """The next wider range: of one with two ends neither is left, else its end moves inwards."""
    if (target.least is None) == (target.most is None) or not scale.quantiles:
        return _let_go(target)
    for step in STEPS:
        if target.most is not None and scale.at(step) > target.most:
            return replace(target, most=scale.at(step))
        if target.least is not None and scale.at(1 - step) < target.least:
            return replace(target, least=scale.at(1 - step))
    return _let_go(target)


def wished(said: Understood) -> Wish | None:
    """What words aim at as a wish; None where they only narrow."""
    values = {t.number: t.value for t in said.targets if t.number != "popularity"}
    for name in ("key", "mode"):
        value = getattr(said.filters, name)
        if value is not None:
            values[name] = float(value)
    if not (values or said.emotion or said.tags):
        return None
    return Wish(values, emotion=said.emotion, tags=said.tags)


def beside(said: Filters, given: Filters) -> Filters:
    """What words say with what is given beside them, which counts before; refusals add up."""
    usual = Filters()
    changed: dict[str, object] = {}
    for ends in _RANGES:
        # A range that is given takes the place of the whole range that words say.
        if any(getattr(given, end) is not None for end in ends):
            said = replace(said, **dict.fromkeys(ends))  # type: ignore[arg-type]
            said = replace(said, octaves=True) if "tempo_to" in ends else said
    for spec in fields(Filters):
        own, other = getattr(given, spec.name), getattr(said, spec.name)
        if own == getattr(usual, spec.name):
            continue
        added = spec.name in {"exclude_genres", "exclude_artists", "between"}
        changed[spec.name] = (*other, *own) if added else own
    changed["exclude_tracks"] = said.exclude_tracks | given.exclude_tracks
    return replace(said, **changed)  # type: ignore[arg-type]


_RANGES = (
    ("year_from", "year_to"), ("seconds_from", "seconds_to"), ("tempo_from", "tempo_to"),
)  # fmt: skip
_CALLED = {
    "year_from": "year", "seconds_from": "length", "tempo_from": "tempo", "key": "key",
    "mode": "mode", "genres": "genre", "artists": "artist", "languages": "language",
}  # fmt: skip


def overruled(said: Filters, given: Filters) -> list[str]:
    """Sentences on what is given in the place of what words say."""
    found = []
    for name, called in _CALLED.items():
        fields_of = next((ends for ends in _RANGES if name in ends), (name,))
        own, other = ([getattr(one, each) for each in fields_of] for one in (given, said))
        open_ends = [None] * len(fields_of), [()]
        if own not in open_ends and other not in open_ends and own != other:
            found.append(f"The {called} that is given counts, not what the words say of it")
    return found


def best_known(filters: Filters, engine: Engine) -> tuple[Member, ...]:
    """The best known tracks that pass the filters, as members that are offered.

    Raises
    ------
    BadRequestError
        None passes.
    """
    corpus = engine.snapshot.corpus
    passing = engine.allowed(filters)
    rows = np.arange(len(corpus)) if passing is None else np.flatnonzero(passing)
    if not rows.size:
        raise BadRequestError(
            "no track fits all that is said", remedy="Take one of the conditions out"
        )
    known = np.nan_to_num(corpus.popularity[rows], nan=-1.0)
    best = rows[np.lexsort((rows, -known))[:SPEAK]].tolist()
    return tuple(Member(Seed(engine.track_at(row), row), offered=True) for row in best)


def _passing(filters: Filters, engine: Engine) -> int:
    """How many tracks pass."""
    passing = engine.allowed(filters)
    if passing is None:
        return len(engine.snapshot.corpus)
    return int(np.count_nonzero(passing))
