"""What a part of a snapshot promises that holds more than plain attributes, such as a handle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, Self, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping


@runtime_checkable
class Plain(Protocol):
    """It is kept in a file (`segue.snapshots`) as what it is made of, and made of that again."""

    def plain(self) -> Mapping[str, Any] | None:
        """Arrays, numbers, texts and paths by name; None where it lies in no file itself."""
        ...

    @classmethod
    def of_plain(cls, made_of: Mapping[str, Any]) -> Self:
        """The same of what `plain` told."""
        ...
