"""Records as tables and sentences for people; as wide as the terminal, plain in a pipe."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from segue.cli.session import harmless
from segue.cli.summary import sum_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from segue.catalogue.ledger import Cause
    from segue.catalogue.links import Link
    from segue.cli.doctor import Check
    from segue.jobs.known_embedders import EmbedderStatus
    from segue.jobs.learned import LearnedStatus
    from segue.jobs.standing import ModelStatus, Status
    from segue.records import Answer, Journey, Recommendation, Track

GAP = (0, 2, 0, 0)


def clock(seconds: float | None) -> str:
    """Minutes and seconds ("3:07"), hours where there are any; empty when unknown."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def about(track: Track) -> str:
    """What tells a track from others of its name: album, year, genres, length, if invented."""
    parts = (
        track.album,
        str(track.year) if track.year else "",
        ", ".join(track.genres[:3]),
        clock(track.duration),
        "synthetic" if track.synthetic else "",
    )
    return " · ".join(part for part in parts if part)


def answer(found: Answer) -> Iterator[RenderableType]:
    """Recommendations with their reasons, then how they came about."""
    yield _named(found.seed, before="Like ")
    if found.recommendations:
        yield ""
        yield _recommendations(found.recommendations)
    yield ""
    if not found.recommendations:
        yield "Nothing fits."
    yield lens_of(found)
    if found.origin:
        yield f"{found.origin}."
    for note in found.notes:
        yield f"{note}."
    if found.candidates:
        yield f"Compared with {_counted(found.candidates)}."
    inferred = Counter(
        part.space for row in found for part in row.reasons.contributions if part.inferred
    )
    for space, number in inferred.items():
        yield f"In {space}, {number:,} of these {len(found):,} stand by their content alone."
    for space, needs in found.absent.items():
        if space not in found.weights:
            continue
        yield f"Not placed in {space}, which needs {needs}."


def lens_of(found: Answer | Journey) -> str:
    """The lens and its weights; weights of one's own are a lens without a name."""
    name = "Your own lens" if "=" in found.lens else f"Lens {found.lens}"
    if len(found.weights) == 1:
        return f"{name}: {next(iter(found.weights))} alone."
    weights = " + ".join(f"{round(weight, 2):g} {space}" for space, weight in found.weights.items())
    return f"{name}: {weights}."


def _counted(candidates: Mapping[str, int]) -> str:
    parts = [f"{number:,} tracks in {space}" for space, number in candidates.items()]
    return ", ".join(parts)


def _recommendations(rows: Sequence[Recommendation]) -> Table:
    grid = Table.grid(padding=GAP)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    for row in rows:
        what = Text(harmless(row.track.name), style="bold")
        if row.versions:
            what.append(f" (and {len(row.versions)} more of it)", style="dim")
        what.append(f"\n{harmless(row.reasons.sentence)}", style="not bold")
        score = Text(f"{row.score:.3f}", justify="right")
        for name, amount in row.changes.items():
            score.append(f"\n{name} {amount:+.3f}".replace("-", "−"), style="dim")
        grid.add_row(Text(str(row.rank)), what, score)
    return grid


def _named(track: Track, *, before: str = "") -> Text:
    text = Text(before)
    text.append(harmless(track.name), style="bold")
    details = harmless(about(track))
    if details:
        text.append(f" ({details})", style="dim")
    return text


def tracks(found: Sequence[Track], *, query: str) -> RenderableType:
    """Tracks with their ids, one a row."""
    if not found:
        return f"Nothing has all the words of {query!r} in its title, artists or album."
    grid = Table.grid(padding=GAP)
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for track in found:
        grid.add_row(Text(track.id), _named(track))
    return grid


def status(found: Status) -> Iterator[RenderableType]:
    """What the catalogue holds, line by line."""
    counts, ledger, recordings = found.counts, found.ledger, found.recordings
    yield _pairs(
        (
            ("Catalogue", f"{found.url} (epoch {found.epoch})"),
            (
                "Tracks",
                f"{counts.tracks:,} by {counts.artists:,} artists, {counts.genres:,} genres",
            ),
            ("Playable", f"{counts.playable:,} tracks from {counts.files:,} files"),
            ("Missing", f"{counts.missing:,} files no longer there" if counts.missing else ""),
            ("Playlists", f"{counts.playlists:,} with {counts.entries:,} entries"),
            ("Plays", f"{counts.plays:,}"),
            ("Links", ", ".join(f"{number:,} {state}" for state, number in counts.links.items())),
            ("Analysis", sum_of(ledger)),
            ("Whole files", sum_of(recordings)),
            ("Attributes", _provenances(found)),
            ("Model", _model(found.model)),
            *((f"Network {one.space}", _embedder(one)) for one in found.embedders),
            *((f"Learned {one.name}", _learned(one)) for one in found.learned),
            *((f"Space {name}", _placed(found, name)) for name in found.spaces),
        )
    )
    if found.model is not None and found.model.problem:
        yield f"Attributes are not predicted: {found.model.problem}"
    for embedder in found.embedders:
        if embedder.problem:
            yield f"The network of {embedder.space} is not used: {embedder.problem}"
    unheard = (one.waiting for one in found.embedders)
    waiting = max(ledger.queued, recordings.queued, *unheard)
    if not counts.tracks:
        yield "The catalogue is empty: `segue scan FOLDER` or `segue import tracks FILE` fills it."
    elif waiting:
        yield f"{waiting:,} files wait for `segue analyse`."
    if counts.playlists and not found.learned:
        yield (
            "Nothing is learned from these playlists yet: `segue train factors`, then "
            "`segue train balanced`."
        )
    if ledger.failed or recordings.failed:
        yield "What failed and why: `segue status --failures`."


