"""Files that listeners bring: held until they expire, listened to, kept or forgotten.

Each lies in a folder of the catalogue's own (``NAME.uploads`` beside ``NAME.db``) under its token.
It is written beside that name and gets it when it is whole, then its row is written: whenever the
server ends, what is left is either a file that is listened to at the next start, or is swept away.
Of what was heard only the file is kept; its description is made again when it is asked for after
a restart, by the networks that stand then.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import shutil
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool

from segue.catalogue import embeddings, jobs, uploads
from segue.descriptors.cache import user_folder
from segue.errors import BadFileError, NotFoundError, SegueError, TooLargeError, UnavailableError
from segue.exports.naming import file_name
from segue.jobs.looking import SCAN
from segue.jobs.owner import gone, new_name
from segue.serve.hearing import AT_ONCE, listened, renamed
from segue.serve.uploads import shown
from segue.sources.formats import sniff

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

    from starlette.datastructures import UploadFile

    from segue.catalogue.uploads import Brought
    from segue.jobs.runner import Runner, Work
    from segue.library import Segue
    from segue.recommend.seeds import Seed

_log = logging.getLogger(__name__)

UPLOAD = "upload"
"""Name of the kind of work that listens to a file."""

_MEGABYTE = 1_000_000
_DAY = 86_400.0
_REMEMBERED = 64
_ABANDONED = 3600.0
_PARTIAL = ".part"
_CHUNK = 1 << 20


class Store:
    """The files that listeners brought to one library.

    Parameters
    ----------
    segue
        The open library.
    """

    def __init__(self, segue: Segue) -> None:
        self._segue, self._db = segue, segue.database
        path, settings = self._db.path, segue.settings
        # A catalogue on a server has no place beside it.
        beside = user_folder() / "catalogue" if path is None else path
        self.folder = beside.with_suffix(".uploads")
        chosen = settings.upload_folder
        self.music = (
            beside.with_suffix(".music") if chosen is None else chosen.expanduser().absolute()
        )
        self._seeds: OrderedDict[tuple[str, str], Seed] = OrderedDict()
        self._lock = threading.Lock()
        self._room = threading.BoundedSemaphore(AT_ONCE)
        self._name = new_name()

    async def take(self, file: UploadFile) -> str:
        """Put a file that was sent into the store; its token.

        Raises
        ------
        BadFileError
            It is empty.
        TooLargeError
            All that listeners brought would take more than the settings allow.
        UnavailableError
            The store, or the catalogue, cannot be written to.
        """
        return await run_in_threadpool(self._take, file.file, shown(file.filename))

    def path(self, brought: Brought) -> Path:
        """Where the bytes of a file lie; NotFoundError where they are gone."""
        path = self._place(brought.token) if brought.kept is None else Path(brought.kept)
        if not path.is_file():
            raise NotFoundError(
                f"the file {brought.name} is no longer there", remedy="Bring it again"
            )
        return path

    def seed(self, brought: Brought) -> Seed:
        """What a file is as a seed; listened to where nobody remembers.

        Raises
        ------
        SegueError
            It cannot be described; speaks of it by its sender's name.
        """
        key = (brought.token, repr(sorted(embeddings.standing_in(self._db).items())))
        with self._lock:
            if key in self._seeds:
                self._seeds.move_to_end(key)
                return self._seeds[key]
        with self._room:
            seed = listened(self._segue, self.path(brought), name=brought.name)
        with self._lock:
            self._seeds[key] = seed
            while len(self._seeds) > _REMEMBERED:
                self._seeds.popitem(last=False)
        return seed

    def hear(self, work: Work) -> str:
        """The work ``upload``: listen to a file, then read it from end to end."""
        token = str(work.payload["token"])
        brought = uploads.get(self._db, token)
        work.tell(0, 2, "Listening to 30 seconds from its middle")
        try:
            self.seed(brought)
        except (BadFileError, NotFoundError) as error:
            uploads.refuse(self._db, token, reason=str(error))
            self._remove(token)
            raise
        uploads.heard(self._db, token)
        work.tell(1, 2, "Heard. Reading all of it for its waveform")
        work.write()
        try:
            path = self.path(brought)
            uploads.measured(self._db, token, self._segue.measure(path))
        except BadFileError as error:
            # What recommending needs was heard; only its waveform is lacking.
            return str(renamed(error, path, name=brought.name))
        work.tell(2, 2, "Heard")
        return "Heard"

    def keep(self, brought: Brought, *, runner: Runner) -> int:
        """Add a file to the catalogue's own music folder, and have that looked through: the job.

        Raises
        ------
        UnavailableError
            The music folder cannot be written to.
        """
        if brought.kept is None:
            source = self.path(brought)
            with source.open("rb") as stream:
                ending = sniff(stream, size=source.stat().st_size)
            try:
                self.music.mkdir(parents=True, exist_ok=True)
                target = self._free(Path(brought.name).stem, ending)
                shutil.copyfile(source, partial := target.with_name(f".{target.name}{_PARTIAL}"))
                os.replace(partial, target)
            except OSError as error:
                raise _unwritable(error, self.music, "SEGUE_UPLOAD_FOLDER") from error
            uploads.keep(self._db, brought.token, path=str(target))
            self._remove(brought.token)
        return runner.submit(SCAN, {"root": str(self.music)}, address="jobs")

    def forget(self, token: str) -> None:
        """Let nothing of a file be left: not on disk, not in the catalogue, not among jobs."""
        with self._lock:
            for key in [key for key in self._seeds if key[0] == token]:
                del self._seeds[key]
        self._remove(token)
        jobs.forget(self._db, UPLOAD, {"token": token})
        uploads.forget(self._db, token)

    def tidy(self) -> Iterator[Mapping[str, Any]]:
        """Forget what has expired, sweep away what broke off; payloads of what nobody listens to.

        A file whose job was given up is refused with the job's reason.
        """
        if self._db.read_only:
            return
        for brought in uploads.stale(self._db, now=time.time()):
            _log.info("a file that was brought has expired")
            self.forget(brought.token)
        self._sweep()
        for brought in uploads.unheard(self._db):
            payload = {"token": brought.token}
            job = jobs.of(self._db, UPLOAD, payload)
            if job is None:
                yield payload
            elif job.state in {"failed", "cancelled"}:
                cancelled = "It was cancelled before it was listened to."
                reason = job.message if job.state == "failed" else cancelled
                uploads.refuse(self._db, brought.token, reason=reason)
                self._remove(brought.token)

    def _take(self, source: BinaryIO, name: str) -> str:
        token = secrets.token_urlsafe(16)
        settings = self._segue.settings
        partial = self.folder / f"{token}~{self._name.replace('/', '~')}{_PARTIAL}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            size, digest = _copied(source, partial)
            if size == 0:
                raise BadFileError("the file is empty", where=name, remedy="Send another")
            held = uploads.weight(self._db) + size
            if held > settings.uploads_megabytes * _MEGABYTE:
                raise TooLargeError(
                    f"with {name}, files that listeners brought would take"
                    f" {held / _MEGABYTE:,.0f} MB, and {settings.uploads_megabytes:,} are allowed",
                    remedy="Forget some, or raise the setting SEGUE_UPLOADS_MEGABYTES",
                )
            os.replace(partial, self._place(token))
            uploads.add(
                self._db,
                token=token,
                name=name,
                size=size,
                content_hash=digest,
                expires=time.time() + settings.upload_days * _DAY,
            )
        except OSError as error:
            raise _unwritable(error, self.folder, "SEGUE_DATABASE") from error
        except SegueError:
            self._remove(token)
            raise
        finally:
            partial.unlink(missing_ok=True)
        return token

    def _sweep(self) -> None:
        """Remove files without a row: of a server that ended while it took them in."""
        if not self.folder.is_dir():
            return
        known = uploads.all_tokens(self._db)
        for path in self.folder.iterdir():
            token, _, process = path.name.removesuffix(_PARTIAL).partition("~")
            if token in known and not process:
                continue
            dead = gone(process.replace("~", "/"), ours=self._name)
            if dead or time.time() - path.stat().st_mtime > _ABANDONED:
                path.unlink(missing_ok=True)

    def _place(self, token: str) -> Path:
        return self.folder / token

    def _remove(self, token: str) -> None:
        self._place(token).unlink(missing_ok=True)

    def _free(self, title: str, ending: str) -> Path:
        """A name in the music folder that no file has yet."""
        copy = 1
        while (path := self.music / file_name(title, ending=ending, copy=copy)).exists():
            copy += 1
        return path


def _copied(source: BinaryIO, target: Path) -> tuple[int, str]:
    """Copy to the disk, as far as it goes; how many bytes, and their hash."""
    source.seek(0)
    size, digest = 0, hashlib.sha256()
    with target.open("wb") as file:
        while chunk := source.read(_CHUNK):
            file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _unwritable(error: OSError, folder: Path, setting: str) -> UnavailableError:
    return UnavailableError(
        f"the server cannot keep files ({error.strerror})",
        remedy=f"Make room or give rights to its folder {folder.name}, or set {setting}",
    )
