"""What a worker hears in a file when spaces of sound are judged: besides what is stored of it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from segue.jobs.worker import describe_whole, forgetful

if TYPE_CHECKING:
    from segue.descriptors.cache import Cache
    from segue.descriptors.hearing import Hearing
    from segue.jobs.ears import Listening
    from segue.jobs.worker import Scanned
    from segue.snapshot import Description
    from segue.types import Floats


@forgetful
def mel_of(
    path: str, scanned: Scanned, content_hash: str, hearing: Hearing, cache: Cache
) -> Floats:
    """Mean and deviation of every mel band (`segue.evaluation.baselines.mel_statistics`).

    Errors are those of `segue.jobs.drawing.draw`.
    """
    from segue.embedding.windows import restored
    from segue.evaluation.baselines import mel_statistics
    from segue.jobs.drawing import draw

    _, spectrogram = draw(path, scanned, content_hash, hearing, cache)
    return mel_statistics(restored(spectrogram))


@forgetful
def bliss_of(path: str) -> list[float]:
    """What bliss-audio says of a file: 23 numbers. Its code may end the process.

    Raises
    ------
    BadFileError
        It cannot read the file.
    """
    import importlib

    from segue.errors import BadFileError

    song = importlib.import_module("bliss_audio").Song
    try:
        return [float(number) for number in song(path).analysis]
    except Exception as error:
        raise BadFileError(
            f"bliss-audio cannot read it ({error})", where=path, remedy="Leave it out"
        ) from error


@forgetful
def hear_altered(path: str, alteration: str, listening: Listening) -> tuple[Description, Floats]:
    """Everything heard in an altered version of a file, and its mel statistics.

    Raises
    ------
    SegueError
        It cannot be read to its end, or nothing can be heard in what is left.
    """
    from segue.audio.altering import write_altered
    from segue.descriptors.hearing import spectrogram
    from segue.embedding.windows import quantised, restored
    from segue.evaluation.baselines import mel_statistics

    with tempfile.TemporaryDirectory(prefix="segue-altered-") as folder:
        altered = write_altered(Path(path), alteration, Path(folder) / "altered")
        described = describe_whole(str(altered), listening)
        drawn = quantised(spectrogram(altered, hearing=listening.hearing))
    return described, mel_statistics(restored(drawn))
