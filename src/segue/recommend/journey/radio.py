"""A radio: track after track, for ever, all it remembers in one plain record.

Every next track is asked for as any answer is (`Engine.similar`), of a set: the **seeds** the radio
was begun with, and the **trail**, the last few tracks it played. `drift` shares out the weight: at
0 the seeds have all of it, at 1 the trail has. What is liked joins the set, what is skipped pushes
away and is not gone on from. So it goes through the same filters, grouping and dials as all else.

Three promises: no recording comes again within `window` tracks, nor ever one that was skipped; the
artists of the last `apart` tracks wait; the same state plays the same tracks. A catalogue that is
too small for the first two keeps them as far as it can, and says so.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from segue.errors import BadRequestError, NotFoundError
from segue.names import artist_keys
from segue.recommend.journey.ground import Ground
from segue.recommend.journey.telling import changes
from segue.recommend.seeds import Member, Seed
from segue.records import Dials, Filters, Journey, RadioState, Step, Track
from segue.types import TrackId

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue.recommend.engine import Engine
    from segue.records import Answer

MOST = 100
"""Most tracks that are played at once."""

MOST_APART, LONGEST_WINDOW = 20, 2_000

DRIFT, APART, WINDOW, VARIATION = 0.5, 4, 200, 0.5
"""What a radio is begun with when nobody says."""

TRAIL = (0.5, 0.3, 0.2)
"""What the last tracks weigh beside each other, the newest first."""

LIKE, SKIP = 1.0, -0.3
"""What a like and a skip weigh beside seeds and trail, which weigh 1 together.

