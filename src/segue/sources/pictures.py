"""Pictures from music files, made small and written anew.

What a file embeds is somebody else's: it may be a picture of a gigabyte folded into a few
kilobytes, hold more than a picture, or be called what it is not. So it is opened as one of four
kinds by its own bytes, measured before it is unfolded, and what goes out is written by us: its
middle square, without colour profile, place or camera.
"""

from __future__ import annotations

import io
import logging

from segue.sources.tags import image_type

logger = logging.getLogger("segue.sources.pictures")

PIXELS = 25_000_000
"""Pixels a picture may have: 5,000 × 5,000, a hundred megabytes when it is unfolded."""

MEDIA_TYPE = "image/webp"
"""What they are written as: every browser since 2020 shows it."""

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_QUALITY = 82


def square(data: bytes, size: int) -> bytes | None:
    """The middle square of a picture, as WebP.

    Parameters
    ----------
    data
        A JPEG, PNG, WebP or GIF; of one that moves, the first picture is taken.
    size
        Pixels of a side, > 0; a smaller picture is not made larger.

    Returns
    -------
    bytes or None
        None where it is none of the four, damaged, or larger than `PIXELS`.
    """
    from PIL import Image, ImageOps

    if image_type(data) is None:
        return None
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > PIXELS:
                logger.info("a picture of %d × %d is not shown", opened.width, opened.height)
                return None
            # A JPEG can be read at an eighth of its size, and is never unfolded whole.
            opened.draft("RGB", (size, size))
            turned = ImageOps.exif_transpose(opened)
            clear = turned.mode in {"RGBA", "LA", "PA"} or "transparency" in turned.info
            plain = turned.convert("RGBA" if clear else "RGB")
        side = min(size, *plain.size)
        written = io.BytesIO()
        ImageOps.fit(plain, (side, side)).save(written, "WEBP", quality=_QUALITY, method=4)
    except Exception as problem:
        # Readers of damaged pictures raise whatever they stumble over: struct.error, EOFError,
        # KeyError. Pillow also warns of very large ones, which is an error where warnings are.
        logger.info("a picture is damaged (%s: %s)", type(problem).__name__, problem)
        return None
    return written.getvalue()
