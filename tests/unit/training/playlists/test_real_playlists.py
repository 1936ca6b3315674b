"""Real playlists: read as they are, parted as committed, and company beats popularity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from segue.training.playlists.material import gather, key_of, read, split
from segue.training.playlists.preparing import PLAIN, prepare
from segue.training.playlists.trial import run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.realdata


def test_a_slice_is_read_whole_and_continued(shared_data: Path) -> None:
    found = read([shared_data / "playlists/mpd/mpd.slice.0-999.json.gz"])
    assert len(found.playlists) == 1000
    assert found.notes == ()
    some = found.playlists[:300]
    gathered = gather(some)
    parts = split([key_of(one) for one in some])
    material = gathered.apart([*parts.train, *parts.validation], parts.test)
    assert len(material.corpus.playlists) == 240
    assert len(material.strangers) > 1000
    prepared = prepare(material.corpus, ["popularity", "together", "plain"])
    trial = run(material, prepared.methods, scenarios=("half",))
    means = {name: each.mean("r_precision") for name, each in trial.found["half"].items()}
    assert means["popularity"] < means["together"] < means["plain"]
    assert set(PLAIN) == {"plain together", "plain factors", "artist"}
