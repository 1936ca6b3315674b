"""What a player asks of the server itself: whether it is there, what it can, who is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue.catalogue.folders import folders
from segue.errors import UnavailableError
from segue.jobs.looking import SCAN
from segue.serve.subsonic.asked import Endpoint
from segue.serve.subsonic.callers import name_of
from segue.serve.subsonic.faults import MISSING, NOT_ALLOWED, FaultError
from segue.serve.subsonic.songs import moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.jobs.runner import Runner
    from segue.serve.subsonic.asked import Asked

EXTENSIONS: dict[str, tuple[int, ...]] = {
    "apiKeyAuthentication": (1,),
    "formPost": (1,),
    "songLyrics": (1,),
    "sonicSimilarity": (1,),
    "transcodeOffset": (1,),
}
"""What is answered beyond the Subsonic API, and in which versions."""

FOLDER = {"id": 0, "name": "Music"}
"""The one folder: all music folders of the catalogue together."""


def ping(_: Asked) -> Mapping[str, Any]:
    """That the server is there."""
    return {}


def license_(_: Asked) -> Mapping[str, Any]:
    """That it costs nothing."""
    return {"license": {"valid": True}}


def extensions(_: Asked) -> Mapping[str, Any]:
    """What is answered beyond the Subsonic API."""
    listed = [{"name": name, "versions": list(known)} for name, known in EXTENSIONS.items()]
    return {"openSubsonicExtensions": listed}


def music_folders(_: Asked) -> Mapping[str, Any]:
    """The one folder."""
    return {"musicFolders": {"musicFolder": [FOLDER]}}


def token_info(asked: Asked) -> Mapping[str, Any]:
    """Whose the key is."""
    if not asked.given("apiKey"):
        raise FaultError(MISSING, "the parameter 'apiKey' is missing", remedy="Give a key")
    return {"tokenInfo": {"username": name_of(asked.listener)}}


def user(asked: Asked) -> Mapping[str, Any]:
    """What the one who asks may do; of others nothing is told."""
    name = " ".join(asked.need("username").split())
    own = name_of(asked.listener)
    if name != own:
        raise FaultError(
            NOT_ALLOWED, f"nothing is told of {name[:80]!r}", remedy=f"Ask for {own!r}, who asks"
        )
    keeps = asked.caller.how != "open"
    may = asked.caller.scopes
    roles = dict.fromkeys(
        ("admin", "settings", "upload", "coverArt", "comment", "podcast", "jukebox", "share",
         "videoConversion"),
        False,
    )  # fmt: skip
    roles |= {"stream": "listen" in may, "download": "listen" in may}
    roles["playlist"] = "write" in may and keeps
    return {
        "user": {
            "username": own,
            "scrobblingEnabled": "listen" in may and keeps,
            **{f"{name}Role": allowed for name, allowed in roles.items()},
            "folder": [FOLDER["id"]],
        }
    }


def scan_status(asked: Asked) -> Mapping[str, Any]:
    """Whether music folders are being looked through, and how many songs there are."""
    runner: Runner = asked.request.app.state.runner
    busy = any(each.job.kind == SCAN for each in runner.standing())
    known = folders(asked.segue.database)
    last = max((each.scanned or 0.0 for each in known), default=0.0)
    shelves = asked.segue.shelves_ready()
    return {
        "scanStatus": {
            "scanning": busy,
            "count": None if shelves is None else int(shelves.corpus.playable.sum()),
            "folderCount": len(known),
            "lastScan": moment(last) if last else None,
        }
    }


def start_scan(asked: Asked) -> Mapping[str, Any]:
    """Look through every known music folder again."""
    runner: Runner = asked.request.app.state.runner
    known = folders(asked.segue.database)
    if not known:
        raise UnavailableError(
            "there is no music folder to look through",
            remedy="Add one where Segue runs: segue scan FOLDER",
        )
    for each in known:
        runner.submit(SCAN, {"root": str(each.root)}, address="jobs")
    return scan_status(asked)


ENDPOINTS = (
    Endpoint("ping", ping, "says that the server is there"),
    Endpoint("getLicense", license_, "says that it costs nothing"),
    Endpoint(
        "getOpenSubsonicExtensions", extensions, "what is answered beyond Subsonic", anybody=True
    ),
    Endpoint("getMusicFolders", music_folders, "one folder, which is all there is"),
    Endpoint("tokenInfo", token_info, "whose a key is"),
    Endpoint("getUser", user, "what the one who asks may do"),
    Endpoint("getScanStatus", scan_status, "whether folders are being looked through"),
    Endpoint(
        "startScan", start_scan, "looks through all folders again", scope="write", changes=True
    ),
)
