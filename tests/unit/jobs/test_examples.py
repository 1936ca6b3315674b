"""Examples from tables with audio and from the catalogue: heard once, added up, resumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import insert, select

from segue.attributes.examples import COLUMNS
from segue.attributes.manifest import Manifest
from segue.attributes.targets import MUSICAL
from segue.catalogue import tracks
from segue.catalogue.schema import attributes, vectors
from segue.descriptors import extract
from segue.descriptors.hearing import Hearing, hear
from segue.errors import BadRequestError, BadTableError, NotFoundError, UnavailableError
from segue.jobs.analyse import analyse
from segue.jobs.catalogue_examples import from_catalogue
from segue.jobs.examples import Gathered, descriptor_names
from segue.jobs.scan import scan
from segue.jobs.table_examples import for_model, from_table
from segue.records import Attributes, TrackRecord
from segue.settings import Settings
from segue.sources.example_tables import Columns
from segue.sources.fetching import Limits
from segue.sources.previews import Manners
from serving import Site

if TYPE_CHECKING:
    from pathlib import Path

    from segue.catalogue.database import Database

QUICK = Manners(pause=0.0, tries=2, backoff=0.01, limits=Limits(silence=2.0))


@pytest.fixture
def folder(tmp_path: Path, tune) -> Path:
    """Two clips, a copy of the first, and a file that is none."""
    for number in range(2):
        tune(tmp_path / "clips" / f"{number}.wav", seed=number)
    copy = (tmp_path / "clips" / "0.wav").read_bytes()
    (tmp_path / "clips" / "copy.wav").write_bytes(copy)
    (tmp_path / "clips" / "broken.mp3").write_bytes(b"\0" * 5_000)
    return tmp_path


def gather(folder: Path, rows: str, **more: object) -> Gathered:
    """Examples of a table with these rows, whose audio stands in the column `clip`."""
    table = folder / "my.csv"
    table.write_text(f"id,artist,energy,joy,clip\n{rows}", encoding="utf-8")
    return from_table(
        table,
        columns=Columns(),
        settings=Settings(jobs=1, niceness=0),
        audio="clip",
        manners=QUICK,
        **more,
    )


def test_audio_is_described_and_what_cannot_be_is_listed(folder: Path) -> None:
    rows = (
        "a,Alphas,0.1,1,clips/0.wav\nb,Beta,0.2,2,clips/1.wav\nc,,0.3,3,clips/gone.wav\n"
        f"d,,0.4,4,clips/broken.mp3\ne,,0.5,5,\nf,,0.6,6,ftp://a.example/x.mp3\n"
        f"g,Alphas,0.7,7,{folder}/clips/copy.wav\n"
    )
    told: list[tuple[int, int | None, str]] = []
    found = gather(folder, rows, on_progress=lambda *each: told.append(each))
    examples = found.examples
    assert examples.ids == ("a", "b")
    assert examples.artists == ("alphas", "beta")
    assert (found.read, found.repeated, len(found.rejections)) == (7, 1, 4)
    assert [each.line for each in found.rejections] == [4, 5, 6, 7]
    missing, broken, blank, ftp = (each.reason for each in found.rejections)
    assert missing.startswith("clips/gone.wav: there is no file ")
    assert broken == "clips/broken.mp3: no audio can be read from it"
    assert blank == "no audio is named"
    assert ftp.startswith("ftp://a.example/x.mp3: ")
    expected = hear(folder / "clips" / "1.wav", hearing=Hearing())
    np.testing.assert_array_equal(examples.features[1], expected.vector)
    assert examples.names == extract.NAMES
    assert examples.inputs == f"descriptors {extract.VERSION}, 30 s, decoding 1"
    assert examples.source == "my.csv, audio in its column 'clip'"
    assert [target.name for target in found.targets.targets] == ["energy"]
    assert {total for _, total, what in told if "reading" not in what} == {7}


def test_a_pipeline_is_part_of_the_descriptors_and_the_digest_knows_the_audio(
    folder: Path, tune
) -> None:
    rows = "a,,0.1,1,clips/0.wav\nb,,0.2,2,clips/1.wav\n"
    whole = gather(folder, rows).examples
    part = gather(folder, rows, pipeline="mfcc", targets=("joy",)).examples
    assert part.digest == whole.digest
    tune(folder / "clips" / "1.wav", seed=9)
    assert gather(folder, rows).examples.digest != whole.digest
    assert part.names == extract.PIPELINES["mfcc"]
    np.testing.assert_array_equal(part.features, whole.features[:, : len(part.names)])
    assert list(part.values) == ["joy"]
    with pytest.raises(BadRequestError, match="no pipeline 'mel'"):
        descriptor_names("mel")


def test_a_track_that_comes_twice_is_taken_once(folder: Path) -> None:
    found = gather(folder, "a,,0.1,1,clips/0.wav\na,,0.2,2,clips/1.wav\nb,,0.2,2,clips/1.wav\n")
    assert found.examples.ids == ("a",)
    assert found.repeated == 2


def test_nothing_that_can_be_heard_is_an_error(folder: Path) -> None:
    with pytest.raises(BadTableError, match=r"none of its 1 rows .* line 2: clips/broken.mp3"):
        gather(folder, "a,,0.1,1,clips/broken.mp3\n")


def test_clips_of_the_web_are_fetched_once_and_heard_again_from_the_cache(folder: Path) -> None:
    clip = (folder / "clips" / "0.wav").read_bytes()
    pages = {"/0.wav": clip, "/page": b"<!doctype html>" * 100, "/noise": b"\0" * 5_000}
    with Site(pages=pages) as site:
        rows = (
            f"a,,0.1,1,{site.url('/0.wav')}\nb,,0.2,1,{site.url('/gone.wav')}\n"
            f"c,,0.3,1,{site.url('/noise')}\nd,,0.4,1,{site.url('/0.wav')}\n"
        )
        found = gather(folder, rows)
        assert found.examples.ids == ("a",)
        assert found.repeated == 1
        gone, noise = (each.reason for each in found.rejections)
        assert gone == f"{site.url('/gone.wav')}: the server has no such file (404)"
        assert noise == f"{site.url('/noise')}: no audio can be read from it"
        again = gather(folder, rows)
        assert again.examples.digest == found.examples.digest
    asked = [each.path for each in site.asked]
    assert asked.count("/0.wav") == 1
    assert asked.count("/noise") == 2  # it was none, so it is not kept


def test_without_a_cache_nothing_that_was_fetched_is_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEGUE_CACHE_MEGABYTES", "0")
    with Site(pages={"/0.wav": (folder / "clips" / "0.wav").read_bytes()}) as site:
        for _ in range(2):
            assert len(gather(folder, f"a,,0.1,1,{site.url('/0.wav')}\n").examples) == 1
    assert len(site.asked) == 2
    assert not (Settings().cache_folder / "previews").exists()


def test_an_interruption_keeps_what_was_fetched_and_heard(folder: Path) -> None:
    pages = {f"/{n}.wav": (folder / "clips" / f"{n}.wav").read_bytes() for n in range(2)}
    with Site(pages=pages) as site:
        rows = "".join(f"{n},,0.{n + 1},1,{site.url(f'/{n}.wav')}\n" for n in range(2))

        def interrupt(done: int, total: int | None, what: str) -> None:
            if done == 1:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            gather(folder, rows, on_progress=interrupt)
        assert len(gather(folder, rows).examples) == 2
    assert sorted(each.path for each in site.asked) == ["/0.wav", "/1.wav"]


def _manifest(**changed: object) -> Manifest:
    given = {
        "name": "mine",
        "version": "0",
        "created": "2026-01-01T00:00:00Z",
        "inputs": COLUMNS,
        "names": ("b", "a"),
        "targets": MUSICAL,
        "coverage": 0.9,
        "data": {},
    }
    return Manifest(**given | changed)


def test_a_table_is_read_as_a_model_needs_it(tmp_path: Path) -> None:
    table = tmp_path / "other.csv"
    table.write_text("id,energy,tempo,a,b,c,note\n1,0.5,120,1,2,3,x\n1,0.1,,4,5,6,y\n")
    found = for_model(table, manifest=_manifest(), columns=Columns(), settings=Settings())
    assert found.examples.names == ("b", "a")
    np.testing.assert_array_equal(found.examples.features, np.float32([[2, 1], [5, 4]]))
    assert set(found.examples.values) == {"energy", "tempo"}
    assert found.repeated == 0
    with pytest.raises(BadTableError, match=r"lacks 1 of 1 features of the model: 'z'"):
        for_model(table, manifest=_manifest(names=("z",)), columns=Columns(), settings=Settings())
    with pytest.raises(BadRequestError, match="takes columns of a table, not audio"):
        for_model(table, manifest=_manifest(), columns=Columns(), settings=Settings(), audio="note")


def test_audio_is_judged_only_if_it_is_heard_as_it_was_for_the_model(folder: Path) -> None:
    table = folder / "my.csv"
    table.write_text("id,energy,clip\na,0.5,clips/0.wav\n")
    names = extract.NAMES[5:2:-1]
    manifest = _manifest(names=names, inputs=f"descriptors {extract.VERSION}, 30 s, decoding 1")
    settings = Settings(jobs=1, niceness=0)

    def read(**changed: object) -> Gathered:
        return for_model(
            table,
            manifest=manifest,
            columns=Columns(),
            settings=settings.model_copy(update=changed),
            audio="clip",
        )

    expected = hear(folder / "clips" / "0.wav", hearing=Hearing()).vector[5:2:-1]
    np.testing.assert_array_equal(read().examples.features[0], expected)
    with pytest.raises(UnavailableError, match=r"was trained on descriptors 2, 30 s.* 10 s"):
        read(excerpt_seconds=10.0)
    manifest = _manifest()
    with pytest.raises(BadRequestError, match="not audio"):
        read()


@pytest.fixture
def known(audio_catalogue: Database, folder: Path) -> Database:
    """A catalogue of three clips (two of them the same), heard, with attributes by whoever."""
    db = audio_catalogue
    (folder / "clips" / "broken.mp3").unlink()
    scan(db, folder / "clips")
    analyse(db, settings=Settings(jobs=1, niceness=0), quick=True)
    tracks.add(db, [TrackRecord(title="Unheard", artists=("A",), attributes=Attributes(energy=1))])
    give(db, "given", energy=0.1, mode=1, tempo=100.0)
    return db


def give(db: Database, provenance: str, **values: float) -> None:
    """Attributes for every track that has a vector; `energy` differs from track to track."""
    with db.write() as connection:
        described = select(vectors.c.track_id).where(vectors.c.space == "descriptors")
        for number in connection.execute(described).scalars().all():
            row = {"track_id": number, "provenance": provenance, **values}
            row["energy"] = values["energy"] + number / 10
            connection.execute(insert(attributes), row)


def test_the_catalogue_is_learned_from_where_attributes_are_given_and_sound_is_heard(
    known: Database,
) -> None:
    give(known, "predicted:mine", energy=0.5, tempo=150.0)
    found = from_catalogue(known, settings=Settings())
    examples = found.examples
    assert len(examples) == 2
    assert found.read == len(examples) + found.repeated
    assert examples.inputs == f"descriptors {extract.VERSION}, 30 s, decoding 1"
    assert examples.names == extract.NAMES
    assert set(np.round(examples.values["energy"] * 10).tolist()) <= {2.0, 3.0, 4.0}
    assert [target.name for target in found.targets.targets] == ["energy"]
    assert found.notes == (
        "Not learned: the target 'mode' is 'major' in every row.",
        "Not learned: the target 'tempo_bin' is '100–120 BPM' in every row.",
    )
    part = from_catalogue(known, settings=Settings(), targets=("tempo_bin",), pipeline="mfcc")
    assert [target.name for target in part.targets.targets] == ["tempo_bin"]
    assert part.examples.names == extract.PIPELINES["mfcc"]


def test_what_was_heard_otherwise_is_not_mixed_in(known: Database) -> None:
    with pytest.raises(NotFoundError, match="no track of the catalogue has both"):
        from_catalogue(known, settings=Settings(excerpt_seconds=10.0))


def test_the_catalogue_knows_the_eleven_alone(known: Database) -> None:
    with pytest.raises(BadRequestError, match=r"knows nothing of 'joy'.*--table"):
        from_catalogue(known, settings=Settings(), targets=("joy",))
    with pytest.raises(BadRequestError, match="knows nothing of 'timbre"):
        from_catalogue(known, settings=Settings(), without=("timbre*",))
    with pytest.raises(NotFoundError, match="no attribute that could be learned"):
        from_catalogue(known, settings=Settings(), without=("energy",))


def test_an_empty_catalogue_says_what_it_takes(audio_catalogue: Database) -> None:
    with pytest.raises(NotFoundError, match=r"segue import tracks.*segue analyse"):
        from_catalogue(audio_catalogue, settings=Settings())