A set is scored by its best part (`segue.recommend.sets`): what weighs little beside the heaviest
brings nothing near.
"""

REMEMBERED = 10
"""How many likes, and how many skips, count: the newest."""

_SEEDS = 20
_SPEAKERS = 3
_STRIDE = 1_000_003


def begun(
    engine: Engine,
    seed: Seed,
    *,
    lens: str | Mapping[str, float] | None = None,
    drift: float = DRIFT,
    apart: int = APART,
    window: int = WINDOW,
    variation: float = VARIATION,
    draw: int = 0,
) -> RadioState:
    """The state of a radio that has played nothing yet.

    Parameters
    ----------
    engine
        Of the catalogue.
    seed
        A track, a set or something from outside; the three tracks most like that speak for it.
    lens
        What near means; the one that suits what is played when None.
    drift, apart, window, variation, draw
        See `segue.records.RadioState`.

    Raises
    ------
    BadRequestError
        A number or the lens makes no sense.
    NotFoundError
        Nothing of the catalogue is like the seed.
    """
    if isinstance(lens, Mapping):
        lens = ",".join(f"{name}={weight!r}" for name, weight in lens.items())
    state = RadioState(
        seeds=_speakers(engine, seed, lens),
        lens=lens or "",
        drift=drift,
        apart=apart,
        window=window,
        variation=variation,
        draw=draw,
    )
    check(state)
    return replace(state, played=state.seeds[-window:])


def advanced(
    engine: Engine,
    state: RadioState,
    *,
    n: int = 1,
    filters: Filters = Filters(),  # noqa: B008 (frozen)
    dials: Dials = Dials(),  # noqa: B008 (frozen)
) -> tuple[Journey, RadioState]:
    """The next tracks, and what the radio remembers then.

    Parameters
    ----------
    engine
        Of the catalogue; it may be another epoch's than before. What is gone by then is forgotten.
    state
        From `begun` or from here.
    n
        How many, 1 to 100.
    filters
        What may be played.
    dials
        How a track is chosen from what is near; caps and chance are the radio's own.

    Raises
    ------
    BadRequestError
        The state, a filter or `n` makes no sense.
    NotFoundError
        All seeds are gone, or nothing at all is left to play.
    """
    began = time.perf_counter()
    check(state)
    if not isinstance(n, int) or isinstance(n, bool) or not 1 <= n <= MOST:
        raise BadRequestError(
            f"{n!r} tracks are asked for", remedy=f"Give a whole number from 1 to {MOST}"
        )
    steps: list[Step] = []
    notes: dict[str, None] = {}
    answer = None
    for place in range(1, n + 1):
        answer, note = _next(engine, state, filters, dials)
        notes.update(dict.fromkeys(note))
        step = _step(engine, state, answer, place)
        steps.append(step)
        played = (*state.played, step.track.id)[-state.window :]
        state = replace(state, played=played, count=state.count + 1)
    assert answer is not None  # noqa: S101 (n is 1 or more)
    journey = Journey(
        kind="radio",
        lens=answer.lens,
        weights=answer.weights,
        epoch=answer.epoch,
        steps=tuple(steps),
        largest=max((step.jump for step in steps if step.jump is not None), default=None),
        kept=not notes,
        origin=answer.origin,
        notes=tuple(notes),
        seconds=time.perf_counter() - began,
    )
    return journey, state


def liked(state: RadioState, track: TrackId) -> RadioState:
    """The state after a like."""
    others = tuple(each for each in state.liked if each != track)
    skipped = tuple(each for each in state.skipped if each != track)
    return replace(state, liked=(*others, track)[-LONGEST_WINDOW:], skipped=skipped)


def skipped(state: RadioState, track: TrackId) -> RadioState:
    """The state after a skip."""
    others = tuple(each for each in state.skipped if each != track)
    kept = tuple(each for each in state.liked if each != track)
    return replace(state, skipped=(*others, track)[-LONGEST_WINDOW:], liked=kept)


def state_from(document: object) -> RadioState:
    """A state that was sent away as JSON, or one as it is.

    Raises
    ------
    BadRequestError
        It is none, or was changed into nonsense.
    """
    if isinstance(document, RadioState):
        check(document)
        return document
    if not isinstance(document, Mapping):
        raise _no_state("it is no JSON object")
    known = {spec.name for spec in fields(RadioState)}
    for name in document:
        if name not in known:
            raise _no_state(f"it holds {name!r}")
    if "seeds" not in document:
        raise _no_state("it names no seeds")
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in document.items()
    }
    state = RadioState(**values)
    check(state)
    return state


def check(state: RadioState) -> None:
    """BadRequestError where a state makes no sense."""
    for name in ("seeds", "played", "liked", "skipped"):
        ids = getattr(state, name)
        if not isinstance(ids, tuple) or not all(isinstance(each, str) for each in ids):
            raise _no_state(f"{name} is no list of track ids")
        if len(ids) > LONGEST_WINDOW:
            raise _no_state(f"{name} holds {len(ids):,} tracks, of at most {LONGEST_WINDOW:,}")
    if not state.seeds:
        raise _no_state("it names no seeds")
    if not isinstance(state.lens, str):
        raise _no_state(f"the lens is {state.lens!r}")
    whole = {
        "apart": (0, MOST_APART),
        "window": (1, LONGEST_WINDOW),
        "draw": (0, 2**53),
        "count": (0, 2**53),
    }
    for name, (low, high) in whole.items():
        value = getattr(state, name)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise BadRequestError(
                f"{name} is {value!r}", remedy=f"Give a whole number from {low} to {high:,}"
            )
    for name in ("drift", "variation"):
        value = getattr(state, name)
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not (number and math.isfinite(value) and 0 <= value <= 1):
            raise BadRequestError(f"{name} is {value!r}", remedy="Give a number from 0 to 1")


def _no_state(why: str) -> BadRequestError:
    return BadRequestError(
        f"this is no state of a radio: {why}", remedy="Send back what the radio gave, as it is"
    )


def _speakers(engine: Engine, seed: Seed, lens: str | None) -> tuple[TrackId, ...]:
    """Tracks of the catalogue that stand for a seed."""
    if seed.members:
        near = sorted((m for m in seed.members if m.weight > 0), key=lambda m: -m.weight)
        found = tuple(m.seed.track.id for m in near if engine.seed_named(m.seed.track.id))
        if found:
            return found[:_SEEDS]
    elif seed.track.id:
        return (engine.seed_of(seed.track.id).track.id,)
    answer = engine.similar(seed, n=_SPEAKERS, lens=lens)
    if not len(answer):
        raise NotFoundError(
            f"nothing is like {seed.track.name}", remedy="Begin with a track of the catalogue"
        )
    return tuple(row.track.id for row in answer)


def _next(
    engine: Engine, state: RadioState, filters: Filters, dials: Dials
) -> tuple[Answer, list[str]]:
    """The answer whose first row is played next, and what was not kept."""
    own = replace(
        dials,
        per_artist=None,
        per_album=None,
        variation=state.variation,
        draw=state.draw * _STRIDE + state.count,
    )
    for apart, window in _ways(state):
        waiting = _artists(engine, state.played[len(state.played) - apart :])
        asked = replace(
            filters,
            exclude_artists=(*filters.exclude_artists, *waiting),
            exclude_tracks=filters.exclude_tracks | frozenset(state.skipped),
        )
        known = state.played[len(state.played) - window :]
        answer = engine.similar(
            _set(engine, state, known), n=1, lens=state.lens or None, filters=asked, dials=own
        )
        if len(answer):
            return answer, _unkept(state, apart, window)
    raise NotFoundError(
        "nothing is left to play but what was skipped or is filtered out",
        remedy="Loosen the filters, or begin another radio",
    )


def _ways(state: RadioState) -> Iterator[tuple[int, int]]:
    """How many tracks artists wait, and recordings: as asked, then less and less."""
    played = len(state.played)
    most = min(state.apart, played)
    for apart in range(most, -1, -1):
        yield apart, played
    window = played // 2
    while window:
        yield 0, window
        window //= 2
    if played:
        yield 0, 0


def _unkept(state: RadioState, apart: int, window: int) -> list[str]:
    played = len(state.played)
    notes = []
    if apart < min(state.apart, played):
        notes.append(
            f"There is too little to play to keep {state.apart} tracks between two by one artist"
        )
    if window < played:
        notes.append(f"There is too little to play to repeat nothing within {state.window} tracks")
    return notes


def _artists(engine: Engine, played: Sequence[TrackId]) -> list[str]:
    """Real artists of tracks; nobody waits for “Various Artists”."""
    corpus = engine.snapshot.corpus
    rows = (corpus.row_of.get(track) for track in played)
    names = {name: None for row in rows if row is not None for name in corpus.artists[row]}
    return [name for name in names if artist_keys((name,))]


def _set(engine: Engine, state: RadioState, known: Sequence[TrackId]) -> Seed:
    """What the next track is to be like and unlike."""
    passed = {*state.skipped, *state.seeds}
    trail = [track for track in reversed(state.played) if track not in passed][: len(TRAIL)]
    drift = state.drift if trail else 0.0
    weights: dict[TrackId, float] = {}
    for track in state.seeds:
        weights[track] = (1 - drift) / len(state.seeds)
    for track, share in zip(trail, TRAIL, strict=False):
        weights[track] = weights.get(track, 0.0) + drift * share / sum(TRAIL[: len(trail)])
    for track in state.liked[-REMEMBERED:]:
        weights[track] = weights.get(track, 0.0) + LIKE
    for track in state.skipped[-REMEMBERED:]:
        if track not in state.seeds:
            weights[track] = SKIP
    members = []
    for track, weight in weights.items():
        seed = engine.seed_named(track)
        if seed is not None and weight:
            members.append(Member(seed, weight, offered=True))
    if not any(member.weight > 0 for member in members):
        raise NotFoundError(
            "the tracks that this radio began with are no longer in the catalogue",
            remedy="Begin another radio",
        )
    return Seed(Track(TrackId(""), "radio", ()), members=tuple(members), known=frozenset(known))


def _step(engine: Engine, state: RadioState, answer: Answer, place: int) -> Step:
    """The first row of an answer as a step from what was played before."""
    row = answer[0]
    step = Step(place, row.track, reasons=row.reasons, versions=row.versions)
    before = engine.seed_named(state.played[-1]) if state.played else None
    if before is None:
        return step
    tempo, key, energy = changes(before.track, row.track)
    step = replace(step, tempo_change=tempo, key_change=key, energy_change=energy)
    lens = engine.chosen(dict(answer.weights), engine.stand(engine.seed_of(row.track.id)))
    standings = [engine.stand(before), engine.stand(engine.seed_of(row.track.id))]
    names = tuple(n for n in lens.weights if all(n in each.points for each in standings))
    if not names:
        return step
    ground = Ground(engine, lens, names)
    stops = [ground.stop(standing) for standing in standings]
    return replace(step, jump=ground.jump(*stops))
