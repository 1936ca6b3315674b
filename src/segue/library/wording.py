"""Descriptions in words, read by what this catalogue knows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from segue.library.asking import Asking
from segue.library.insisting import beside
from segue.records import Filters
from segue.words import understand
from segue.words.lexicon import Lexicon
from segue.words.understood import Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.library.wishes import Wish
    from segue.recommend.engine import Engine
    from segue.recommend.seeds import Seed
    from segue.words.understood import Understood


class Wording(Asking):
    """The part of `segue.library.Segue` that reads words."""

    _lexicons: tuple[Engine, Lexicon] | None = None

    def understood(self, text: str, *, beside: Sequence[str | Path | Seed] = ()) -> Understood:
        """What a description in words is understood as, to show, change and send to `mix`.

        Parameters
        ----------
        text
            As a person writes it: "slow, minor, acoustic, 1970s, like Portishead but calmer".
        beside
            Seeds that are named otherwise; "calmer" compares with them as well.

        Raises
        ------
        BadRequestError
            The text is empty or too long.
        NotFoundError
            A seed is unknown.
        """
        seeds = [self.resolve(one) if isinstance(one, (str, Path)) else one for one in beside]
        row_of = self.engine().snapshot.corpus.row_of
        return understand(
            text,
            self.lexicon(),
            beside=[row_of[seed.track.id] for seed in seeds if seed.track.id in row_of],
            outside=[seed.track for seed in seeds if seed.track.id not in row_of],
        )

    def joined(
        self,
        said: Understood,
        wish: Wish,
        *,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
    ) -> Understood:
        """What words say with what is wished for in numbers and names besides.

        Parameters
        ----------
        said
            What the words say.
        wish
            Counts before them.
        filters
            So do these.

        Raises
        ------
        BadRequestError
            An attribute is unknown or out of its range, or a filter makes no sense.
        """
        joined = wish.joined(said, facets=self.lexicon().facets)
        phrases = [
            Phrase("beside", "condition", f"only what is {told}")
            for told in self.engine().told(filters)
        ]
        return replace(
            joined,
            filters=beside(joined.filters, filters),
            phrases=(*joined.phrases, *phrases),
        )

    def lexicon(self) -> Lexicon:
        """What words can mean here, made anew for a new epoch."""
        engine = self.engine()
        kept = self._lexicons
        if kept is None or kept[0] is not engine:
            snapshot = engine.snapshot
            made = Lexicon(snapshot.corpus, engine.by_artist, facets=tuple(snapshot.facets))
            kept = self._lexicons = (engine, made)
        return kept[1]
