"""Audio by ranges, pictures by their first bytes, and nothing else from the disk."""

from __future__ import annotations

import pytest

from segue.catalogue import files
from segue.serve.media.placeholder import draw


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
        assert client.get(f"/tracks/{played}/audio").status_code == 404
        assert client.get(f"/tracks/{played}/art").headers["content-type"] == "image/svg+xml"
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


def test_picture_in_the_file(client, played) -> None:
    answer = client.get(f"/tracks/{played}/art")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert "sandbox" in answer.headers["content-security-policy"]


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


def test_drawn_picture_holds_nothing_of_the_names() -> None:
    assert "<script" not in draw("<script>", artist="<script>")


def test_drawn_picture_for_an_unknown_track_is_404(client) -> None:
    assert client.get("/tracks/nowhere/art").status_code == 404
