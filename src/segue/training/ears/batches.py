"""Batches: P labels × K windows, so that every window finds some of its own among the others.

Labels are drawn without repeating one in a batch, tracks of a label by turns, and a window begins
anywhere in its track. So an artist with forty tracks is heard no more often than one with four.
Everything is drawn by one generator, whose state a checkpoint keeps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from segue.embedding.windows import FRAMES, filled, starts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from segue.types import Rows

ON_DEVICE = 4_000_000_000
"""Bytes of spectrograms that are moved to a GPU as a whole."""

_STEP = 2.0 / 255.0


class Clips:
    """Spectrograms as bytes (`segue.embedding.windows.quantised`), and crops of them on a device.

    Parameters
    ----------
    spectrograms
        Shape (frames, bands) each, at least one frame; they may lie in a file.
    device
        Where crops are wanted. Those on a GPU are cut there, if all clips fit.
    """

    def __init__(self, spectrograms: Sequence[NDArray[np.uint8]], device: torch.device) -> None:
        self._spectrograms = spectrograms
        self._device = device
        self.lengths: Rows = np.array([max(FRAMES, len(each)) for each in spectrograms])
        self._all: Tensor | None = None
        self._begins = np.concatenate([[0], np.cumsum(self.lengths)])
        size = int(self._begins[-1]) * (spectrograms[0].shape[1] if len(spectrograms) else 0)
        if device.type == "cuda" and 0 < size <= ON_DEVICE:
            whole = np.concatenate([filled(each) for each in spectrograms])
            self._all = torch.from_numpy(whole).to(device)

    def __len__(self) -> int:
        """How many clips there are."""
        return len(self._spectrograms)

    def crops(self, rows: Rows, begins: Rows, *, length: int) -> Tensor:
        """Stretches of clips in [-1, 1], float32, shape (n, `length`, bands).

        Parameters
        ----------
        rows, begins
            Which clip, and its first frame; before its first and after its last frame stands the
            nearest. Shape (n,).
        length
            Frames.
        """
        at = begins[:, None] + np.arange(length)
        at = np.clip(at, 0, self.lengths[rows][:, None] - 1)
        if self._all is not None:
            flat = torch.as_tensor(at + self._begins[rows][:, None], device=self._device)
            kept = self._all[flat]
        else:
            cut = [
                filled(self._spectrograms[row])[span]
                for row, span in zip(rows.tolist(), at, strict=True)
            ]
            kept = torch.from_numpy(np.stack(cut)).to(self._device)
        return kept.float() * _STEP - 1.0

    def windows(self, rows: Rows, *, count: int) -> Tensor:
        """The windows that serving hears, shape (rows · count, `FRAMES`, bands)."""
        begins = np.concatenate([starts(int(self.lengths[row]), count=count) for row in rows])
        return self.crops(np.repeat(rows, count), begins, length=FRAMES)


class Sampler:
    """Draws rows of tracks, P labels × K.

    Parameters
    ----------
    labels
        Shape (tracks,): the label of each; tracks of a label below 0 are never drawn.
    labels_at_once, each
        P and K. With fewer labels than P there are that many in a batch, and K grows.
    draws
        Settles what is drawn.
    """

    def __init__(
        self, labels: Rows, *, labels_at_once: int, each: int, draws: np.random.Generator
    ) -> None:
        self._draws = draws
        known = np.unique(labels[labels >= 0])
        self._members = [np.flatnonzero(labels == label) for label in known]
        self._p = min(labels_at_once, len(known))
        self._k = each * labels_at_once // self._p if self._p else 0

    def draw(self) -> Rows:
        """Rows of one batch, shape (P · K,); the K of a label stand together.

        No track comes twice among them before every track of its label came.
        """
        chosen = self._draws.choice(len(self._members), self._p, replace=False)
        return np.concatenate([self._turns(self._members[label]) for label in chosen])

    def _turns(self, members: Rows) -> Rows:
        rounds = -(-self._k // len(members))
        order = [self._draws.permutation(members) for _ in range(rounds)]
        return np.concatenate(order)[: self._k]
