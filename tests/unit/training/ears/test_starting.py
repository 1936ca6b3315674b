"""What a network can start from is known before anything is heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from embedders import write_embedder
from segue.errors import UnavailableError
from segue.training.ears import starting

if TYPE_CHECKING:
    from pathlib import Path


def test_an_embedder_without_a_trunk_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="no trunk to start from"):
        starting.check(write_embedder(tmp_path))
