"""Album covers: a few shapes in the artist's colours, as a small PNG.

Every artist has its own colours and shapes, every album its own arrangement of them. The file is
written by hand: signature, header, one zlib stream of unfiltered rows, end (PNG, ISO/IEC 15948).
"""

from __future__ import annotations

import struct
import zlib

import numpy as np

from segue.sources.demo.artists import stream

SIDE = 240
"""Width and height in pixels."""

_COVER = 30


def cover(
    colours: tuple[tuple[int, int, int], ...], *, seed: int, artist: int, album: str
) -> bytes:
    """The cover of an album as the bytes of a PNG file of `SIDE` × `SIDE` pixels.

    Parameters
    ----------
    colours
        Ground, shade and shapes, each red, green, blue from 0 to 255.
    """
    rng = stream(seed, _COVER, artist, zlib.crc32(album.encode()))
    ground, shade, shape = (np.array(colour, dtype=np.float64) for colour in colours)
    down, across = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    angle = rng.uniform(0.0, 2.0 * np.pi)
    slope = (across - 0.5) * np.cos(angle) + (down - 0.5) * np.sin(angle) + 0.5
    picture = ground + np.clip(slope, 0.0, 1.0)[..., None] * (shade - ground)
    for turn in range(2 + artist % 3):
        centre = rng.uniform(0.15, 0.85, 2)
        size = rng.uniform(0.08, 0.3)
        far = np.hypot(down - centre[0], across - centre[1])
        if artist % 2:
            far = np.maximum(abs(down - centre[0]), abs(across - centre[1]))
        inside = np.clip((size - far) * SIDE, 0.0, 1.0)[..., None] * (0.75 - 0.15 * turn)
        picture += inside * (shape - picture)
    return _png(np.round(picture).astype(np.uint8).tobytes())


def _png(pixels: bytes) -> bytes:
    """An RGB PNG of `SIDE` × `SIDE` from its rows of pixels."""
    row = 3 * SIDE
    lines = b"".join(b"\0" + pixels[start : start + row] for start in range(0, SIDE * row, row))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )
