"""The manifest of an embedder: what its network hears, what it gives, and what it was taught with.

An embedder is a folder (`segue.models.folder`) that holds ``manifest.json`` and one graph in ONNX,
``embedder.onnx``. The manifest names the space, declares the front end (`segue.embedding.fronts`)
and says which output of the graph are the vectors and how wide they are. Whatever graph lies beside
such a manifest is an embedder, whoever made it; the first six fields are all it takes, the others
are what Segue says of networks it has taught.

The sha256 of the graph must be there: vectors are known by the manifest they come from, and so a
graph that changes must change it too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from segue.embedding.fronts import front_of
from segue.models.folder import plain
from segue.models.soundness import bad, check_files, check_format, check_kinds, is_name

if TYPE_CHECKING:
    from segue.embedding.fronts import Front
    from segue.models.soundness import Kinds

FORMAT = 1
"""Raised when the manifest or the graphs change their meaning."""

GRAPH = "embedder.onnx"
"""The name of the graph's file."""

WIDEST = 8192
"""More numbers than the vector of any embedder has."""

MOST_WINDOWS = 200
"""More windows than any track needs."""

_SPACE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")
_KINDS: Kinds = {
    **dict.fromkeys(("space", "name", "version", "created", "output"), str),
    **dict.fromkeys(("width", "windows"), int),
    **dict.fromkeys(("unit", "synthetic"), bool),
    **dict.fromkeys(("labels", "history", "notes"), list),
    **dict.fromkeys(("front", "files", "data", "parameters", "metrics", "parity"), dict),
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Manifest:
    """What is written beside the graph of one embedder.

    Attributes
    ----------
    format
        Which rules folder and graph keep (`FORMAT`).
    space
        The space its vectors make: letters, digits and "_", as its folder is called.
    name
        Of the embedder: letters, digits, ".", "_" and "-".
    front
        How windows are made from sound: `kind` and what that kind declares.
    width
        How many numbers a vector has.
    files
        sha256 by the name of the graph's file.
    output
        What the graph calls the vectors.
    unit
        Whether every vector is brought to length 1 after the graph.
    windows
        How many of them a track is heard in.
    labels
        Genres in the order of the output `probabilities`; empty where the graph names none.
    synthetic
        Whether it was taught with invented music alone.
    version
        Of Segue, that taught it; empty where it did not.
    created
        When, ISO 8601, UTC.
    data
        What it was taught with: `tracks`, `artists`, `genres`, `source`, `digest`, licences.
    parameters
        Of the teaching.
    metrics
        How good the neighbours are that it finds.
    parity
        How far the graph is from what was taught.
    history
        How the teaching went: `step`, `loss`, `validation`.
    notes
        What else is worth knowing, as sentences.
    """

    format: int = FORMAT
    space: str
    name: str
    front: Mapping[str, Any]
    width: int
    files: Mapping[str, str] = field(default_factory=dict)
    output: str = "embedding"
    unit: bool = True
    windows: int = 10
    labels: tuple[str, ...] = ()
    synthetic: bool = False
    version: str = ""
    created: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    parity: Mapping[str, Any] = field(default_factory=dict)
    history: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def unproven(self) -> bool:
        """Taught with invented music alone, and nobody has shown that it helps with real music.

        What shows it is the decision in its metrics (`segue.jobs.verdict`), where that was taken
        on real music.
        """
        decision = self.metrics.get("decision")
        said = decision if isinstance(decision, Mapping) else {}
        shown = said.get("at_work") is True and said.get("invented") is False
        return self.synthetic and not shown

    def hears(self) -> Front:
        """The front end it declares."""
        return front_of(self.front)

    def to_json(self) -> dict[str, Any]:
        """As it is written."""
        written: dict[str, Any] = plain({each.name: getattr(self, each.name) for each in _FIELDS})
        return written

    @classmethod
    def from_json(cls, document: Any) -> Manifest:  # noqa: ANN401 (that is what is found out)
        """From what was read; what may be left out is as above.

        Raises
        ------
        UnavailableError
            It is written in another format.
        BadFileError
            A field is missing, unknown, or holds what it must not.
        """
        check_format(document, FORMAT)
        _check_text(document)
        names = [each.name for each in _FIELDS]
        for name in document:
            if name not in names:
                raise bad(f"holds {name!r}, which no manifest of an embedder has")
        whole = _left_out() | document
        check_kinds(whole, _KINDS, words=("labels", "notes"))
        texts = {name: tuple(whole[name]) for name in ("labels", "history", "notes")}
        manifest = cls(**whole | texts)
        check(manifest)
        return manifest


_FIELDS = fields(Manifest)


def _left_out() -> dict[str, Any]:
    """What the fields hold that may be left out, as JSON; a manifest without `files` is none."""
    factories: dict[str, Any] = {
        each.name: {} for each in _FIELDS if each.default_factory is not MISSING
    }
    given = {each.name: each.default for each in _FIELDS if each.default is not MISSING}
    stated: dict[str, Any] = plain(factories | given)
    del stated["files"]
    return stated


def _check_text(document: Mapping[str, Any]) -> None:
    """Refuse what cannot be written again: JSON may hold half a character, UTF-8 may not."""
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise bad("holds what cannot be written again, such as half a character") from None


def check(manifest: Manifest) -> None:
    """Refuse a manifest whose parts do not go together.

    Raises
    ------
    BadFileError
        Says what is wrong.
    """
    check_stated(manifest)
    check_files(manifest.files, (GRAPH,), of="its windows")


def check_stated(manifest: Manifest) -> None:
    """The same of all but the graph's file, as can be done before there is one.

    Raises
    ------
    BadFileError
        Says what is wrong.
    """
    if not is_space(manifest.space):
        raise bad(f"calls the space {manifest.space!r}, which is no name of one")
    if not is_name(manifest.name):
        raise bad(f"calls the embedder {manifest.name!r}, which is no name")
    if not 1 <= manifest.width <= WIDEST:
        raise bad(f"says that vectors have {manifest.width:,} numbers; 1 to {WIDEST:,} are read")
    if not 1 <= manifest.windows <= MOST_WINDOWS:
        raise bad(f"says that a track has {manifest.windows:,} windows; it may 1 to {MOST_WINDOWS}")
    if "" in manifest.labels or len(set(manifest.labels)) < len(manifest.labels):
        raise bad("has a label twice, or one without a name")
    if not all(isinstance(each, dict) for each in manifest.history):
        raise bad("holds something else than steps in 'history'")
    front_of(manifest.front)


def is_space(name: str) -> bool:
    """Whether the space of an embedder may be called so: letters, digits and "_"."""
    return _SPACE.fullmatch(name) is not None
