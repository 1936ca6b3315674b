"""Spotify's Web API: covers, and playlists with their tracks.

Asked only where the person has registered an app with Spotify and gives its id and secret
(``spotify_id``, ``spotify_secret``): nothing of Spotify may be asked without, and nothing is asked
unless somebody wishes it. An app signs in by itself, not for a listener (client credentials, RFC
6749, section 4.4), so that it sees what is public alone.

``client``   what can be asked, kept by a `segue.caching.Cache`
``calls``    one request: time limits, tries, back-off, circuit
``deadlines`` an end to every wait on a connection
``manners``  how long to wait between two of them
``token``    the access token, fetched again shortly before it expires
``reading``  from answers to records; fields may be missing, and often are
``covers``   which addresses of pictures are fetched

Addresses are those of the settings; no redirect is followed, and no address out of an answer is
asked, except pictures of Spotify's own hosts.

Reference: https://developer.spotify.com/documentation/web-api. Since 2026 an app in "development
mode" is given less than one with "extended quota"; both forms of an answer are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segue.sources.spotify.client import Spotify
from segue.sources.spotify.manners import HASTY, PATIENT, Manners

if TYPE_CHECKING:
    from segue.records import Track
    from segue.settings import Settings

__all__ = ["HASTY", "PATIENT", "Manners", "Spotify", "configured", "spotify_id"]


def configured(settings: Settings) -> bool:
    """Whether Spotify may be asked: both the id and the secret of an app are set."""
    return bool(settings.spotify_id.strip() and settings.spotify_secret.get_secret_value().strip())


def spotify_id(track: Track) -> str | None:
    """What Spotify calls a track; None where nobody has said."""
    from segue.sources.spotify.reading import is_id

    return next(
        (one.value for one in track.outside_ids if one.scheme == "spotify" and is_id(one.value)),
        None,
    )