def _provenances(found: Status) -> str:
    """How many tracks have attributes from where, and what estimates are measured by."""
    parts = [f"{number:,} tracks {name}" for name, number in found.attributes.items()]
    if "estimated" in found.attributes:
        names = ", ".join(found.measured)
        most = max(found.measured.values(), default=0)
        own = f"{names} by the given values of {most:,} tracks, " if names else ""
        parts[-1] += f" (measured {own}{'else ' if names else ''}by ordinary music)"
    return ", ".join(parts)


def _model(model: ModelStatus | None) -> str:
    """The model that predicts attributes, and how far it has come."""
    if model is None:
        return ""
    if model.problem:
        return f"{model.folder} cannot be used"
    todo = "; `segue analyse` does the rest" if model.predicted < model.described else ""
    return f"{model.name}: {model.predicted:,} of {model.described:,} described tracks{todo}"


def _embedder(found: EmbedderStatus) -> str:
    """A network that hears, and how far it has come."""
    kind = ", trained on invented music" if found.synthetic else ""
    heard = f"{found.name}{kind}: {found.embedded:,} tracks"
    waiting = f", {found.waiting:,} files wait" if found.waiting else ""
    return {
        "stands": f"{heard}{waiting}",
        "coming": f"{heard}{waiting}; what an earlier one heard stands until it is through",
        "broken": "cannot be used; what it heard stands",
        "gone": f"{found.embedded:,} tracks, by a network that is no longer there",
    }[found.role]


def _learned(found: LearnedStatus) -> str:
    """What something was learned from, and on which day."""
    day = datetime.fromtimestamp(found.created, tz=UTC).date()
    return f"{found.source} ({day.isoformat()})"


def _placed(found: Status, name: str) -> str:
    """How many tracks stand in a space."""
    inferred = found.inferred.get(name, 0)
    by = f", {inferred:,} of them by their content alone" if inferred else ""
    return f"{found.spaces[name]:,} tracks{by}"


def causes(found: Sequence[Cause]) -> Iterator[RenderableType]:
    """Why files failed or were skipped: how many, in which pass, for which reason, for example."""
    if not found:
        yield "No file failed or was skipped."
        return
    grid = Table.grid(padding=GAP)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for cause in found:
        reason = Text(cause.reason)
        reason.append(f" ({harmless(str(cause.example))})", style="dim")
        grid.add_row(Text(f"{cause.files:,}"), Text(cause.state), Text(cause.stage), reason)
    yield grid
    yield 'Take some up once more: `segue analyse --retry-if "WORDS OF THE REASON"`.'


def links(found: Sequence[Link]) -> RenderableType:
    """Links with their numbers, one a row: what came, how sure it is, which track it met."""
    if not found:
        return "Nothing was joined by name."
    grid = Table.grid(padding=GAP)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for link in found:
        record = link.record
        artists = ", ".join(record.artists)
        name = f"{artists} – {record.title}" if artists else record.title
        came = harmless(f"{name} ({record.place})" if record.place else name)
        sure = Text(f"{link.confidence:.0%}")
        grid.add_row(Text(str(link.id)), Text(link.state), sure, Text(link.track_id), Text(came))
    return grid


def checks(found: Iterable[Check]) -> RenderableType:
    """Checks of `segue doctor`: how each went, and the remedy below those that did not."""
    colours = {"ok": "green", "warn": "yellow", "fail": "bold red"}
    grid = Table.grid(padding=GAP)
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for check in found:
        words = f"{check.found}. {check.remedy}." if check.remedy else check.found
        grid.add_row(Text(check.state, style=colours[check.state]), Text(check.name), Text(words))
    return grid


def _pairs(rows: Iterable[tuple[str, str]]) -> Table:
    """Names and values, without those that are empty."""
    grid = Table.grid(padding=GAP)
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for name, value in rows:
        if value:
            grid.add_row(Text(name, style="bold"), Text(value))
    return grid
