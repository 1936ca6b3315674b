"""What artists, albums and playlists are called by players.

A track has an id already. An artist and an album have a key, which is a name in its normal form
and may hold anything; so its bytes are written in letters that mean nothing in an address. A
prefix says what an id is of, as players ask for pictures and for similar music by any of them.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from segue.errors import NotFoundError

ARTIST, ALBUM, PLAYLIST = "ar-", "al-", "pl-"


def artist_id(key: str) -> str:
    """The id of the artist with this key."""
    return ARTIST + _letters(key)


def album_id(key: str) -> str:
    """The id of the album with this key."""
    return ALBUM + _letters(key)


def playlist_id(number: int) -> str:
    """The id of the playlist with this number."""
    return f"{PLAYLIST}{number}"


def key_in(given: str, prefix: str) -> str:
    """The key that an id was made of.

    Raises
    ------
    NotFoundError
        It was not made with this prefix, or by us.
    """
    letters = given.removeprefix(prefix)
    try:
        key = urlsafe_b64decode(letters + "=" * (-len(letters) % 4)).decode()
    except (Error, ValueError) as error:
        raise _nothing(given) from error
    if not given.startswith(prefix) or _letters(key) != letters:
        raise _nothing(given)
    return key


def number_in(given: str) -> int:
    """The number of the playlist that an id was made of; raises as `key_in`."""
    digits = given.removeprefix(PLAYLIST)
    if not given.startswith(PLAYLIST) or not digits.isascii() or not digits.isdecimal():
        raise _nothing(given)
    if len(digits) > 15:
        raise _nothing(given)
    return int(digits)


def _letters(key: str) -> str:
    return urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _nothing(given: str) -> NotFoundError:
    return NotFoundError(f"there is nothing with the id {given[:80]!r}", remedy="Look it up again")
