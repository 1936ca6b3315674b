"""``segue train …``: models, spaces and lenses, learned from tables, folders or the catalogue.

The only way from here to `segue.training`, which needs packages that serving does not: those of the
extras ``attributes``, ``train`` for networks, and ``playlists``.
"""

from __future__ import annotations

import typer

from segue.cli.train import attributes, ears, latent, lenses, maps, places
from segue.cli.verb import add

app = typer.Typer(
    help="Train models: what is known of some tracks, learned for all others.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

add(app, attributes.attributes)
add(app, ears.sound)
add(app, ears.genre)
add(app, latent.latent)
add(app, places.playlists)
add(app, places.factors)
add(app, places.together)
add(app, lenses.balanced)
add(app, maps.map_, name="map")
