"""Blind listening tests: two lenses answer, somebody listens, and only then hears which was which.

For one track each lens names the first of its ten that the other does not have among its own, so
that a comparison is of what they see differently. Which of the two stands first is drawn; the
seed, where none is named, is drawn among tracks that stand in both lenses.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from segue.catalogue import judgements as kept
from segue.catalogue import tracks
from segue.errors import BadRequestError, NotFoundError
from segue.library.asking import Asking
from segue.recommend.lenses import BALANCED, parse_lens
from segue.records import Filters, ListeningQuestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from segue.recommend.engine import Engine
    from segue.recommend.seeds import Seed
    from segue.records import Judgement, TestKind
    from segue.types import TrackId

TRIES = 60
"""Tracks that are drawn before it is said that the lenses do not differ."""


class Judging(Asking):
    """The part of `segue.library.Segue` that listeners judge with."""

    def listening_question(
        self,
        lens_a: str | Mapping[str, float],
        lens_b: str | Mapping[str, float],
        *,
        kind: TestKind = "pair",
        seed: str | None = None,
        listener: str = "",
        playable: bool = True,
    ) -> ListeningQuestion:
        """Draw a blind comparison of two lenses.

        Parameters
        ----------
        lens_a, lens_b
            By name, or weights by space.
        kind
            ``pair``: which of two tracks goes better with a third. ``odd``: which of three, one of
            them the seed, does not belong.
        seed
            What both are asked about, as `resolve` takes it, a track of the catalogue; drawn when
            None.
        listener
            Who will judge.
        playable
            Only tracks that can be heard.

        Raises
        ------
        BadRequestError
            A lens or the kind makes no sense, or both lenses are one, or they answer alike.
        NotFoundError
            The seed is unknown, or no track can be heard.
        """
        if kind not in {"pair", "odd"}:
            raise BadRequestError(f"there is no test {kind!r}", remedy="Use pair or odd")
        engine = self.engine()
        names = tuple(_written(lens, engine) for lens in (lens_a, lens_b))
        if names[0] == names[1]:
            raise BadRequestError(
                f"both lenses are {names[0]!r}", remedy="Name two that differ: hybrid and sound"
            )
        filters = Filters(playable=True if playable else None)
        for one in self._seeds(seed, playable=playable):
            found = self._apart(one, (lens_a, lens_b), filters)
            if found is None:
                continue
            drawn = kept.Drawn(kind, names[0], names[1], one.track.id, *found, listener)
            return self._asked(kept.ask(self.database, drawn), drawn)
        raise BadRequestError(
            f"{names[0]} and {names[1]} answer alike, or know none of the tracks that were tried",
            remedy="Name other lenses, or another track",
        )

    def open_question(self, question: str) -> tuple[ListeningQuestion, str, str]:
        """A question that was drawn and waits for its answer, and the lenses that it compares.

        Which of them found which track is not told.

        Raises
        ------
        NotFoundError
            There is no such question, it is too old, or it was answered.
        """
        drawn = kept.opened(self.database, question)
        return self._asked(question, drawn), drawn.lens_a, drawn.lens_b

    def judge(self, question: str, choice: str) -> Judgement:
        """Answer a blind comparison; which lens is which is told now.

        Parameters
        ----------
        question
            `ListeningQuestion.id`.
        choice
            The id of the track that goes better (``pair``) or does not belong (``odd``); "" where
            they are equal.

        Raises
        ------
        NotFoundError
            There is no such question, or it is too old.
        BadRequestError
            It was answered before, or the track was not shown.
        """
        return kept.answer(self.database, question, choice)

    def judgements(self) -> list[Judgement]:
        """Every comparison that was answered, the oldest first."""
        return kept.answered(self.database)

    def _seeds(self, named: str | None, *, playable: bool) -> Iterator[Seed]:
        """The seed that is named, or some that are drawn."""
        import numpy as np

        engine = self.engine()
        if named is not None:
            seed = self.resolve(named)
            if seed.row is None:
                raise BadRequestError(
                    f"{named!r} is no track of the catalogue", remedy="Name one of its tracks"
                )
            yield seed
            return
        corpus = engine.snapshot.corpus
        rows = np.flatnonzero(corpus.playable) if playable else np.arange(len(corpus))
        if not len(rows):
            raise NotFoundError(
                "no track can be heard", remedy="Scan a folder of music: `segue scan FOLDER`"
            )
        rng = np.random.default_rng(secrets.randbits(64))
        for row in rng.permutation(rows)[:TRIES].tolist():
            yield engine.seed_of(corpus.ids[row])

    def _apart(
        self, seed: Seed, lenses: tuple[str | Mapping[str, float], ...], filters: Filters
    ) -> tuple[TrackId, TrackId] | None:
        """What each lens finds that the other does not; None where one finds nothing."""
        engine = self.engine()
        # Lenses are judged, not what moves their rows: that goes by a lens's own scale.
        still = replace(self.dials(), hubs=0.0, diversity=0.0)
        if not all(engine.stands(seed, lens=lens) for lens in lenses):
            return None
        first, second = (
            [row.track.id for row in engine.similar(seed, lens=lens, filters=filters, dials=still)]
            for lens in lenses
        )
        ours = next((one for one in first if one not in second), None)
        theirs = next((one for one in second if one not in first), None)
        return None if ours is None or theirs is None else (ours, theirs)

    def _asked(self, key: str, drawn: kept.Drawn) -> ListeningQuestion:
        ids = [drawn.track_a, drawn.track_b, *([drawn.seed] if drawn.kind == "odd" else [])]
        # The key is drawn at random, so the order by it says nothing, and stays.
        ids.sort(key=lambda one: sha256(f"{key} {one}".encode()).digest())
        shown = {one.id: one for one in tracks.many(self.database, [*ids, drawn.seed])}
        seed = shown[drawn.seed] if drawn.kind == "pair" else None
        return ListeningQuestion(key, drawn.kind, seed, tuple(shown[one] for one in ids))


def _written(lens: str | Mapping[str, float], engine: Engine) -> str:
    """A lens as it is written; BadRequestError where it makes no sense."""
    if isinstance(lens, str) and lens.strip() == BALANCED:
        return BALANCED
    return parse_lens(lens, spaces=tuple(engine.snapshot.spaces)).name
