"""Passwords of accounts: how they are kept, and how one is checked.

What is kept is scrypt's digest with everything it was made with::

    scrypt$n=16384,r=8,p=5$SALT$DIGEST

The parameters are among those of the OWASP Password Storage Cheat Sheet (section "scrypt"), which
lists five of equal strength. We take the one with 16 MiB of memory: a small machine can afford it,
and so can one that is asked to check several at once.

Reference: C. Percival and S. Josefsson, RFC 7914, "The scrypt Password-Based Key Derivation
Function", 2016.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from threading import BoundedSemaphore

from segue.errors import BadRequestError, InternalError

SHORTEST = 8
"""Fewest characters of a password (NIST SP 800-63B)."""

LONGEST = 1000
"""Most characters of a password: long enough for any sentence."""

_SALT_BYTES = 16
_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class Cost:
    """What one check costs: `n` blocks of 128 · `r` bytes, `p` times over."""

    n: int = 2**14
    r: int = 8
    p: int = 5


TODAY = Cost()
"""What passwords are kept with from now on."""

_AT_ONCE = BoundedSemaphore(2)
"""Checks at the same time: people sign in rarely, and who tries out passwords shall wait."""


def keep(password: str, *, cost: Cost | None = None) -> str:
    """What is kept of a password.

    Parameters
    ----------
    password
        8 to 1000 characters. It is brought to Unicode's form NFC, so that it does not matter how a
        keyboard composes an accent.
    cost
        scrypt's parameters; `TODAY` when None.

    Raises
    ------
    BadRequestError
        It is too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadRequestError(
            f"a password has {SHORTEST} to {LONGEST} characters, not {len(password)}",
            remedy="Take a short sentence: it is easy to keep and hard to guess",
        )
    cost = TODAY if cost is None else cost
    salt = secrets.token_bytes(_SALT_BYTES)
    digest = _stretched(password, salt=salt, cost=cost)
    given = f"n={cost.n},r={cost.r},p={cost.p}"
    return f"scrypt${given}${_text(salt)}${_text(digest)}"


def same(kept: str | None, password: str) -> bool:
    """Whether a password is the one that is kept.

    It takes as long where nothing is kept (None), where it is too long and where it is wrong, so
    that the time does not tell whether there is such an account.

    Raises
    ------
    InternalError
        What is kept was not written by `keep`.
    """
    tried = password[:LONGEST]
    if kept is None:
        _stretched(tried, salt=bytes(_SALT_BYTES), cost=TODAY)
        return False
    cost, salt, digest = _read(kept)
    equal = hmac.compare_digest(_stretched(tried, salt=salt, cost=cost), digest)
    return equal and len(password) <= LONGEST


def _read(kept: str) -> tuple[Cost, bytes, bytes]:
    try:
        name, given, salt, digest = kept.split("$")
        numbers = dict(part.split("=") for part in given.split(","))
        cost = Cost(**{key: int(value) for key, value in numbers.items()})
        if name != "scrypt":
            raise ValueError(name)
        return cost, base64.b64decode(salt), base64.b64decode(digest)
    except (ValueError, TypeError) as error:
        raise InternalError(
            "what is kept of a password cannot be read",
            remedy="Set a new one: segue account password NAME",
        ) from error


def _stretched(password: str, *, salt: bytes, cost: Cost) -> bytes:
    text = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    with _AT_ONCE:
        return hashlib.scrypt(
            text,
            salt=salt,
            n=cost.n,
            r=cost.r,
            p=cost.p,
            # OpenSSL counts a little more than the blocks themselves.
            maxmem=128 * cost.r * (cost.n + cost.p + 2) + 1_000_000,
            dklen=_DIGEST_BYTES,
        )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
