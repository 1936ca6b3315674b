from __future__ import annotations

import gzip
import time
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from segue.errors import BadRequestError, BadTableError
from segue.records import Rejection
from segue.sources.delimited import MAX_ROW, DelimitedTable
from segue.sources.encodings import inspect

if TYPE_CHECKING:
    from pathlib import Path


def table_of(tmp_path: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: Path, encoding: str | None = None) -> list[tuple[int, list[str]] | Rejection]:
    table = DelimitedTable(path, encoding=encoding)
    return [
        row if isinstance(row, Rejection) else (row[0], list(row[1])) for row in table.rows([0])
    ]


def faults(rows: list[tuple[int, list[str]] | Rejection]) -> dict[int | None, str]:
    return {row.line: row.reason for row in rows if isinstance(row, Rejection)}


@pytest.mark.parametrize(
    ("name", "content", "delimiter"),
    [
        ("a.csv", "x,y\n1,2\n", ","),
        ("a.csv", "x;y;z\n1;2,5;3\n", ";"),
        ("a.csv", "x\ty\n1\t2\n", "\t"),
        ("a.tsv", "x,1\ty\n1\t2\n", "\t"),
    ],
)
def test_the_separator_is_the_one_of_the_first_line(tmp_path, name, content, delimiter) -> None:
    table = DelimitedTable(table_of(tmp_path, content, name))
    assert table.delimiter == delimiter
    assert len(list(table.rows([0]))) == 1


def test_lines_are_counted_through_cells_with_breaks_and_blank_lines(tmp_path: Path) -> None:
    path = table_of(tmp_path, 'x,y\r\n1,"a\r\nb"\r\n\r\n2,c\r\n')
    assert read(path) == [(2, ["1", "a\r\nb"]), (5, ["2", "c"])]


def test_doubled_and_inner_quotes(tmp_path: Path) -> None:
    path = table_of(tmp_path, 'x,y\n"a ""b""",c\n7" single,d\n')
    assert read(path) == [(2, ['a "b"', "c"]), (3, ['7" single', "d"])]


def test_a_quote_that_is_never_closed_costs_its_line_only(tmp_path: Path) -> None:
    rows = read(table_of(tmp_path, 'x,y\n1,a\n2,"b\n3,c\n4,d\n'))
    assert [row[0] for row in rows if not isinstance(row, Rejection)] == [2, 4, 5]
    assert list(faults(rows)) == [3]
    assert "quotes do not balance" in faults(rows)[3]


def test_an_open_quote_that_meets_a_later_one_costs_its_line_only(tmp_path: Path) -> None:
    rows = read(table_of(tmp_path, 'x,y\n1,"b\n3,c\n4,"d, e"\n5,f\n'))
    assert [row for row in rows if not isinstance(row, Rejection)] == [
        (3, ["3", "c"]),
        (4, ["4", "d, e"]),
        (5, ["5", "f"]),
    ]
    assert list(faults(rows)) == [2]


def test_an_open_quote_that_ends_another_rows_cell_costs_its_line_only(tmp_path: Path) -> None:
    rows = read(table_of(tmp_path, 'x,y,z\n1,"b,c\n3,c,d\n4,e,f"\n5,g,h\n'))
    assert [row[0] for row in rows if not isinstance(row, Rejection)] == [3, 4, 5]
    assert list(faults(rows)) == [2]


def test_rows_of_another_width_are_rejected(tmp_path: Path) -> None:
    rows = read(table_of(tmp_path, "x,y\n1\n1,2,3\n1,2\n"))
    assert faults(rows) == {
        2: "it has 1 cells, the first line names 2 columns",
        3: "it has 3 cells, the first line names 2 columns",
    }
    assert rows[-1] == (4, ["1", "2"])


@pytest.mark.parametrize("size", [2_000_000, 10_000_000])
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_huge_cell_costs_its_row_and_little_memory(tmp_path: Path, size, quote) -> None:
    path = table_of(tmp_path, f"x,y\n1,{quote}{'a' * size}{quote}\n2,b\n")
    tracemalloc.start()
    rows = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert faults(rows) == {2: "a cell is longer than a million characters"}
    assert rows[-1] == (3, ["2", "b"])
    assert peak < 8 * MAX_ROW


def test_an_open_quote_before_many_lines_is_given_up_in_time(tmp_path: Path) -> None:
    body = "".join(f"{number},plain words without any mark\n" for number in range(100_000))
    started = time.perf_counter()
    rows = read(table_of(tmp_path, f'x,y\n0,"open\n{body}'))
    assert len(rows) == 100_001
    assert list(faults(rows)) == [2]
    assert time.perf_counter() - started < 5


