"""The workshop: a mix that its address says whole, playlists that are kept, paths and the radio."""

from __future__ import annotations

import html
import re
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from segue.catalogue import kept, playlists
from segue.catalogue.sqlite import copy_file
from segue.errors import BadRequestError
from segue.library import Segue
from segue.records import OutsideId, PlaylistRecord, TrackRecord
from segue.serve.app import create_app
from segue.serve.mixture import OfMix, stepped
from segue.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IDS = st.lists(st.sampled_from("abcdefgh"), max_size=8, unique=True)
ODD = "<script>alert('x')</script>"


@given(
    IDS,
    st.sampled_from("abcdefgh"),
    st.sampled_from(["add", "less", "drop", "forgive", "up", "down", "move"]),
    st.integers(0, 20),
)
def test_a_step_names_every_track_once(ids: list[str], one: str, kind: str, place: int) -> None:
    half = len(ids) // 2
    asked = OfMix(track=ids[:half], less=ids[half:])
    step = f"{kind}:{one}:{place}" if kind == "move" else f"{kind}:{one}"
    listed, less = stepped(asked.model_copy(update={"step": step}))
    assert len({*listed, *less}) == len(listed) + len(less)
    others = [each for each in ids if each != one]
    assert sorted(each for each in (*listed, *less) if each != one) == sorted(others)
    if kind in {"up", "down", "move"}:
        assert set(listed) == set(ids[:half])
        if one in listed and kind == "move":
            assert listed.index(one) == min(place, len(listed) - 1)


def test_up_and_down_undo_each_other() -> None:
    asked = OfMix(track=["a", "b", "c"])
    up, _ = stepped(asked.model_copy(update={"step": "up:b"}))
    assert up == ("b", "a", "c")
    assert stepped(OfMix(track=up, step="down:b"))[0] == ("a", "b", "c")
    assert stepped(asked.model_copy(update={"step": "up:a"}))[0] == ("a", "b", "c")
    assert stepped(asked.model_copy(update={"step": "all:b;d;e"}))[0] == ("a", "b", "c", "d", "e")
    assert stepped(asked.model_copy(update={"step": "clear"})) == ((), ())


@pytest.mark.parametrize(
    ("step", "words"),
    [("hop:a", "there is no step 'hop:a'"), ("move:a:x", "is no place of the list")],
)
def test_a_step_that_makes_no_sense(step: str, words: str) -> None:
    with pytest.raises(BadRequestError, match=words):
        stepped(OfMix(track=["a"], step=step))


def test_a_mix_has_an_end() -> None:
    ids = [f"t{n}" for n in range(500)]
    with pytest.raises(BadRequestError, match="would hold 501 tracks"):
        stepped(OfMix(track=ids, step="add:x"))


# -- pages --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lists")


@pytest.fixture(scope="module")
def shelf(
    stocked: Segue, tmp_path_factory: pytest.TempPathFactory, folder: Path
) -> Iterator[TestClient]:
    """The small library as one's own, with an imported playlist, and a folder for files."""
    path = tmp_path_factory.mktemp("shelf") / "segue.db"
    copy_file(stocked.database.path, path)
    settings = Settings(_env_file=None, playlist_folder=folder)
    with Segue.open(path, settings=settings) as segue:
        entries = tuple(TrackRecord(f"Tone {n}", ("Ada Reed",)) for n in (0, 3, 6))
        record = PlaylistRecord("Día <b>", OutsideId("own", "p1"), entries, listener="Bo")
        playlists.add(segue.database, [record])
        with TestClient(create_app(segue), base_url="http://localhost") as made:
            end = time.monotonic() + 30
            while made.get("/ready").status_code != 200:
                assert time.monotonic() < end
                time.sleep(0.02)
            made.segue = segue
            yield made


@pytest.fixture(scope="module")
def ids(shelf: TestClient) -> list[str]:
    found = shelf.get("/api/v1/search", params={"q": "Tone", "n": 12}).json()["tracks"]
    return [track["id"] for track in found]


