"""Links, static files and words for numbers."""

from __future__ import annotations

import hashlib

import pytest

from segue.records import Attributes, Contribution, Reasons
from segue.serve import words
from segue.serve.rendering import STATIC, link, static


@pytest.mark.parametrize(
    ("parts", "query", "made"),
    [
        ((), {}, "/"),
        (("tracks", "a/../b"), {}, "/tracks/a%2F..%2Fb"),
        (("tracks", "x y"), {"n": 3, "lens": None, "q": ""}, "/tracks/x%20y?n=3"),
        ((), {"genre": ["a&b", "c"]}, "/?genre=a%26b&genre=c"),
    ],
)
def test_links_are_quoted(parts, query, made) -> None:
    assert link(*parts, **query) == made


def test_static_files_are_kept_for_a_year_only_under_their_own_digest(client) -> None:
    address = static("segue.css")
    answer = client.get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")
    for other in ("/static/segue.css", "/static/segue.css?v=000000000000"):
        assert client.get(other).headers["cache-control"] == "no-cache"


def test_vendored_files_are_what_their_checksums_say() -> None:
    folder = STATIC / "vendor"
    listed = dict(
        reversed(line.split()) for line in (folder / "CHECKSUMS").read_text().splitlines()
    )
    there = {path.name for path in folder.iterdir()} - {"CHECKSUMS"}
    assert there == set(listed)
    for name, digest in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    for script in folder.glob("*.min.js"):
        assert (folder / f"{script.name.removesuffix('.min.js')}.LICENSE.txt").exists()


def test_scripts_and_styles_stay_small() -> None:
    import gzip

    sent = [*STATIC.rglob("*.js"), *STATIC.rglob("*.css")]
    assert sum(len(gzip.compress(path.read_bytes())) for path in sent) < 40_000


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, ""), (0, "0:00"), (59.6, "1:00"), (187, "3:07"), (3725, "1:02:05")]
)
def test_durations(seconds, text) -> None:
    assert words.duration(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(None, ""), (30, ""), (180, "#t=75.0,105.0")])
def test_preview_is_the_middle_of_a_long_track(seconds, text) -> None:
    assert words.passage(seconds) == text


def test_attributes_are_said_with_their_units() -> None:
    said = {
        gauge.name: gauge
        for gauge in words.gauges(
            Attributes(energy=1.2, loudness=-7.25, tempo=121.6, key=9, mode=0, time_signature=3)
        )
    }
    assert said["tempo"].text == "122 BPM"
    assert said["key"].text == "A minor"
    assert said["loudness"].text == "−7.2 dB"
    assert said["metre"].text == "3 beats a bar"
    assert said["energy"].share == 1.0
    assert words.gauges(None) == []
    assert [gauge.text for gauge in words.gauges(Attributes(mode=1))] == ["major"]
    assert [gauge.text for gauge in words.gauges(Attributes(key=1))] == ["C♯"]


def test_provenance_in_words() -> None:
    assert words.provenance("predicted:stack-3") == "predicted by the model stack-3"
    assert words.provenance("estimated") == "estimated from the signal"


def test_the_bar_shows_what_spoke_for_the_row() -> None:
    reasons = Reasons(
        (
            Contribution("attributes", 0.6, 0.8, 0.0),
            Contribution("text", 0.4, 0.4, 0.0),
            Contribution("mine", 1.0, 0.0, 0.1),
        ),
        (),
        None,
        "",
    )
    parts = words.parts(reasons)
    assert [(part.space, part.start, part.share) for part in parts] == [
        ("attributes", 0.0, 75.0),
        ("text", 75.0, 25.0),
    ]
    assert words.contribution(reasons.contributions[2]) == "−0.100 = 1.00 × (0.000 − 0.100)"
    assert words.space("mine") == "mine"
