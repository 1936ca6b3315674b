"""Array aliases with their shapes, and the identifier everything outside speaks.

The aliases are strings at run time and types for the checker, so that importing this
module costs nothing and numpy is loaded only where numbers are made.

Conventions, the same word in every signature, column, JSON field and page:

``audio``    float32 mono samples in [-1, 1], shape (samples,)
``rate``     samples a second, Hz
``frames``   one row a frame, shape (frames, bins)
``vectors``  one row a track, shape (tracks, dims), row-major float32
``rows``     dense row numbers of a snapshot, shape (n,), int64
``seconds``  every duration and position; never milliseconds
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NewType, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

TrackId = NewType("TrackId", str)

Audio: TypeAlias = "NDArray[np.float32]"
Frames: TypeAlias = "NDArray[np.float32]"
Vector: TypeAlias = "NDArray[np.float32]"
Vectors: TypeAlias = "NDArray[np.float32]"
Floats: TypeAlias = "NDArray[np.float64]"
Rows: TypeAlias = "NDArray[np.int64]"
Mask: TypeAlias = "NDArray[np.bool_]"

Progress: TypeAlias = "Callable[[int, int | None, str], None]"
"""Called now and then with (done, total or None, what): how far a long piece of work has come."""
