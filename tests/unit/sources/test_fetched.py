"""Data sets come whole, as the file that is meant, and go on where they broke off."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from segue.errors import BadFileError, NotFoundError, UnavailableError
from segue.sources.fetched import Patience, fetched
from segue.sources.fetched_sets import DATA_SETS, DataSet, named
from serving import Handler, Site

if TYPE_CHECKING:
    from pathlib import Path

TABLE = bytes(range(256)) * 2_000
QUICK = Patience(tries=2, backoff=0.01, silence=10.0)


@pytest.fixture
def site():
    with Site(pages={"/set.csv": TABLE}) as served:
        yield served


def small(site: Site, **changed: object) -> DataSet:
    """A data set on the test's own server."""
    return replace(
        named("spotify-tracks"),
        **{
            "address": site.url("/set.csv"),
            "size": len(TABLE),
            "digest": ("sha256", hashlib.sha256(TABLE).hexdigest()),
            **changed,
        },
    )


def test_it_comes_whole_and_is_known_by_its_digest(site: Site, tmp_path: Path) -> None:
    told: list[tuple[int, int | None, str]] = []
    folder = tmp_path / "new" / "sets"
    came = fetched(small(site), folder, on_progress=lambda *at: told.append(at))
    assert came.path == folder / "spotify_tracks.csv"
    assert came.path.read_bytes() == TABLE
    assert (came.known, came.there, came.bytes) == (True, False, len(TABLE))
    assert [each.name for each in folder.iterdir()] == ["spotify_tracks.csv"]
    assert told[-1] == (len(TABLE), len(TABLE), "bytes of spotify_tracks.csv checked")
    again = fetched(small(site), folder)
    assert (again.there, again.digest, len(site.asked)) == (True, came.digest, 1)


@pytest.mark.parametrize("kind", ["md5", "sha1"])
def test_older_digests_of_publishers_are_known(site: Site, tmp_path: Path, kind: str) -> None:
    digest = (kind, hashlib.new(kind, TABLE, usedforsecurity=False).hexdigest())
    assert fetched(small(site, digest=digest), tmp_path).digest == digest


def test_what_breaks_off_goes_on_from_there_now_and_later(site: Site, tmp_path: Path) -> None:
    cuts = [100_000, 300_000]

    def broken(handler: Handler) -> None:
        if cuts:
            handler.serve(TABLE, cut=cuts.pop(0))
        else:
            handler.send_error(503)

    site.pages["/set.csv"] = broken
    with pytest.raises(
        UnavailableError, match="it does not come: the server answers 503"
    ) as caught:
        fetched(small(site), tmp_path, patience=replace(QUICK, tries=1))
    assert "goes on where this stopped" in str(caught.value)
    began = (tmp_path / "spotify_tracks.csv.part").stat().st_size
    assert began == 400_000
    site.pages["/set.csv"] = TABLE
    assert fetched(small(site), tmp_path).path.read_bytes() == TABLE
    assert site.asked[-1].headers["Range"] == f"bytes={began}-"
    assert len(list(tmp_path.iterdir())) == 1


def test_another_file_is_not_taken_unless_that_is_said(site: Site, tmp_path: Path) -> None:
    site.pages["/set.csv"] = b"another version"
    wanted = hashlib.sha256(TABLE).hexdigest()
    with pytest.raises(BadFileError, match=f"not the file that Segue knows .*{wanted} is meant"):
        fetched(small(site), tmp_path)
    assert not (tmp_path / "spotify_tracks.csv").exists()
    came = fetched(small(site), tmp_path, any_version=True)
    assert (came.known, came.path.read_bytes()) == (False, b"another version")
    assert len(site.asked) == 1
    with pytest.raises(BadFileError, match="Delete it and fetch it again"):
        fetched(small(site), tmp_path)


def test_a_mirror_is_held_to_the_same_digest(site: Site, tmp_path: Path) -> None:
    site.pages["/mirror"] = TABLE
    far = small(site, address="https://publisher.invalid/set.csv")
    assert fetched(far, tmp_path, address=site.url("/mirror")).known is True


@pytest.mark.parametrize(
    ("page", "said"),
    [(404, "no such file"), (403, "refuses it"), (503, "answers 503"), (b"", "is empty")],
)
def test_a_server_that_does_not_give_it_is_told_of(
    site: Site, tmp_path: Path, page: object, said: str
) -> None:
    def refuse(handler: Handler) -> None:
        handler.send_error(page)

    site.pages["/set.csv"] = page if isinstance(page, bytes) else refuse
    with pytest.raises(UnavailableError, match=said):
        fetched(small(site), tmp_path, patience=QUICK)
    assert len(site.asked) == (2 if page == 503 else 1)


def test_what_never_ends_is_left(site: Site, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="larger than"):
        fetched(small(site, size=len(TABLE) // 3), tmp_path, patience=QUICK)


def test_a_disk_without_room_is_seen_beforehand(site: Site, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"takes 1,000,000,000,000 MB more, and [\d,]+ MB"):
        fetched(small(site, size=10**18), tmp_path)
    assert site.asked == []


def test_a_folder_that_is_a_file_says_so(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnavailableError, match="what comes cannot be kept"):
        fetched(small(site), tmp_path / "file")


def test_what_is_put_there_by_hand_is_looked_into(tmp_path: Path) -> None:
    mpd = named("mpd")
    with pytest.raises(NotFoundError, match="only to people who sign in") as caught:
        fetched(mpd, tmp_path)
    assert f"Fetch {mpd.file} from {mpd.publisher}" in str(caught.value)
    path = tmp_path / mpd.file
    path.write_text("no archive")
    with pytest.raises(BadFileError, match="no ZIP archive"):
        fetched(mpd, tmp_path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data/other.json", "{}")
    with pytest.raises(BadFileError, match="holds no slices"):
        fetched(mpd, tmp_path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data/mpd.slice.0-999.json", "{}")
    came = fetched(mpd, tmp_path)
    assert (came.known, came.there, came.digest[0]) == (None, True, "sha256")


def test_every_data_set_says_what_it_is_and_what_may_be_done_with_it() -> None:
    assert (
        len({one.name for one in DATA_SETS} & {"spotify-tracks", "fma-small", "gtzan", "mpd"}) == 4
    )
    assert len({one.file for one in DATA_SETS}) == len(DATA_SETS)
    for one in DATA_SETS:
        assert one.publisher.startswith("https://")
        assert one.licence.endswith(".")
        assert "FILE" in one.leads_to
        kind, value = one.digest
        if one.address:
            assert one.size > 0
            assert len(value) == 2 * hashlib.new(kind, usedforsecurity=False).digest_size
    with pytest.raises(NotFoundError, match="no data set is called 'fma'"):
        named("fma")
