"""What a training of ears is asked for, and what is refused before any work is done."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from segue.cli.working import Working
from segue.errors import BadRequestError, UnavailableError
from segue.models.folder import digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from segue.jobs.teachable import Positives

PACKAGES = ("torch", "onnx", "onnxscript")
"""What teaching a network needs."""


VERSIONS = 4
"""Of each track, where it is altered on the waveform."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the command line asks for.

    Attributes
    ----------
    spaces
        Networks, in the order in which they are taught.
    out
        The folder of embedders; None for the catalogue's.
    folder, table, library
        Where the music is; none of them means the catalogue.
    hours
        Time for everything.
    working
        Who hears.
    rejections
        Where to write down what cannot be heard.
    columns
        Of the table: `audio`, `artists`, `genre`; "" where they are called as usual.
    encoding
        Of the table.
    positives
        What shall belong together; None leaves it to what there is.
    start
        The network that one of sound starts from.
    options
        Fields of `segue.training.ears.plan.Plan`, None where it decides.
    """

    spaces: tuple[str, ...]
    out: Path | None = None
    folder: Path | None = None
    table: Path | None = None
    library: bool = False
    hours: float | None = None
    working: Working = field(default_factory=Working)
    rejections: Path | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    positives: Positives | None = None
    start: Path | None = None
    scratch: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def music(self) -> str:
        """Where the music is, as it is written down."""
        if self.folder is not None:
            return f"the folder {_whole(self.folder)}"
        if self.table is not None:
            return f"the table {_whole(self.table)}"
        return "the catalogue"

    @property
    def versions(self) -> int:
        """How many versions of each track are drawn on the waveform."""
        return VERSIONS if self.options["augmentation"] == "waveform" else 0

    @property
    def seed(self) -> int:
        """What settles everything left to chance."""
        return int(self.options["seed"])

    @property
    def begins_with(self) -> Path | None:
        """The folder of the network that they begin with; None for chance."""
        from segue.embedding import shelf

        if self.scratch:
            return None
        if self.start is not None:
            return _whole(self.start)
        return shelf.find(shelf.SHIPPED).get("sound")

    def asked(self) -> dict[str, Any]:
        """What decides which material is gathered: another run goes on only with the same."""
        return {"music": self.music, "seed": self.seed, "versions": self.versions}

    def of(self, space: str) -> dict[str, Any]:
        """What decides how one network comes out of that material."""
        asked: dict[str, Any] = {**self.options, "library": self.library}
        begins = self.begins_with
        asked["start"] = None if begins is None else digest(begins)
        if space == "sound":
            asked["positives"] = self.positives
        else:
            asked = {name: each for name, each in asked.items() if name not in ("loss", "hard")}
        return asked


def _whole(path: Path) -> Path:
    return path.expanduser().absolute()


def check(wanted: Wanted) -> None:
    """Refuse options that do not go together.

    Raises
    ------
    BadRequestError
        Says which.
    """
    places = {"--folder": wanted.folder, "--table": wanted.table, "--library": wanted.library}
    given = [name for name, value in places.items() if value]
    if len(given) > 1:
        raise BadRequestError(
            f"{given[0]} and {given[1]} both say where the music is",
            remedy="Give one of them; none means the catalogue",
        )
    if wanted.library and wanted.out is not None:
        raise BadRequestError(
            "--library puts networks into the catalogue's own folder, and --out names another",
            remedy="Leave one of them away; the setting SEGUE_MODELS_FOLDER moves the catalogue's",
        )
    if not wanted.library and wanted.out is None:
        raise BadRequestError(
            "nobody says where the network is to be written",
            remedy="Name a folder with --out, or learn from your own music with --library",
        )
    if wanted.scratch and wanted.start is not None:
        raise BadRequestError(
            "--start and --from-scratch both say what to begin with", remedy="Give one of them"
        )
    if wanted.hours is not None and wanted.hours <= 0:
        raise BadRequestError(f"{wanted.hours:g} hours are no time", where="--hours")
    columns = [name for name, value in wanted.columns.items() if value]
    if wanted.table is None and (columns or wanted.encoding):
        option = "--encoding" if not columns else f"--{columns[0].removesuffix('s')}-column"
        raise BadRequestError(
            f"{option} says something of a table, and --table is missing",
            remedy="Name the table, or leave the option out",
        )


def check_place(place: Path, spaces: tuple[str, ...], *, judged: bool = False) -> None:
    """Refuse a folder of embedders that cannot be written to, or where something else stands.

    Parameters
    ----------
    judged
        Whether networks may come into `REJECTED` instead.

    Raises
    ------
    UnavailableError
        Says what is in the way.
    """
    from segue.jobs.known_embedders import REJECTED
    from segue.training import replacing

    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(
            f"the folder of embedders cannot be made ({error.strerror})",
            where=str(place),
            remedy="Name another with --out, or with the setting SEGUE_MODELS_FOLDER",
        ) from error
    if not os.access(place, os.W_OK):
        raise UnavailableError(
            "the folder of embedders may not be written to",
            where=str(place),
            remedy="Name another with --out, or with the setting SEGUE_MODELS_FOLDER",
        )
    for space in spaces:
        replacing.check_place(place / space)
        if judged:
            replacing.check_place(place / REJECTED / space)
