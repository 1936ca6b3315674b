"""Ablations: a lens with something taken away or turned, as configuration files name them.

A file is TOML with one table an ablation::

    [[ablation]]
    name = "balanced without words"
    lens = "balanced"
    without = ["text"]

    [[ablation]]
    name = "hybrid, three by one artist"
    weights = { attributes = 0.6, text = 0.4 }
    dials = { per_artist = 3 }

``lens`` or ``weights`` says through what is looked, ``without`` which spaces are taken out of the
catalogue for it, ``dials`` how rows are chosen (`segue.records.Dials`; 0 lifts a cap); each becomes
a row of the table. Where dials are turned, playlists are continued by the rows that are shown; else
by the order of the scores.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from segue.errors import BadFileError
from segue.records import Dials

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_KEYS = ("name", "lens", "weights", "without", "dials")
_DIALS = tuple(spec.name for spec in fields(Dials) if spec.name != "recent")


@dataclass(frozen=True, slots=True)
class Ablation:
    """One row of the table that somebody configured; see the module."""

    name: str
    lens: str | Mapping[str, float]
    without: tuple[str, ...] = ()
    dials: Dials | None = None

    @property
    def words(self) -> str:
        """What it does, as a clause."""
        lens = self.lens if isinstance(self.lens, str) else "weights of its own"
        parts = [f"the lens {lens}"]
        parts += [f"without {', '.join(self.without)}"] if self.without else []
        usual = Dials()
        dials = usual if self.dials is None else self.dials
        turned = [
            f"{name} {getattr(dials, name)}"
            for name in _DIALS
            if getattr(dials, name) != getattr(usual, name)
        ]
        return ", ".join([*parts, *turned])


def read(paths: Sequence[Path]) -> tuple[Ablation, ...]:
    """The ablations of some files, in order.

    Raises
    ------
    BadFileError
        A file cannot be read, is no TOML, or an ablation has no name, no lens, or an unknown key.
    """
    found: dict[str, Ablation] = {}
    for path in paths:
        for one in _of_file(path):
            if one.name in found:
                raise _wrong(path, f"two ablations are called {one.name!r}", "Name each its own")
            found[one.name] = one
    return tuple(found.values())


def _of_file(path: Path) -> Iterator[Ablation]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _wrong(path, f"it cannot be read: {error.strerror}", "Name another file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong(path, f"it is no TOML: {error}", "Correct it") from error
    listed = document.get("ablation")
    if set(document) != {"ablation"} or not isinstance(listed, list) or not listed:
        raise _wrong(path, "it lists no ablation", "Write [[ablation]] with a name and a lens")
    for one in listed:
        yield _read(path, one)


def _read(path: Path, given: Any) -> Ablation:  # noqa: ANN401 (whatever TOML holds)
    if not isinstance(given, dict):
        raise _wrong(path, "an ablation is no table", "Write [[ablation]]")
    if unknown := set(given) - {*_KEYS}:
        known = ", ".join(_KEYS)
        raise _wrong(path, f"an ablation has the key {min(unknown)!r}", f"Use {known}")
    name, lens, weights = (given.get(key) for key in ("name", "lens", "weights"))
    if not isinstance(name, str) or not name.strip():
        raise _wrong(path, "an ablation has no name", 'Give it one: name = "balanced, no text"')
    if (lens is None) is (weights is None):
        raise _wrong(path, f"{name!r} needs a lens, or weights", 'Write lens = "balanced"')
    if lens is not None and not isinstance(lens, str):
        raise _wrong(path, f"the lens of {name!r} is {lens!r}", "Name a lens")
    if weights is not None and not _are_weights(weights):
        raise _wrong(path, f"the weights of {name!r} are no numbers", "Write { text = 0.4 }")
    without = given.get("without", [])
    if not isinstance(without, list) or not all(isinstance(each, str) for each in without):
        raise _wrong(path, f"`without` of {name!r} is no list of spaces", 'Write ["text"]')
    asked: str | Mapping[str, float] = lens if isinstance(lens, str) else weights or {}
    return Ablation(name, asked, tuple(without), _dials(path, name, given))


def _dials(path: Path, name: str, given: Mapping[str, Any]) -> Dials | None:
    if "dials" not in given:
        return None
    dials = given["dials"]
    if not isinstance(dials, dict) or (unknown := set(dials) - set(_DIALS)):
        wrong = min(unknown) if isinstance(dials, dict) else dials
        raise _wrong(path, f"{name!r} turns {wrong!r}", f"There are {', '.join(_DIALS)}")
    # TOML has no word for nothing; 0 of one artist would be no answer.
    turned: dict[str, Any] = {
        key: None if _off(key, value) else value for key, value in dials.items()
    }
    return Dials(**turned)


def _off(key: str, value: object) -> bool:
    return key in {"per_artist", "per_album"} and value == 0


def _are_weights(weights: object) -> bool:
    return isinstance(weights, dict) and all(
        isinstance(each, int | float) and not isinstance(each, bool) for each in weights.values()
    )


def _wrong(path: Path, what: str, remedy: str) -> BadFileError:
    return BadFileError(
        f"this file of ablations cannot be used: {what}", where=str(path), remedy=remedy
    )
