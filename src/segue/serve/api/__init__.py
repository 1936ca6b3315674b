"""Routes for programs: JSON out, problems as application/problem+json."""

from __future__ import annotations

from segue.serve.api import health, journeys, judgements, library, listening, recommend, sets

routers = (
    library.router,
    sets.router,
    journeys.router,
    recommend.router,
    listening.router,
    judgements.router,
    health.router,
)
"""Every router of the API."""
