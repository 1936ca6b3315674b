"""How far playlists of a service elsewhere have been fetched, so that it goes on after a stop."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, ForeignKey, Index, Integer, Table, Text

from segue.catalogue.schema.shape import metadata

crawls = Table(
    "crawls",
    metadata,
    Column("asked", Text, primary_key=True, comment="what is wanted, in one line"),
    Column("place", Integer, nullable=False, comment="where the listing goes on"),
    Column("listed", Boolean, nullable=False, comment="the listing has come to its end"),
    Column("begun", Double, nullable=False),
    Column("finished", Double, comment="empty: it goes on from here"),
)

crawled = Table(
    "crawled",
    metadata,
    Column("asked", ForeignKey("crawls.asked", ondelete="CASCADE"), primary_key=True),
    Column("value", Text, primary_key=True, comment="the playlist's id where it comes from"),
    Column("number", Integer, nullable=False, comment="its place in the listing"),
    Column("state", Text, nullable=False, comment="waiting, taken, failed"),
    Column("version", Text, nullable=False, comment="of what was taken; empty: none was"),
    Column("reason", Text, nullable=False, comment="why it failed"),
    Index("ix_crawled_state", "asked", "state", "number"),
    comment="the playlists of a crawl",
)
