"""One network: taught in the work folder, judged where that is asked for, put in its place."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from segue.errors import SegueError, UnavailableError
from segue.jobs.known_embedders import REJECTED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from segue.cli.session import Session
    from segue.embedding.manifest import Manifest
    from segue.embedding.material import Material
    from segue.jobs.verdict import Verdict
    from segue.training.ears.plan import Plan
    from segue.types import Progress


@dataclass(frozen=True, slots=True)
class Placed:
    """One network that is in place: where, what it says of itself, and how it was judged.

    `at_work` says whether answers are made from what it heard, which they are once that is all.
    """

    space: str
    folder: Path
    manifest: Manifest
    verdict: Verdict | None
    at_work: bool = False

    @property
    def helps(self) -> bool:
        """Whether it was judged, and is better than descriptors."""
        return self.verdict is not None and self.verdict.helps


def taught(
    session: Session,
    work: Path,
    space: str,
    *,
    material: Material,
    plan: Plan,
    asked: Mapping[str, Any],
) -> Path:
    """The folder of a taught network, not yet in place.

    One that an interrupted run finished is taken as it is, if the same was asked for.

    Parameters
    ----------
    work
        The work folder.
    asked
        What decides how the network comes out, as JSON can hold it: with the music that it learns
        from and the music that it must not know.
    """
    folder, mark = work / space, work / f"{space}.json"
    wish = {**asked, "digest": material.digest, "minutes": plan.minutes, "finished": False}
    before = _said(mark)
    if before == {**wish, "finished": True} and _opens(folder, space):
        session.note(f"The network {space} was taught before; it is put in place now.")
        return folder
    if before is not None and before | {"finished": False} != wish:
        session.note(f"Something else was asked of the network {space} before: it is taught anew.")
    _say(mark, wish)
    from segue.training.ears.learn import train_genre, train_sound

    train = train_sound if space == "sound" else train_genre
    with session.meter() as on_progress:
        train(material, out=folder, plan=plan, on_progress=_named(on_progress, space))
    _say(mark, {**wish, "finished": True})
    return folder


def placed(folder: Path, places: Path, *, verdict: Verdict | None) -> Placed:
    """Put a taught network where it belongs, in one step, with what is now said of it.

    Parameters
    ----------
    folder
        Where it was taught.
    places
        The folder of embedders. One that was judged and does not help comes into `REJECTED`
        there, and whatever is at work stays.

    Raises
    ------
    UnavailableError
        It cannot be written.
    """
    from segue.embedding.embedder import Embedder
    from segue.embedding.manifest import GRAPH
    from segue.models.folder import FILE, written
    from segue.training import replacing

    manifest = Embedder.load(folder).manifest
    if verdict is not None:
        manifest = replace(manifest, metrics={**manifest.metrics, **verdict.to_json()})
    helps = verdict is None or verdict.helps
    place = places / manifest.space if helps else places / REJECTED / manifest.space
    content = {FILE: written(manifest.to_json()), GRAPH: (folder / GRAPH).read_bytes()}
    replacing.place(place, content, attempt=Embedder.load)
    return Placed(manifest.space, place, manifest, verdict)


def _named(on_progress: Progress, space: str) -> Progress:
    """Progress that says which network it is of."""
    return lambda done, total, what: on_progress(done, total, f"{space}: {what}")


def _said(mark: Path) -> dict[str, Any] | None:
    """What was asked of the network beside it, and whether it is finished; None for nothing."""
    try:
        said = json.loads(mark.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) else None


def _say(mark: Path, said: Mapping[str, Any]) -> None:
    """Write that down.

    Raises
    ------
    UnavailableError
        It cannot be written.
    """
    try:
        mark.write_text(json.dumps(dict(said)), encoding="utf-8")
    except OSError as error:
        raise UnavailableError(
            f"the work folder cannot be written to ({error.strerror})",
            where=str(mark),
            remedy="Make room, and run the same command again: what was learned stays",
        ) from error


def _opens(folder: Path, space: str) -> bool:
    """Whether a finished network lies there."""
    from segue.embedding.embedder import Embedder

    try:
        Embedder.load(folder, space=space)
    except SegueError:
        return False
    return True
