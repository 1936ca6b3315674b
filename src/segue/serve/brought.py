"""Files that listeners bring: held until they expire, listened to, kept or forgotten.

Each lies in a folder of the catalogue's own (`segue.serve.stores`) under its token.
It is written beside that name and gets it when it is whole, then its row is written: whenever the
server ends, what is left is either a file that is listened to at the next start, or is swept away.
What was heard lies beside the file (`segue.serve.heard`), for every process that is asked about it;
where other networks stand than those that heard it, it is heard again.

Workers and servers on several machines share the folder: the setting ``brought_folder``.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool

from segue.catalogue import embeddings, files, jobs, uploads
from segue.errors import (
    BadFileError,
    BadRequestError,
    NotFoundError,
    SegueError,
    TooLargeError,
    UnavailableError,
)
from segue.jobs.looking import SCAN
from segue.jobs.owner import gone, new_name
from segue.serve import heard
from segue.serve.hearing import AT_ONCE, listened, renamed
from segue.serve.stores import folders
from segue.serve.stowing import claimed, copied
from segue.serve.uploads import shown
from segue.sources.formats import sniff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import BinaryIO

    from starlette.datastructures import UploadFile

    from segue.catalogue.guesses import Transaction
    from segue.catalogue.uploads import Brought
    from segue.jobs.runner import Runner, Work
    from segue.library import Segue
    from segue.recommend.seeds import Seed

    Noting = Callable[[Sequence[Brought]], Callable[[Transaction], None]]

_log = logging.getLogger(__name__)

UPLOAD = "upload"
"""Name of the kind of work that listens to a file."""

WAVEFORM = "waveform"
"""Name of the kind of work that reads a file from end to end."""

PRIVATE = frozenset({UPLOAD, WAVEFORM})
"""Kinds of work that are told of only to who knows the file's address."""

_MEGABYTE = 1_000_000
_DAY = 86_400.0
_REMEMBERED = 64
_ABANDONED = 3600.0
_PARTIAL = ".part"
_OURS = re.compile(r"\.?[\w-]+~([^~]+~\d+~\w+)\.part")
_WRITING: set[str] = set()
"""Names of the stores of this process: none sweeps away what another is writing."""


