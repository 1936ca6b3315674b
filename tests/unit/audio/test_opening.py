"""A file that is no audio is refused in plain words, and none makes us read anything else."""

from __future__ import annotations

import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from rights import without_rights
from segue.audio import opening
from segue.audio.decode import decode
from segue.errors import BadFileError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Write = Callable[..., Path]
    Sound = NDArray[np.float32]


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A server's address, and the paths it was asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", paths
    server.shutdown()
    thread.join()
    server.server_close()


def lists(target: str) -> dict[str, bytes]:
    """Files that FFmpeg takes for lists of other files, by their kind."""
    hls = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{target}\n#EXT-X-ENDLIST\n"
    dash = (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period><AdaptationSet '
        'mimeType="audio/mp4"><Representation id="1" bandwidth="1">'
        f"<BaseURL>{target}</BaseURL></Representation></AdaptationSet></Period></MPD>"
    )
    sdp = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=audio 5004 RTP/AVP 0\r\n"
    return {
        "hls": hls.encode(),
        "concat": f"ffconcat version 1.0\nfile '{target}'\n".encode(),
        "dash": dash.encode() + b"<!-- \xff\x00 -->",
        "sdp": sdp.encode() + b"a=\xff\x00\r\n",
    }


@pytest.mark.parametrize("kind", ["hls", "concat", "dash", "sdp"])
def test_a_list_of_files_named_mp3_reads_no_other_file_and_no_address(
    kind: str, tmp_path: Path, write: Write, asked: tuple[str, list[str]]
) -> None:
    address, paths = asked
    secret = write(tmp_path / "secret.wav", np.zeros((1, 44_100), np.float32), codec="pcm_s16le")
    for target in (f"{address}/a.mp3", secret.name, str(secret), secret.as_uri()):
        path = tmp_path / "song.mp3"
        path.write_bytes(lists(target)[kind])
        with pytest.raises(BadFileError, match=r"song\.mp3"):
            decode(path)
        with pytest.raises(av.FFmpegError):
            av.open(str(path), options=opening._OPTIONS)
    assert paths == []


def test_without_the_whitelist_a_list_would_be_followed(tmp_path: Path, write: Write) -> None:
    write(tmp_path / "secret.wav", np.zeros((1, 44_100), np.float32), codec="pcm_s16le")
    path = tmp_path / "song.mp3"
    path.write_bytes(lists("secret.wav")["concat"])
    with av.open(str(path)) as container:
        assert sum(frame.samples for frame in container.decode(audio=0)) == 44_100


def test_every_whitelisted_demuxer_is_one_ffmpeg_knows() -> None:
    known = {name for kind in av.formats_available for name in kind.split(",")}
    assert set(opening.FORMATS) <= known
    followers = {"hls", "concat", "dash", "sdp", "rtsp", "image2", "lavfi", "webm_dash_manifest"}
    assert not followers & set(opening.FORMATS)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "the file is empty"),
        (b"hello, this is no music\n", "it is text, not audio"),
        ("<!doctype html><p>Ünïcode</p>".encode() * 100, "it is text, not audio"),
        ("é".encode() * 1023, "it is text, not audio"),
        (b"#EXTM3U\nsong.mp3\n", "it is a playlist, not audio"),
        (bytes(5000), "no audio can be read from it"),
        (np.random.default_rng(2).bytes(20_000), "no audio can be read from it"),
        (b"ID3\x04\0\0\0\0\0\x10" + bytes(16), "no audio can be read from it"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "no audio can be read from it"),
        (b"PK\x03\x04" + bytes(100), "no audio can be read from it"),
    ],
    ids=["empty", "text", "html", "cut", "playlist", "zeros", "noise", "id3", "png", "zip"],
)
def test_what_is_no_audio_is_refused_in_plain_words(
    content: bytes, why: str, tmp_path: Path
) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(content)
    with pytest.raises(BadFileError, match=why) as caught:
        decode(path)
    assert caught.value.where == str(path)
    assert caught.value.remedy


def test_a_picture_that_moves_but_makes_no_sound(tmp_path: Path) -> None:
    path = tmp_path / "film.mkv"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 64
        for _ in range(5):
            picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            output.mux(stream.encode(picture))
        output.mux(stream.encode(None))
    with pytest.raises(BadFileError, match="it holds no audio stream"):
        decode(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"there is no file .*gone\.mp3"):
        decode(tmp_path / "gone.mp3")


def test_a_folder_and_a_pipe_are_not_files(tmp_path: Path) -> None:
    with pytest.raises(BadFileError, match="it is not a file"):
        decode(tmp_path)
    os.mkfifo(tmp_path / "pipe.mp3")
    with pytest.raises(BadFileError, match="it is not a file"):
        decode(tmp_path / "pipe.mp3")


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "closed.mp3"
    path.write_bytes(b"x")
    path.chmod(0)
    denied = pytest.raises(UnavailableError, match="it cannot be read: Permission denied")
    with without_rights(tmp_path), denied:
        decode(path)


def test_a_path_through_a_file_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(UnavailableError, match="it cannot be read"):
        decode(tmp_path / "file" / "song.mp3")
