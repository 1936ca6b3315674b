"""Two networks that were taught once, for all who look at what came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from segue.training.ears.learn import train_genre, train_sound
from timbres import SHORT, coloured

if TYPE_CHECKING:
    from segue.embedding.material import Material
    from segue.training.ears.plan import Learned


@pytest.fixture(scope="session")
def material() -> Material:
    return coloured()


@pytest.fixture(scope="session")
def sound(material: Material, tmp_path_factory: pytest.TempPathFactory) -> Learned:
    folder = tmp_path_factory.mktemp("ears") / "sound"
    return train_sound(material, out=folder, plan=SHORT)


@pytest.fixture(scope="session")
def genre(material: Material, tmp_path_factory: pytest.TempPathFactory) -> Learned:
    folder = tmp_path_factory.mktemp("ears") / "genre"
    return train_genre(material, out=folder, plan=SHORT)
