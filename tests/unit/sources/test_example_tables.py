"""Tables to learn from: which columns are what, which rows can be used, and why others cannot."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pytest

from segue.errors import BadRequestError, BadTableError, NotFoundError
from segue.sources.example_tables import Columns, ExampleTable, nothing_left, read_examples

if TYPE_CHECKING:
    from pathlib import Path

TABLE = """\
,track_id,title,artist,duration,energy,key,mode,mood,timbre0,timbre1,pitch0,album_id
0,a,One,The Alphas,180,0.5,0,1,sad,1,-2.5,0.1,7
1,b,Two,Beta feat. Gamma,200,0.75,11,0,happy,2,1e3,0.2,7
2,c,Three,Various Artists,90,,A min,,calm,3,4,0.3,8
"""


@pytest.fixture
def read(tmp_path: Path):
    """A function that reads the table of a text."""

    def call(text: str = TABLE, *, name: str = "my.csv", **columns: object) -> ExampleTable:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return read_examples(path, columns=Columns(**columns))

    return call


def test_features_are_the_columns_of_numbers_that_mean_nothing_else(read) -> None:
    table = read()
    assert table.names == ("timbre0", "timbre1", "pitch0")
    np.testing.assert_array_equal(
        table.features, np.float32([[1, -2.5, 0.1], [2, 1000, 0.2], [3, 4, 0.3]])
    )
    assert table.features.dtype == np.float32
    assert table.ids == ("a", "b", "c")
    assert table.own_ids
    assert table.artists == ("alphas", "beta", "")
    assert (table.read, table.rejections) == (3, ())
    assert table.lines == (2, 3, 4)


def test_attributes_are_read_as_every_table_says_them(read) -> None:
    table = read()
    assert set(table.attributes) == {"energy", "key", "mode"}
    np.testing.assert_array_equal(table.attributes["energy"], [0.5, 0.75, np.nan])
    np.testing.assert_array_equal(table.attributes["key"], [0, 11, 9])
    np.testing.assert_array_equal(table.attributes["mode"], [1, 0, 0])


def test_a_keys_name_brings_the_mode_along(read) -> None:
    table = read("id,key,x\n1,A min,1\n2,C# Maj,2\n", attributes=("mode",))
    np.testing.assert_array_equal(table.attributes["mode"], [0, 1])


def test_the_digest_is_that_of_the_file(read) -> None:
    assert read().digest == hashlib.sha256(TABLE.encode()).hexdigest()


def test_patterns_choose_and_leave_out(read) -> None:
    assert read(features=("timbre*",)).names == ("timbre0", "timbre1")
    assert read(features=("timbre*", "pitch0"), without=("timbre0",)).names == ("timbre1", "pitch0")
    assert read(without=("timbre*",)).names == ("pitch0",)
    assert "key" not in read(without=("key", "mode")).attributes
    assert set(read(without=("e*",)).attributes) == {"key", "mode"}


def test_what_is_known_of_the_track_is_a_feature_only_by_its_full_name(read) -> None:
    assert read(features=("*",)).names == ("timbre0", "timbre1", "pitch0")
    table = read(attributes=(), features=("duration", "pitch*"), texts=("mood",))
    assert table.names == ("duration", "pitch0")
    assert table.texts == {"mood": ("sad", "happy", "calm")}
    assert table.attributes == {}


def test_an_attribute_that_is_no_target_can_be_a_feature_and_a_target_cannot(read) -> None:
    text = "id,energy,valence\n1,0.5,0.1\n2,0.25,0.3\n"
    table = read(text, attributes=("valence",), features=("energy",))
    assert table.names == ("energy",)
    assert set(table.attributes) == {"valence"}
    with pytest.raises(BadTableError, match="'valence' is a target, and cannot be a feature"):
        read(text, attributes=("valence",), features=("energy", "valence"))
    with pytest.raises(BadTableError, match="'timbre0' is a target"):
        read(texts=("timbre0",), features=("timbre0",))


@pytest.mark.parametrize("pattern", ["timber*", "x", "nothing"])
def test_a_pattern_that_fits_nothing_is_refused(read, pattern: str) -> None:
    with pytest.raises(BadTableError, match=f"no column fits {pattern!r}".replace("*", r"\*")):
        read(features=(pattern,))
    with pytest.raises(BadTableError, match="no column fits"):
        read(without=(pattern,))


def test_columns_of_text_are_left_out_and_named(read) -> None:
    table = read("id,x,label,empty\n1,1,blues,\n2,2,rock,\n")
    assert table.names == ("x",)
    assert table.notes == ("Left out, as they hold text or nothing: 'label', 'empty'.",)


def test_text_that_was_asked_for_as_numbers_is_refused(read) -> None:
    with pytest.raises(BadTableError, match="'label' holds text such as 'blues'"):
        read("id,x,label\n1,1,blues\n2,2,rock\n", features=("x", "label"))
    with pytest.raises(BadTableError, match="'empty' holds nothing"):
        read("id,x,empty\n1,1,\n2,2,\n", features=("x", "empty"))
    with pytest.raises(BadTableError, match="no column holds numbers that could be features"):
        read("id,label\n1,blues\n2,rock\n")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", "the feature 'x' of t2 is blank or no finite number"),
        ("nan", "the feature 'x' of t2 is blank or no finite number"),
        ("inf", "the feature 'x' of t2 is blank or no finite number"),
        ("1e99", "the feature 'x' of t2 is blank or no finite number"),
        ("n/a?", "the feature 'x' of t2 is 'n/a?', which is no number"),
    ],
)
def test_a_row_without_a_feature_is_refused_by_row_and_feature(
    read, cell: str, reason: str
) -> None:
    table = read(f"id,energy,x,y\nt1,0.1,1,2\nt2,0.2,{cell},3\nt3,0.3,3,4\n")
    assert table.ids == ("t1", "t3")
    np.testing.assert_array_equal(table.attributes["energy"], [0.1, 0.3])
    (refused,) = table.rejections
    assert (refused.line, refused.reason) == (3, reason)
    assert table.read == 3


def test_a_column_that_costs_many_rows_is_named_with_the_remedy(read) -> None:
    rows = "".join(f"t{n},0.5,{n},{n if n % 2 else ''}\n" for n in range(40))
    table = read(f"id,energy,x,half\n{rows}")
    assert len(table) == 20
    assert table.notes == (
        "'half' lacks 20 of 40 rows; `--without 'half'` leaves it out and keeps them.",
    )
    assert len(read(f"id,energy,x,half\n{rows}", without=("half",))) == 40


def test_rows_that_are_no_rows_are_refused_and_the_rest_goes_on(read) -> None:
    table = read("id,energy,x\nt1,0.1,1\nt2,73,2\nt3,0.3\nt4,0.4,4\n")
    assert table.ids == ("t1", "t4")
    assert [each.line for each in table.rejections] == [3, 4]
    assert "'73', which is not from 0 to 1" in table.rejections[0].reason
    said = str(nothing_left(table.path, table.rejections))
    assert "none of its 2 rows can be used; the first, line 3: column 'energy' holds" in said


def test_a_table_without_rows_is_refused(read) -> None:
    with pytest.raises(BadTableError, match="names its columns and has no rows"):
        read("id,energy,x\n")


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="there is no file"):
        read_examples(tmp_path / "none.csv", columns=Columns())


def test_tracks_are_called_by_id_else_by_name_else_by_line(read) -> None:
    assert read("title,artist,x\nOne,A,1\nTwo,,2\n").ids == ("A – One", "Two")
    nameless = read("x,energy\n1,0.5\n2,0.5\n")
    assert nameless.ids == ("line 2", "line 3")
    assert not nameless.own_ids
    assert read("filename,x\nblues.wav,1\nrock.wav,2\n").ids == ("blues.wav", "rock.wav")


def test_artists_may_stand_in_a_column_of_another_name_or_in_none(read) -> None:
    text = "id,Interpret,x\n1,The Alphas; Beta,1\n2,,2\n"
    assert read(text).artists is None
    assert read(text, artists="Interpret").artists == ("alphas", "")
    with pytest.raises(BadTableError, match="no column 'Artist'"):
        read(text, artists="Artist")


def test_a_mapping_says_what_columns_mean(read) -> None:
    table = read("id,Intensity,x\n1,50,1\n2,100,2\n", mapping={"energy_percent": "Intensity"})
    np.testing.assert_array_equal(table.attributes["energy"], [0.5, 1.0])
    assert table.names == ("x",)
    with pytest.raises(BadRequestError, match="nothing a column can be mapped to"):
        read("id,Intensity,x\n1,50,1\n", mapping={"fun": "Intensity"})


def test_columns_that_must_be_there_and_columns_that_may(read) -> None:
    with pytest.raises(BadTableError, match="no column 'joy'"):
        read(texts=("joy",))
    assert read(perhaps=("joy", "mood")).texts == {"mood": ("sad", "happy", "calm")}


def test_exact_features_come_in_the_order_asked_and_others_are_ignored(read) -> None:
    table = read(features=("pitch0", "timbre0"), exact=True)
    assert table.names == ("pitch0", "timbre0")
    np.testing.assert_array_equal(table.features[0], np.float32([0.1, 1]))
    with pytest.raises(BadTableError, match="lacks 2 of 3 features of the model: 'b\\*', 'z'"):
        read(features=("pitch0", "b*", "z"), exact=True)


def test_no_features_are_read_where_the_sound_is_described(read) -> None:
    table = read(features=(), texts=("mood",))
    assert table.names == ()
    assert table.features.shape == (3, 0)


def test_parquet_says_the_same(tmp_path: Path, read) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {
        "track_id": ["a", "b"],
        "energy": [0.5, None],
        "mode": [1, 0],
        "x": pa.array([0.1, 2.5], pa.float32()),
        "count": [3, 4],
        "flag": [True, False],
    }
    path = tmp_path / "my.parquet"
    pq.write_table(pa.table(columns), path)
    table = read_examples(path, columns=Columns())
    assert table.names == ("x", "count")
    np.testing.assert_array_equal(table.features, np.float32([[0.1, 3], [2.5, 4]]))
    assert table.lines == (1, 2)
    assert "flag" in table.notes[0]
