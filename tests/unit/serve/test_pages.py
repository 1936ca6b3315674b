"""Pages: whole, safe, readable without scripts, and plain about what is missing."""

from __future__ import annotations

import html
import re

import pytest

PATHS = [
    "/",
    "/?q=slow",
    "/?q=zzzz",
    "/upload",
    "/jobs",
    "/models",
    "/about",
    "/docs",
    "/nowhere",
]


@pytest.fixture(
    params=[*PATHS, "/describe", "/describe?words=slow+zzyx&energy=0.5", "played", "tabled"]
)
def page_text(request, client, played, tabled) -> str:
    ids = {"played": f"/tracks/{played}", "tabled": f"/tracks/{tabled}?lens=hybrid&n=12"}
    return client.get(ids.get(request.param, request.param)).text


def test_every_page_has_a_language_a_title_one_heading_and_a_main_part(page_text, parse) -> None:
    page = parse(page_text)
    assert page.faults == []
    assert page.all("html")[0]["lang"] == "en"
    title = re.search(r"<title>(.*?)</title>", page_text, re.S)
    assert title is not None
    assert title[1].strip().endswith("· Segue")
    assert len(page.all("h1")) == 1
    assert page.text["h1"].strip()
    assert [main["id"] for main in page.all("main")] == ["main"]
    assert any(link.get("href") == "#main" for link in page.all("a"))


def test_no_page_holds_an_inline_script_or_style_or_anything_from_elsewhere(
    page_text, parse
) -> None:
    page = parse(page_text)
    assert all(script.get("src") for script in page.all("script"))
    assert page.all("style") == []
    for tag, attributes in page.elements:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
        for name in ("src", "href", "action", "hx-get"):
            address = attributes.get(name) or ""
            assert not re.match(r"(\w+:)?//", address), f"{tag} {name}={address}"
            assert not address.lower().startswith("javascript:"), tag


def test_ids_are_unique_and_every_reference_finds_its_element(page_text, parse) -> None:
    page = parse(page_text)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        for name in ("aria-labelledby", "aria-describedby", "for", "list"):
            assert set((attributes.get(name) or ids[0]).split()) <= set(ids)


def test_every_field_has_a_label(page_text, parse) -> None:
    page = parse(page_text)
    labelled = {label["for"] for label in page.all("label") if "for" in label}
    wrapped = len(re.findall(r"<label[^>]*>(?:(?!</label>).)*<(?:input|select)", page_text, re.S))
    fields = [
        field
        for field in (*page.all("input"), *page.all("select"))
        if field.get("type") != "hidden" and not field.get("aria-label")
    ]
    assert len([field for field in fields if field.get("id") not in labelled]) <= wrapped


def test_library_lists_tracks_and_leads_through_all_of_them(client) -> None:
    seen: list[str] = []
    address = "/?show=all"
    while address:
        text = client.get(address).text
        seen += re.findall(r'class="row-title" href="/tracks/([^"]+)"', text)
        found = re.search(r'rel="next" href="([^"]+)"', text)
        address = found and html.unescape(found.group(1))
        assert len(seen) <= 72
    assert len(seen) == len(set(seen)) == 72
    assert "72 tracks in the catalogue" in client.get("/").text


def test_library_begins_with_what_can_be_played(client) -> None:
    text = client.get("/").text
    assert text.count("data-play") == text.count('class="row-title"') == 12
    assert 'rel="next"' not in text
    assert len(re.findall(r'class="row-title" href="/tracks/[^"?]+\?playable=true"', text)) == 12
    beyond = client.get("/", params={"show": "playable", "page": 9}).text
    assert beyond.count('class="row-title"') == 12
    assert client.get("/?show=nonsense").status_code == 422


def test_from_what_can_be_played_one_comes_to_what_can_be_played(client) -> None:
    way = re.search(r'class="row-title" href="([^"]+)"', client.get("/").text)
    assert way is not None
    text = client.get(way[1]).text
    assert text.count('class="match"') == len(re.findall(r'"match".*?data-play="', text, re.S)) > 0
    assert '<option value="true" selected>What can be played' in text
    assert '<details class="filters">' in text