def test_many_open_quotes_do_not_take_forever(tmp_path: Path) -> None:
    body = "".join(f'{number},"open {number}\n' for number in range(20_000))
    started = time.perf_counter()
    rows = read(table_of(tmp_path, f"x,y\n{body}"))
    assert len(rows) == len(faults(rows)) == 20_000
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "empty"),
        (b"\n\nx,y\n", "first line is blank"),
        (b'"x,y\n1,2\n', "column names cannot be read"),
        (b"\x00\x01\x02x,y", "not text"),
        ("x,y\n1,2\n".encode("utf-16-le"), "utf-16-le"),
        (b"x,y\n1,Bj\xf6rk\n", r"byte 8 \(line 2\) is not UTF-8 text.*--encoding cp1252"),
        ("x,y\n1,2\n".encode("utf-16")[:-1], "is not UTF-16 text"),
    ],
)
def test_what_is_no_table_says_why(tmp_path: Path, content: bytes, match: str) -> None:
    with pytest.raises(BadTableError, match=match):
        DelimitedTable(table_of(tmp_path, content))


def test_a_bad_byte_is_found_far_into_a_file(tmp_path: Path) -> None:
    good = "x,ü\n" * 700_000
    path = table_of(tmp_path, good.encode() + b"\xff")
    with pytest.raises(BadTableError, match=rf"byte {len(good.encode())} \(line 700001\)"):
        inspect(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marked_encodings_are_known(tmp_path: Path, encoding: str) -> None:
    path = table_of(tmp_path, "title,y\nBjörk 春,2\n".encode(encoding))
    assert DelimitedTable(path).columns == ("title", "y")
    assert read(path) == [(2, ["Björk 春", "2"])]


def test_an_encoding_that_is_named_is_used(tmp_path: Path) -> None:
    path = table_of(tmp_path, "x,y\nBjörk,€\n".encode("cp1252"))
    assert read(path, encoding="cp1252") == [(2, ["Björk", "€"])]
    with pytest.raises(BadRequestError, match="no text encoding 'klingon'"):
        read(path, encoding="klingon")
    with pytest.raises(BadRequestError, match="no text encoding 'hex'"):
        read(path, encoding="hex")


def test_half_characters_are_not_let_in(tmp_path: Path) -> None:
    path = table_of(tmp_path, "x,y\n\\ud800,2\n")
    with pytest.raises(BadTableError, match=r"is not UNICODE.ESCAPE text"):
        read(path, encoding="unicode_escape")


def test_gzip_is_known_by_its_content(tmp_path: Path) -> None:
    assert read(table_of(tmp_path, gzip.compress(b"x,y\n1,2\n"), "t.csv")) == [(2, ["1", "2"])]
    with pytest.raises(BadTableError, match="no gzip file"):
        DelimitedTable(table_of(tmp_path, "x,y\n", "t.csv.gz"))


@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_a_damaged_gzip_gives_what_came_before(tmp_path: Path, damage: str) -> None:
    body = "".join(f"{number},{number * 7919 % 100_003}\n" for number in range(50_000))
    data = bytearray(gzip.compress(f"x,y\n{body}".encode()))
    if damage == "cut":
        del data[len(data) // 2 :]
    else:
        data[len(data) // 2] ^= 0xFF
        data[len(data) // 2 + 1] ^= 0xFF
    rows = read(table_of(tmp_path, bytes(data), "t.csv.gz"))
    taken = [row for row in rows if not isinstance(row, Rejection)]
    assert len(taken) > 1_000
    assert isinstance(rows[-1], Rejection)
    assert "compressed file breaks off here" in rows[-1].reason


def test_an_open_quote_in_a_cut_gzip_swallows_nothing(tmp_path: Path) -> None:
    body = '1,"open\n' + "".join(f"{number},plain\n" for number in range(2_000))
    data = gzip.compress(f"x,y\n{body}".encode())
    rows = read(table_of(tmp_path, data[:-60], "t.csv.gz"))
    taken = [row[0] for row in rows if not isinstance(row, Rejection)]
    assert taken[:2] == [3, 4]
    assert 2 in faults(rows)
    assert "breaks off" in rows[-1].reason


def test_progress_ends_with_all_lines(tmp_path: Path) -> None:
    calls: list[tuple[int, int | None, str]] = []
    path = table_of(tmp_path, "x,y\n" + "1,2\n" * 9_999)
    list(DelimitedTable(path).rows([0], on_progress=lambda *call: calls.append(call)))
    assert calls[-1] == (10_000, 10_000, "reading t.csv")
    assert len(calls) == 3
