"""Teaching from material to folder: what comes out hears, and what was asked decides how."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from segue.embedding.embedder import Embedder
from segue.embedding.windows import COUNT
from segue.errors import BadRequestError, InternalError, UnavailableError
from segue.training.ears import checkpoints, judging, learn, lessons, starting
from segue.training.ears.batches import Clips
from segue.training.ears.export import NEAR
from segue.training.ears.learn import train_genre, train_sound
from segue.training.ears.loop import Loop
from segue.training.ears.losses import LOSSES
from segue.training.ears.networks import Encoder, GenreNetwork
from segue.training.ears.plan import FEWEST, MOST, steps_for
from timbres import SHORT, coloured

if TYPE_CHECKING:
    from pathlib import Path

    from segue.embedding.material import Material
    from segue.training.ears.plan import Learned, Plan


def _windows(material: Material, count: int) -> np.ndarray:
    clips = Clips(material.spectrograms, torch.device("cpu"))
    return clips.windows(np.arange(count), count=COUNT).numpy()


def _artists_found(embedder: Embedder, material: Material) -> float:
    """Share of tracks whose nearest is by the same artist."""
    vectors = embedder.embed_windows(_windows(material, len(material)))
    means = vectors.reshape(len(material), COUNT, -1).mean(axis=1)
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    scores = means @ means.T
    np.fill_diagonal(scores, -2)
    artists = np.array(material.artists)
    return float((artists[scores.argmax(axis=1)] == artists).mean())


def test_an_encoder_finds_artists_it_never_heard(sound: Learned) -> None:
    embedder = Embedder.load(sound.folder)
    strangers = coloured(artists=30)
    assert _artists_found(embedder, strangers) > 0.6
    vectors = embedder.embed_windows(_windows(strangers, 3))
    assert vectors.shape == (3 * COUNT, 128)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_its_manifest_says_what_it_was_taught_with(sound: Learned, material: Material) -> None:
    manifest = sound.manifest
    assert manifest.space == "sound"
    assert manifest.synthetic
    assert manifest.data["tracks"] == len(material)
    assert manifest.data["artists"] == 20
    assert manifest.data["digest"] == material.digest
    assert manifest.parity["largest"] <= NEAR
    assert manifest.parity["windows"] == 64 * COUNT
    assert manifest.metrics["validation"]["metric"] == "artist_map"
    assert 0 < manifest.metrics["validation"]["value"] <= 1
    assert [each["step"] for each in manifest.history] == [10, 20, 30]
    assert manifest.parameters["loss"] == "proxy"
    assert manifest.parameters["batches"] in {10, 20, 30}


def test_a_genre_network_names_genres_of_artists_it_never_heard(genre: Learned) -> None:
    embedder = Embedder.load(genre.folder)
    assert embedder.manifest.labels == ("genre 0", "genre 1")
    strangers = coloured(artists=12)
    shares = embedder.name_genres(_windows(strangers, len(strangers)))
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, atol=1e-5)
    named = shares.reshape(len(strangers), COUNT, 2).mean(axis=1).argmax(axis=1)
    truth = [embedder.manifest.labels.index(each) for each in strangers.genres]
    assert (named == truth).mean() > 0.75
    assert embedder.embed_windows(_windows(strangers, 1)).shape == (COUNT, 256)


def test_the_graph_knows_nothing_of_the_machine_it_was_made_on(sound: Learned) -> None:
    content = (sound.folder / "embedder.onnx").read_bytes()
    for trace in (b"site-packages", b".py", b"/home", b"/work", b"stack_trace"):
        assert trace not in content


def _quickly(
    material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plan: Plan, name: str
) -> dict[str, torch.Tensor]:
    """The weights that a training ends with; exporting them takes too long for every case."""
    found: dict[str, torch.Tensor] = {}

    def keep(network: torch.nn.Module, manifest: object, **_: object) -> tuple[object, Path]:
        found.update(network.state_dict())
        return manifest, tmp_path

    monkeypatch.setattr(learn.export, "write", keep)
    train = train_genre if name == "genre" else train_sound
    train(material, out=tmp_path / name, plan=plan)
    return found


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("positives", ["artist", "track"])
def test_every_loss_learns(
    loss: str, positives: str, material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = replace(SHORT, steps=4, every=2, loss=loss, positives=positives, masks=True, gain=3.0)
    weights = _quickly(material, tmp_path, monkeypatch, plan, "sound")
    assert all(torch.isfinite(value).all() for value in weights.values())


def test_the_same_seed_gives_the_same_network(
    material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = replace(SHORT, steps=6, every=3, noise=2.0)
    one, same = (_quickly(material, tmp_path, monkeypatch, plan, "sound") for _ in range(2))
    other = _quickly(material, tmp_path, monkeypatch, replace(plan, seed=7), "sound")
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not all(torch.equal(one[name], other[name]) for name in one)


class Killed(BaseException):
    """As if the process had been ended."""


@pytest.mark.parametrize("space", ["sound", "genre"])
@pytest.mark.parametrize("after", [1, 3])
def test_a_training_that_was_killed_goes_on_as_if_it_had_not_been(
    space: str, after: int, material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = replace(SHORT, steps=6, every=2, work=tmp_path / "work", noise=1.0)
    whole = _quickly(material, tmp_path, monkeypatch, replace(plan, work=None), space)
    saved = checkpoints.save
    looks = []

    def save(path: Path, loop: Loop, *, asked: str) -> None:
        saved(path, loop, asked=asked)
        looks.append(path)
        if len(looks) == after:
            raise Killed

    monkeypatch.setattr(checkpoints, "save", save)
    with pytest.raises(Killed):
        _quickly(material, tmp_path, monkeypatch, plan, space)
    assert plan.work is not None
    assert list(plan.work.iterdir())
    told: list[int] = []
    monkeypatch.setattr(checkpoints, "save", saved)
    batch = Loop.batch

    def counted(self: Loop) -> torch.Tensor:
        told.append(self.run.step)
        return batch(self)

    monkeypatch.setattr(Loop, "batch", counted)
    again = _quickly(material, tmp_path, monkeypatch, plan, space)
    assert told[0] == (2 * after if after < 3 else 6) % 6
    assert all(torch.equal(whole[name], again[name]) for name in whole)
    assert not plan.work.exists()


def test_a_checkpoint_of_something_else_is_not_gone_on_with(
    material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = replace(SHORT, steps=4, every=2)
    wanted = _quickly(material, tmp_path, monkeypatch, plan, "sound")
    work = tmp_path / "work"
    work.mkdir()
    (work / "first.checkpoint").write_bytes(b"no checkpoint at all")
    found = _quickly(material, tmp_path, monkeypatch, replace(plan, work=work), "sound")
    assert all(torch.equal(wanted[name], found[name]) for name in wanted)


def test_a_checkpoint_that_cannot_be_written_says_so(
    material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    plan = replace(SHORT, steps=4, every=2, work=tmp_path / "file" / "work")
    with pytest.raises(UnavailableError, match=r"a checkpoint cannot be written .*goes on from"):
        _quickly(material, tmp_path, monkeypatch, plan, "sound")


def test_training_stops_when_nothing_gets_better(
    material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []

    def judge(self: Loop) -> float:
        looked.append(self.run.step)
        return 1.0 / len(looked)

    monkeypatch.setattr(Loop, "_judged", judge)
    plan = replace(SHORT, steps=50, every=2, patience=3, refit=False)
    _quickly(material, tmp_path, monkeypatch, plan, "sound")
    assert looked == [2, 4, 6, 8]


def test_time_that_is_up_ends_a_training(
    material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = []
    batch = Loop.batch

    def counted(self: Loop) -> torch.Tensor:
        steps.append(self.part())
        return batch(self)

    monkeypatch.setattr(Loop, "batch", counted)
    plan = replace(SHORT, steps=100_000, minutes=0.02, every=5)
    _quickly(material, tmp_path, monkeypatch, plan, "sound")
    assert len(steps) < 5000
    assert max(steps) > 0.3  # the rate of learning came down with the time


def test_an_encoder_starts_from_the_trunk_of_a_genre_network(genre: Learned) -> None:
    network = Encoder()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    starting.take_over(network, genre.folder)
    taught = GenreNetwork(2)
    starting.take_over(taught, genre.folder)
    for name, value in network.state_dict().items():
        if name.startswith("trunk.") and not name.endswith("num_batches_tracked"):
            assert torch.equal(value, taught.state_dict()[name])
            assert not torch.equal(value, before[name])
        else:
            assert torch.equal(value, before[name])


def test_a_network_that_starts_from_itself_is_itself(sound: Learned, material: Material) -> None:
    network = Encoder()
    starting.take_over(network, sound.folder)
    windows = _windows(material, 2)
    with torch.no_grad():
        given = network.eval()(torch.from_numpy(windows)).numpy()
    np.testing.assert_allclose(given, Embedder.load(sound.folder).embed_windows(windows), atol=NEAR)


def test_one_artist_is_nothing_to_tell_apart(material: Material, tmp_path: Path) -> None:
    alone = replace(material.at(np.arange(4)), artists=("somebody",) * 4)
    with pytest.raises(BadRequestError, match="names 1 artist, and likeness needs two"):
        train_sound(alone, out=tmp_path / "sound", plan=SHORT)


def test_one_genre_is_nothing_to_name(material: Material, tmp_path: Path) -> None:
    genres = ("rock",) * (len(material) - 1) + ("a genre of one clip",)
    with pytest.raises(BadRequestError, match="1 genres have two tracks or more"):
        train_genre(replace(material, genres=genres), out=tmp_path / "genre", plan=SHORT)


def test_tracks_without_artists_are_told_apart_by_track(
    material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = replace(material, artists=("",) * len(material))
    weights = _quickly(nobody, tmp_path, monkeypatch, replace(SHORT, steps=2, every=1), "sound")
    assert weights


def test_too_few_artists_leave_nobody_to_judge_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[object] = []

    def keep(network: object, manifest: object, **_: object) -> tuple[object, Path]:
        said.append(manifest)
        return manifest, tmp_path

    monkeypatch.setattr(learn.export, "write", keep)
    plan = replace(SHORT, steps=2, every=1)
    train_sound(coloured(artists=3), out=tmp_path / "sound", plan=plan)
    assert said[0].metrics == {}  # type: ignore[attr-defined]
    assert "judged on nobody" in said[0].notes[0]  # type: ignore[attr-defined]


def test_a_training_is_as_long_as_its_material_needs() -> None:
    assert steps_for(10, (16, 4)) == FEWEST
    assert steps_for(1000, (16, 4)) == round(300 * 1000 / 64)
    assert steps_for(1_000_000, (16, 4)) == MOST


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_a_gpu_that_is_not_there_is_said(material: Material, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="finds no GPU that it can use"):
        train_sound(material, out=tmp_path / "sound", plan=replace(SHORT, device="cuda"))


def _versions(material: Material) -> Material:
    """Every track three times, as stretched versions of it come."""
    rows = np.repeat(np.arange(len(material)), 3)
    return material.at(rows)


def test_versions_of_a_track_are_no_further_tracks_to_judge_on(material: Material) -> None:
    thrice = _versions(material)
    for lesson_of in (lessons.sound_lesson, lessons.genre_lesson):
        lesson = lesson_of(thrice, SHORT)
        ids = np.array(thrice.ids)
        assert len(set(ids[lesson.asked])) == len(lesson.asked)
        assert set(ids[lesson.held]) == set(ids[lesson.asked])
        assert not set(ids[lesson.held]) & set(np.delete(ids, lesson.held))
        assert not {thrice.artists[row] for row in lesson.held} & set(
            np.delete(np.array(thrice.artists), lesson.held)
        )
    plain = replace(SHORT, steps=None)
    assert lessons.sound_lesson(thrice, plain).steps == lessons.sound_lesson(material, plain).steps


def test_artists_with_one_track_each_are_judged_by_track_versions_or_not(
    material: Material,
) -> None:
    single = _versions(material.at(np.arange(0, len(material), 4)))
    lesson = lessons.sound_lesson(single, replace(SHORT, validation=0.5))
    assert lesson.judge is judging.by_track
    assert lesson.labels.max() + 1 == len(set(single.ids))


def test_what_a_network_began_with_is_remembered(
    genre: Learned, material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[object] = []

    def keep(network: object, manifest: object, **_: object) -> tuple[object, Path]:
        said.append(manifest)
        return manifest, tmp_path

    monkeypatch.setattr(learn.export, "write", keep)
    artists = tuple(f"other {each}" for each in material.artists)
    others = replace(material, artists=artists, synthetic=False)
    plan = replace(SHORT, steps=2, every=1, start=genre.folder)
    train_sound(others, out=tmp_path / "sound", plan=plan)
    marks = set(said[0].data["artist_marks"])  # type: ignore[attr-defined]
    assert set(genre.manifest.data["artist_marks"]) < marks
    assert len(marks) == 40
    assert not said[0].synthetic  # type: ignore[attr-defined]
    assert said[0].parameters["start"] == Embedder.load(genre.folder).version  # type: ignore[attr-defined]


def test_a_graph_that_gives_no_number_is_not_near_its_network(
    material: Material, tmp_path: Path, sound: Learned
) -> None:
    network = Encoder()
    starting.take_over(network, sound.folder)
    with torch.no_grad():
        network.head[3].bias[:] = torch.nan
    windows = _windows(material, 1)
    with pytest.raises((InternalError, UnavailableError)):
        learn.export.write(network.eval(), sound.manifest, folder=tmp_path / "new", windows=windows)
    assert not (tmp_path / "new").exists()
