"""A map keeps neighbours, and says whose places it holds."""

from __future__ import annotations

import numpy as np
import pytest

from segue.errors import UnavailableError
from segue.spaces.attributes import AttributesSpace
from segue.training.latent.maps import mapped
from worlds import make_corpus, planted_records


def test_near_in_the_space_is_near_on_paper(tmp_path) -> None:
    records = planted_records(120, seed=1)
    corpus = make_corpus(records)
    space = AttributesSpace.build(corpus)
    found = mapped(space, tracks=80, seed=3)
    assert found.places.shape == (80, 2)
    assert found.placed == 120
    apart = np.linalg.norm(found.places[:, np.newaxis] - found.places, axis=2)
    np.fill_diagonal(apart, np.inf)
    scores = np.array([space.score([space.point(row)], rows=found.rows)[0] for row in found.rows])
    near = scores[np.arange(80), apart.argmin(axis=1)]
    assert near.mean() > np.median(scores) + 0.3
    found.draw(corpus, tmp_path / "map.png")
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")


def test_a_space_of_few_tracks_has_no_map() -> None:
    space = AttributesSpace.build(make_corpus(planted_records(4)))
    with pytest.raises(UnavailableError, match="4 tracks stand in the space 'attributes'"):
        mapped(space, tracks=10, seed=1)
