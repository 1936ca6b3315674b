"""Whether a manifest that was read can be followed: what every kind of manifest must fulfil.

A manifest may come from anywhere, so nothing in it is believed: neither that a list holds words,
nor that a file's name stays in its folder.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

from segue.errors import BadFileError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

WHOLE = "Copy the whole folder again, or train the model again: `segue train`"

Kinds: TypeAlias = "Mapping[str, type | tuple[type, ...]]"
"""What kind of thing each field of a manifest holds."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def is_name(text: str) -> bool:
    """Whether a model may be called so: its name is part of the mark of what it predicts."""
    return _NAME.fullmatch(text) is not None


def check_format(document: Any, number: int) -> None:  # noqa: ANN401 (that is what is found out)
    """Refuse a document that is no object, or of which the format is not `number`.

    Raises
    ------
    BadFileError, UnavailableError
        Says which.
    """
    if not isinstance(document, dict):
        raise bad("holds no object")
    stated = document.get("format")
    if stated != number or isinstance(stated, bool):
        raise UnavailableError(
            f"the model is written in format {stated!r}, and this Segue reads {number}",
            remedy="Use the Segue that wrote it, or train the model again: `segue train`",
        )


def check_kinds(document: Mapping[str, Any], kinds: Kinds, *, words: Collection[str] = ()) -> None:
    """Refuse a document that lacks a field of the manifest, or holds another kind of thing there.

    Parameters
    ----------
    kinds
        By field. True and false are no numbers; where they are meant, `bool` is the kind.
    words
        Lists of text.

    Raises
    ------
    BadFileError
        Names the field.
    """
    for name, kind in kinds.items():
        if name not in document:
            raise bad(f"lacks {name!r}")
        fits = isinstance(document[name], kind)
        if not fits or (isinstance(document[name], bool) and kind is not bool):
            raise bad(f"holds something else than it should as {name!r}")
    for name in words:
        if not all(isinstance(each, str) for each in document[name]):
            raise bad(f"holds something else than words in {name!r}")


def check_files(files: Mapping[str, Any], wanted: Collection[str], *, of: str) -> None:
    """Refuse files that are not exactly those `wanted`, each with a sha256.

    Parameters
    ----------
    of
        What the wanted are the graphs of, for the sentence: "its groups".

    Raises
    ------
    BadFileError
        Names the file.
    """
    for name in files:
        if name not in wanted:
            raise bad(f"names a file {name!r} that is the graph of none of {of}")
    for name in sorted(wanted):
        digest = files.get(name)
        if digest is None:
            raise bad(f"does not name the graph {name}")
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            raise bad(f"holds no sha256 of {name}")


def bad(why: str) -> BadFileError:
    """The error that says why a manifest cannot be followed: "the manifest " and `why`."""
    return BadFileError(f"the manifest {why}", remedy=WHOLE)
