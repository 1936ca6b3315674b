"""Mixes: tracks near to and far from, files, a playlist, a history, a title and words, together.

Every seed is a member of one set (`segue.recommend.sets` scores sets, nothing is averaged). A track
that is liked weighs 1, one that is unlike -1; an artist weighs as much as one track, shared out
among the best known of theirs. Words add seeds and narrow what may be answered.

Where no seed is named, words alone are a wish: what they aim at is the seed, and the facets they
name are the lens. Where they only narrow ("jazz", "1970s"), the best known of what is left speak
for it.

How words narrow, and what they let go of first, is in `segue.library.insisting`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from segue.catalogue import feedback, lists
from segue.catalogue import listening as plays
from segue.errors import BadRequestError, NotFoundError
from segue.library import taste
from segue.library.insisting import best_known, narrowed, overruled, wished
from segue.library.wording import Wording
from segue.recommend.seeds import Member, Seed
from segue.records import Filters, Track, TrackRecord
from segue.snapshot import Description
from segue.types import TrackId
from segue.words.understood import ARTIST, UNKNOWN, UNUSED, Named, Understood

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from segue.records import Answer, Dials

MOST = 10_000
"""Most tracks that one question may name; a playlist of the catalogue may hold more."""

_NAMED = 3


@dataclass(slots=True)
class _Mixed:
    """What a question is put together of."""

    near: tuple[Member, ...] = ()
    far: tuple[Member, ...] = ()
    title: str = ""
    name: str = ""
    known: frozenset[TrackId] = frozenset()
    notes: list[str] = field(default_factory=list)


class Mixing(Wording):
    """The part of `segue.library.Segue` that answers about several seeds at once."""

    def mix(
        self,
        like: str | Path | Seed | Sequence[str | Path | Seed] = (),
        *,
        unlike: str | Path | Seed | Sequence[str | Path | Seed] = (),
        playlist: str = "",
        listener: str | None = None,
        words: str | Understood = "",
        title: str = "",
        n: int | None = None,
        lens: str | Mapping[str, float] | None = None,
        filters: Filters = Filters(),  # noqa: B008 (frozen)
        dials: Dials | None = None,
    ) -> Answer:
        """Tracks that fit all that is named, none of which is among them.

        Parameters
        ----------
        like, unlike
            A track or file, or several, to be near to and to stay away from, each as for
            `similar`; one that is named twice counts once.
        playlist
            A playlist of the catalogue, by id or title: its tracks are to be near to, its title
            counts where no other is given.
        listener
            With other seeds, their taste shifts the answer; alone, their history is continued.
        words
            A description as for `understood`, or what came of one, changed or not.
        title
            What the playlist is called; enough by itself where the catalogue has playlists.
        n, filters, dials
            See `similar`. A filter that is given counts before what the words say.
        lens
            What the words name where they are all that is said, else ``balanced``, when None.

        Raises
        ------
        NotFoundError
            A seed, the playlist or the listener is unknown.
        BadRequestError
            Nothing is named or understood, a seed is both near to and away from, or too much is
            named.
        """
        like, unlike = ([one] if isinstance(one, str | Path | Seed) else one
                        for one in (like, unlike))  # fmt: skip
        if len(like) + len(unlike) > MOST:
            raise BadRequestError(
                f"{len(like) + len(unlike):,} tracks are named", remedy=f"Name at most {MOST:,}"
            )
        mixed = _Mixed(title=title.strip())
        mixed.near = self._members(like, mixed.notes)
        asked = {member.seed.track.id for member in mixed.near}
        if playlist.strip():
            found = lists.find(self.database, playlist)
            seeds = [member.seed for member in mixed.near]
            mixed.near = self._members([*seeds, *found.tracks], mixed.notes)
            mixed.title = mixed.title or found.title
        mixed.far = self._members(unlike, mixed.notes, weight=-1.0)
        said = self._said(words, [member.seed for member in mixed.near])
        self._add_named(mixed, said, asked)
        if listener is not None:
            self._add_taste(mixed, listener)
        count = self.settings.results if n is None else n
        mixed.notes += overruled(said.narrowed(), filters)
        whole = narrowed(
            said,
            filters,
            self.engine(),
            self.lexicon().scales if said.targets else {},
            enough=count,
            notes=mixed.notes,
        )
        seed, wished = self._seed(mixed, said, whole, listener)
        answer = self.similar(
            seed,
            n=n,
            lens=said.lens if lens is None and wished else lens,
            filters=whole,
            dials=dials,
        )
        return replace(answer, notes=(*mixed.notes, *answer.notes))

    # -- what is named ------------------------------------------------------------------------

    def _members(
        self, given: Sequence[str | Path | Seed], notes: list[str], *, weight: float = 1.0
    ) -> tuple[Member, ...]:
        """Seeds as members, each once, with a note on those named more than once.

        Raises
        ------
        NotFoundError
            Some are unknown; the message names the first of them.
        """
        found: dict[object, Member] = {}
        unknown: list[tuple[str, NotFoundError]] = []
        again = 0
        for each in given:
            try:
                seed = each if isinstance(each, Seed) else self._known(each)
            except NotFoundError as error:
                unknown.append((str(each), error))
                if len(unknown) > _NAMED:
                    break
                continue
            key = seed.track.id or id(seed)
            again += key in found
            found.setdefault(key, Member(seed, weight))
        if unknown:
            raise _unknown(unknown, len(given))
        if again:
            are, count = ("is", "counts") if again == 1 else ("are", "count")
            notes.append(f"{again:,} of the {len(given):,} {are} named before and {count} once")
        return tuple(found.values())

    def _known(self, name: str | Path) -> Seed:
        if isinstance(name, str) and not name.strip():
            raise NotFoundError("a track without a name", remedy="Leave the empty one out")
        return self.resolve(name)

    def _said(self, words: str | Understood, beside: Sequence[Seed]) -> Understood:
        if isinstance(words, Understood):
            return words
        return self.understood(words, beside=beside) if words.strip() else Understood()

    def _add_named(self, mixed: _Mixed, said: Understood, asked: set[TrackId]) -> None:
        """The seeds that words name, and notes on what they say in vain.

        Of a playlist and an artist what is unlike is left out; a track that is `asked` for itself
        is not both.
        """
        named = [self._speakers(one) for one in said.like]
        mixed.name = _name(
            [m.seed for m in mixed.near], mixed.title, [one.name for one in said.like]
        )
        mixed.near = (*mixed.near, *(member for each in named for member in each))
        away = [self._speakers(one) for one in said.unlike]
        mixed.far = (*mixed.far, *(replace(m, weight=-m.weight) for each in away for m in each))
        far = {member.seed.track.id for member in mixed.far} - {""}
        both = far & (asked | {TrackId(one.id) for one in said.like})
        if both:
            name = self.engine().seed_of(min(both)).track.name
            raise BadRequestError(
                f"{name} is both to be near to and to stay away from", remedy="Name it once"
            )
        mixed.near = tuple(m for m in mixed.near if m.seed.track.id not in far)
        for phrase in said.phrases:
            if phrase.kind in {UNKNOWN, UNUSED}:
                near = f"; perhaps {' or '.join(phrase.near)}" if phrase.near else ""
                mixed.notes.append(f"“{phrase.text}” is {phrase.means}{near}")
        if said.empty and said.phrases and not (mixed.near or mixed.title):
            raise BadRequestError(
                f"nothing of {said.text[:100]!r} is understood",
                remedy="Say it in words of docs/words.md, such as: slow, acoustic, like ARTIST",
            )

    def _speakers(self, named: Named) -> tuple[Member, ...]:
        """The tracks that speak for a name, which together weigh 1.

        Raises
        ------
        NotFoundError
            The catalogue has no such artist or track.
        """
        engine = self.engine()
        names = self.lexicon().names
        found = names.by_id(named.id) if named.id else None
        if found is None and not named.id:
            found = names.artist(named.name) if named.kind == ARTIST else names.track(named.name)
        rows = [] if found is None else names.rows(found)
        if not rows:
            near = ", ".join(names.near(named.name))
            raise NotFoundError(
                f"there is no {named.kind} {named.name or named.id!r}",
                remedy=f"Closest: {near}" if near else "Look for it with `segue search WORDS`",
            )
        return tuple(Member(Seed(engine.track_at(row), row), 1 / len(rows)) for row in rows)

    def _add_taste(self, mixed: _Mixed, listener: str) -> None:
        """A listener's taste beside what is named; their history where nothing is."""
        members, mixed.known = self._with_taste(mixed.near, listener)
        mixed.near = tuple(member for member in members if member.weight > 0)
        mixed.far = (*mixed.far, *(member for member in members if member.weight < 0))
        mixed.name = mixed.name or f"the history of {listener}"

    def _with_taste(
        self, members: tuple[Member, ...], listener: str
    ) -> tuple[tuple[Member, ...], frozenset[TrackId]]:
        """Members with a listener's taste; their history alone where there are none.

        Beside it tracks that are not offered, whether members or not.
        """
        opinions = feedback.of(self.database, somebody(listener))
        heard = plays.tallied(self.database, listener, half_life=taste.HALF_LIFE)
        engine = self.engine()
        if members:
            return taste.beside(members, heard, opinions, engine), frozenset()
        return taste.history(heard, opinions, engine)

    # -- what is asked ------------------------------------------------------------------------

    def _seed(
        self, mixed: _Mixed, said: Understood, filters: Filters, listener: str | None
    ) -> tuple[Seed, bool]:
        """The seed of a question, and whether it is only wished for."""
        if mixed.near or mixed.title:
            members = (*mixed.near, *mixed.far)
            described = None
            if mixed.title:
                described = Description(TrackRecord(), {}, title=mixed.title)
            named = Track(TrackId(""), mixed.name, ())
            return Seed(named, description=described, members=members, known=mixed.known), False
        if said.empty and filters == Filters():
            raise _away_alone(listener) if mixed.far else _nothing(listener)
        wish = wished(said)
        if wish is not None:
            seed = wish.seed()
            if not mixed.far:
                return replace(seed, known=mixed.known), True
            members = (Member(seed), *mixed.far)
            return Seed(seed.track, members=members, known=mixed.known), True
        members = (*best_known(filters, self.engine()), *mixed.far)
        count = len(members) - len(mixed.far)
        best = "the best known track" if count == 1 else f"the {count} best known"
        speak = "speaks" if count == 1 else "speak"
        mixed.notes.append(
            f"Nothing says what it should be like: {best} of what fits {speak} for it"
        )
        title = said.text or "What fits"
        return Seed(Track(TrackId(""), title, ()), members=members, known=mixed.known), False


