"""The manifest of an encoder: which facts it takes, what it was taught with, and how well it does.

An encoder is a folder (`segue.models.folder`) that holds ``manifest.json`` and one graph in ONNX,
``encoder.onnx``; a catalogue keeps the same two in one place (`segue.catalogue.trained`).

The graph takes ``tracks``, float32, shape (n, numbers + 6), and gives ``code``, shape (n, width).
A row of it holds the numbers that the manifest names, NaN for the unknown; then the places of two
artists, three genres and one emotion among the manifest's words, counted from 1. 0 is the unknown
entry, and -1 an empty place behind it. Means and deviations are in the graph.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from segue.latent.moods import Moods
from segue.latent.numbers import NUMBERS
from segue.models.folder import plain
from segue.models.soundness import bad, check_files, check_format, check_kinds, is_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.models.soundness import Kinds

FORMAT = 1
"""Raised when the manifest or the graph changes its meaning."""

GRAPH = "encoder.onnx"
"""The name of the graph's file."""

ARTISTS, GENRES = 2, 3
"""How many artists and genres of a track are looked at, the first ones that are known."""

WIDEST = 256
"""More numbers than any code has."""

_WORDS = ("numbers", "artists", "genres", "emotions", "notes")
_KINDS: Kinds = {
    **dict.fromkeys(("name", "version", "created"), str),
    "width": int,
    **dict.fromkeys((*_WORDS, "history"), list),
    **dict.fromkeys(("moods", "files", "data", "parameters", "metrics", "parity"), dict),
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Manifest:
    """What is written beside the graph of one encoder.

    Attributes
    ----------
    format
        Which rules folder and graph keep (`FORMAT`).
    name
        Of the encoder: letters, digits, ".", "_" and "-".
    version
        Of Segue, that taught it.
    created
        When, ISO 8601, UTC.
    width
        How many numbers a code has.
    numbers
        Which of `numbers.NUMBERS` it takes, in their order.
    artists, genres, emotions
        The words it knows, in their normal form.
    moods
        The classifier that names an emotion where nobody does (`Moods`); empty where there is none.
    files
        sha256 by the name of the graph's file.
    data
        What it was taught with: `tracks`, `artists`, `source`.
    parameters
        Of the teaching.
    metrics
        How well it does on tracks kept aside.
    parity
        How far the graph is from what was taught.
    history
        How the teaching went: `epoch`, `training`, `validation`.
    notes
        What else is worth knowing, as sentences.
    """

    format: int = FORMAT
    name: str
    version: str
    created: str
    width: int
    numbers: tuple[str, ...]
    artists: tuple[str, ...]
    genres: tuple[str, ...]
    emotions: tuple[str, ...]
    moods: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    parity: Mapping[str, Any] = field(default_factory=dict)
    history: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def inputs(self) -> int:
        """How wide a row is that the graph takes."""
        return len(self.numbers) + ARTISTS + GENRES + 1

    def namer(self) -> Moods | None:
        """The classifier of moods, if there is one."""
        return Moods.from_json(self.moods) if self.moods else None

    def to_json(self) -> dict[str, Any]:
        """As it is written."""
        written: dict[str, Any] = plain({each.name: getattr(self, each.name) for each in _FIELDS})
        return written

    @classmethod
    def from_json(cls, document: Any) -> Manifest:  # noqa: ANN401 (that is what is found out)
        """From what was read.

        Raises
        ------
        UnavailableError
            It is written in another format.
        BadFileError
            A field is missing, or holds what it must not.
        """
        check_format(document, FORMAT)
        whole = _left_out() | {name: document[name] for name in _NAMES if name in document}
        check_kinds(whole, _KINDS, words=_WORDS)
        texts = {name: tuple(whole[name]) for name in (*_WORDS, "history")}
        manifest = cls(**whole | texts)
        check(manifest)
        return manifest


_FIELDS = fields(Manifest)
_NAMES = tuple(each.name for each in _FIELDS)


def _left_out() -> dict[str, Any]:
    """What the fields hold that may be left out, as JSON."""
    given: dict[str, Any] = {}
    for each in _FIELDS:
        if each.default_factory is not MISSING:
            given[each.name] = each.default_factory()
        elif each.default is not MISSING:
            given[each.name] = plain(each.default)
    return given


def check(manifest: Manifest) -> None:
    """Refuse a manifest whose parts do not go together.

    Raises
    ------
    BadFileError
        Says what is wrong.
    """
    if not is_name(manifest.name):
        raise bad(f"calls the encoder {manifest.name!r}, which is no name")
    if not 1 <= manifest.width <= WIDEST:
        raise bad(f"says that codes have {manifest.width:,} numbers; 1 to {WIDEST} are read")
    known = [name for name in NUMBERS if name in set(manifest.numbers)]
    if known != list(manifest.numbers):
        raise bad("names numbers that no track has, or not in their order")
    for kind in ("artists", "genres", "emotions"):
        words = getattr(manifest, kind)
        if "" in words or len(set(words)) < len(words):
            raise bad(f"has a word twice among its {kind}, or an empty one")
    if not all(isinstance(each, dict) for each in manifest.history):
        raise bad("holds something else than steps in 'history'")
    manifest.namer()
    check_files(manifest.files, (GRAPH,), of="its codes")
