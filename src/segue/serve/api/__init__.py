"""Routes for programs: JSON out, problems as application/problem+json."""

from __future__ import annotations

from segue.serve.api import health, library, listening, recommend

routers = (library.router, listening.router, recommend.router, health.router)
"""Every router of the API."""
