"""Laws of looking at audio files: whatever the bytes, an answer and never an exception."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from segue.records import FileRecord, Rejection
from segue.sources.credits import split_credit, split_genres
from segue.sources.filenames import read_name
from segue.sources.folder import read_file
from segue.sources.formats import FORMATS, sniff

starts = st.sampled_from(
    [b"", b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0", b"fLaC\x80\0\0\x22", b"OggS\0\2" + b"\0" * 20,
     b"\0\0\0\x18ftypM4A \0\0\0\0", b"FORM\0\0\0\xffAIFFCOMM\0\0\0\x12", b"ID3\x03\0\0\0\0\x02\x00",
     b"\xff\xfb\x90\x64", b"\xff\xf1\x50\x80", b"OggS" + b"\0" * 22 + b"\x01\x13OpusHead",
     b"\0\0\0\x10ftypM4A \0\0\0\0\0\0\0\x20moov"]
)  # fmt: skip


@settings(max_examples=200)
@given(starts, st.binary(max_size=600), st.integers(1, 40))
def test_any_bytes_are_a_file_or_a_rejection(start: bytes, body: bytes, times: int) -> None:
    content = (start + body) * times
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "01 - Ada - North.mp3")
        path.write_bytes(content)
        found = read_file(path, root=Path(folder))
    assert isinstance(found, (FileRecord, Rejection))
    if isinstance(found, FileRecord):
        assert found.format in FORMATS
        assert found.track.title
        assert found.duration is None or found.duration > 0
    else:
        assert found.reason


@given(st.binary(max_size=2_000))
def test_a_format_is_one_of_ours_or_none(content: bytes) -> None:
    assert sniff(io.BytesIO(content), size=len(content)) in {*FORMATS, ""}


@given(st.text(max_size=80))
def test_parting_a_name_keeps_words_and_never_gives_blanks(text: str) -> None:
    for part in (*split_credit(text), *split_genres(text)):
        assert part.strip() == part != ""
    for part in split_credit(text):
        assert part in text
    if text.strip():
        assert read_name(text).title
