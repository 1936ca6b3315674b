"""Work in the background, the files of listeners, and files that could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import Field

from segue.serve.schemas.model import ID, Model
from segue.serve.telling import told

if TYPE_CHECKING:
    from segue.catalogue.uploads import Brought
    from segue.jobs.runner import Standing

TOKEN = "hTqk1ZbW0v3mXy8LrN5cJg"  # noqa: S105 (an example)
"""What finds a file that was brought, for examples."""


class Refusal(Model):
    """A file that a job could do nothing with."""

    place: str = Field(examples=["/music/broken.mp3"])
    reason: str = Field(examples=["It is not audio."])


class Job(Model):
    """One piece of work in the background. Times are seconds since 1970."""

    id: int = Field(examples=[1])
    kind: str = Field(description="scan, teach, map, upload or waveform.", examples=["scan"])
    state: str = Field(
        description="queued, running, done, failed, cancelled or interrupted.", examples=["queued"]
    )
    title: str = Field(examples=["Looking through music: /music"])
    message: str = Field(
        description="What it is at, what came of it, or why it failed.", examples=[""]
    )
    done: int = Field(examples=[0])
    total: int | None = Field(examples=[None])
    rate: float = Field(description="Done a second; 0 where nothing can be said.", examples=[0.0])
    eta: float | None = Field(description="Seconds until it is done.", examples=[None])
    created: float = Field(examples=[1795862400.0])
    started: float | None = Field(examples=[None])
    finished: float | None = Field(examples=[None])
    attempts: int = Field(description="How often it was begun.", examples=[0])
    open: bool = Field(description="Whether it is not over.", examples=[True])
    refused: list[Refusal] = Field([], examples=[[]])

    @classmethod
    def of(cls, standing: Standing) -> Self:
        """From the record."""
        job, said = standing.job, told(standing)
        return cls(
            id=job.id,
            kind=job.kind,
            state=job.state,
            title=said.title,
            message=job.message,
            done=job.done,
            total=job.total,
            rate=said.rate,
            eta=said.eta,
            created=job.created,
            started=job.started,
            finished=job.finished,
            attempts=job.attempts,
            open=job.open,
            refused=[Refusal(place=place, reason=reason) for place, reason in job.refused],
        )


class Jobs(Model):
    """Jobs, the newest first, and where the next ones start."""

    jobs: list[Job]
    count: int = Field(description="Jobs in this answer.", examples=[1])
    next: int | None = Field(
        description="Pass as `after` for the next page; null on the last.", examples=[1]
    )


class FailedFile(Model):
    """A file that could not be read."""

    path: str = Field(examples=["/music/broken.mp3"])
    reason: str = Field(examples=["It is not audio."])
    attempts: int = Field(examples=[1])
    content_hash: str = Field(description="What it is tried again by.", examples=["9f86d081884c"])
    changed: float = Field(
        description="When it failed, seconds since 1970.", examples=[1795862400.0]
    )


class FailedFiles(Model):
    """Files that could not be read, in the order of their paths."""

    files: list[FailedFile]
    count: int = Field(description="Files in this answer.", examples=[1])


class Queued(Model):
    """How many files are tried again, and the job that does it."""

    files: int = Field(examples=[0])
    job: int | None = Field(description="Null where there is nothing to do.", examples=[None])


class Upload(Model):
    """A file that a listener brought. Whoever knows its token has it."""

    token: str = Field(description="What it is found by; nobody can guess it.", examples=[TOKEN])
    name: str = Field(examples=["song.mp3"])
    size: int = Field(description="Bytes.", examples=[4_801_223])
    state: str = Field(description="waiting, heard, refused or kept.", examples=["waiting"])
    reason: str = Field(description="Why it was refused; else empty.", examples=[""])
    created: float = Field(description="Seconds since 1970.", examples=[1795862400.0])
    expires: float = Field(description="When it is forgotten.", examples=[1796467200.0])
    duration: float | None = Field(
        None, description="Seconds; null until all of it was read.", examples=[None]
    )
    loudness: float | None = Field(None, description="LUFS.", examples=[None])
    track_id: str | None = Field(
        None, description="The track of the catalogue that it is; null: none.", examples=[ID]
    )

    @classmethod
    def of(cls, brought: Brought, *, track_id: str | None) -> Self:
        """From the record."""
        recording = brought.recording
        return cls(
            token=brought.token,
            name=brought.name,
            size=brought.size,
            state=brought.state,
            reason=brought.reason,
            created=brought.created,
            expires=brought.expires,
            duration=None if recording is None else recording.duration,
            loudness=None if recording is None else recording.loudness,
            track_id=track_id,
        )


class Uploads(Model):
    """Files that were brought."""

    uploads: list[Upload]
    count: int = Field(examples=[1])
