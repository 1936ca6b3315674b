"""Files that are brought and work beside the server, in a real browser and with a real end."""

from __future__ import annotations

import json
import re
import signal
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx2 as httpx
import pytest

import browsing
from segue.catalogue import jobs
from segue.catalogue.database import open_database
from segue.catalogue.sqlite import copy_file

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.browser


def test_several_files_at_once_each_to_its_own_end(visit, until, outside_mp3, tmp_path) -> None:
    text = tmp_path / "notes <b>.mp3"
    text.write_text("this is no music\n" * 100)
    watched = visit(size="phone")
    page = watched.open("/upload")
    page.get_by_label("Audio files").set_input_files([outside_mp3, text])
    page.locator(".upload-row", has_text="notes <b>.mp3").locator(".bad").wait_for(timeout=60_000)
    page.get_by_role("link", name=re.compile("What is like it")).wait_for(timeout=60_000)
    assert len(re.findall("of=", page.url)) == 2
    # The address holds the list.
    page.reload()
    assert page.locator(".upload-row").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name=re.compile("What is like it")).click()
    page.locator(".match .reason").first.wait_for(timeout=60_000)
    page.locator(".own-sound .seek.drawn").wait_for(timeout=60_000)
    page.locator(".job").wait_for(state="detached", timeout=60_000)
    # The waveform seeks, and the file plays from there.
    seek = page.get_by_label(re.compile("Position in"))
    until(page, "!document.querySelector('.own-sound input').disabled")
    seek.press("End")
    seek.press("PageDown")
    until(page, "document.querySelector('.own-sound audio').currentTime > 1")
    page.locator(".own-sound button").click()
    until(page, "!document.querySelector('.own-sound audio').paused")


def test_files_can_be_dropped(visit, outside_mp3) -> None:
    import base64

    page = visit().open("/upload")
    page.locator("form.live").wait_for()
    sent = base64.b64encode(outside_mp3.read_bytes()).decode()
    page.evaluate(
        """(sent) => {
          const bytes = Uint8Array.from(atob(sent), (one) => one.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([bytes], "dropped.mp3", { type: "audio/mpeg" }));
          for (const kind of ["dragenter", "dragover", "drop"]) {
            document.querySelector("form.drop").dispatchEvent(
              new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
          }
        }""",
        sent,
    )
    page.locator(".upload-row", has_text="dropped.mp3").locator("a.button:not(.quiet)").wait_for(
        timeout=60_000
    )


def test_who_leaves_while_files_travel_is_asked_and_the_sending_ends(
    visit, until, outside_mp3, tmp_path
) -> None:
    files = [tmp_path / f"{number}.mp3" for number in range(12)]
    for path in files:
        path.write_bytes(outside_mp3.read_bytes())
    page = visit().open("/upload")
    sent = []
    # What is sent never arrives.
    page.route(
        "**/upload",
        lambda route: sent.append(route) if route.request.method == "POST" else route.continue_(),
    )
    page.locator("form.live").wait_for()
    page.get_by_label("Audio files").set_input_files(files)
    until(page, "document.querySelectorAll('.upload-row').length === 12")
    library = page.locator("nav a", has_text="Library").first
    asked = []
    page.once("dialog", lambda one: asked.append(one.message) or one.dismiss())
    library.click()
    assert "files are not sent yet" in asked[0]
    assert page.url.partition("?")[0].endswith("/upload")
    page.once("dialog", lambda one: one.accept())
    library.click()
    until(page, "!document.querySelector('form.upload')")
    page.wait_for_timeout(1500)
    assert len(sent) == 2
    assert "of=" not in page.url


