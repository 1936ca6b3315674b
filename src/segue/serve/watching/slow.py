"""Questions to the catalogue that take too long, in the log and counted."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from segue.catalogue import watched

if TYPE_CHECKING:
    from segue.library import Segue
    from segue.serve.watching.meters import Meters

_log = logging.getLogger(__name__)


def tell_slow_queries(segue: Segue, meters: Meters) -> None:
    """Tell of them from now on, where the setting `slow_query_ms` says from when on.

    What a statement was asked about is never told: it may be a name or a digest of a key.
    """
    if not segue.settings.slow_query_ms:
        return

    def told(statement: str, seconds: float) -> None:
        meters.slow.inc()
        _log.warning(
            "the catalogue took %.0f ms for: %s",
            1e3 * seconds,
            statement,
            extra={"told": {"statement": statement, "seconds": round(seconds, 4)}},
        )

    watched.tell_slow(segue.database, seconds=segue.settings.slow_query_ms / 1e3, told=told)
