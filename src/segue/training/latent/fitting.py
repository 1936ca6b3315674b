"""From what is known of tracks to an encoder: moods, words, teaching, export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segue.latent.encoder import named
from segue.training.latent import moods as naming
from segue.training.latent.export import Exported, exported
from segue.training.latent.learn import teach
from segue.training.latent.material import Material
from segue.training.latent.parameters import LatentParameters

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

    from segue.latent.facts import Facts
    from segue.types import Progress

_DEFAULTS = LatentParameters()

CURVES = "curves.png"
"""The picture of the teaching, in the encoder's folder."""


@dataclass(frozen=True, slots=True, eq=False)
class Latent:
    """What came of it: the encoder, and the tracks it learned from."""

    exported: Exported
    material: Material

    def curves(self) -> Figure:
        """The picture of its teaching."""
        from segue.evaluation.pictures.codes import curves

        return curves(self.exported.manifest.history, title="How the autoencoder was taught")

    def write(self, folder: Path) -> None:
        """Write its folder, and the picture into it.

        Raises
        ------
        UnavailableError
            It cannot be written, or something else stands there.
        """
        from segue.evaluation.pictures.style import save

        self.exported.write(folder)
        save(self.curves(), folder / CURVES)


def fit(
    facts: Facts,
    parameters: LatentParameters = _DEFAULTS,
    *,
    moods: Facts | None = None,
    source: str = "the catalogue",
    name: str = "latent",
    seed: int = 42,
    on_progress: Progress | None = None,
) -> Latent:
    """Learn codes of tracks.

    Parameters
    ----------
    facts
        What is known of them.
    moods
        Tracks whose emotion is known, for the classifier that names it where it is not; `facts`
        themselves unless given. Where too few emotions are known, none is named.
    source
        Where the tracks are from, for the manifest.
    seed
        Settles everything that is left to chance.

    Raises
    ------
    UnavailableError
        There are too few tracks, or nothing to tell them apart by.
    """
    namer = naming.learn(facts if moods is None else moods, seed=seed)
    told, guessed = named(facts, namer)
    material = Material.of(told, parameters, guessed=guessed, seed=seed)
    lesson = teach(material, parameters, seed=seed, on_progress=on_progress)
    made = exported(lesson, material, parameters, name=name, source=source, moods=namer, seed=seed)
    return Latent(made, material)
