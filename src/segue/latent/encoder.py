"""An encoder: from what is known of tracks to their codes, with ONNX Runtime alone.

It is opened from a folder (`Encoder.load`) or from what a catalogue keeps (`Encoder.of_trained`).
Whatever an encoder is told makes a code, be it an artist alone; a track of which it knows nothing
has none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

from segue.errors import BadFileError, UnavailableError
from segue.latent.facts import known_numbers
from segue.latent.manifest import ARTISTS, GENRES, GRAPH, Manifest
from segue.latent.numbers import NUMBERS
from segue.models import folder as folders
from segue.models.graphs import opened, run
from segue.models.soundness import WHOLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from segue.latent.facts import Facts
    from segue.latent.moods import Moods
    from segue.snapshot import Trained
    from segue.types import Frames, Mask, Vectors

SPACE = "latent"
"""The space that codes make."""

ENCODER = "encoder"
"""The array that holds the graph in what a catalogue keeps, as bytes."""

UNKNOWN, EMPTY = 0, -1
"""The place of a word that is not known, and of none at all."""

_CHUNK = 4_096


@dataclass(frozen=True, slots=True, eq=False)
class Encoder:
    """An encoder that is ready.

    Attributes
    ----------
    manifest
        What it says of itself.
    """

    manifest: Manifest
    _session: Any
    _places: Mapping[str, Mapping[str, int]]
    _columns: tuple[int, ...]
    _moods: Moods | None

    @classmethod
    def load(cls, folder: Path) -> Encoder:
        """The encoder in `folder`.

        Raises
        ------
        NotFoundError
            There is none.
        BadFileError
            Something in it is damaged, missing or not what the manifest says.
        UnavailableError
            It is written in another format, or may not be read.
        """
        folder = folder.expanduser().absolute()
        manifest = folders.read(folder, Manifest.from_json)
        graph = folders.graphs(folder, manifest.files)[GRAPH]
        return cls.of(manifest, graph, where=str(folder / GRAPH))

    @classmethod
    def of_trained(cls, trained: Trained) -> Encoder:
        """The encoder that a catalogue keeps.

        Raises
        ------
        BadFileError, UnavailableError
            As of `load`.
        """
        graph = trained.arrays.get(ENCODER)
        if graph is None:
            raise BadFileError("the catalogue keeps codes and no encoder", remedy=_ANEW)
        manifest = Manifest.from_json(dict(trained.state))
        content = np.asarray(graph, dtype=np.uint8).tobytes()
        if sha256(content).hexdigest() != manifest.files[GRAPH]:
            raise BadFileError(
                "the catalogue's encoder is not what its manifest says", remedy=_ANEW
            )
        return cls.of(manifest, content, where="the catalogue's encoder")

    @classmethod
    def of(cls, manifest: Manifest, graph: bytes, *, where: str = "") -> Encoder:
        """An encoder in memory.

        Raises
        ------
        BadFileError
            The graph cannot be opened, or takes or gives something else than the manifest says.
        """
        session = opened(graph, where=where)
        places = {
            kind: {word: place for place, word in enumerate(getattr(manifest, kind), start=1)}
            for kind in ("artists", "genres", "emotions")
        }
        columns = tuple(NUMBERS.index(name) for name in manifest.numbers)
        encoder = cls(manifest, session, places, columns, manifest.namer())
        try:
            given = run(session, np.zeros((2, manifest.inputs), dtype=np.float32))["code"]
        except Exception as problem:  # each fault has a class of its own
            raise BadFileError(
                f"the graph does not take what its manifest says ({problem})",
                where=where,
                remedy=WHOLE,
            ) from None
        if given.shape != (2, manifest.width):
            raise BadFileError("the graph gives codes of another width", where=where, remedy=WHOLE)
        return encoder

    def told(self, facts: Facts) -> tuple[Facts, Mask]:
        """The same facts with an emotion for tracks that lack one, and which of them are guesses.

        They stay without one where no classifier was learned or too little is known.
        """
        return named(facts, self._moods)

    def known(self, facts: Facts) -> Mask:
        """Which tracks it knows anything of: an attribute, an artist, a genre or an emotion."""
        there = known_numbers(facts.values)
        columns: tuple[tuple[str, Sequence[Sequence[str]]], ...] = (
            ("artists", facts.artists),
            ("genres", facts.genres),
            ("emotions", [(emotion,) for emotion in facts.emotions]),
        )
        for kind, words in columns:
            places = self._places[kind]
            there |= np.array([any(each in places for each in said) for said in words], dtype=bool)
        return there

    def inputs(self, facts: Facts) -> Frames:
        """What the graph takes, shape (tracks, inputs)."""
        told, _ = self.told(facts)
        places = self._places
        return np.concatenate(
            [
                told.values[:, list(self._columns)],
                slots(told.artists, places["artists"], ARTISTS),
                slots(told.genres, places["genres"], GENRES),
                slots([(each,) for each in told.emotions], places["emotions"], 1),
            ],
            axis=1,
            dtype=np.float32,
        )

    def encode(self, facts: Facts) -> Vectors:
        """Codes of tracks, shape (tracks, width), float32.

        Raises
        ------
        UnavailableError
            The graph gives something that is no number.
        """
        return self.run(self.inputs(facts))

    def run(self, inputs: Frames) -> Vectors:
        """The same from what `inputs` gives."""
        codes = run(self._session, inputs, names=("code",), chunk=_CHUNK)["code"]
        if not np.isfinite(codes).all():
            raise UnavailableError("the encoder gives no number for a track", remedy=_ANEW)
        return np.asarray(codes, dtype=np.float32)


_ANEW = "Train it again: `segue train latent`"


def named(facts: Facts, moods: Moods | None) -> tuple[Facts, Mask]:
    """As `Encoder.told`, by a classifier; None names nothing."""
    if moods is None:
        return facts, np.zeros(len(facts), dtype=np.bool_)
    said = moods.name(facts.attributes)
    pairs = list(zip(facts.emotions, said, strict=True))
    guessed = np.array([bool(guess and not given) for given, guess in pairs], dtype=np.bool_)
    return replace(facts, emotions=tuple(given or guess for given, guess in pairs)), guessed


def slots(
    words: Sequence[Sequence[str]], places: Mapping[str, int], count: int
) -> NDArray[np.float32]:
    """Places of the first known words of each track, shape (tracks, count).

    `UNKNOWN` in the first where none is known, and `EMPTY` behind the last.
    """
    found = np.full((len(words), count), EMPTY, dtype=np.float32)
    for row, said in enumerate(words):
        known = [places[word] for word in said if word in places][:count] or [UNKNOWN]
        found[row, : len(known)] = known
    return found
