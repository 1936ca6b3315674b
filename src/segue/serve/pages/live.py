"""Live listening: a microphone, a file that plays, or what the player plays, and what is like it.

The browser takes the sound apart and sends it; this page holds the buttons, and what is drawn by
the server lands in it (`segue.serve.live`).
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from segue.library.live import ENOUGH
from segue.serve import live as conversations
from segue.serve.fields import lens_choices
from segue.serve.guard import CONTENT_SECURITY_POLICY, HEADERS
from segue.serve.rendering import render
from segue.serve.shelf import Library

router = APIRouter(include_in_schema=False)
router.include_router(conversations.router)

_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY.replace(
        "media-src 'self'", "media-src 'self' blob:"
    ),
    "permissions-policy": HEADERS["permissions-policy"].replace(
        "microphone=()", "microphone=(self)"
    ),
}
"""What this page alone may: use a microphone, and play a file that was chosen from the disk."""


@router.api_route("/live", methods=["GET", "HEAD"])
def live(request: Request, segue: Library) -> Response:
    """The page; nothing is asked of the browser before a button is pressed."""
    return render(
        "live.html",
        request=request,
        headers=_HEADERS,
        lenses=lens_choices(segue),
        enough=f"{ENOUGH:.0f}",
        most=segue.settings.live_listeners,
    )
