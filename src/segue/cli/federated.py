"""What a file of a federation tells, in words: for whoever is about to send or to use it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from segue.catalogue.spent import Spent
    from segue.training.federated.plan import Plan

_STAYS = "It holds no title, name, id or playlist, not how many there are, and no time."


def described(path: Path) -> tuple[dict[str, Any], list[str]]:
    """A document, and sentences."""
    from segue.training.federated.files import kind_of
    from segue.training.federated.foreign import UPDATE

    return _update(path) if kind_of(path) == UPDATE else _round(path)


def _round(path: Path) -> tuple[dict[str, Any], list[str]]:
    from segue.training.federated.files import read_round

    named = read_round(path)
    one, plan = named.held, named.held.plan
    document = {
        "kind": "round",
        "sha256": named.digest,
        "plan": plan,
        "number": one.number,
        "finished": one.finished,
        "peers": one.peers,
    }
    done = (
        f"all {plan.rounds} rounds are done"
        if one.finished
        else f"{one.number} of {plan.rounds} rounds are done"
    )
    with_whom = f", with {', '.join(map(str, one.peers))} instances" if one.peers else ""
    return document, [
        f"A round of the federation {plan.federation}: {done}{with_whom}.",
        f"Weights of {plan.columns:,} features in {plan.dims} dimensions; they follow from the"
        " updates alone and tell no more than these.",
        _promise(plan),
        f"sha256 {named.digest}",
    ]


def _update(path: Path) -> tuple[dict[str, Any], list[str]]:
    from segue.training.federated.files import read_update

    named = read_update(path)
    one = named.held
    values = one.values
    length = math.sqrt(float((values.astype("f8") ** 2).sum()))
    document = {
        "kind": "update",
        "sha256": named.digest,
        "federation": one.federation,
        "number": one.number,
        "answers": one.answers,
        "instance": one.instance,
        "noise": one.noise,
        "numbers": values.size,
        "length": length,
    }
    borne = (
        f"Every number bears noise of deviation {one.noise:.3g}, which was drawn here and is kept"
        " nowhere."
        if one.noise
        else "THERE IS NO NOISE: whoever gets this file can tell which artists your playlists hold."
    )
    shape = " × ".join(f"{each:,}" for each in values.shape)
    lines = [
        f"An update of the federation {one.federation}, which answers round {one.number}, from the"
        f" instance {one.instance}.",
        f"It holds {values.size:,} numbers ({shape}), of length {length:,.1f} together, and nothing"
        " else: where your playlists would move the weights.",
        _STAYS,
        borne,
        f"sha256 {named.digest}",
    ]
    return document, lines


def _promise(plan: Plan) -> str:
    if plan.epsilon is None or plan.delta is None:
        return (
            "THERE IS NO NOISE: whoever gets an update can tell which artists its sender's"
            " playlists hold."
        )
    return (
        f"Updates bear noise: all {plan.rounds} of an instance together are (ε = {plan.epsilon:g},"
        f" δ = {plan.delta:g})-private of each of its playlists. Seeing them, nobody's odds that a"
        f" playlist is among them change by more than the factor {math.exp(plan.epsilon):,.3g}, but"
        f" for a chance of {plan.delta:g}."
    )


def told(entries: Sequence[Spent], epsilon: float) -> tuple[str, ...]:
    """What was spent, as sentences."""
    from segue.training.federated.plan import DELTA

    if not entries:
        return ("Nothing: no update was ever made.",)
    noised = [each for each in entries if each.strength is not None]
    lines = []
    if noised:
        lines.append(
            f"{len(noised)} update{'s' if len(noised) > 1 else ''} with noise:"
            f" ε = {epsilon:.2f} at δ = {DELTA:g} of each playlist."
        )
    if len(noised) < len(entries):
        count = len(entries) - len(noised)
        lines.append(
            f"{count} update{'s' if count > 1 else ''} without noise: no ε holds for what"
            " they told."
        )
    return tuple(lines)
