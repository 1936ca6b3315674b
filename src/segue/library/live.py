"""A sound that goes on, heard as a file is: a microphone, a radio, what plays just now.

`LiveSound` takes samples as they come and says at any moment what the last half minute of them is:
the same descriptors as a file has, embedded by the same ears, with attributes by the same measure
and model. Its seeds are asked with like those of files. Nothing is stored, and what it holds does
not grow with what was heard.

How the samples are cut into pieces makes no difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segue.library.opened import Opened

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segue.catalogue.database import Database
    from segue.jobs.ears import Ear
    from segue.jobs.guesses import Guesses
    from segue.recommend.seeds import Seed
    from segue.settings import Settings
    from segue.snapshot import Description

SECONDS = 30.0
"""Longest end of a sound that is described, as of a file; less where the settings say less."""

EARLIEST = 3.0
"""Seconds before which nothing is said: networks hear windows of that length, and a tempo needs
some beats."""

ENOUGH = 10.0
"""Seconds from which on what is said changes little."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What can be said of a sound now.

    Attributes
    ----------
    heard
        Seconds since it began.
    window
        Seconds of its end that are described.
    silent
        Whether there is nothing to hear in all of these.
    quiet
        Whether there is nothing to hear in the last second.
    seed
        What to ask with; None while less than `EARLIEST` is there, and where it is silent. It has
        no title, and no length: it has no end.
    """

    heard: float
    window: float
    silent: bool
    quiet: bool
    seed: Seed | None


class LiveSound:
    """A sound that goes on. Not safe to share by threads without a lock.

    Parameters
    ----------
    database, settings
        The open catalogue and how it is heard.
    guesses
        By which attributes are told.
    rate
        Samples a second of what will be fed.

    Raises
    ------
    BadRequestError
        The rate is not above 0.
    """

    def __init__(
        self, database: Database, settings: Settings, *, guesses: Guesses, rate: int
    ) -> None:
        from segue.descriptors.streaming import Stream

        self._db, self._settings, self._guesses = database, settings, guesses
        seconds = min(settings.excerpt_seconds or SECONDS, SECONDS)
        self._stream = Stream(rate=rate, seconds=max(seconds, EARLIEST))
        self._rate = rate
        self._fed = 0
        self._epoch = -1
        self._ears: tuple[Ear, ...] = ()
        self._lacking: dict[str, str] = {}

    @property
    def heard(self) -> float:
        """Seconds that were fed."""
        return self._fed / self._rate

    def feed(self, samples: NDArray[Any]) -> None:
        """Take more of it: floats of shape (samples,), full scale 1, any number of them.

        Raises
        ------
        BadFileError
            Some are not numbers, or beyond all measure. Then none of them is taken.
        BadRequestError
            They are no floats of that shape, or the sound has ended.
        """
        self._stream.feed(samples)
        self._fed += samples.shape[-1]

    def finish(self) -> None:
        """Say that it has ended; the last few milliseconds are heard too."""
        self._stream.finish()

    def moment(self) -> Moment:
        """What can be said of it now. Takes some tens of milliseconds of a processor."""
        from segue.audio.decode import RATE
        from segue.audio.samples import is_silent

        if self._stream.seconds == 0:
            return Moment(self.heard, 0.0, silent=True, quiet=True, seed=None)
        audio = self._stream.sound.audio
        silent = is_silent(audio)
        heard = not silent and self.heard >= EARLIEST
        return Moment(
            heard=self.heard,
            window=self._stream.seconds,
            silent=silent,
            quiet=is_silent(audio[-RATE:]),
            seed=self._seed() if heard else None,
        )

    def _seed(self) -> Seed:
        from segue.recommend.seeds import seed_from

        return seed_from(self._guesses.told(self._described()))

    def _described(self) -> Description:
        """As a worker describes a file (`segue.jobs.worker.describe_whole`)."""
        from segue.catalogue.halves import halves
        from segue.jobs.ears import to_sound
        from segue.jobs.guessing import SPACE
        from segue.records import TrackRecord
        from segue.snapshot import Description

        self._look_for_ears()
        # The ears first: describing lets go of the window before, from which they take rows too.
        listened = to_sound(self._ears, self._stream.sound)
        vector = self._stream.describe()
        deaf = {
            space: f"an embedder that works ({why.what})" for space, why in listened.deaf.items()
        }
        embedded = {space: halves(windows) for space, windows in listened.windows.items()}
        return Description(
            record=TrackRecord(),
            vectors={SPACE: vector, **embedded},
            lacking={**self._lacking, **deaf},
        )

    def _look_for_ears(self) -> None:
        """Find the embedders that stand; again when the catalogue has changed."""
        from segue.catalogue.database import epoch
        from segue.jobs.embedders import standing_ears

        now = epoch(self._db)
        if now != self._epoch:
            self._ears, self._lacking = standing_ears(self._db, self._settings)
            self._epoch = now


class HearingLive(Opened):
    """The part of `segue.library.Segue` that hears what goes on."""

    def live(self, *, rate: int) -> LiveSound:
        """A sound that goes on, to be fed with samples and asked what it is like.

        Parameters
        ----------
        rate
            Samples a second of what will be fed.

        Raises
        ------
        BadRequestError
            The rate is not above 0.

        Examples
        --------
        >>> sound = segue.live(rate=44_100)        # doctest: +SKIP
        >>> sound.feed(samples)                    # doctest: +SKIP
        >>> seed = sound.moment().seed             # doctest: +SKIP
        >>> answer = segue.similar(seed, n=10)     # doctest: +SKIP
        """
        return LiveSound(self.database, self.settings, guesses=self._guesses, rate=rate)
