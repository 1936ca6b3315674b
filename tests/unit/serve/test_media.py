"""Audio by ranges, pictures by their first bytes, and nothing else from the disk."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import threading
from dataclasses import replace

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from segue.catalogue import files, tracks
from segue.descriptors.cache import Cache, Key
from segue.errors import BadFileError, CrowdedError
from segue.serve.guard import WAVE_STYLES
from segue.serve.media import converting
from segue.serve.media.artwork import artwork_of
from segue.serve.media.converting import Conversions
from segue.serve.media.kinds import container_of, kind_of
from segue.serve.media.peaks import DRAWN, drawn
from segue.serve.media.placeholder import draw, paint
from segue.serve.rendering import STATIC

SIDE = 200
"""Pixels of the middle square of the picture in the first file (`conftest.png`)."""


def test_audio_is_the_file(client, stocked, played) -> None:
    whole = client.get(f"/tracks/{played}/audio")
    path = files.path_of(stocked.database, played)
    assert whole.status_code == 200
    assert whole.headers["content-type"] == "audio/wav"
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.content == path.read_bytes()


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-99", 0, 100), ("bytes=1000-1999", 1000, 2000), ("bytes=-50", -50, None)],
)
def test_parts_of_audio(client, stocked, played, asked, start, end) -> None:
    data = files.path_of(stocked.database, played).read_bytes()
    part = client.get(f"/tracks/{played}/audio", headers={"range": asked})
    assert part.status_code == 206
    assert part.content == data[start:end]
    assert part.headers["content-range"].endswith(f"/{len(data)}")


def test_a_part_behind_the_end_is_refused(client, played) -> None:
    answer = client.get(f"/tracks/{played}/audio", headers={"range": "bytes=99999999-"})
    assert answer.status_code == 416


def test_audio_of_a_table_track_is_a_plain_404(client, tabled) -> None:
    answer = client.get(f"/tracks/{tabled}/audio")
    assert answer.status_code == 404
    assert "Scan the folder" in answer.text


def test_audio_that_went_away_is_a_plain_404(client, stocked, played) -> None:
    path = files.path_of(stocked.database, played)
    aside = path.with_suffix(".aside")
    path.rename(aside)
    try:
        for what in ("audio", "audio?as=mp3", "peaks"):
            assert client.get(f"/tracks/{played}/{what}").status_code == 404
    finally:
        aside.rename(path)


@pytest.mark.parametrize(
    "address",
    [
        "/tracks/..%2F..%2Fetc%2Fpasswd/audio",
        "/tracks/%2Fetc%2Fpasswd/audio",
        "/static/..%2Fapp.py",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/vendor/",
        "/static/",
    ],
)
def test_no_address_becomes_a_path(client, address) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(("asked", "given"), [(None, 480), (96, 96), (100, 192), (4000, 480)])
def test_picture_in_the_file_is_written_anew_in_one_of_three_sizes(
    client, played, asked, given
) -> None:
    answer = client.get(f"/tracks/{played}/art", params={"size": asked} if asked else {})
    assert answer.headers["content-type"] == "image/webp"
    assert "sandbox" in answer.headers["content-security-policy"]
    with Image.open(io.BytesIO(answer.content)) as shown:
        assert shown.format == "WEBP"
        assert shown.size == (min(given, SIDE),) * 2
        red, green, blue = shown.convert("RGB").getpixel((5, 5))
    assert abs(red - 32) < 12
    assert abs(green - 96) < 12
    assert abs(blue - 96) < 12


def test_a_picture_that_has_not_changed_is_not_sent_again(client, stocked, played) -> None:
    first = client.get(f"/tracks/{played}/art?size=96")
    again = client.get(
        f"/tracks/{played}/art?size=96", headers={"If-None-Match": first.headers["etag"]}
    )
    assert again.status_code == 304
    assert again.content == b""
    other = client.get(f"/tracks/{played}/art?size=192")
    assert other.headers["etag"] != first.headers["etag"]


def test_pictures_are_kept_and_found_without_the_file(client, stocked, played) -> None:
    first = client.get(f"/tracks/{played}/art?size=96").content
    held = Cache.of(stocked.settings).held()
    assert held["art"].entries >= 1
    path, content_hash = files.held(stocked.database, played)
    assert Cache.of(stocked.settings).has("art", Key(content_hash, "art-96-1"))
    aside = path.with_suffix(".aside")
    path.rename(aside)
    try:
        assert client.get(f"/tracks/{played}/art?size=96").content == first
    finally:
        aside.rename(path)


@pytest.mark.parametrize("size", ["0", "-1", "big", "99999"])
def test_a_size_that_makes_no_sense_is_said(client, played, size) -> None:
    answer = client.get(f"/tracks/{played}/art?size={size}", headers={"Accept": "application/json"})
    assert answer.status_code in {400, 422}
    assert "size" in answer.text


def test_a_script_that_calls_itself_a_picture_is_not_shown(client) -> None:
    found = client.get("/api/v1/search", params={"q": "Tone 1"}).json()["tracks"]
    track = next(one for one in found if one["title"] == "Tone 1")
    answer = client.get(f"/tracks/{track['id']}/art")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert b"alert" not in answer.content
    assert b"<circle" in answer.content


def test_drawn_picture_is_the_same_every_time_and_one_hand_an_artist() -> None:
    assert draw("a", artist="x") == draw("a", artist="x")
    assert draw("a", artist="x") != draw("b", artist="x")

    def ground(picture: str) -> str:
        return picture.split('fill="')[1][:7]

    assert ground(draw("a", artist="x")) == ground(draw("b", artist="x"))
    assert len({ground(draw("a", artist=str(n))) for n in range(50)}) > 8


def test_a_drawn_picture_has_another_mark_once_it_is_another(stocked, tabled) -> None:
    track = tracks.get(stocked.database, tabled)
    pictures = [
        artwork_of(stocked, replace(track, artists=(name,)), size=96) for name in ("x", "y", "x")
    ]
    assert pictures[0].mark == pictures[2].mark
    assert pictures[0].data != pictures[1].data
    assert pictures[0].mark != pictures[1].mark


def test_drawn_picture_holds_nothing_of_the_names() -> None:
    assert "<script" not in draw("<script>", artist="<script>")


def test_drawn_picture_for_an_unknown_track_is_404(client) -> None:
    assert client.get("/tracks/nowhere/art").status_code == 404


def played_back(data: bytes) -> float:
    """Seconds of an MP3."""
    with av.open(io.BytesIO(data), format="mp3") as file:
        return sum(frame.samples / frame.sample_rate for frame in file.decode(audio=0))


@pytest.mark.parametrize(("start", "seconds"), [(None, 5.0), (0, 5.0), (3.5, 1.5)])
def test_sound_is_made_into_mp3_from_any_second_on(client, played, start, seconds) -> None:
    asked = {"as": "mp3"} | ({} if start is None else {"from": start})
    answer = client.get(f"/tracks/{played}/audio", params=asked)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/mpeg"
    assert answer.headers["accept-ranges"] == "none"
    assert played_back(answer.content) == pytest.approx(seconds, abs=0.12)


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        ("as=mp3&from=9", 400, "has ended before 9 s"),
        ("as=mp3&from=-1", 422, "from"),
        ("as=mp3&from=nan", 422, "from"),
        ("as=flac", 422, "as"),
    ],
)
def test_a_stream_that_cannot_be_is_said(client, played, asked, code, said) -> None:
    answer = client.get(f"/tracks/{played}/audio?{asked}", headers={"Accept": "application/json"})
    assert answer.status_code in {code, 400}
    assert said in answer.text


def test_head_of_a_stream_makes_nothing(client, played) -> None:
    answer = client.head(f"/tracks/{played}/audio?as=mp3")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/mpeg"
    assert client.app.state.conversions.open == 0


def test_streams_are_counted_and_given_back(client, played, tone_file, monkeypatch) -> None:
    monkeypatch.setattr(converting, "OPEN", 2)
    conversions = Conversions()
    held = [conversions.begin(tone_file, start=0.0) for _ in range(2)]
    with pytest.raises(CrowdedError, match="2 tracks are being converted"):
        conversions.begin(tone_file, start=0.0)
    held[0].close()
    assert conversions.open == 1
    held[0].close()
    assert conversions.open == 1, "one stream gives back one place"
    conversions.begin(tone_file, start=0.0).close()
    held[1].close()
    assert conversions.open == 0


def test_a_file_that_gives_no_sound_takes_no_place(tmp_path) -> None:
    conversions = Conversions()
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(b"\xff\xfb" + b"\0" * 4000)
    for _ in range(converting.OPEN + 1):
        with pytest.raises(BadFileError):
            conversions.begin(broken, start=0.0)
    assert conversions.open == 0


@pytest.mark.parametrize("size", [1, 16, 120, 480, 5_000])
def test_a_painted_picture_is_the_drawn_one(size) -> None:
    with Image.open(io.BytesIO(paint("t1", artist="Ada", size=size))) as picture:
        assert (picture.format, picture.mode) == ("PNG", "RGB")
        side = min(max(size, 16), 1_024)
        assert picture.size == (side, side)
        seen = {f"#{r:02x}{g:02x}{b:02x}" for _, (r, g, b) in picture.getcolors(side * side)}
    ground = re.search(r'<rect [^>]*fill="(#\w+)"', draw("t1", artist="Ada"))[1]
    assert ground in seen
    assert paint("t1", artist="Ada", size=size) != paint("t2", artist="Ada", size=size)


def test_only_so_many_pieces_are_made_at_the_same_moment(tone_file, monkeypatch) -> None:
    making, most, lock = 0, 0, threading.Lock()
    real = converting.stream

    def counted(path, **asked):
        nonlocal making, most
        pieces = real(path, **asked)
        while True:
            with lock:
                making += 1
                most = max(most, making)
            try:
                piece = next(pieces, None)
            finally:
                with lock:
                    making -= 1
            if piece is None:
                return
            yield piece

    monkeypatch.setattr(converting, "stream", counted)
    conversions = Conversions()
    threads = [
        threading.Thread(target=lambda: list(conversions.begin(tone_file, start=0.0).pieces))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= most <= converting.AT_ONCE


def test_what_is_drawn_and_known_of_a_sound(client, stocked, played) -> None:
    answer = client.get(f"/tracks/{played}/peaks")
    said = answer.json()
    recording = stocked.recording(played)
    assert said["duration"] == pytest.approx(5.0)
    assert said["peaks"] == list(recording.waveform)
    assert said["highlight"] == [0.0, 5.0]
    assert said["type"] == "audio/wav"
    assert said["loudness"] == recording.loudness
    assert said["note"] == ""
    again = client.get(f"/tracks/{played}/peaks", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_peaks_of_a_track_without_a_file_are_a_plain_404(client, tabled) -> None:
    assert client.get(f"/tracks/{tabled}/peaks").status_code == 404


@given(st.binary(max_size=9000))
def test_what_is_drawn_keeps_every_height(waveform) -> None:
    shown = drawn(waveform)
    assert len(shown) == min(len(waveform), DRAWN)
    assert max(shown, default=0) == max(waveform, default=0)
    assert set(shown) <= set(waveform)
    if len(waveform) >= DRAWN:
        assert shown[0] >= waveform[0]
        assert shown[-1] >= waveform[-1]


@pytest.mark.parametrize(
    ("codec", "name", "kind", "whole"),
    [
        ("alac", "a.m4a", "audio/mp4", 'audio/mp4; codecs="alac"'),
        ("aac", "a.m4a", "audio/mp4", 'audio/mp4; codecs="mp4a.40.2"'),
        ("libopus", "a.ogg", "audio/ogg", 'audio/ogg; codecs="opus"'),
        ("flac", "a.flac", "audio/flac", "audio/flac"),
        ("libmp3lame", "misnamed.wav", "audio/mpeg", "audio/mpeg"),
        ("pcm_s16be", "a.aiff", "audio/aiff", "audio/aiff"),
        ("adpcm_ms", "a.wav", "audio/wav", 'audio/wav; codecs="adpcm_ms"'),
    ],
)
def test_a_sound_is_called_what_it_is(tmp_path, codec, name, kind, whole) -> None:
    path = tmp_path / name
    with av.open(str(path), "w", format="mp3" if codec == "libmp3lame" else None) as file:
        stream = file.add_stream(codec, rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 48_000), np.int16), "s16", "mono")
        frame.sample_rate = 48_000
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    assert container_of(path) == kind
    assert kind_of(path) == whole


def test_the_styles_that_are_let_in_are_those_of_the_vendored_file() -> None:
    vendored = (STATIC / "vendor/wavesurfer-8.0.1.esm.js").read_text("utf-8")
    opening = r'<style\$\{i\?` nonce="\$\{i\}"`:""\}>'
    (text,) = re.findall(f"{opening}(.*?)</style>", vendored, re.DOTALL)
    height = "${this.getHeight(this.options.height,this.options.splitChannels)}"
    assert text.count("${") == text.count(height) == 1
    own = (STATIC / "bar.js").read_text() + (STATIC / "waves.js").read_text()
    heights = re.findall(r"new Wave\(.*?height: (\d+)", own)
    assert len(heights) == len(WAVE_STYLES)
    for number in heights:
        style = text.replace("\\n", "\n").replace(height, number)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in WAVE_STYLES
