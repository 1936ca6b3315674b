"""What is measured once and shared by all who ask for it.

To measure may take seconds. Of several who ask for the same at once one measures and the others
wait; who asks for what is measured already, or for something else, waits for nobody.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

Key = TypeVar("Key", bound="Hashable")
Value = TypeVar("Value")


class Measured(Generic[Key, Value]):
    """Values by key, each made at its first use.

    Parameters
    ----------
    most
        How many are kept; with one more they are all forgotten and made again as they are asked
        for. All are kept when None.
    known
        What was measured before.
    """

    def __init__(
        self, *, most: int | None = None, known: Mapping[Key, Value] | None = None
    ) -> None:
        self._most = most
        self._values: dict[Key, Value] = dict(known or {})
        self._locks: dict[Key, Lock] = {}

    def known(self) -> dict[Key, Value]:
        """All that has been measured so far."""
        return self._values.copy()

    def of(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value of a key; `make` gives it where it is not there.

        What `make` raises is for who asked; the next who asks has it made anew.
        """
        found = self._values.get(key)
        if found is not None:
            return found
        with self._locks.setdefault(key, Lock()):
            found = self._values.get(key)
            if found is None:
                found = make()
                if self._most is not None and len(self._values) >= self._most:
                    self._values.clear()
                    self._locks.clear()
                self._values[key] = found
        return found
