"""Item2vec as its library does it when nobody says otherwise: what tuning is measured against."""

from __future__ import annotations

import logging
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from segue.training.playlists.fitted import Fitted

if TYPE_CHECKING:
    from segue.snapshot import Corpus


def library_item2vec(corpus: Corpus, *, seed: int = 42) -> Fitted:
    """Gensim's Word2Vec with playlists as sentences and every default.

    That is 100 numbers, continuous bag of words, a window of 5, tracks of fewer than 5 playlists
    left out, 5 epochs. One worker, so that a seed settles it; no prior on popularity. Tracks and
    playlists without company are left to gensim.
    """
    from gensim.models import Word2Vec

    logging.getLogger("gensim").setLevel(logging.ERROR)
    words = corpus.playlists.rows.astype(str).tolist()
    sentences = [words[a:b] for a, b in pairwise(corpus.playlists.starts.tolist())]
    model = Word2Vec(sentences, workers=1, seed=seed)
    rows = np.array([int(word) for word in model.wv.index_to_key], dtype=np.int64)
    order = np.argsort(rows)
    vectors = np.ascontiguousarray(model.wv.vectors[order], dtype=np.float32)
    state = {"parameters": {"prior": 0.0}, "seed": seed}
    return Fitted("playlists", "library", rows[order], vectors, state, {})