def sound(parse, answer) -> str:
    """A page's text, once it is whole and well formed."""
    assert answer.status_code == 200, answer.text
    page = parse(answer.text)
    assert page.faults == []
    assert ODD not in answer.text
    return answer.text


def steps(text: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(r'name="step" value="([^"]+)"', text)]


def query(answer) -> dict[str, list[str]]:
    assert answer.status_code == 303, answer.text
    return parse_qs(urlsplit(answer.headers["location"]).query)


def test_an_empty_mix_says_what_would_fill_it(shelf, parse) -> None:
    text = sound(parse, shelf.get("/mix"))
    assert "Nothing in it yet." in text
    assert "Suggestions come with the first track" in text
    assert shelf.head("/mix").status_code == 200


def test_a_mix_shows_its_list_what_goes_with_it_and_why(shelf, parse, ids) -> None:
    text = sound(parse, shelf.get("/mix", params={"track": ids[:3], "less": ids[3], "n": 5}))
    assert [one for one in steps(text) if one.startswith("drop:")] == [
        f"drop:{each}" for each in ids[:3]
    ]
    added = [one.removeprefix("add:") for one in steps(text) if one.startswith("add:")]
    assert 0 < len(added) <= 5
    assert not {*ids[:4]} & {*added}
    assert f"forgive:{ids[3]}" in steps(text)
    assert text.count('class="way-reason') == len(added)


def test_every_button_belongs_to_a_form_that_works_without_scripts(shelf, parse, ids) -> None:
    page = parse(shelf.get("/mix", params={"track": ids[:3]}).text)
    forms = {form.get("id") for form in page.all("form")}
    buttons = [one for one in page.all("button") if one.get("name") == "step"]
    assert len(buttons) > 10
    for button in buttons:
        assert button.get("form", "mix") in forms
        assert button["type"] == "submit"
    (form,) = [form for form in page.all("form") if form.get("id") == "mix"]
    assert (form["method"], form["action"]) == ("get", "/mix")


def test_a_button_leads_to_the_address_of_the_next_mix(shelf, ids) -> None:
    asked = {"track": ids[:2], "words": "slow", "lens": "attributes", "step": f"add:{ids[5]}"}
    answer = shelf.get("/mix", params=asked, follow_redirects=False)
    assert query(answer) == {
        "track": [*ids[:2], ids[5]],
        "words": ["slow"],
        "lens": ["attributes"],
    }


def test_a_mix_is_put_in_order(shelf, ids, parse) -> None:
    asked = {"track": ids[:6], "arc": "rising", "step": "order"}
    found = query(shelf.get("/mix", params=asked, follow_redirects=False))
    assert sorted(found["track"]) == sorted(ids[:6])
    assert found["arc"] == ["rising"]
    text = sound(parse, shelf.get("/mix", params=found))
    assert '<option value="rising" selected>' in text
    assert shelf.get("/mix", params={**asked, "arc": "sideways"}).status_code == 400


def test_words_alone_find_something_and_nonsense_is_said(shelf, parse) -> None:
    assert "add:" in str(steps(sound(parse, shelf.get("/mix", params={"words": "slow jazz"}))))
    text = sound(parse, shelf.get("/mix", params={"words": "zxqv"}))
    assert "nothing of" in html.unescape(text).lower()


def test_tracks_that_are_gone_are_left_out_and_that_is_said(shelf, parse, ids) -> None:
    text = sound(parse, shelf.get("/mix", params={"track": [ids[0], "gone"]}))
    assert "1 of the tracks in this address is no longer in the catalogue" in text
    assert f"drop:{ids[0]}" in steps(text)


