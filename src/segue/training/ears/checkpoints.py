"""Checkpoints: a training that was stopped, or killed, goes on where it was.

A checkpoint holds everything a loop is (`segue.training.ears.loop.Loop.state`), and what decides
how it goes: of another material or another plan it is not looked at. It is written beside its place
and moved there, so there is always a whole one. Reading one runs no code.
"""

from __future__ import annotations

import io
import logging
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import torch

from segue.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

    from segue.training.ears.loop import Loop

_log = logging.getLogger(__name__)


def save(path: Path, loop: Loop, *, asked: str) -> None:
    """Write down where a loop is.

    Parameters
    ----------
    asked
        What decides how it goes on, as text.

    Raises
    ------
    UnavailableError
        It cannot be written; the one before is still there.
    """
    content = io.BytesIO()
    torch.save({"asked": asked, **loop.state()}, content)
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as stream:
            stream.write(content.getbuffer())
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise UnavailableError(
            f"a checkpoint cannot be written ({error.strerror})",
            where=str(path),
            remedy="Make room and run the same command again: it goes on from the last checkpoint",
        ) from error


def load(path: Path, loop: Loop, *, asked: str) -> bool:
    """Go on from a checkpoint; False where there is none for this.

    One that is damaged counts as none, and is logged.
    """
    state = _read(path)
    if state is None or state.pop("asked", None) != asked:
        return False
    loop.restore(state)
    return True


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        return None
    except Exception as problem:  # damage shows itself in many ways
        _log.warning("%s: the checkpoint cannot be read (%s); training begins anew", path, problem)
        return None
    return dict(found) if isinstance(found, dict) else None
