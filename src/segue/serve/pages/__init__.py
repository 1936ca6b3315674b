"""Routes for people: whole pages from the server, parts of pages where htmx asks for a part."""

from __future__ import annotations

from segue.serve.pages import (
    about,
    account,
    describe,
    docs,
    events,
    favourites,
    jobs,
    library,
    listening,
    live,
    login,
    manifest,
    map,
    mix,
    models,
    opinions,
    path,
    playlists,
    shelves,
    statistics,
    track,
    uploads,
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
    map.router,
    listening.router,
    uploads.router,
    live.router,
    jobs.router,
    events.router,
    models.router,
    about.router,
    login.router,
    account.router,
    docs.router,
    manifest.router,
)
"""Every router of the pages."""