def test_search_finds_without_scripts_and_says_how_many(client) -> None:
    text = client.get("/", params={"q": "vela harbour 4"}).text
    assert "Slow Harbour 4" in text
    assert "Kestrel" not in text
    assert re.search(r"\d+ tracks? for “<bdi>vela harbour 4</bdi>”", text)
    assert 'value="vela harbour 4"' in text


def test_search_that_finds_nothing_says_how_search_works(client) -> None:
    text = client.get("/", params={"q": "zzzz"}).text
    assert "Nothing found for “<bdi>zzzz</bdi>”" in text
    assert "Every word must stand in" in text


def test_search_as_you_type_answers_with_a_part(client) -> None:
    answer = client.get(
        "/", params={"q": "slow"}, headers={"HX-Request": "true", "HX-Target": "results"}
    )
    assert "<html" not in answer.text
    assert "Slow Harbour" in answer.text
    assert 'hx-swap-oob="innerHTML:#found"' in answer.text
    assert answer.headers["vary"].startswith("HX-Request")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("script alert", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"),
        ("schlaflied", "🎹 Schlaflied 🌙"),
        ("الصباح", "<bdi>أغنية الصباح</bdi>"),
    ],
)
def test_odd_names_are_shown_as_they_are_and_do_nothing(client, words, shown) -> None:
    text = client.get("/", params={"q": words}).text
    assert shown in text
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    track = re.search(r'class="row-title" href="([^"]+)"', text).group(1)
    page = client.get(track).text
    assert shown in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_what_is_typed_is_escaped(client) -> None:
    text = client.get("/", params={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in text
    assert "&#34;&gt;&lt;script&gt;" in text


def test_unknown_track_is_a_page_with_404(client) -> None:
    answer = client.get("/tracks/nowhere")
    assert answer.status_code == 404
    assert "nowhere" in answer.text
    assert "/segue.db" not in answer.text


def test_a_path_is_no_track_even_when_the_file_exists(client, tone_file) -> None:
    for address in (
        f"/tracks/{tone_file.as_posix()}",
        f"/tracks/{str(tone_file).replace('/', '%2F')}",
    ):
        assert client.get(address).status_code == 404


def test_status_adds_up_and_names_failures(client, stocked) -> None:
    text = client.get("/jobs").text
    ledger = client.get("/api/v1/status").json()["ledger"]
    assert ledger["found"] == sum(ledger[s] for s in ("analysed", "queued", "failed", "skipped"))
    assert f"<dt>Analysed</dt><dd>{ledger['analysed']}</dd>" in text
    assert "All 12 files are through" in text or "files are through" in text
    for space in ("attributes", "words", "sound"):
        assert f"<dt>{space}</dt>" in text


def test_status_part_for_htmx_asks_again_by_itself(client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "progress"}
    text = client.get("/jobs", headers=headers).text
    assert "<html" not in text
    assert text.startswith('<div id="progress"')


def test_empty_catalogue_says_what_would_fill_it(empty_client) -> None:
    text = empty_client.get("/").text
    assert "Nothing to listen to yet" in text
    for way in ("segue serve ~/Music", "segue import tracks", "segue demo"):
        assert way in text
    status = empty_client.get("/jobs").text
    assert "No audio files yet" in status
    assert "getting to know the catalogue" in status
    assert 'hx-trigger="every 20s" hx-target="#progress"' in status


def test_docs_name_every_operation_and_every_problem(client) -> None:
    text = client.get("/docs").text
    for path in client.get("/openapi.json").json()["paths"]:
        assert f"<code>{path}</code>" in text
    for kind in ("not-found", "warming-up", "too-large", "internal"):
        assert f'id="problem-{kind}"' in text
    assert "whole number, 1 to 500" in text


def test_head_is_answered_without_a_body(client, played) -> None:
    for path in ("/", f"/tracks/{played}", "/upload", "/status", "/about", "/docs"):
        answer = client.head(path)
        assert answer.status_code == 200
        assert answer.text == ""