def test_names_are_text_wherever_they_stand(shelf, parse) -> None:
    found = shelf.get("/api/v1/search", params={"q": "script alert"}).json()["tracks"][0]["id"]
    others = shelf.get("/api/v1/search", params={"q": "Slow"}).json()["tracks"]
    other = others[0]["id"]
    for address in (
        f"/mix?track={found}&less={other}",
        "/mix?q=script",
        "/mix/found?q=script",
        f"/path?from={found}&to={other}&n=4",
        f"/path?from={found}&q=script",
        f"/radio?from={found}",
        "/path/found?q=script",
    ):
        assert "&lt;script&gt;" in sound(parse, shelf.get(address)), address


def test_suggestions_come_while_one_types(shelf, parse, ids) -> None:
    text = sound(parse, shelf.get("/mix/found", params={"q": "tone 1"}))
    assert len(steps(text)) > 0
    assert "Nothing found for" in sound(parse, shelf.get("/mix/found", params={"q": "zxqv"}))
    link = html.unescape(sound(parse, shelf.get("/path/found?from=a&q=tone")))
    assert f"/path?from=a&to={ids[0]}" in link


# -- files ----------------------------------------------------------------------------------------


def test_a_list_is_taken_away_as_a_file(shelf, ids) -> None:
    answer = shelf.get(
        "/mix/export", params={"track": ids[:2], "title": "Día 🎧/x", "format": "m3u8"}
    )
    assert answer.status_code == 200
    told = answer.headers["content-disposition"]
    assert f"filename*=UTF-8''{quote('Día 🎧 x.m3u8', safe='')}" in told
    assert told.isascii()
    lines = answer.text.splitlines()
    assert lines[:2] == ["#EXTM3U", "#PLAYLIST:Día 🎧/x"]
    assert sum(not line.startswith("#") for line in lines) == 2


def test_paths_are_whole_relative_or_mapped(shelf, ids) -> None:
    roots = re.findall(r'<option value="(/[^"]*)">', shelf.get(f"/mix?track={ids[0]}").text)
    music = next(root for root in roots if root.endswith("music"))

    def path(**how: str) -> str:
        answer = shelf.get("/mix/export", params={"track": ids[0], **how})
        return answer.text.splitlines()[-1]

    assert path().startswith(music)
    assert "/" not in path(relative=music)
    assert path(mapped=f"{music}=M:\\Music").startswith("M:\\Music\\")
    assert shelf.get(f"/mix/export?track={ids[0]}&relative=/etc").status_code == 400
    assert shelf.get("/mix/export").status_code == 400
    jspf = shelf.get("/mix/export", params={"track": ids[0], "format": "jspf"})
    assert jspf.json()["playlist"]["track"][0]["title"].startswith("Tone")


# -- playlists ------------------------------------------------------------------------------------


def saved(shelf: TestClient, title: str, tracks: list[str]) -> int:
    answer = shelf.post(
        "/playlists", data={"title": title, "tracks": " ".join(tracks)}, follow_redirects=False
    )
    assert answer.status_code == 303, answer.text
    return int(answer.headers["location"].rpartition("/")[2])


def edition(text: str) -> str:
    return re.search(r'name="edition" value="([^"]+)"', text)[1]


def test_a_playlist_is_saved_changed_and_deleted(shelf, parse, ids) -> None:
    number = saved(shelf, "Mine & <b>yours</b>", ids[:3])
    page = f"/playlists/{number}"
    first = sound(parse, shelf.get(page))
    assert "Mine &amp; &lt;b&gt;yours&lt;/b&gt;" in first
    assert [*re.findall(r'<li class="way-item" data-id="([^"]+)"', first)] == ids[:3]
    assert f"track={ids[0]}&amp;track={ids[1]}&amp;track={ids[2]}&amp;into={number}" in first

    shelf.post(f"{page}/title", data={"edition": edition(first), "title": "Mine"})
    second = sound(parse, shelf.get(page))
    assert "<h1><bdi>Mine</bdi></h1>" in second
    stale = shelf.post(f"{page}/title", data={"edition": edition(first), "title": "Late"})
    assert stale.status_code == 409
    assert "was changed meanwhile" in stale.text

    shelf.post(f"{page}/tracks", data={"edition": edition(second), "tracks": " ".join(ids[5:3:-1])})
    third = sound(parse, shelf.get(page))
    shelf.post(f"{page}/more", data={"edition": edition(third), "tracks": ids[7]})
    held = kept.tracks_of(shelf.segue.database, number)
    assert list(held) == [ids[5], ids[4], ids[7]]

    last = edition(shelf.get(page).text)
    gone = shelf.post(f"{page}/delete", data={"edition": last}, follow_redirects=False)
    assert gone.headers["location"] == "/playlists"
    assert shelf.get(page).status_code == 404