def somebody(listener: str) -> str:
    """The name of a listener, which may not be blank."""
    if not listener.strip():
        raise BadRequestError(
            "no listener is named", remedy="Name one, such as your own name, or leave it out"
        )
    return listener


def _name(seeds: Sequence[Seed], title: str, others: Sequence[str]) -> str:
    """What a set is called: its title, else its first tracks; empty where it has neither."""
    if title:
        return f"“{title}”"
    names = [*(seed.track.name for seed in seeds), *others]
    shown = "; ".join(names[:_NAMED])
    return f"{shown} and {len(names) - _NAMED:,} more" if len(names) > _NAMED else shown


def _nothing(listener: str | None) -> BadRequestError:
    if listener is None:
        return BadRequestError(
            "nothing is named that an answer could go by",
            remedy="Name tracks, words, a title, a playlist or a listener",
        )
    return BadRequestError(
        f"{listener!r} has played and liked nothing that is in the catalogue",
        remedy="Import a history with `segue import history`, or like some tracks",
    )


def _away_alone(listener: str | None) -> BadRequestError:
    """Only what to stay away from is known."""
    if listener is None:
        return BadRequestError(
            "only what to stay away from is named",
            remedy="Name a track to be near to as well, or say in words what it should be like",
        )
    return BadRequestError(
        f"all that is known of {listener!r} is what to stay away from",
        remedy="Like a track, or name one to be near to",
    )


def _unknown(unknown: Iterable[tuple[str, NotFoundError]], given: int) -> NotFoundError:
    """One error for all tracks of a list that nobody knows."""
    (_, first), *others = pairs = list(unknown)
    if given == 1:
        return first
    names = ", ".join(repr(name) for name, _ in pairs[:_NAMED])
    more = " and more" if len(pairs) > _NAMED else ""
    kind = "are" if others else "is"
    return NotFoundError(
        f"of the {given:,} tracks {names}{more} {kind} unknown",
        where=first.where,
        remedy=f"{first.remedy}" if not others else "Look for them with `segue search WORDS`",
    )
