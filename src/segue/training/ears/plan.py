"""What is asked of a training, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from segue.training.ears.losses import LossName  # noqa: TC001 (part of the plan's contract)

if TYPE_CHECKING:
    from pathlib import Path

    from segue.embedding.manifest import Manifest

WINDOWS_A_TRACK = 300
"""Windows of a track that are heard in a training, unless the plan says otherwise."""

FEWEST, MOST = 600, 20_000
"""Batches of a training that is sized by its material."""


def steps_for(tracks: int, batch: tuple[int, int]) -> int:
    """Batches in which every track is heard in `WINDOWS_A_TRACK` windows, within bounds."""
    return min(MOST, max(FEWEST, round(WINDOWS_A_TRACK * tracks / (batch[0] * batch[1]))))


@dataclass(frozen=True, slots=True)
class Plan:
    """How a network is trained.

    Attributes
    ----------
    steps
        Most batches; None for as many as the material needs (`steps_for`).
    minutes
        Most time for everything, None for no limit. The rate of learning falls to 0 as time or
        batches come to their end, whichever is first.
    batch
        Labels in a batch (artists, tracks or genres), and windows of each.
    seed
        Settles everything that is left to chance.
    loss, margin, hard
        Of the encoder: `segue.training.ears.losses`.
    positives
        What belongs together: windows of one artist, or of one track. Where no artist has two
        tracks it is the track in any case.
    augmentation
        ``mel`` (on the mel grid), ``none``; ``waveform`` where the material brings stretched
        and shifted versions of its tracks, which are then drawn in place of them.
    masks, gain, noise
        `segue.training.ears.warping.Augmentation`.
    mixed
        Of the genre network: both parameters of the beta distribution by whose draws two windows
        and their genres are mixed (Zhang et al., *mixup*, ICLR 2018), since a few hundred tracks
        are learned by heart otherwise; 0 for none, as specified.
    optimizer
        ``adamw``, or ``sgd`` with Nesterov's momentum, as the genre network is specified.
    rate
        Highest rate of learning; None for that of the optimizer and the network.
    device
        ``auto`` (a GPU where there is one), ``cpu``, ``cuda``.
    validation
        Share of artists on whom training is stopped; 0 for none.
    every
        Batches between two looks at them.
    patience
        Looks without anything better after which training stops.
    refit
        Train once more on all tracks, validation artists too, for as many batches as were best.
    work
        Folder for checkpoints; None for none.
    start
        Folder of an embedder whose trunk is where this one starts.
    """

    steps: int | None = None
    minutes: float | None = None
    batch: tuple[int, int] = (16, 4)
    seed: int = 42
    loss: LossName = "proxy"
    margin: float = 1.0
    hard: bool = False
    positives: Literal["artist", "track"] = "artist"
    augmentation: Literal["mel", "waveform", "none"] = "mel"
    masks: bool = False
    gain: float = 0.0
    noise: float = 0.0
    mixed: float = 0.4
    optimizer: Literal["adamw", "sgd"] = "adamw"
    rate: float | None = None
    device: Literal["auto", "cpu", "cuda"] = "auto"
    validation: float = 0.2
    every: int = 100
    patience: int = 5
    refit: bool = True
    work: Path | None = None
    start: Path | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of a training.

    Attributes
    ----------
    folder
        Of the embedder.
    manifest
        What is said of it.
    seconds
        All of it took.
    """

    folder: Path
    manifest: Manifest
    seconds: float
