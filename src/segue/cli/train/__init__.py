"""``segue train attributes|sound|genre``: models, trained from tables, folders or the catalogue.

The only way from here to `segue.training`, which needs packages that serving does not: those of the
extra ``attributes``, and of ``train`` for networks that hear.
"""

from __future__ import annotations

import typer

from segue.cli.train import attributes, ears, latent, maps
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
add(app, maps.map_, name="map")
