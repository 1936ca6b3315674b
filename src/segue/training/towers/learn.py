"""Teaching two towers on the playlists of a corpus.

A tenth of the playlists is held back: from half of each its other half is asked for among all
tracks of the corpus, and the towers that found most (recall in the first 500) are kept. While
learning, words are left out at random, so that a track of an unknown release is not helpless, and
so are titles and seeds, so that either alone says something.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from segue.errors import BadTableError, InternalError
from segue.training.towers.batches import chances, learnable, one_pass
from segue.training.towers.inputs import Inputs, ragged, title_words
from segue.training.towers.networks import ContentTower, PlaylistTower, TwoTowers
from segue.training.towers.towers import Towers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from segue.snapshot import Corpus, Playlists
    from segue.training.towers.batches import Batch
    from segue.types import Progress, Rows, Vector, Vectors

SEED = 42

HELD = 0.1
"""Share of the playlists that is held back to see when to stop."""

FEWEST = 50
"""Playlists below which nothing is held back, and all passes are made."""

FIRST = 500
"""Places in which what is held back counts as found; a twentieth of the tracks where that is
less."""

_LATER = 4096
"""Tracks whose vectors are made at once."""

_TITLE_LEAST = 2
_UNTITLED, _SEEDLESS = 0.5, 0.1
"""Shares of the pieces that are learned without their title, and of the others without seeds."""


@dataclass(frozen=True, slots=True)
class TowersParameters:
    """What may be chosen.

    Attributes
    ----------
    dims
        Of the vectors.
    passes
        How often all memberships are gone through at most.
    every, patience
        Passes between looks at what is held back, and looks without a gain that are waited for.
    size
        Pieces of playlists in a batch.
    rate, word_rate
        Highest rates of learning: of the layers, and of the words' embeddings.
    dropout, word_dropout
        Shares of hidden numbers and of words that are left out while learning.
    """

    dims: int = 64
    passes: int = 20
    every: int = 2
    patience: int = 3
    size: int = 256
    rate: float = 2e-3
    word_rate: float = 5e-3
    dropout: float = 0.1
    word_dropout: float = 0.25


def fit(
    corpus: Corpus,
    parameters: TowersParameters = TowersParameters(),
    *,
    seed: int = SEED,
    on_progress: Progress | None = None,
) -> Towers:
    """Two towers that have learned the playlists of a corpus.

    Parameters
    ----------
    corpus
        Only its playlists say what belongs together; its content is what tracks are known by.
    parameters
        What may be chosen.
    seed
        Settles everything that is drawn; on one thread of one machine the same comes out.
    on_progress
        Called with (passes done, most passes, what is known of them).

    Raises
    ------
    BadTableError
        No playlist holds two tracks.
    """
    which = learnable(corpus.playlists)
    if not len(which):
        raise BadTableError(
            "no playlist holds two tracks, so nothing says what belongs together",
            remedy="Import playlists with `segue import playlists`",
        )
    rng = np.random.default_rng(seed)
    held = _held_back(which, rng)
    threads, state = torch.get_num_threads(), torch.get_rng_state()
    try:
        torch.set_num_threads(1)
        torch.manual_seed(seed)
        lesson = _Lesson(corpus, np.setdiff1d(which, held), held, parameters, rng)
        return lesson.go(on_progress)
    finally:
        torch.set_num_threads(threads)
        torch.set_rng_state(state)


def _held_back(which: Rows, rng: np.random.Generator) -> Rows:
    if len(which) < FEWEST:
        return which[:0]
    return np.sort(rng.choice(which, size=int(HELD * len(which)), replace=False))


class _Lesson:
    """One training: what is learned from, the towers, and the best of them so far."""

    def __init__(
        self,
        corpus: Corpus,
        which: Rows,
        held: Rows,
        parameters: TowersParameters,
        rng: np.random.Generator,
    ) -> None:
        self.playlists, self.which, self.how, self.rng = corpus.playlists, which, parameters, rng
        learned = np.unique(np.concatenate([rows_of(corpus.playlists, one) for one in which]))
        self.inputs = Inputs.of(corpus, learned=learned.astype(np.int64))
        self.numbers = torch.from_numpy(self.inputs.numbers)
        self.title_words = _vocabulary(corpus.playlists, which)
        self.titles = ragged(
            [title_words(title) for title in corpus.playlists.titles], self.title_words
        )
        self.questions = _questions(corpus.playlists, held, rng)
        chance = chances(corpus.playlists, which, tracks=len(corpus), size=parameters.size)
        self.chances = torch.from_numpy(np.log(np.maximum(chance, 1e-12)).astype(np.float32))
        dims = parameters.dims
        self.towers = TwoTowers(
            ContentTower(
                words=len(self.inputs.fields),
                numbers=self.inputs.numbers.shape[1],
                dims=dims,
                dropout=parameters.dropout,
            ),
            PlaylistTower(words=len(self.title_words), dims=dims),
        )
        self.history: list[Mapping[str, Any]] = []

    def go(self, on_progress: Progress | None) -> Towers:
        """Learn until nothing gets better; the best that was seen."""
        how, began = self.how, time.monotonic()
        optimizers = self._optimizers()
        rates = [group["lr"] for each in optimizers for group in each.param_groups]
        best, best_recall, stale = None, -math.inf, 0
        losses: list[float] = []
        for number in range(1, how.passes + 1):
            losses.append(self._pass(number, optimizers, rates))
            looks = number % how.every == 0 or number == how.passes
            if looks and not math.isfinite(losses[-1]):
                raise InternalError(f"training went astray: the loss is {losses[-1]}")
            if looks:
                found = self._result()
                recall = self._recall(found)
                seconds = round(time.monotonic() - began, 1)
                mean, losses = float(np.mean(losses)), []
                look = {"pass": number, "loss": mean, "recall": recall, "seconds": seconds}
                self.history.append(look)
                stale += 1
                if recall is None or recall > best_recall:
                    best, best_recall, stale = found, -math.inf if recall is None else recall, 0
            if on_progress is not None:
                on_progress(number, how.passes, self._told())
            if stale >= how.patience:
                break
        if best is None:  # no pass was asked for
            best = self._result()
        return replace(best, history=tuple(self.history))

    def _optimizers(self) -> list[torch.optim.Optimizer]:
        sparse = [self.towers.content.words.weight, self.towers.playlist.words.weight]
        known = {id(each) for each in sparse}
        dense = [each for each in self.towers.parameters() if id(each) not in known]
        return [
            torch.optim.AdamW(dense, self.how.rate, weight_decay=1e-2),
            torch.optim.SparseAdam(sparse, self.how.word_rate),
        ]

    def _pass(
        self, number: int, optimizers: Sequence[torch.optim.Optimizer], rates: Sequence[float]
    ) -> float:
        """Go through all memberships once; the mean loss."""
        self.towers.train()
        share = 0.02 + 0.98 * 0.5 * (1.0 + math.cos(math.pi * (number - 1) / self.how.passes))
        groups = [group for each in optimizers for group in each.param_groups]
        for group, rate in zip(groups, rates, strict=True):
            group["lr"] = rate * share
        losses = []
        for batch in one_pass(self.playlists, self.which, size=self.how.size, rng=self.rng):
            loss = self._loss(batch)
            for each in optimizers:
                each.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            for each in optimizers:
                each.step()
            losses.append(loss.detach())
        return float(torch.stack(losses).mean())

    def _loss(self, batch: Batch) -> Tensor:
        vectors, sought = self._content(batch.rows, drop=self.how.word_dropout)
        pieces, tracks = torch.from_numpy(batch.pieces), torch.from_numpy(batch.tracks)
        wanted = torch.from_numpy(batch.wanted)
        untitled = self.rng.random(len(batch.playlists)) < _UNTITLED
        titled = ~untitled & (self.titles.starts[1:] > self.titles.starts[:-1])[batch.playlists]
        seedless = titled & (self.rng.random(len(untitled)) < _SEEDLESS / (1 - _UNTITLED))
        seeds = torch.from_numpy(~batch.wanted & ~seedless[batch.pieces])
        means = torch.zeros(len(untitled), self.how.dims)
        means = means.index_add(0, pieces[seeds], vectors[tracks[seeds]])
        counts = torch.bincount(pieces[seeds], minlength=len(untitled)).clamp(min=1)
        offsets, words, weights = self.titles.take(batch.playlists)
        lengths = np.diff(np.append(offsets, len(words)))
        weights = weights * np.repeat(titled, lengths)
        playlists = self.towers.playlist(
            means / counts[:, None], *_tensors(offsets, words, weights)
        )
        loss: Tensor = self.towers.loss(
            playlists,
            (vectors, sought),
            chances=self.chances[torch.from_numpy(batch.rows)],
            entries=(pieces, tracks),
            wanted=wanted,
        )
        return loss

    def _content(self, rows: Rows, *, drop: float = 0.0) -> tuple[Tensor, Tensor]:
        offsets, words, weights = self.inputs.words.take(rows)
        if drop:
            weights = weights * (self.rng.random(len(weights)) >= drop)
        numbers = self.numbers[torch.from_numpy(rows)]
        found: tuple[Tensor, Tensor] = self.towers.content(
            *_tensors(offsets, words, weights), numbers
        )
        return found

    def _result(self) -> Towers:
        """The towers as they are."""
        self.towers.eval()
        rows = np.arange(len(self.numbers))
        with torch.no_grad():
            parts = [self._content(rows[at : at + _LATER]) for at in range(0, len(rows), _LATER)]
            vectors, sought = (torch.cat(each).numpy() for each in zip(*parts, strict=True))
            playlist = self.towers.playlist
            return Towers(
                vectors=vectors,
                sought=sought,
                seeds=_copied(playlist.seeds.weight),
                words=self.title_words,
                word_vectors=_copied(playlist.words.weight)[: len(self.title_words)],
                temperature=float(self.towers.temperature),
            )

    def _recall(self, found: Towers) -> float | None:
        """Mean share of what is held back that is in the first `FIRST`; None without any."""
        places = min(FIRST, max(1, len(found.vectors) // 20))
        shares = []
        for seeds, titles, hidden in self.questions:
            scores = found.scores([seeds], titles)[0]
            scores[seeds] = -np.inf
            first = np.argpartition(-scores, places - 1)[:places]
            shares.append(np.isin(hidden, first).mean())
        return float(np.mean(shares)) if shares else None

    def _told(self) -> str:
        if not self.history or self.history[-1]["recall"] is None:
            return "learning"
        return f"learning; {self.history[-1]['recall']:.3f} of what is held back is found"


def rows_of(playlists: Playlists, number: int) -> Rows:
    """The tracks of one playlist."""
    return playlists.rows[playlists.starts[number] : playlists.starts[number + 1]].astype(np.int64)


def _questions(
    playlists: Playlists, held: Rows, rng: np.random.Generator
) -> list[tuple[Rows, list[str], Rows]]:
    """Half of each playlist that is held back, its title, and the other half."""
    asked = []
    for number in held.tolist():
        rows = rng.permutation(rows_of(playlists, number))
        asked.append((rows[: len(rows) // 2], [playlists.titles[number]], rows[len(rows) // 2 :]))
    return asked


def _vocabulary(playlists: Playlists, which: Rows) -> dict[str, int]:
    """Words of titles that several of the playlists have, by place."""
    said = (word for number in which.tolist() for word in title_words(playlists.titles[number]))
    counts: dict[str, int] = {}
    for word in said:
        counts[word] = counts.get(word, 0) + 1
    kept = sorted(word for word, count in counts.items() if count >= _TITLE_LEAST)
    return {word: place for place, word in enumerate(kept)}


def _tensors(offsets: Rows, words: Rows, weights: Vector) -> tuple[Tensor, Tensor, Tensor]:
    return (
        torch.from_numpy(offsets),
        torch.from_numpy(words),
        torch.from_numpy(weights.astype(np.float32)),
    )


def _copied(weight: Tensor) -> Vectors:
    copied: Vectors = weight.detach().numpy().copy()
    return copied
