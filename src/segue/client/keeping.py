"""Playlists, opinions, files and jobs: the part of the client that changes something."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from segue.client.answers import FileAnswer, Job, Kept, Opinion, Upload
from segue.client.asking import API, Asking
from segue.client.reading import read
from segue.client.writing import asked
from segue.errors import BadFileError, BusyError, NotFoundError
from segue.records import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from segue.client.writing import Lens
    from segue.records import Dials, Filters

T = TypeVar("T")

_LOOK_SECONDS = 0.2


class Keeping(Asking):
    """What is kept on the server."""

    # -- files --------------------------------------------------------------------------------

    def from_audio(
        self, path: str | Path, *, top_n: int = 10, lens: Lens | None = None
    ) -> FileAnswer:
        """Tracks like an audio file, in one request; the file is not kept."""
        query = {"top_n": top_n, **asked(n=None, lens=lens, filters=None)}
        told = self.send(
            "POST", "/recommend/from-audio", query=query, file=_content(path), again=True
        )
        return read(FileAnswer, told)

    def upload(self, path: str | Path, *, key: str | None = None) -> Upload:
        """Bring a file; it is listened to in the background (see `wait`).

        Parameters
        ----------
        key
            Of this request: sent again with the same key, nothing is brought twice. A new one when
            None; where the connection breaks it is sent again with that.
        """
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        told = self.send("POST", f"{API}/uploads", file=_content(path), headers=headers, again=True)
        return read(Upload, told["uploads"][0])

    def uploaded(self, upload: Upload | str) -> Upload:
        """How a file stands that was brought; NotFoundError once it is forgotten."""
        return read(Upload, self.send("GET", f"{API}/uploads/{_token(upload)}"))

    def wait(self, upload: Upload | str, *, seconds: float = 120.0) -> Upload:
        """Wait until a file was listened to.

        Raises
        ------
        BadFileError
            It was refused.
        BusyError
            It still waits after so many seconds.
        """
        found = _until(
            lambda: self.uploaded(upload), lambda one: one.state != "waiting", seconds=seconds
        )
        if found.state == "refused":
            raise BadFileError(found.reason.removesuffix("."), where=found.name)
        return found

    def similar_to(
        self,
        upload: Upload | str,
        *,
        n: int | None = None,
        lens: Lens | None = None,
        filters: Filters | None = None,
        dials: Dials | None = None,
    ) -> Answer:
        """Tracks like a file that was brought and listened to, with reasons."""
        query = asked(n=n, lens=lens, filters=filters, dials=dials)
        return read(
            Answer, self.send("GET", f"{API}/uploads/{_token(upload)}/similar", query=query)
        )

    def add(self, upload: Upload | str) -> Job:
        """Add a file to the catalogue; the job that does it."""
        return read(Job, self.send("POST", f"{API}/uploads/{_token(upload)}/keep"))

    def forget(self, upload: Upload | str) -> None:
        """Let nothing of a file be left."""
        self.send("DELETE", f"{API}/uploads/{_token(upload)}")

    # -- playlists ----------------------------------------------------------------------------

    def playlists(self, words: str = "") -> Iterator[Kept]:
        """All playlists, those made here first."""
        query = {"q": words, "limit": 200}
        for each in self.pages(f"{API}/playlists", query=query, name="playlists"):
            yield read(Kept, each)

    def playlist(self, number: int) -> Kept:
        """One playlist with all of its tracks."""
        path = f"{API}/playlists/{number}"
        first = self.send("GET", path, query={"limit": 500})
        listed, after = list(first["tracks"]), first["next"]
        while after is not None:
            page = self.send("GET", path, query={"limit": 500, "after": after})
            listed, after = [*listed, *page["tracks"]], page["next"]
        return read(Kept, {**first, "tracks": listed})

    def keep(self, title: str, tracks: Sequence[str], *, listener: str | None = None) -> Kept:
        """Keep tracks as a playlist, in this order."""
        body = {"title": title, "tracks": list(tracks), "listener": listener}
        return read(Kept, self.send("POST", f"{API}/playlists", body=body))

    def change(
        self, playlist: Kept, *, title: str | None = None, tracks: Sequence[str] | None = None
    ) -> Kept:
        """Give a playlist made here another title, other tracks, or both.

        Raises
        ------
        UnavailableError
            It was changed by somebody else since it was read.
        """
        body: dict[str, Any] = {"edition": playlist.edition}
        body |= {} if title is None else {"title": title}
        body |= {} if tracks is None else {"tracks": list(tracks)}
        return read(Kept, self.send("PATCH", f"{API}/playlists/{playlist.number}", body=body))

    def delete(self, playlist: Kept) -> None:
        """Delete a playlist made here, as it was read."""
        query = {"edition": playlist.edition}
        self.send("DELETE", f"{API}/playlists/{playlist.number}", query=query)

    # -- opinions and ids -----------------------------------------------------------------------

    def opinions(self, *, listener: str | None = None) -> list[Opinion]:
        """What a listener thinks of tracks, the newest first."""
        told = self.send("GET", f"{API}/opinions", query={"listener": listener})
        return [read(Opinion, each) for each in told["opinions"]]

    def give(self, track: str, kind: str, *, listener: str | None = None) -> Opinion:
        """``like``, ``dislike`` or ``skip`` a track."""
        path, query = f"{API}/opinions/{quote(track, safe='')}", {"listener": listener}
        return read(Opinion, self.send("PUT", path, query=query, body={"kind": kind}))

    def undo(self, track: str, *, listener: str | None = None) -> bool:
        """Take an opinion back; whether there was one."""
        path, query = f"{API}/opinions/{quote(track, safe='')}", {"listener": listener}
        return bool(self.send("DELETE", path, query=query)["undone"])

    def attach(self, ids: Mapping[str, str]) -> int:
        """Give tracks further ids, by track as ``scheme:value``; how many are new."""
        parted = ((track, *name.partition(":")[::2]) for track, name in ids.items())
        body = [{"track": t, "scheme": scheme, "value": value} for t, scheme, value in parted]
        return int(self.send("POST", f"{API}/ids", body={"ids": body}, again=True)["attached"])

    # -- jobs -----------------------------------------------------------------------------------

    def jobs(self) -> Iterator[Job]:
        """All jobs, the newest first."""
        for each in self.pages(f"{API}/jobs", query={"limit": 200}, name="jobs"):
            yield read(Job, each)

    def start(
        self, kind: str, *, folder: str = "", hours: float | None = None, space: str = ""
    ) -> Job:
        """Have work done: ``scan`` a folder, ``analyse``, ``teach``, or draw a ``map``."""
        body: dict[str, Any] = {"kind": kind}
        body |= {"folder": folder} if folder else {}
        body |= {} if hours is None else {"hours": hours}
        body |= {"space": space} if space else {}
        return read(Job, self.send("POST", f"{API}/jobs", body=body))

    def job(self, job: Job | int) -> Job:
        """How a job stands."""
        number = job if isinstance(job, int) else job.id
        return read(Job, self.send("GET", f"{API}/jobs/{number}"))

    def cancel(self, job: Job) -> Job:
        """Leave a job."""
        return read(Job, self.send("POST", f"{API}/jobs/{job.id}/cancel"))

    def finished(self, job: Job | int, *, seconds: float = 600.0) -> Job:
        """Wait until a job is over; BusyError where it is not after so many seconds."""
        return _until(lambda: self.job(job), lambda one: not one.open, seconds=seconds)


def _until(look: Callable[[], T], done: Callable[[T], bool], *, seconds: float) -> T:
    """Look until it is so."""
    end = time.monotonic() + seconds
    while not done(found := look()):
        if time.monotonic() > end:
            raise BusyError(f"it is not done after {seconds:g} seconds", remedy="Wait longer")
        time.sleep(_LOOK_SECONDS)
    return found


def _content(path: str | Path) -> tuple[str, bytes]:
    """A file's name and its bytes; NotFoundError where there is none."""
    path = Path(path).expanduser()
    try:
        return path.name, path.read_bytes()
    except OSError as error:
        raise NotFoundError(
            f"the file {path} cannot be read ({error.strerror})", remedy="Check the path"
        ) from error


def _token(upload: Upload | str) -> str:
    return quote(upload if isinstance(upload, str) else upload.token, safe="")