def test_a_long_list_is_kept_whole(shelf, ids) -> None:
    many = (ids * 1_000)[:9_999]
    number = saved(shelf, "Long", many)
    text = shelf.get(f"/playlists/{number}").text
    assert "9,999 tracks" in text
    sent = {"edition": edition(text), "tracks": ids[0]}
    shelf.post(f"/playlists/{number}/more", data=sent)
    full = shelf.get(f"/playlists/{number}").text
    assert "10,000 tracks" in full
    more = shelf.post(f"/playlists/{number}/more", data={**sent, "edition": edition(full)})
    assert (more.status_code, "at most 10,000" in more.text.lower()) == (400, True)


def test_a_mix_that_changes_a_playlist_says_so(shelf, parse, ids) -> None:
    number = saved(shelf, "To change", ids[:2])
    text = sound(parse, shelf.get("/mix", params={"track": ids[:2], "into": number}))
    assert "Changing <bdi>To change</bdi>" in text
    assert f'action="/playlists/{number}/tracks"' in text
    asked = {"track": ids[:2], "into": number, "step": f"drop:{ids[0]}"}
    found = query(shelf.get("/mix", params=asked, follow_redirects=False))
    assert found == {"track": [ids[1]], "into": [str(number)]}
    assert "Changing" not in sound(
        parse, shelf.get("/mix", params={**asked, "step": "", "into": 99})
    )


def test_what_cannot_be_saved_is_said(shelf, ids) -> None:
    for data, code, words in (
        ({"title": " ", "tracks": ids[0]}, 400, "has no title"),
        ({"title": "x"}, 400, "holds no track"),
        ({"title": "x", "tracks": "gone"}, 404, "There is no track"),
    ):
        answer = shelf.post("/playlists", data=data)
        assert (answer.status_code, words in answer.text) == (code, True), answer.text
    other = shelf.post(
        "/playlists", data={"title": "x", "tracks": ids[0]}, headers={"origin": "http://evil.test"}
    )
    assert other.status_code == 403


def test_what_was_imported_is_shown_and_stays(shelf, parse) -> None:
    listing = sound(parse, shelf.get("/playlists", params={"q": "dia"}))
    number = int(re.search(r'href="/playlists/(\d+)"', listing)[1])
    assert "Día &lt;b&gt;" in listing
    text = sound(parse, shelf.get(f"/playlists/{number}"))
    assert "imported (own), of Bo" in text
    assert "Rename" not in text
    refused = shelf.post(f"/playlists/{number}/title", data={"edition": "0", "title": "x"})
    assert refused.status_code == 409
    assert "was imported and stays" in html.unescape(refused.text)
    assert "No playlist has" in sound(parse, shelf.get("/playlists?q=zxqv"))


def test_a_playlist_goes_on(shelf, parse, ids) -> None:
    number = saved(shelf, "Going on", ids[:3])
    text = sound(parse, shelf.get(f"/playlists/{number}/goes-on"))
    offered = re.findall(r'name="tracks" value="([^"]+)"', text)
    assert offered
    assert not {*ids[:3]} & {*offered}
    assert shelf.get("/playlists/999999/goes-on").status_code == 404


def test_a_playlist_is_put_in_order_from_its_page(shelf, ids) -> None:
    number = saved(shelf, "Order", ids[:4])
    text = shelf.get(f"/playlists/{number}").text
    asked = {"track": ids[:4], "into": number, "step": "order", "arc": "wave"}
    assert f'name="into" value="{number}"' in text
    found = query(shelf.get("/mix", params=asked, follow_redirects=False))
    assert found["into"] == [str(number)]


