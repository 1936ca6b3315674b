"""What tables share: names of constraints, and columns that stand in many of them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def track() -> Column[int]:
    """The track a row is of, as (a part of) its key; the row goes with it."""
    return Column("track_id", ForeignKey("tracks.id", ondelete="CASCADE"), primary_key=True)


def link() -> Column[int]:
    """The link that brought a row; empty where it came by itself."""
    return Column("link_id", ForeignKey("links.id", ondelete="SET NULL"))


def listener() -> Column[int]:
    """Whose a row is; it goes with the listener."""
    return Column(
        "listener_id", ForeignKey("listeners.id", ondelete="CASCADE"), nullable=False, index=True
    )


def content(name: str, *, index: bool = False) -> Column[str]:
    """The recording a row is of, as (a part of) its key."""
    recording = ForeignKey("recordings.content_hash", ondelete="CASCADE")
    return Column(name, recording, primary_key=True, index=index)
