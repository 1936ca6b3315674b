"""What playlists of a catalogue have told others, in updates of federations.

Kept in the table ``meta``, so that it goes wherever the catalogue goes and no model that is
forgotten takes it along. An entry is written down **before** its file is: what may have been sent
counts as sent.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from segue.catalogue.guesses import keep, kept

if TYPE_CHECKING:
    from collections.abc import Callable

    from segue.catalogue.database import Database

_NAME = "federated"


@dataclass(frozen=True, slots=True)
class Spent:
    """One update.

    Attributes
    ----------
    federation, number
        Which one, and its round.
    instance
        What the catalogue is called there.
    strength
        μ, how much it may tell of a playlist (`segue.training.federated.privacy`); None where it
        bore no noise.
    """

    federation: str
    number: int
    instance: str
    strength: float | None


def listing(db: Database) -> list[Spent]:
    """All updates, in the order in which they were made."""
    with db.read() as connection:
        return _parsed(kept(connection, _NAME))


def spend(
    db: Database,
    federation: str,
    number: int,
    strength: float | None,
    *,
    allowed: Callable[[list[Spent]], None],
) -> Spent:
    """Write down that an update is made; nothing where `allowed` raises.

    Parameters
    ----------
    allowed
        Given what was spent before, in the same transaction.
    """
    with db.write() as connection:
        before = _parsed(kept(connection, _NAME))
        allowed(before)
        same = (each.instance for each in before if each.federation == federation)
        entry = Spent(federation, number, next(same, token_hex(8)), strength)
        keep(connection, _NAME, json.dumps([asdict(each) for each in (*before, entry)]))
    return entry


def _parsed(text: str) -> list[Spent]:
    found: list[dict[str, Any]] = json.loads(text) if text else []
    return [Spent(**each) for each in found]
