from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from segue.cli.summary import analysed, check_target, imported, scanned, write_rejections
from segue.errors import BadRequestError, UnavailableError
from segue.records import Rejection
from segue.summaries import AnalysisSummary, ImportSummary, PassSummary, ScanSummary

REFUSED = tuple(Rejection("songs.csv", line, f"reason {line}") for line in range(2, 27))


def test_an_import_is_a_sum_that_adds_up() -> None:
    summary = ImportSummary(
        read=1_230, imported=1_000, merged=200, duplicate=5, rejected=25, rejections=REFUSED
    )
    first = imported(summary, what="tracks").splitlines()[0]
    numbers = [int(word.replace(",", "")) for word in re.findall(r"[\d,]*\d(?= )", first)]
    assert numbers[0] == sum(numbers[1:5])
    assert first.startswith("Read 1,230 tracks = 1,000 imported + 200 merged + 5 duplicate")


def test_the_first_ten_rejections_are_shown_and_the_rest_counted() -> None:
    text = imported(ImportSummary(read=25, rejected=25, rejections=REFUSED), what="tracks")
    assert text.count("\n  rejected: ") == 10
    assert "rejected: songs.csv, line 2: reason 2" in text
    assert "line 12" not in text
    assert "and 15 more; --json lists them, --rejections FILE writes them" in text


def test_few_rejections_are_all_shown_without_a_hint() -> None:
    text = imported(ImportSummary(read=2, rejected=2, rejections=REFUSED[:2]), what="tracks")
    assert text.count("rejected: ") == 2
    assert "more" not in text


def test_a_scan_says_what_is_gone_and_what_is_ambiguous() -> None:
    summary = ScanSummary(found=5, new=2, moved=1, unchanged=1, rejected=1, gone=3, ambiguous=1)
    text = scanned(summary, folder=Path("/music"))
    assert "Found 5 audio files in /music = 2 new + 0 changed + 1 moved + 1 unchanged" in text
    assert "3 known files are no longer there" in text
    assert "links list --state ambiguous" in text


def test_an_analysis_lists_what_failed() -> None:
    described = PassSummary(
        found=3, analysed=2, failed=1, done=3, failures=(Rejection("a.mp3", None, "it is empty"),)
    )
    text = analysed(AnalysisSummary(described)).splitlines()
    assert text[0].startswith("Described 3 files in ")
    assert text[1] == "All 3 files = 2 analysed + 0 queued + 1 failed + 0 skipped."
    assert text[2] == "  not read: a.mp3: it is empty"
    assert len(text) == 3


def test_only_what_takes_the_option_names_it() -> None:
    described = PassSummary(found=25, failed=25, done=25, failures=REFUSED)
    scan = ScanSummary(found=25, rejected=25, rejections=REFUSED)
    for text in (analysed(AnalysisSummary(described)), scanned(scan, folder=Path("music"))):
        assert text.endswith("and 15 more; --json lists them.")


def test_an_analysis_of_both_passes_says_both_and_what_was_not_as_asked() -> None:
    described = PassSummary(found=3, analysed=3)
    measured = PassSummary(found=3, analysed=1, queued=2, done=1, seconds=4.0)
    text = analysed(AnalysisSummary(described, measured, notes=("2 processes instead of 8.",)))
    assert text.splitlines() == [
        "No file waited for analysis.",
        "All 3 files = 3 analysed + 0 queued + 0 failed + 0 skipped.",
        "Read 1 files from end to end in 4 s.",
        "All 3 files = 1 analysed + 2 queued + 0 failed + 0 skipped.",
        "Note: 2 processes instead of 8.",
    ]


def test_what_networks_heard_is_told_by_space() -> None:
    heard = PassSummary(found=3, analysed=3, done=2, seconds=4.0)
    embedded = AnalysisSummary(PassSummary(found=3, analysed=3), embeddings={"sound": heard})
    lines = analysed(embedded).splitlines()
    assert "Embedded 2 files in sound, 4 s." in lines
    assert any(line.startswith("In sound: 3 files = 3 analysed + 0 queued") for line in lines)


def test_an_analysis_with_nothing_to_do_says_so() -> None:
    nothing = AnalysisSummary(PassSummary(found=2, analysed=2))
    assert analysed(nothing).startswith("No file waited for analysis.\nAll 2 files = 2 analysed")


def test_rejections_are_written_whole(tmp_path: Path) -> None:
    target = tmp_path / "refused.csv"
    write_rejections(target, (*REFUSED, Rejection("a,b.csv", None, 'a "quoted" reason')))
    with target.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    assert rows[0] == ["place", "line", "reason"]
    assert len(rows) == len(REFUSED) + 2
    assert rows[-1] == ["a,b.csv", "", 'a "quoted" reason']


def test_rejections_never_overwrite_what_is_read(tmp_path: Path) -> None:
    table = tmp_path / "songs.csv"
    table.write_text("title\n", encoding="utf-8")
    with pytest.raises(BadRequestError, match=r"would overwrite .*songs\.csv"):
        check_target(tmp_path / "." / "songs.csv", source=table)


def test_rejections_need_a_folder_that_is_there(tmp_path: Path) -> None:
    with pytest.raises(BadRequestError, match="cannot be written"):
        check_target(tmp_path / "nowhere" / "refused.csv", source=tmp_path)
    with pytest.raises(BadRequestError, match="cannot be written"):
        check_target(tmp_path, source=tmp_path / "songs.csv")


def test_a_disk_that_refuses_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="could not be written"):
        write_rejections(tmp_path / "gone" / "refused.csv", REFUSED)
