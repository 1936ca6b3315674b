"""Routes for programs: JSON out, problems as application/problem+json.

::

    library     tracks, their neighbours, search           playlists   those of the catalogue
    browsing    facets, artists, albums, genres             uploads     files that are brought
    batch       many seeds at once, ids of callers          jobs        work in the background
    sets        continued, mixed, wished, understood        maps        spaces on a plane
    journeys    paths, orders, radios                       figures     statistics, plays
    recommend   a file, in one request                      known       lenses, models, folders
    listening   opinions                                    events      what happens, as it happens
    judgements  blind comparisons                           state       status, duplicates, health

What they share: `asking` (in whose name), `freshness` (ETags), `once` (keys of requests), `sending`
(bytes), `document` (what the OpenAPI document says beyond the routes).
"""

from __future__ import annotations

from segue.serve.api import (
    batch,
    browsing,
    events,
    figures,
    health,
    jobs,
    journeys,
    judgements,
    known,
    library,
    listening,
    maps,
    playlists,
    recommend,
    sets,
    state,
    uploads,
)

routers = (
    library.router,
    batch.router,
    sets.router,
    journeys.router,
    recommend.router,
    uploads.router,
    browsing.router,
    figures.router,
    playlists.router,
    listening.router,
    known.router,
    known.others,
    judgements.router,
    maps.router,
    jobs.router,
    state.router,
    events.router,
    health.router,
)
"""Every router of the API."""