class Store:
    """The files that listeners brought to one library.

    Parameters
    ----------
    segue
        The open library.
    """

    def __init__(self, segue: Segue) -> None:
        self._segue, self._db = segue, segue.database
        own = folders(self._db, segue.settings)
        self.folder, self.music = own.brought, own.music
        self._seeds: OrderedDict[tuple[str, str], Seed] = OrderedDict()
        self._lock = threading.Lock()
        self._taking, self._keeping = threading.Lock(), threading.Lock()
        self._room = threading.BoundedSemaphore(AT_ONCE)
        self._name = new_name()
        _WRITING.add(self._name)

    async def take(self, file: UploadFile) -> str:
        """Put a file that was sent into the store; its token. Errors as of `take_all`."""
        (token,) = await self.take_all([file])
        return token

    async def take_all(
        self, files: Sequence[UploadFile], *, noting: Noting | None = None
    ) -> list[str]:
        """Put files that were sent into the store, all of them or none; their tokens.

        Parameters
        ----------
        files
            One or more.
        noting
            Given the rows before they are written, gives what else the same transaction writes.

        Raises
        ------
        BadFileError
            One is empty.
        TooLargeError
            All that listeners brought would take more than the settings allow.
        UnavailableError
            The store, or the catalogue, cannot be written to.
        """
        return await run_in_threadpool(self._take_all, files, noting)

    def get(self, token: str) -> Brought:
        """One file; NotFoundError where there is none of that token, or no more."""
        return uploads.get(self._db, token)

    def path(self, brought: Brought) -> Path:
        """Where the bytes of a file lie; NotFoundError where they are gone."""
        path = self._place(brought.token) if brought.kept is None else Path(brought.kept)
        if not path.is_file():
            raise _no_longer(brought)
        return path

    def remembered(self, token: str) -> Seed | None:
        """What a file is as a seed; None where that has to be heard (again)."""
        seed = self._recalled(self._key(token))
        if seed is None and self._known(rows := uploads.many(self._db, [token])):
            return self.seed(rows[0])  # the catalogue knows all of it, so nothing is heard
        return seed

    def _recalled(self, key: tuple[str, str]) -> Seed | None:
        with self._lock:
            if (seed := self._seeds.get(key)) is not None:
                self._seeds.move_to_end(key)
                return seed
        seed = heard.kept(self.folder, key[0], by=key[1])
        return None if seed is None else self._remember(key, seed)

    def _known(self, rows: Sequence[Brought]) -> bool:
        """Whether there are files, and the catalogue has a track of each."""
        held = (files.track_holding(self._db, row.content_hash) for row in rows)
        return bool(rows) and None not in held

    def seed(self, brought: Brought) -> Seed:
        """What a file is as a seed; listened to where nobody remembers.

        Raises
        ------
        SegueError
            It cannot be described; speaks of it by its sender's name.
        """
        with self._room:
            key = self._key(brought.token)
            if (seed := self._recalled(key)) is not None:
                return seed
            seed = listened(self._segue, self.path(brought), name=brought.name)
        if seed.description is not None:  # else it is a track of the catalogue
            partial = self._partial(f"{brought.token}-heard")
            heard.keep(self.folder, seed.description, key=key, partial=partial)
        return self._remember(key, seed)

    def _remember(self, key: tuple[str, str], seed: Seed) -> Seed:
        with self._lock:
            self._seeds[key] = seed
            while len(self._seeds) > _REMEMBERED:
                self._seeds.popitem(last=False)
        return seed

    def hear(self, work: Work) -> str:
        """The work ``upload``: listen to a file."""
        token = str(work.payload["token"])
        brought = uploads.get(self._db, token)
        work.tell(0, None, "Listening to 30 seconds from its middle")
        try:
            if not self._known([brought]):
                self.seed(brought)
        except (BadFileError, NotFoundError) as error:
            if uploads.refuse(self._db, token, reason=str(error)):
                self._remove(token)
            raise
        uploads.heard(self._db, token)
        if not uploads.many(self._db, [token]):
            self.forget(token)  # as somebody wished meanwhile
        elif brought.recording is None:
            work.then(WAVEFORM, {"token": token}, address=f"uploads/{token}")
        return "Heard"

    def measure(self, work: Work) -> str:
        """The work ``waveform``: read a file that was heard from end to end."""
        token = str(work.payload["token"])
        brought = uploads.get(self._db, token)
        work.tell(0, None, "Reading all of it for its waveform")
        path = self.path(brought)
        try:
            uploads.measured(self._db, token, self._segue.measure(path))
        except BadFileError as error:
            # What recommending needs was heard; only its waveform is lacking.
            return str(renamed(error, path, name=brought.name))
        return "Read"

    def keep(self, token: str, *, runner: Runner) -> int:
        """Add a file to the catalogue's own music folder, and have that looked through: the job.

        Raises
        ------
        BadRequestError
            It was not listened to, or refused.
        UnavailableError
            The music folder cannot be written to.
        """
        with self._keeping:
            brought = uploads.get(self._db, token)
            if brought.state in {"waiting", "refused"}:
                raise BadRequestError(
                    f"{brought.name} was not heard, so it is not added",
                    remedy="Wait until its page shows what is like it",
                )
            if brought.state == "heard":
                self._keep(brought)
        return runner.submit(SCAN, {"root": str(self.music)}, address="jobs")

    def _keep(self, brought: Brought) -> None:
        """Copy a file to the music, whole and under a name of its own, then let go of it here."""
        partial = self.music / self._partial(f".{brought.token}")
        try:
            with self._opened(brought) as stream:
                ending = sniff(stream, size=os.fstat(stream.fileno()).st_size)
                self.music.mkdir(parents=True, exist_ok=True)
                copied(stream, partial)
            target = claimed(self.music, Path(brought.name).stem, ending)
            try:
                os.replace(partial, target)
                if not uploads.keep(self._db, brought.token, path=str(target)):
                    raise NotFoundError(
                        f"the file {brought.name} was added or forgotten meanwhile",
                        remedy="Load its page again",
                    )
            except (OSError, SegueError) as error:
                if not isinstance(error, UnavailableError):  # else only its server knows
                    target.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise _unwritable(error, self.music, "SEGUE_UPLOAD_FOLDER") from error
        finally:
            partial.unlink(missing_ok=True)
        self._remove(brought.token)

    def _opened(self, brought: Brought) -> BinaryIO:
        """The bytes of a file; NotFoundError where they are gone, also since it was looked up."""
        try:
            return self.path(brought).open("rb")
        except FileNotFoundError:
            raise _no_longer(brought) from None

    def forget(self, token: str) -> None:
        """Let nothing of a file be left: not on disk, not in the catalogue, not among jobs."""
        with self._lock:
            for key in [key for key in self._seeds if key[0] == token]:
                del self._seeds[key]
        self._remove(token)
        for kind in PRIVATE:
            jobs.forget(self._db, kind, {"token": token})
        uploads.forget(self._db, token)

    def tidy(self) -> Iterator[Mapping[str, Any]]:
        """Forget what has expired, sweep away what broke off; payloads of what nobody listens to.

        A file whose job was given up is refused with the job's reason.
        """
        if self._db.read_only:
            return
        for token in uploads.stale(self._db, now=time.time()):
            _log.info("a file that was brought has expired")
            self.forget(token)
        tokens = uploads.all_tokens(self._db)
        beside = {f"{token}{heard.ENDING}" for token in tokens}
        self._sweep(self.folder, known=tokens | beside)
        self._sweep(self.music, known=None)
        wishes = [{"token": token} for token in uploads.unheard(self._db)]
        latest = {
            each.payload["token"]: each for each in jobs.asking(self._db, UPLOAD, wishes)[::-1]
        }
        for payload in wishes:
            job = latest.get(token := payload["token"])
            if job is None:
                yield payload
            elif job.state in {"failed", "cancelled"}:
                cancelled = "It was cancelled before it was listened to."
                reason = job.message if job.state == "failed" else cancelled
                if uploads.refuse(self._db, token, reason=reason):
                    self._remove(token)

    def _take_all(self, files: Sequence[UploadFile], noting: Noting | None) -> list[str]:
        tokens = [secrets.token_urlsafe(16) for _ in files]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            rows = [self._copy(*each) for each in zip(files, tokens, strict=True)]
            also = None if noting is None else noting(rows)
            with self._taking:  # who comes beside counts these too
                self._need_room(rows)
                for token in tokens:
                    os.replace(self._arriving(token), self._place(token))
                uploads.add(self._db, rows, also=also)
        except (OSError, SegueError) as error:
            # A server that broke off may have taken them; what it does not know is swept later.
            for token in () if isinstance(error, UnavailableError) else tokens:
                self._remove(token)
            if isinstance(error, OSError):
                raise _unwritable(error, self.folder, "SEGUE_DATABASE") from error
            raise
        finally:
            for token in tokens:
                self._arriving(token).unlink(missing_ok=True)
        return tokens

    def _copy(self, file: UploadFile, token: str) -> Brought:
        """Write a file beside its place; its row, which is not written yet."""
        name, now = shown(file.filename), time.time()
        size, digest = copied(file.file, self._arriving(token))
        if size == 0:
            raise BadFileError("the file is empty", where=name, remedy="Send another")
        expires = now + self._segue.settings.upload_days * _DAY
        return uploads.Brought(token, name, size, digest, "waiting", "", None, now, expires)

    def _need_room(self, rows: Sequence[Brought]) -> None:
        """TooLargeError where files would be too much with what is held already."""
        most = self._segue.settings.uploads_megabytes
        held = uploads.weight(self._db)
        for row in rows:
            held += row.size
            if held > most * _MEGABYTE:
                raise TooLargeError(
                    f"with {row.name}, files that listeners brought would take"
                    f" {held / _MEGABYTE:,.0f} MB, and {most:,} are allowed",
                    remedy="Forget some, or raise the setting SEGUE_UPLOADS_MEGABYTES",
                )

    def _sweep(self, folder: Path, *, known: set[str] | None) -> None:
        """Remove what a server that ended left half done; where all are `known`, any other too."""
        if not folder.is_dir():
            return
        for path in folder.iterdir():
            partial = _OURS.fullmatch(path.name)
            if partial is None and (known is None or path.name in known):
                continue
            process = "" if partial is None else partial[1].replace("~", "/")
            dead = process not in _WRITING and gone(process, ours=self._name)
            with suppress(FileNotFoundError):  # who was writing it has finished meanwhile
                if dead or time.time() - path.stat().st_mtime > _ABANDONED:
                    path.unlink()

    def _partial(self, name: str) -> str:
        """What a file is called while it is written, by which it is known if that breaks off."""
        return f"{name}~{self._name.replace('/', '~')}{_PARTIAL}"

    def _key(self, token: str) -> tuple[str, str]:
        return (token, repr(sorted(embeddings.standing_in(self._db).items())))

    def _arriving(self, token: str) -> Path:
        return self.folder / self._partial(token)

    def _place(self, token: str) -> Path:
        return self.folder / token

    def _remove(self, token: str) -> None:
        for ending in ("", heard.ENDING):
            self.folder.joinpath(f"{token}{ending}").unlink(missing_ok=True)


def _no_longer(brought: Brought) -> NotFoundError:
    return NotFoundError(f"the file {brought.name} is no longer there", remedy="Bring it again")


def _unwritable(error: OSError, folder: Path, setting: str) -> UnavailableError:
    return UnavailableError(
        f"the server cannot keep files ({error.strerror})",
        remedy=f"Make room or give rights to its folder {folder.name}, or set {setting}",
    )
