"""What a training of ears says: how a night is shared out, what was heard, what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue.cli.progress import duration
from segue.cli.summary import rejections

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from segue.cli.train.networks import Placed
    from segue.cli.train.wanted import Wanted
    from segue.jobs.night import Night
    from segue.jobs.settled import Settled
    from segue.jobs.verdict import Verdict

WINDOWS_A_SECOND = 1200
"""What one core learns from, by which steps are reckoned beforehand."""


def _steps(seconds: float, wanted: Wanted, *, tracks: int) -> tuple[int, float]:
    """About how many batches a network learns from, and in how many seconds."""
    from segue.training.ears.plan import Plan, steps_for

    plan = Plan()
    windows = plan.batch[0] * plan.batch[1]
    needed = wanted.options.get("steps") or steps_for(tracks, plan.batch)
    # It learns twice: until it is best on artists it does not know, and so long from all.
    pace = WINDOWS_A_SECOND / windows / 2
    steps = max(1, min(needed, round(seconds * pace)))
    return steps, steps / pace


def night(night: Night, wanted: Wanted, *, tracks: int) -> str:
    """How the hours are shared out, before they begin."""
    heard = (
        f"{night.tracks:,} tracks"
        if night.tracks == tracks
        else (f"{night.tracks:,} of {tracks:,} tracks")
    )
    parts = []
    if night.hearing:
        parts.append(f"{heard} are heard in {duration(night.hearing)}")
    each = "the network learns" if len(wanted.spaces) == 1 else "each network learns"
    steps, seconds = _steps(night.learning, wanted, tracks=night.tracks)
    parts.append(
        f"{each} from about {steps:,} batches in {duration(seconds)},"
        f" and has {duration(night.learning)}"
    )
    if night.around:
        parts.append(f"{duration(night.around)} are kept for embedding all files")
    return f"In {wanted.hours:g} h: {'; '.join(parts)}."


def gathered(found: Settled) -> str:
    """The paragraph about material that was gathered."""
    material = found.material
    artists, genres = set(material.artists) - {""}, set(material.genres) - {""}
    sums = f"{found.heard:,} heard + {found.repeated:,} repeated + {found.rejected:,} rejected"
    if found.left:
        sums += f" + {found.left:,} left for another night"
    nobodys = sum(not found.tracks[row].artist for row in found.originals.tolist())
    lines = [
        f"Found {found.listed:,} files in {material.source} = {sums}, in"
        f" {duration(found.seconds)}.",
        f"{len(artists):,} artists, {len(genres):,} genres; {nobodys:,} tracks are nobody's.",
    ]
    lines += [f"Note: {note}" for note in found.notes]
    lines += rejections(
        found.rejections,
        total=len(found.rejections),
        verb="rejected",
        rest="--rejections FILE writes them",
    )
    return "\n".join(lines)


def resumed(found: Settled) -> str:
    """That an interrupted training is gone on with."""
    return (
        f"Going on with {found.heard:,} tracks of {found.material.source} that were heard"
        " before; what has been added since is for the next training."
    )


def document(done: Sequence[Placed], found: Settled) -> dict[str, Any]:
    """What came of it, for JSON."""
    return {
        "material": {
            "source": found.material.source,
            "digest": found.material.digest,
            "listed": found.listed,
            "heard": found.heard,
            "repeated": found.repeated,
            "left": found.left,
            "rejected": found.rejected,
            "rejections": found.rejections,
            "notes": found.notes,
            "seconds": found.seconds,
        },
        "networks": [
            {
                "space": each.space,
                "folder": each.folder,
                "helps": None if each.verdict is None else each.verdict.helps,
                "at_work": None if each.verdict is None else each.at_work,
                "manifest": each.manifest.to_json(),
            }
            for each in done
        ],
    }


def shown(done: Sequence[Placed]) -> Iterator[str]:
    """What came of it, a paragraph a network."""
    for each in done:
        size = sum(file.stat().st_size for file in each.folder.iterdir() if file.is_file())
        data = each.manifest.data
        yield (
            f"{each.space}: learned from {data.get('tracks', 0):,} tracks; the network lies in"
            f" {each.folder} ({size / 1e6:,.1f} MB)."
        )
        if each.verdict is not None:
            yield judged(each.verdict, at_work=each.at_work)


def decided(verdict: Verdict) -> str:
    """What was decided, as soon as it is."""
    from segue.evaluation.retrieval import METRICS

    return (
        f"{verdict.space} {'helps' if verdict.helps else 'does not help'} here:"
        f" {METRICS[verdict.metric]} {verdict.ours.value:.3f}, and {verdict.theirs.value:.3f} by"
        " descriptors alone."
    )


def judged(verdict: Verdict, *, at_work: bool) -> str:
    """Both figures, and what follows from them."""
    from segue.evaluation.retrieval import METRICS

    label = METRICS[verdict.metric]
    ours, theirs, apart = verdict.ours.value, verdict.theirs.value, verdict.difference
    figures = (
        f"  On {verdict.tracks:,} tracks by {verdict.artists:,} artists held back: {label}"
        f" {ours:.3f} by {verdict.method}, {theirs:.3f} by descriptors alone; a difference of"
        f" {apart.value:+.3f} ({apart.low:+.3f} to {apart.high:+.3f})."
    )
    if verdict.helps and at_work:
        return f"{figures}\n  It helps here, and is at work now."
    if verdict.helps:
        return (
            f"{figures}\n  It helps here, and takes its place once every file is heard:"
            " `segue analyse` goes on with that."
        )
    return f"{figures}\n  It does not help here: it is kept, and nothing changes."
