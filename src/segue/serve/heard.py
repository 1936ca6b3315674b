"""What was heard in a file that was brought, kept beside it: any process of Segue can ask with it.

A worker listens, a server answers, and after a restart nothing is heard twice. The file is an
entry as the cache of descriptors has them (`segue.descriptors.entry`): JSON and arrays, nothing
that could run. What networks heard counts only as long as the same networks stand.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import numpy as np

from segue import __version__
from segue.catalogue.recordjson import from_json, to_json
from segue.descriptors.entry import Entry, packed, unpacked
from segue.recommend.seeds import seed_from
from segue.snapshot import Description

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from segue.recommend.seeds import Seed

_log = logging.getLogger(__name__)

ENDING = ".heard"
"""What is behind a token in the name of such a file."""


def keep(folder: Path, description: Description, *, key: tuple[str, str], partial: str) -> None:
    """Keep what was heard in a file; what the disk does not take is heard again.

    Parameters
    ----------
    key
        The token of the file, and which networks stood when it was heard, in any one way of
        saying so.
    partial
        What it is called while it is written.
    """
    token, by = key
    vectors = {name: _narrow(vector) for name, vector in description.vectors.items()}
    facts = {
        "by": [__version__, by],
        "record": to_json(description.record),
        "origins": dict(description.origins),
        "lacking": dict(description.lacking),
    }
    unfinished = folder / partial
    try:
        unfinished.write_bytes(packed(Entry(facts, vectors)))
        os.replace(unfinished, folder / f"{token}{ENDING}")
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        _log.warning("what was heard in a file is not kept (%s)", error.strerror)


def kept(folder: Path, token: str, *, by: str) -> Seed | None:
    """What a file is as a seed; None where that was not kept, is damaged, or `by` others."""
    try:
        content = (folder / f"{token}{ENDING}").read_bytes()
    except OSError:
        return None
    entry = unpacked(content)
    if entry is None or entry.facts.get("by") != [__version__, by]:
        return None
    return seed_from(
        Description(
            record=from_json(entry.facts["record"]),
            vectors=entry.arrays,
            origins=entry.facts["origins"],
            lacking=entry.facts["lacking"],
        )
    )


def _narrow(vector: NDArray[np.floating]) -> NDArray[np.floating]:
    """A vector in a type that entries hold."""
    return vector if vector.dtype in (np.float16, np.float32) else vector.astype(np.float32)