def test_a_folder_is_looked_through_again_before_ones_eyes(visit, until) -> None:
    page = visit().open("/jobs")
    page.get_by_role("button", name=re.compile("Look through it again")).click()
    page.wait_for_url(re.compile("/jobs$"))
    # Told live, without a reload: it comes to an end, and the list of what was done shows it.
    page.locator(".past-job", has_text="Looking through music").first.wait_for(timeout=60_000)
    until(page, "document.querySelectorAll('.job[data-state=running]').length === 0", seconds=60)
    assert "unchanged" in page.locator(".past-job").first.inner_text()


@pytest.fixture
def own(demo_folder: Path, tmp_path: Path) -> Path:
    """A catalogue of this test's own."""
    copy_file(demo_folder / "segue.db", tmp_path / "segue.db")
    return tmp_path / "segue.db"


def test_a_server_killed_at_an_upload_leaves_no_part_of_it_and_goes_on_with_whole_ones(
    own: Path, outside_mp3: Path, tmp_path: Path
) -> None:
    whole = outside_mp3.read_bytes()
    with browsing.started(own, log=tmp_path / "first.log", ends=-signal.SIGKILL) as (
        address,
        server,
    ):
        answer = httpx.post(
            f"{address}/upload",
            files={"file": ("whole.mp3", whole)},
            headers={"Accept": "application/json"},
        )
        (one,) = answer.json()["uploads"]

        def halves():
            yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.mp3"\r\n\r\n'
            for _ in range(200):
                yield whole[:100_000]
                time.sleep(0.01)
                if server.poll() is None and _ == 40:
                    server.send_signal(signal.SIGKILL)

        with pytest.raises(httpx.HTTPError):
            httpx.post(
                f"{address}/upload",
                content=halves(),
                headers={"content-type": "multipart/form-data; boundary=b"},
            )
        assert server.wait(timeout=10) == -signal.SIGKILL
    with browsing.served(own, log=tmp_path / "second.log") as address:
        end = time.monotonic() + 60
        while '<li class="match">' not in (text := httpx.get(address + one["address"]).text):
            assert time.monotonic() < end, text
            time.sleep(0.1)
        # The whole file, and what was heard in it.
        kept = {path.name for path in own.with_suffix(".uploads").iterdir()}
        assert kept == {one["token"], f"{one['token']}.heard"}


def test_two_gigabytes_are_refused_by_their_announced_length(address: str) -> None:
    request = urllib.request.Request(  # noqa: S310
        f"{address}/upload",
        data=b"--b\r\n",
        headers={
            "content-type": "multipart/form-data; boundary=b",
            "content-length": str(2 * 1024**3),
            "accept": "application/json",
        },
    )
    began = time.monotonic()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=20)  # noqa: S310
    assert time.monotonic() - began < 10
    assert refused.value.code == 413
    assert "200 MB" in json.loads(refused.value.read())["detail"]


def test_five_hundred_uploads_at_once_do_no_harm(own: Path, tmp_path: Path) -> None:
    text = b"this is no music\n" * 400
    codes: dict[int, int] = {}
    with browsing.served(own, log=tmp_path / "crowd.log") as address:
        limits = httpx.Limits(max_connections=500)
        with httpx.Client(limits=limits, timeout=120) as client:
            began = time.monotonic()

            def send(number: int) -> int:
                answer = client.post(
                    f"{address}/upload",
                    files={"file": (f"{number}.mp3", text)},
                    headers={"Accept": "application/json"},
                )
                if answer.status_code == 503:
                    assert int(answer.headers["retry-after"]) > 0
                    assert "in a few" in answer.json()["remedy"]
                return answer.status_code

            with ThreadPoolExecutor(500) as crowd:
                for code in crowd.map(send, range(500)):
                    codes[code] = codes.get(code, 0) + 1
            assert time.monotonic() - began < 120
            assert client.get(f"{address}/").status_code == 200
        assert set(codes) <= {201, 503}
        assert codes[201] >= 40
        with open_database(own) as db:
            assert len(jobs.listing(db, 1000)) >= codes[201]
        folder = own.with_suffix(".uploads")
        assert [path for path in folder.iterdir() if path.suffix == ".part"] == []
