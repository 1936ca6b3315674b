"""Links, static files and words for numbers."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import quote, urlencode, urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segue.attributes.predictor import Interval
from segue.records import Attributes, Contribution, Passage, Reasons, Track
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


TEXTS = st.lists(st.text(st.characters(codec="utf-8"), max_size=150), max_size=4)


@given(TEXTS, TEXTS)
def test_links_say_what_the_library_for_addresses_says(parts, values) -> None:
    made = link(*parts, name=values)
    path, _, query = made.partition("?")
    assert path == "/" + "/".join(quote(part, safe="") for part in parts)
    assert query == urlencode({"name": values}, doseq=True)


def test_static_files_are_kept_for_a_year_only_under_their_own_digest(client) -> None:
    address = static("segue.css")
    answer = client.get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")
    assert client.get("/static/segue.css").headers["cache-control"] == "no-cache"
    assert client.get("/static/000000000000/segue.css").status_code == 404


def test_scripts_import_each_other_from_the_same_edition(client) -> None:
    for path in STATIC.glob("*.js"):
        for name in re.findall(r'from "(\./[^"]+)"|import "(\./[^"]+)"', path.read_text()):
            asked = urljoin(static(path.name), "".join(name))
            answer = client.get(asked)
            assert answer.status_code == 200, f"{path.name} imports {asked}"
            assert "immutable" in answer.headers["cache-control"]
            assert answer.headers["content-type"].startswith("text/javascript")


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

    sent = [path for path in STATIC.rglob("*") if path.suffix in {".js", ".css"}]
    sent = [path for path in sent if path.stem != "map"]
    assert sum(len(gzip.compress(path.read_bytes())) for path in sent) <= 150_000


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, ""), (0, "0:00"), (59.6, "1:00"), (187, "3:07"), (3725, "1:02:05")]
)
def test_durations(seconds, text) -> None:
    assert words.duration(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(None, ""), (30, ""), (180, "#t=75.0,105.0")])
def test_preview_is_the_middle_of_a_long_track(seconds, text) -> None:
    assert words.passage(seconds) == text


def track(attributes: Attributes | None, **origins: str) -> Track:
    return Track(id="t", title="T", artists=(), attributes=attributes, origins=origins)


def gauges(attributes: Attributes | None, **origins: str) -> dict[str, words.Gauge]:
    return {gauge.name: gauge for gauge in words.gauges(track(attributes, **origins), {})}


def test_attributes_are_said_with_their_units() -> None:
    said = gauges(
        Attributes(energy=1.2, loudness=-7.25, tempo=121.6, key=9, mode=0, time_signature=3)
    )
    assert said["tempo"].text == "122 BPM"
    assert said["key"].text == "A minor"
    assert said["loudness"].text == "−7.2 dB"
    assert said["metre"].text == "3 beats a bar"
    assert said["energy"].share == 1.0
    assert {gauge.mark for gauge in said.values()} == {""}
    assert gauges(None) == {}
    assert gauges(Attributes(mode=1))["mode"].text == "major"
    assert gauges(Attributes(key=1))["key"].text == "C♯"


def test_what_was_not_given_shows_how_far_to_trust_it() -> None:
    known = Attributes(energy=0.62, valence=0.5, loudness=-7.25, key=9, mode=0, time_signature=4)
    origins = {
        "energy": "estimated",
        "valence": "predicted:m",
        "loudness": "predicted:m",
        "key": "estimated",
        "time_signature": "estimated",
    }
    intervals = {"valence": Interval(0.3, 0.7, 0.9), "loudness": Interval(-9.5, -6.5, 0.9)}
    shown = track(known, **origins)
    said = {gauge.name: gauge for gauge in words.gauges(shown, intervals)}
    assert (said["energy"].text, said["energy"].mark) == ("≈ 0.62", "estimated")
    assert (said["key"].text, said["key"].mark) == ("≈ A minor", "estimated")
    assert (said["metre"].text, said["metre"].mark) == ("≈ 4 beats a bar", "estimated")
    assert (said["valence"].text, said["valence"].mark) == ("0.50 ± 0.20", "")
    assert (said["valence"].low, said["valence"].high) == (0.3, 0.7)
    assert said["loudness"].text == "−7.2 ± 1.5 dB"
    bare = {gauge.name: gauge for gauge in words.gauges(shown, {})}
    assert (bare["valence"].text, bare["valence"].mark) == ("0.50", "predicted")


def test_sentences_say_where_attributes_come_from() -> None:
    given = track(Attributes(energy=0.5), energy="given")
    assert words.sources(given, {}) == ["Attributes are given by the table or file."]
    mixed = track(Attributes(), energy="estimated", tempo="given", time_signature="given")
    assert words.sources(mixed, {})[:2] == [
        "Given by the table or file: tempo, time signature.",
        "Estimated from the signal: energy.",
    ]
    assert "guess by a formula" in words.sources(mixed, {})[2]
    predicted = track(Attributes(), energy="predicted:m")
    assert words.sources(predicted, {"energy": Interval(0.1, 0.2, 0.9)}) == [
        "Attributes are predicted by the model m.",
        "± is made to hold for 90 % of tracks.",
    ]
    assert words.sources(track(None), {}) == []


def test_provenance_in_words() -> None:
    assert words.provenance("predicted:stack-3") == "predicted by the model stack-3"
    assert words.provenance("estimated") == "estimated from the signal"


def test_the_bar_shows_what_spoke_for_the_row() -> None:
    reasons = Reasons(
        (
            Contribution("attributes", 0.5, 0.8, 0.0, rank=2, without=2000),
            Contribution("text", 0.3, 0.4, 0.0, rank=2, without=20),
            Contribution("mine", 0.2, 0.0, 0.1, rank=2, without=1),
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
    assert words.contribution(reasons.contributions[0]) == (
        "without it place 2,000 instead of 2; scores 0.800 where chance gives 0.000, weight 0.50"
    )
    assert words.space("mine") == "mine"


def test_what_moved_a_row_and_where_it_sounds_alike_are_said() -> None:
    assert words.change("hubs", -0.012) == "near to everything −0.012"
    assert words.change("variation", 0.0304) == "chance +0.030"
    one = Passage("sound", "trk", seed_at=92.4, track_at=0.0, seconds=3.0, likeness=0.9)
    assert words.heard_alike(one) == "1:32 to 1:35 there, 0:00 to 0:03 here"
