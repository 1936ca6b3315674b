"""Pictures made small: what goes out is a plain square, whatever came in."""

from __future__ import annotations

import io
import struct
import warnings
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from segue.sources import pictures
from segue.sources.pictures import square


def drawn(width: int, height: int, *, kind: str = "PNG", mode: str = "RGB", **options) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    picture = Image.new("RGB", (width, height), (200, 30, 30))
    picture.paste((30, 30, 200), (width // 2, 0, width, height))
    written = io.BytesIO()
    picture.convert(mode).save(written, kind, **options)
    return written.getvalue()


def shown(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    assert picture.format == "WEBP"
    return picture


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 700),
    st.integers(1, 700),
    st.sampled_from(["PNG", "JPEG", "WEBP", "GIF"]),
    st.sampled_from([96, 192, 480]),
)
def test_a_square_of_the_size_or_as_large_as_there_is(width, height, kind, size) -> None:
    made = shown(square(drawn(width, height, kind=kind), size))
    assert made.size == (min(width, height, size),) * 2


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "CMYK"])
def test_every_kind_of_colour(mode) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    made = shown(square(drawn(200, 200, kind=kind, mode=mode), 96)).convert("RGB")
    left, right = made.getpixel((10, 48)), made.getpixel((85, 48))
    if mode not in {"L", "LA"}:
        assert left[0] > 150 > left[2]
        assert right[2] > 150 > right[0]


def test_nothing_of_the_camera_or_the_place_goes_out() -> None:
    exif = Image.Exif()
    exif[0x010F] = "A camera of mine"
    exif[0x0112] = 6  # lies on its side
    made = shown(square(drawn(300, 200, kind="JPEG", exif=exif), 96))
    assert not made.getexif()
    turned = made.convert("RGB")
    assert turned.getpixel((48, 5))[0] > 150, "it stands upright: red is above"
    assert turned.getpixel((48, 90))[2] > 150


def bomb(side: int) -> bytes:
    """A black PNG that says little of itself and unfolds to very much."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    head = side.to_bytes(4, "big") * 2 + b"\x01\0\0\0\0"
    rows = zlib.compress(bytes(side * (side // 8 + 1)), 9)
    made = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows)
    return made + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [5_001, 9_500, 20_000])
def test_a_bomb_is_not_unfolded(monkeypatch, side) -> None:
    """The middle one is of a size that Pillow warns of, the last one that it refuses."""
    assert 9_500**2 > Image.MAX_IMAGE_PIXELS > 5_001**2
    assert len(bomb(side)) < 100_000
    monkeypatch.setattr(Image.Image, "load", lambda *_: pytest.fail("it was unfolded"))
    assert square(bomb(side), 96) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
        b"\xff\xd8\xff" + b"no picture" * 20,
        b"GIF89a",
        b"RIFF\x10\0\0\0WEBPVP8 ",
        drawn(200, 200)[:-200],
        drawn(200, 200, kind="JPEG")[:400],
        b"BM" + b"\0" * 100,
    ],
)
def test_what_is_no_picture_gives_none(data) -> None:
    assert square(data, 96) is None


@given(st.binary(max_size=300), st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a"]))
def test_any_bytes_give_none_or_a_square(data, start) -> None:
    made = square(start + data, 96)
    assert made is None or shown(made).width <= 96


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_a_damaged_picture_gives_none_or_a_square(data) -> None:
    whole = bytearray(
        drawn(64, 64, kind=data.draw(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF"])))
    )
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    made = square(bytes(whole), 96)
    assert made is None or shown(made).width <= 96


@pytest.mark.parametrize("tag", [0x011A, 0x0132], ids=["resolution", "date"])
def test_a_camera_that_writes_nonsense_stops_nothing(tag) -> None:
    camera = Image.Exif()
    camera[0x0112] = 6
    plain = io.BytesIO()
    Image.new("RGB", (60, 40)).save(plain, "JPEG", exif=camera)
    entries = [
        struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0),
        struct.pack("<HHI4s", tag, 5 if tag == 0x0132 else 2, 1, b"\0\0\0\0"),
    ]
    body = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 2) + b"".join(entries) + bytes(4)
    written = io.BytesIO()
    Image.new("RGB", (60, 40)).save(written, "JPEG", exif=body)
    assert square(plain.getvalue(), 96) is not None
    with warnings.catch_warnings(action="ignore"):
        assert square(written.getvalue(), 96) is None


def test_the_first_of_a_moving_picture() -> None:
    first, second = (Image.new("RGB", (60, 60), colour) for colour in ("red", "blue"))
    written = io.BytesIO()
    first.save(written, "GIF", save_all=True, append_images=[second])
    made = shown(square(written.getvalue(), 96))
    assert getattr(made, "n_frames", 1) == 1
    assert made.convert("RGB").getpixel((30, 30))[0] > 200


def test_the_bounds_leave_room_for_every_cover() -> None:
    assert pictures.PIXELS >= 3000 * 3000
