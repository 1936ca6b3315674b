"""Examples of a table: its columns of numbers, or its audio as described; with what is known of it.

To learn from, rows are taken once each; to judge a finished model on, as they stand.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from segue.attributes import choosing
from segue.attributes.checks import gaps
from segue.attributes.examples import COLUMNS, Examples
from segue.descriptors import extract
from segue.errors import BadRequestError, UnavailableError
from segue.jobs.examples import BOTH, Gathered, descriptor_names, inputs_of, once
from segue.jobs.hearing_tables import hear_all
from segue.records import Rejection
from segue.sources.example_tables import ATTRIBUTES, nothing_left, read_examples
from segue.sources.previews import POLITE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from segue.attributes.choosing import Chosen
    from segue.attributes.manifest import Manifest
    from segue.settings import Settings
    from segue.sources.example_tables import Columns, ExampleTable
    from segue.sources.previews import Manners
    from segue.types import Progress


def from_table(
    path: Path,
    *,
    columns: Columns,
    settings: Settings,
    targets: Sequence[str] = (),
    audio: str = "",
    pipeline: str = BOTH,
    manners: Manners = POLITE,
    on_progress: Progress | None = None,
) -> Gathered:
    """Examples of a table, to learn from.

    Parameters
    ----------
    path
        The table.
    columns
        What its columns mean, as far as their names do not say it.
    settings
        How to hear audio, and where it is cached.
    targets
        What is to be learned, by name; empty for those of the eleven that the table has.
    audio
        The column with paths or addresses of audio; empty where features are columns of numbers.
    pipeline
        Which descriptors of the audio: one of `PIPELINES`.
    manners
        How servers are treated.
    on_progress
        Called with (done, total, what).

    Raises
    ------
    NotFoundError, UnavailableError, BadRequestError, BadTableError
        There is no such table; it lacks columns; none of its rows can be used.
    """
    began = time.monotonic()
    names = descriptor_names(pipeline)
    asked = choosing.parted(targets)
    texts = (*asked.columns, *((audio,) if audio else ()))
    wanted = replace(columns, attributes=asked.attributes, texts=texts)
    if audio:
        wanted = replace(wanted, features=())
    table = _read(path, wanted, on_progress)
    chosen = choosing.choose(table, targets, without=columns.without)
    hashes: tuple[str, ...] = ()
    examples, rejected = _of_columns(table, chosen), table.rejections
    if audio:
        ears = _Ears(audio, names, settings, manners, on_progress)
        examples, hashes, rejected = ears.listen(table, examples)
    kept = once(examples.ids if table.own_ids else (), hashes, count=len(examples))
    return Gathered(
        examples=examples.at(kept),
        targets=chosen.targets,
        read=table.read,
        repeated=len(examples) - len(kept),
        rejections=rejected,
        notes=(*table.notes, *chosen.notes, *gaps(examples.at(kept), chosen.targets)),
        seconds=time.monotonic() - began,
    )


def for_model(
    path: Path,
    *,
    manifest: Manifest,
    columns: Columns,
    settings: Settings,
    audio: str = "",
    manners: Manners = POLITE,
    on_progress: Progress | None = None,
) -> Gathered:
    """Examples of a table, to judge a finished model on: its features, and the targets there are.

    Parameters
    ----------
    manifest
        Of the model. Columns that it does not know are left alone.
    columns, settings, audio, manners, on_progress
        As for `from_table`.

    Raises
    ------
    NotFoundError, UnavailableError, BadRequestError, BadTableError
        As `from_table`; a feature that the model takes is missing; or audio is heard otherwise
        now than it was for the model.
    """
    began = time.monotonic()
    held = [target.column for target in manifest.targets.targets]
    wanted = replace(
        columns,
        attributes=tuple(name for name in held if name in ATTRIBUTES),
        perhaps=tuple(name for name in held if name not in ATTRIBUTES),
        texts=(audio,) if audio else (),
        features=() if audio else manifest.names,
        exact=True,
    )
    if audio:
        _check_heard_alike(manifest, settings)
    table = _read(path, wanted, on_progress)
    chosen = choosing.known(manifest.targets, table)
    examples, rejected = _of_columns(table, chosen), table.rejections
    if audio:
        ears = _Ears(audio, manifest.names, settings, manners, on_progress)
        examples, _, rejected = ears.listen(table, examples)
    return Gathered(
        examples=examples,
        targets=manifest.targets,
        read=table.read,
        repeated=0,
        rejections=rejected,
        notes=(*table.notes, *chosen.notes),
        seconds=time.monotonic() - began,
    )


def _read(path: Path, columns: Columns, on_progress: Progress | None) -> ExampleTable:
    table = read_examples(path, columns=columns, on_progress=on_progress)
    if not len(table):
        raise nothing_left(table.path, table.rejections)
    return table


def _of_columns(table: ExampleTable, chosen: Chosen) -> Examples:
    return Examples(
        ids=table.ids,
        names=table.names,
        features=table.features,
        values=chosen.values,
        artists=table.artists,
        inputs=COLUMNS,
        source=table.path.name,
        digest=table.digest,
        labels=chosen.labels,
    )


@dataclass(frozen=True, slots=True)
class _Ears:
    """How the audio of a table is heard: which column, which descriptors, and the rest."""

    column: str
    names: Sequence[str]
    settings: Settings
    manners: Manners
    told: Progress | None

    def listen(
        self, table: ExampleTable, silent: Examples
    ) -> tuple[Examples, tuple[str, ...], tuple[Rejection, ...]]:
        """Examples of the rows whose audio could be heard, their hashes, and all rejections."""
        heard = hear_all(
            table.texts[self.column],
            folder=table.path.absolute().parent,
            settings=self.settings,
            manners=self.manners,
            on_progress=self.told,
        )
        refused = (
            Rejection(place=str(table.path), line=table.lines[row], reason=reason)
            for row, reason in heard.reasons.items()
        )
        rejected = tuple(sorted((*table.rejections, *refused), key=lambda each: each.line or 0))
        if not heard.files:
            raise nothing_left(table.path, rejected)
        rows = np.array(sorted(heard.files), dtype=np.int64)
        files = [heard.files[row] for row in rows.tolist()]
        places = [extract.COLUMNS[name] for name in self.names]
        hashes = tuple(file.content_hash for file in files)
        examples = replace(
            silent.at(rows),
            names=tuple(self.names),
            features=np.stack([file.vector[places] for file in files]),
            inputs=inputs_of(self.settings),
            source=f"{table.path.name}, audio in its column {self.column!r}",
            digest=hashlib.sha256("\n".join((table.digest, *hashes)).encode()).hexdigest(),
        )
        return examples, hashes, rejected


def _check_heard_alike(manifest: Manifest, settings: Settings) -> None:
    if manifest.inputs == COLUMNS:
        raise BadRequestError(
            f"the model {manifest.name} takes columns of a table, not audio",
            remedy="Leave --audio-column out",
        )
    if manifest.inputs != inputs_of(settings):
        raise UnavailableError(
            f"the model {manifest.name} was trained on {manifest.inputs}, and files are now heard"
            f" as {inputs_of(settings)}",
            remedy="Set SEGUE_EXCERPT_SECONDS and SEGUE_EXCERPTS as they were, or train it again",
        )
