"""Answers of others, kept for a while: in this process, or in Redis for several of them.

What is asked of a service elsewhere is worth keeping, and that it has nothing is worth keeping too.
So a value is bytes, or `MISS`: "asked, and there is none". What was never asked, has expired or
was let go gives None. A cache may lose anything at any time; it never gives what was replaced.

memory    the protocol's plain form: bounded, within one process
distant   Redis, with a memory cache beside it for the time in which Redis does not answer
circuit   after failures, nothing is asked for a while, then one asks for all
choosing  which of them a setting means

Nothing here knows what is kept.
"""

from __future__ import annotations

from segue.caching.choosing import cache_of
from segue.caching.kept import MISS, Cache, Miss

__all__ = ["MISS", "Cache", "Miss", "cache_of"]