def test_a_playlist_is_written_beside_the_music(shelf, parse, ids, folder) -> None:
    number = saved(shelf, "On disk?", ids[:2])
    text = sound(parse, shelf.post(f"/playlists/{number}/file"))
    assert str(folder / "On disk.m3u8") in text
    written = folder / "On disk.m3u8"
    lines = written.read_text().splitlines()
    assert (folder / lines[-1]).exists()
    written.write_text("#EXTM3U\nmine.mp3\n")
    refused = shelf.post(f"/playlists/{number}/file")
    assert refused.status_code == 409
    assert "Segue did not write it" in refused.text
    assert 'name="overwrite" value="true"' in refused.text
    assert written.read_text() == "#EXTM3U\nmine.mp3\n"
    assert shelf.post(f"/playlists/{number}/file", data={"overwrite": "true"}).status_code == 200
    assert "#SEGUE:" in written.read_text()


def test_overwriting_is_offered_only_where_it_helps(shelf, ids, folder) -> None:
    number = saved(shelf, "A folder of this name", ids[:2])
    (folder / "A folder of this name.m3u8").mkdir()
    refused = shelf.post(f"/playlists/{number}/file")
    assert refused.status_code == 409
    assert "is no plain file" in refused.text
    assert 'name="overwrite"' not in refused.text


def test_a_long_playlist_has_pages(shelf, parse, ids) -> None:
    number = saved(shelf, "Long", ids * 20)
    first = sound(parse, shelf.get(f"/playlists/{number}"))
    assert first.count('class="way-item"') == 200
    assert f"/playlists/{number}?from=200" in first
    rest = sound(parse, shelf.get(f"/playlists/{number}?from=200"))
    assert rest.count('class="way-item"') == 40


# -- paths and the radio --------------------------------------------------------------------------


def test_a_path_has_both_ends_and_what_is_between(shelf, parse, ids) -> None:
    text = sound(parse, shelf.get("/path", params={"from": ids[0], "to": ids[5], "n": 5}))
    way = re.findall(r'<li class="way-item" data-id="([^"]+)"', text)
    assert (way[0], way[-1], len(way)) == (ids[0], ids[5], 5)
    assert text.count('class="between') == 4
    assert f'href="/path?to={ids[0]}&amp;from={ids[5]}&amp;n=5"' in text
    assert f'href="/path?to={ids[5]}&amp;n=5"' in text


def test_a_path_asks_for_the_end_that_is_missing(shelf, parse, ids) -> None:
    assert "From which track?" in sound(parse, shelf.get("/path"))
    text = sound(parse, shelf.get("/path", params={"from": ids[0], "q": "tone"}))
    assert "To which track?" in text
    assert f"/path?from={ids[0]}&amp;to={ids[1]}" in text
    assert shelf.get("/path?from=nobody").status_code == 404
    same = sound(parse, shelf.get("/path", params={"from": ids[0], "to": ids[0]}))
    assert 'class="empty failure"' in same


def test_a_radio_says_what_it_plays_first(shelf, parse, ids) -> None:
    text = sound(parse, shelf.get("/radio", params={"from": ids[0], "drift": 0.2}))
    way = re.findall(r'<li class="way-item" data-id="([^"]+)"', text)
    assert way
    assert ids[0] not in way[:8]
    assert f'data-radio="{ids[0]}"' in text
    assert 'data-address="/api/v1/radio"' in text
    assert "From which track?" in sound(parse, shelf.get("/radio"))
    assert shelf.get("/radio?from=nobody").status_code == 404


@pytest.mark.parametrize("path", ["/mix", "/playlists", "/path", "/radio"])
def test_an_empty_catalogue_says_what_would_fill_it(empty_client, parse, path) -> None:
    text = sound(parse, empty_client.get(path))
    assert "segue " in text
