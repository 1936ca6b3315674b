"""What words insist on: as much as the catalogue has enough tracks for.

A number that words want ("slow") is insisted on as long as enough tracks are left. Where too few
are, the one that takes most away is let go of first, and a note says so. Numbers that are written
out ("100-120 bpm") stay.
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

if TYPE_CHECKING:
    from segue.recommend.engine import Engine
    from segue.words.understood import Understood


def narrowed(
    said: Understood, given: Filters, engine: Engine, *, enough: int, notes: list[str]
) -> Filters:
    """All filters; where too few tracks pass, without those numbers that are only words.

    Parameters
    ----------
    said
        What the words say.
    given
        What is given beside them.
    engine
        Of the catalogue that is asked.
    enough
        How many tracks are to pass.
    notes
        Sentences on what is let go of are added.
    """
    loose = {
        target.number
        for target in said.targets
        if not target.firm and (target.least is not None or target.most is not None)
    }
    gone: frozenset[str] = frozenset()
    while True:
        whole = beside(said.narrowed(without=gone), given)
        left = _passing(whole, engine) if loose - gone else enough
        if left >= enough:
            return whole
        counts = {
            number: _passing(beside(said.narrowed(without=gone | {number}), given), engine)
            for number in sorted(loose - gone)
        }
        number = max(counts, key=lambda name: counts[name])
        gone |= {number}
        verb = "track is" if left == 1 else "tracks are"
        notes.append(f"{left:,} {verb} all of that, so {number} is not insisted on")


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
    for spec in fields(Filters):
        own, other = getattr(given, spec.name), getattr(said, spec.name)
        if own == getattr(usual, spec.name):
            continue
        added = spec.name in {"exclude_genres", "exclude_artists", "between"}
        changed[spec.name] = (*other, *own) if added else own
    changed["exclude_tracks"] = said.exclude_tracks | given.exclude_tracks
    return replace(said, **changed)  # type: ignore[arg-type]


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
