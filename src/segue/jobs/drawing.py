"""What a worker does to a file that is to be learned from: hear it and draw its spectrogram."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from segue.jobs.worker import check_same, forgetful

if TYPE_CHECKING:
    from segue.descriptors.cache import Cache
    from segue.descriptors.hearing import Hearing
    from segue.embedding.material import Spectrogram
    from segue.jobs.worker import Scanned


@forgetful
def draw(
    path: str, scanned: Scanned, content_hash: str, hearing: Hearing, cache: Cache
) -> tuple[str, Spectrogram]:
    """The hash of a file's bytes, and its spectrogram as training keeps it.

    Parameters
    ----------
    content_hash
        As far as it is known; "" has the file read for it.

    Raises
    ------
    InaudibleError
        It is silent or too short.
    BadFileError, NotFoundError, UnavailableError
        It is no audio, cannot be read, or is not the file that was listed.
    """
    from segue.descriptors.hearing import spectrogram
    from segue.embedding.windows import quantised
    from segue.sources.folder import identify

    file = Path(path)
    check_same(path, scanned)
    known = content_hash or identify(file)
    decibels = spectrogram(file, hearing=hearing, content_hash=known, cache=cache)
    check_same(path, scanned)
    return known, quantised(decibels)
