"""Segue: similar music from your own catalogue, with the reason on every row.

Data flows down this list of folders, imports point the other way only::

    sources      outside → records: music folders, tables, playlist files, the demo world
    catalogue    what we know, in SQL
    audio        file → samples
    descriptors  samples → numbers with a meaning
    models       what every model's folder is: a manifest and graphs in ONNX
    embedding    samples → vectors that a network gives
    latent       facts about a track → its code
    attributes   descriptors → energy, valence, key: estimated, or predicted by a model
    index        nearest neighbours
    spaces       senses of likeness, one file each, one protocol (segue.snapshot.Space)
    snapshots    what was built, kept in files
    recommend    the answer: seeds and sets of them, lenses, selection, reasons
    evaluation   how good it is: metrics, intervals, reports
    training     what is fitted: attributes, networks, playlists, codes, weights of lenses
    assemble     the only wiring: catalogue → snapshot → engine
    jobs         work in the background: scan, analyse
    library      the class `Segue`: what a Python program uses
    serve, cli   the web and the command line
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segue.library import Segue

    __version__: str

__all__ = ["Segue", "__version__"]


def __getattr__(name: str) -> object:
    """Load `Segue` and the version on first use, so that importing the package costs nothing."""
    if name == "Segue":
        from segue.library import Segue

        return Segue
    if name == "__version__":
        from importlib.metadata import version

        return globals().setdefault(name, version("segue"))
    raise AttributeError(f"module 'segue' has no attribute {name!r}")
