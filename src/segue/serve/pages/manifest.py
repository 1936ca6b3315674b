"""What a browser needs to put Segue among the applications of a phone or a desktop.

Its addresses are relative to its own, so that they hold under every base path. There is no
service worker: it would keep copies of pages, and a copy of yesterday's catalogue, queue or
progress is worse than a plain word that the server is away; the static files are kept for a year
by their addresses already.
"""

from __future__ import annotations

from fastapi import APIRouter, Response
from starlette.responses import JSONResponse

from segue.serve.addresses import edition
from segue.serve.rendering import GROUND

router = APIRouter(include_in_schema=False)


@router.api_route("/manifest.webmanifest", methods=["GET", "HEAD"])
def manifest() -> Response:
    """The web application manifest."""
    icons = [
        ("icon-192.png", 192, "any"),
        ("icon-512.png", 512, "any"),
        ("icon-maskable-512.png", 512, "maskable"),
    ]
    return JSONResponse(
        {
            "name": "Segue",
            "short_name": "Segue",
            "description": "Similar music from your own catalogue, with the reason on every row.",
            "id": "./",
            "start_url": "./",
            "scope": "./",
            "display": "standalone",
            "background_color": "#f8f6f2",
            "theme_color": GROUND["light"],
            "categories": ["music"],
            "icons": [
                {
                    "src": f"static/{edition()}/{name}",
                    "sizes": f"{pixels}x{pixels}",
                    "type": "image/png",
                    "purpose": purpose,
                }
                for name, pixels, purpose in icons
            ],
            "shortcuts": [
                {"name": "Describe a song", "url": "./describe"},
                {"name": "Upload a file", "url": "./upload"},
                {"name": "Favourites", "url": "./favourites"},
            ],
        },
        media_type="application/manifest+json",
        headers={"Cache-Control": "no-cache"},
    )
