"""A finished model in a catalogue, which builds the space `federated` with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue.catalogue.trained import put
from segue.spaces import buckets
from segue.spaces.federated import SPACE
from segue.training.federated.merging import kept_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.catalogue.database import Database
    from segue.spaces.federated import FederatedModel
    from segue.training.federated.files import Named
    from segue.training.federated.plan import Round

_DIGITS = 12


def store(db: Database, done: Named[Round], model: FederatedModel) -> str:
    """Keep a model, in place of an earlier one; its version."""
    plan = done.held.plan
    version = done.digest[:_DIGITS]
    state: dict[str, Any] = {
        "features": buckets.VERSION,
        "artists": model.artists,
        "releases": model.releases,
        "strength": model.strength,
        "origin": {
            "federation": plan.federation,
            "rounds": plan.rounds,
            "instances": max(done.held.peers),
            "epsilon": plan.epsilon,
            "delta": plan.delta,
            "directions": kept_of(done.held),
        },
    }
    arrays: dict[str, NDArray[Any]] = {"weights": model.weights, "scales": model.scales}
    put(db, SPACE, version=version, state=state, arrays=arrays)
    return version
