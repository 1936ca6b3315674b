"""Examples of the catalogue: tracks with given attributes whose sound was described."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

import numpy as np

from segue.attributes import choosing
from segue.attributes.checks import gaps, unlearnable
from segue.attributes.examples import Examples
from segue.attributes.targets import MUSICAL
from segue.catalogue.learning import learnable
from segue.descriptors import extract
from segue.errors import BadRequestError, NotFoundError
from segue.jobs.examples import BOTH, Gathered, descriptor_names, inputs_of, once
from segue.jobs.passes import first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segue.attributes.targets import TargetSet
    from segue.catalogue.database import Database
    from segue.settings import Settings

_CHROMA = "chroma_c_mean"
"""A descriptor without which a key cannot be turned."""


def from_catalogue(
    db: Database,
    *,
    settings: Settings,
    targets: Sequence[str] = (),
    without: Sequence[str] = (),
    pipeline: str = BOTH,
    folds: int = 5,
) -> Gathered:
    """Examples of the catalogue: tracks with given attributes whose sound was described.

    Parameters
    ----------
    settings
        How files are heard: only what was heard in this way counts.
    targets
        Names of some of the eleven; empty for all of them that can be learned.
    without
        Names or patterns of targets that are left out.
    pipeline
        Which descriptors: one of `PIPELINES`.
    folds
        In how many parts they will be learned from, which decides what can be learned.

    Raises
    ------
    BadRequestError
        A name is none of the eleven, a pattern fits none, or there is no such pipeline.
    NotFoundError
        There is nothing to learn from.
    """
    began = time.monotonic()
    names = descriptor_names(pipeline)
    _check_known(targets, without)
    found = learnable(db, first(settings).stage)
    if not len(found):
        raise NotFoundError(
            "no track of the catalogue has both given attributes and analysed audio",
            where=db.where,
            remedy="Import a table with attributes (`segue import tracks`) and analyse the files"
            " (`segue analyse FOLDER`), or give a table with --table",
        )
    vectors = found.vectors[:, [extract.COLUMNS[name] for name in names]]
    facts = hashlib.sha256("\n".join((*found.ids, *found.hashes)).encode())
    for name, values in found.attributes.items():
        facts.update(name.encode() + values.tobytes())
    examples = Examples(
        ids=found.ids,
        names=names,
        features=vectors,
        values=found.attributes,
        artists=found.artists,
        inputs=inputs_of(settings),
        source=f"the catalogue {db.where}",
        digest=facts.hexdigest(),
        labels={},
    )
    rows = once(found.ids, found.hashes, count=len(found))
    kept = examples.at(rows)
    chosen, notes = _learnable_targets(kept, targets, without, folds=folds)
    notes += [f"{found.synthetic:,} of the tracks are invented."] if found.synthetic else []
    if found.otherwise:
        notes.append(
            f"{found.otherwise:,} more tracks were heard otherwise than the settings say;"
            " `segue analyse` hears them again."
        )
    return Gathered(
        examples=kept,
        targets=chosen,
        read=len(examples),
        repeated=len(examples) - len(kept),
        rejections=(),
        notes=(*notes, *gaps(kept, chosen)),
        seconds=time.monotonic() - began,
    )


def _learnable_targets(
    examples: Examples, names: Sequence[str], without: Sequence[str], *, folds: int
) -> tuple[TargetSet, list[str]]:
    """Those of the eleven that were asked for, or that can be learned from the catalogue."""
    known = {name: each for name, each in examples.values.items() if not np.isnan(each).all()}
    asked = choosing.musical(examples.values if names else known, names)
    if names:
        return asked, []
    wanted = [each for each in asked.targets if not choosing.left_out(each, without)]
    heard = _CHROMA in examples.names
    reasons: dict[str, str] = {}
    for target in sorted(wanted, key=lambda each: each.name == "key"):  # after the mode
        turned = target.name == "key" and heard and reasons.get("mode") == ""
        reasons[target.name] = unlearnable(examples, target, folds=folds, turned=turned)
    kept = choosing.among(asked, [name for name, reason in reasons.items() if not reason])
    if not kept.targets:
        raise NotFoundError(
            "the catalogue gives no attribute that could be learned",
            where=examples.source,
            remedy="; ".join(filter(None, reasons.values())) or "Leave less out with --without",
        )
    return kept, [f"Not learned: {reason}." for reason in reasons.values() if reason]


def _check_known(targets: Sequence[str], without: Sequence[str]) -> None:
    there = [target.name for target in MUSICAL.targets]
    strange = list(choosing.parted(targets).columns)
    strange += [
        pattern
        for pattern in without
        if not any(choosing.left_out(target, (pattern,)) for target in MUSICAL.targets)
    ]
    if strange:
        raise BadRequestError(
            f"the catalogue knows nothing of {strange[0]!r}",
            remedy=f"It knows {', '.join(there)}; other targets need a table (--table)",
        )
