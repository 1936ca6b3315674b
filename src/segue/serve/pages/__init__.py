"""Routes for people: whole pages from the server, parts of pages where htmx asks for a part."""

from __future__ import annotations

from segue.serve.pages import (
    about,
    describe,
    docs,
    favourites,
    library,
    manifest,
    mix,
    models,
    opinions,
    path,
    playlists,
    shelves,
    statistics,
    status,
    track,
    upload,
)

routers = (
    library.router,
    shelves.router,
    track.router,
    describe.router,
    opinions.router,
    favourites.router,
    statistics.router,
    mix.router,
    path.router,
    playlists.router,
    upload.router,
    status.router,
    models.router,
    about.router,
    docs.router,
    manifest.router,
)
"""Every router of the pages."""
