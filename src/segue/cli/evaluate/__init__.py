"""``segue evaluate``: one table of every method, and each question by itself.

With ``segue train`` the only way to `segue.training`, since playlists held out are learned from
anew.
"""

from __future__ import annotations

import typer

from segue.cli import continuation, ratings
from segue.cli.evaluate import models, whole
from segue.cli.verb import add, add_whole

app = typer.Typer(
    rich_markup_mode=None,
)

add_whole(app, whole.whole)
add(app, models.attributes)
add(app, models.audio)
add(app, continuation.playlists)
add(app, ratings.ratings)
