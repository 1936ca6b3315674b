"""``segue describe FILE``: everything Segue hears in one file; no catalogue is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from segue.errors import BadRequestError, InaudibleError, SegueError

if TYPE_CHECKING:
    from pathlib import Path

    from segue.attributes.predictor import Predictor
    from segue.cli.session import Session
    from segue.descriptors.hearing import Heard
    from segue.records import Recording
    from segue.settings import Settings


def describe(
    session: Session,
    *,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="An audio file.", show_default=False)
    ],
    everything: Annotated[
        bool, typer.Option("--all", help="Show every number; --json always has them all.")
    ] = False,
    whole: Annotated[
        bool,
        typer.Option(
            "--whole", help="Play it to the end too: loudness, true peak, length, fingerprint."
        ),
    ] = False,
    key_profile: Annotated[
        str,
        typer.Option(
            "--key-profile",
            metavar="PROFILE",
            help="What the key is compared with: temperley, krumhansl or edma.",
        ),
    ] = "temperley",
) -> None:
    """Say what is heard in an audio file: key, tempo, loudness, brightness, every number.

    Words are relative to music of many kinds: "dark" is darker than three quarters of it. So are
    estimates of energy, valence and the like; the model of the setting attributes_model replaces
    them. docs/descriptors.md says what every number means, docs/estimates.md what estimates are
    worth.
    """
    from segue.cli.portrait import portrait
    from segue.cli.summary import check_source
    from segue.descriptors.key import PROFILES

    if key_profile not in PROFILES:
        raise BadRequestError(
            f"there is no key profile {key_profile!r}",
            where="--key-profile",
            remedy=f"Use {', '.join(PROFILES)}",
        )
    file = file.expanduser()
    check_source(file)
    settings = session.settings()
    heard, recording, refused = listen(file, settings=settings, whole=whole)
    if refused:
        session.note(f"The whole file was not read: {refused}.")
    predictor = model(session, settings)
    found = document(
        file, heard, recording=recording, excerpts=settings.excerpts, key_profile=key_profile
    )
    found["attributes"] = attributes(heard, recording=recording, predictor=predictor)
    session.answer(found, *portrait(found, everything=everything))


def listen(path: Path, *, settings: Settings, whole: bool) -> tuple[Heard, Recording | None, str]:
    """Hear a file in a worker process, which keeps a damaged one from doing harm.

    Returns
    -------
    tuple
        The excerpt; the whole file where that was asked for; else why it was not read.
    """
    from segue.descriptors.cache import Cache
    from segue.descriptors.hearing import Hearing, hear_file
    from segue.jobs.budget import Budget
    from segue.jobs.pool import WorkerPool
    from segue.jobs.worker import measure_file

    place = path.absolute()
    memory = Budget.of(settings, files=1).memory
    with WorkerPool(1, seconds=settings.file_seconds, memory=memory) as pool:
        heard = pool.call(hear_file, place, Hearing.of(settings), Cache.of(settings))
        if not whole:
            return heard, None, ""
        try:
            measured = pool.call(measure_file, str(place), settings.longest_hours)
        except InaudibleError as error:
            # What was heard of the excerpt stands.
            return heard, None, f"{error.what}. {error.remedy}"
        return heard, measured.recording, ""


def model(session: Session, settings: Settings) -> Predictor | None:
    """The model that is set, or None with a note where it cannot be used."""
    from segue.jobs.guessing import predictor_of

    try:
        return predictor_of(settings)
    except SegueError as problem:
        session.note(f"Attributes are not predicted: {problem}")
        return None


def attributes(
    heard: Heard, *, recording: Recording | None, predictor: Predictor | None
) -> dict[str, Any]:
    """Energy, valence and the like: predicted where there is a model, else estimated."""
    from segue.attributes.estimates import Estimator
    from segue.catalogue.provenance import ESTIMATED, joined

    measured = None if recording is None else recording.loudness
    rows = {
        ESTIMATED: Estimator.ordinary().completed(heard.estimates, heard.vector, measured=measured)
    }
    intervals = {}
    if predictor is not None:
        rows[predictor.provenance] = predictor.of(heard.vector)
        intervals = predictor.intervals(heard.vector)
    told, _, origins = joined(rows)
    known = {} if told is None else told.known()
    return {
        name: {"value": value, "provenance": origins[name], "interval": intervals.get(name)}
        for name, value in known.items()
    }


def document(
    path: Path, heard: Heard, *, recording: Recording | None, excerpts: int, key_profile: str
) -> dict[str, Any]:
    """Everything that was heard, as one document."""
    from segue.descriptors.extract import COLUMNS, FAMILIES, VERSION

    origin = heard.origin
    # The shortest decimal that is this float32, not that of the float64 next to it.
    numbers = {name: float(str(heard.vector[place])) for name, place in COLUMNS.items()}
    return {
        "path": path,
        "version": VERSION,
        "file": {
            "format": origin.format,
            "codec": origin.codec,
            "rate": origin.rate,
            "channels": origin.channels,
            "duration": origin.duration,
        },
        "excerpt": {"start": origin.start, "seconds": origin.seconds, "excerpts": excerpts},
        "warning": origin.warning,
        "key": _key(heard, key_profile),
        "tempo": _tempo(heard),
        "groups": _groups(heard),
        "descriptors": {
            family.name: {name: numbers[name] for name in family.names} for family in FAMILIES
        },
        "recording": None if recording is None else _recording(recording),
    }


def _key(heard: Heard, profile: str) -> dict[str, Any]:
    """The key by one profile, from the chroma and the tuning that stand in the vector."""
    from segue.descriptors import chroma, key
    from segue.descriptors.extract import COLUMNS

    columns = [COLUMNS[f"chroma_{name}_mean"] for name in chroma.CLASSES]
    found = key.best(
        heard.vector[columns].astype(float),
        profile=profile,
        in_tune=float(heard.vector[COLUMNS["tuning_strength"]]),
    )
    return {
        "name": found.name,
        "key": found.pitch_class,
        "mode": found.mode,
        "clarity": found.clarity,
        "strength": found.strength,
        "sure": found.clarity >= key.SURE,
        "profile": profile,
    }


def _tempo(heard: Heard) -> dict[str, Any]:
    """Beats a minute, and what else may be tapped to."""
    from segue.descriptors import tempo
    from segue.descriptors.extract import COLUMNS

    names = ("tempo", "tempo_slower", "tempo_faster", "tempo_confidence")
    bpm, slower, faster, confidence = (float(str(heard.vector[COLUMNS[each]])) for each in names)
    return {
        "bpm": bpm,
        "slower": slower,
        "faster": faster,
        "confidence": confidence,
        "sure": confidence >= tempo.SURE,
    }


def _groups(heard: Heard) -> dict[str, Any]:
    """Groups of which one number says enough: the number, readable, and a word for it."""
    from segue.descriptors.extract import COLUMNS, GROUPS
    from segue.descriptors.ordinary import word
    from segue.spaces.groups import UNCLEAR, told

    found = {}
    for name, group in GROUPS.items():
        if group.shown:
            value = float(str(heard.vector[COLUMNS[group.shown]]))
            text = told(group, heard.vector)
            found[name] = {
                "column": group.shown,
                "value": value,
                "text": text or UNCLEAR,
                "word": word(group, value) if text else "",
            }
    return found


def _recording(recording: Recording) -> dict[str, Any]:
    """What is told of a whole file; the waveform and the fingerprint by their lengths."""
    return {
        "duration": recording.duration,
        "loudness": recording.loudness,
        "loudness_range": recording.loudness_range,
        "true_peak": recording.true_peak,
        "waveform": len(recording.waveform),
        "fingerprint": len(recording.fingerprint) // 4,
        "warning": recording.warning,
    }
