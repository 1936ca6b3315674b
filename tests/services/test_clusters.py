"""A cluster that loses workers, its scheduler or its secrets: nothing is lost, and it is said."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dask_cluster import DaskCluster, lose, missing
from learnable import PLANTED, world
from segue import clusters
from segue.attributes.targets import Group, TargetSet
from segue.catalogue.database import open_database
from segue.errors import UnavailableError
from segue.jobs import cluster as driving
from segue.jobs.analyse import analyse
from segue.jobs.scan import scan
from segue.settings import Settings
from segue.sources.demo import write_demo
from segue.training.attributes import train
from segue.training.working import Plan
from workers import write_tune

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from segue.summaries import AnalysisSummary

pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(missing()), reason=missing())]

LOCAL = Settings(jobs=2, niceness=0, cache_megabytes=0)
SOURCE = Path(clusters.__file__).parent
FOUND = (
    "SELECT content_hash, space, version, data, numbers, width FROM vectors",
    "SELECT * FROM recordings",
    "SELECT content_hash, stage, version, parameters, state, reason, attempts FROM ledger",
    "SELECT files.content_hash, attributes.* FROM attributes JOIN files USING (track_id)",
)
FILES = 30


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with DaskCluster(tmp_path_factory.mktemp("dask")) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    for number in range(FILES):
        write_tune(folder / f"{number:02}.wav", seed=number)
    return folder


@pytest.fixture(scope="module")
def stood(music: Path, tmp_path_factory: pytest.TempPathFactory) -> list[list[tuple[object, ...]]]:
    """What this machine makes of the music."""
    database = tmp_path_factory.mktemp("here") / "here.db"
    analysed(music, database, LOCAL)
    return written(database)


def analysed(
    folder: Path, database: Path, settings: Settings, at: Callable[[int], object] | None = None
) -> AnalysisSummary:
    """Analyse a folder; `at` is told how many excerpts are done."""

    def on_progress(done: int, total: int | None, what: str) -> None:
        if at is not None and "listening" in what:
            at(done)

    with open_database(database) as db:
        scan(db, folder)
        return analyse(db, settings=settings, on_progress=on_progress)


def written(database: Path) -> list[list[tuple[object, ...]]]:
    with closing(sqlite3.connect(database)) as connection:
        return [sorted(connection.execute(words), key=repr) for words in FOUND]


def over(cluster: DaskCluster) -> Settings:
    return LOCAL.model_copy(update={"over": cluster.address})


def test_the_demo_is_heard_as_this_machine_hears_it(dask: DaskCluster, tmp_path: Path) -> None:
    write_demo(tmp_path / "demo", tracks=8, jobs=1)
    analysed(tmp_path / "demo", tmp_path / "here.db", LOCAL)
    summary = analysed(tmp_path / "demo", tmp_path / "there.db", over(dask))
    assert written(tmp_path / "there.db") == written(tmp_path / "here.db")
    assert (summary.descriptors.failed, summary.descriptors.queued, summary.notes) == (0, 0, ())


def test_folds_are_learned_and_judged_on_a_cluster_as_here(
    dask: DaskCluster, tmp_path: Path
) -> None:
    bright = TargetSet("bright", (Group("bright", PLANTED.groups[0].targets[:1]),))
    plan = Plan(folds=2, trials=0)
    here, there = (
        train(world(60), targets=bright, out=tmp_path / name, name="one", plan=each)
        for name, each in (("here", plan), ("there", replace(plan, over=dask.address)))
    )
    assert there.report.to_json()["figures"] == here.report.to_json()["figures"]


def test_a_worker_that_is_killed_costs_nothing(
    dask: DaskCluster, music: Path, tmp_path: Path, stood: object
) -> None:
    def kill(done: int) -> None:
        if done == FILES // 3:
            lose(dask.workers[0])

    summary = analysed(music, tmp_path / "there.db", over(dask), kill)
    assert (summary.descriptors.done, summary.descriptors.analysed) == (FILES, FILES)
    assert written(tmp_path / "there.db") == stood


def test_when_all_are_gone_the_job_ends_and_goes_on_later(
    dask: DaskCluster,
    music: Path,
    tmp_path: Path,
    stood: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database, done_before = tmp_path / "there.db", []

    def kill(done: int) -> None:
        done_before.append(done)
        if done == FILES // 3:
            for worker in dask.workers:
                lose(worker)

    said = r"has no worker that is ready, for 2 s.*what was finished is kept"
    with monkeypatch.context() as patch:
        patch.setattr(driving, "PATIENCE", 2.0)
        with pytest.raises(UnavailableError, match=said):
            analysed(music, database, over(dask), kill)
    dask.join()
    summary = analysed(music, database, over(dask))
    assert summary.descriptors.done == FILES - len(done_before)
    assert written(database) == stood


def test_without_its_scheduler_the_job_ends(
    dask: DaskCluster, music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kill(done: int) -> None:
        if done == 3:
            monkeypatch.setattr(driving, "PATIENCE", 2.0)
            dask.end()

    with pytest.raises(UnavailableError, match="the cluster does not answer, for 2 s"):
        analysed(music, tmp_path / "there.db", over(dask), kill)


def test_a_worker_of_another_version_is_named_and_takes_no_part(
    music: Path, tmp_path: Path, stood: object
) -> None:
    other = tmp_path / "other" / "segue"
    shutil.copytree(SOURCE, other, ignore=shutil.ignore_patterns("static", "__pycache__"))
    extract = other / "descriptors" / "extract.py"
    text = extract.read_text(encoding="utf-8")
    extract.write_text(text.replace('\nVERSION = "', '\nVERSION = "9'), encoding="utf-8")
    with DaskCluster(tmp_path / "dask", workers=0) as cluster:
        cluster.join(PYTHONPATH=str(other.parent))
        with pytest.raises(UnavailableError, match=r"the worker tcp://\S+ cannot take part: desc"):
            analysed(music, tmp_path / "a.db", over(cluster))
        cluster.join()
        summary = None
        while summary is None:  # until the second has joined
            try:
                summary = analysed(music, tmp_path / "a.db", over(cluster))
            except UnavailableError as refused:
                assert "cannot take part: descriptors 9" in str(refused)  # noqa: PT017
    assert written(tmp_path / "a.db") == stood
    (note,) = summary.notes
    assert "was left out: descriptors 9" in note


def certificates(folder: Path) -> dict[str, str]:
    """A certificate that vouches for itself, and what Dask calls its parts."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    words = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=segue"
    words += f" -addext subjectAltName=IP:127.0.0.1 -keyout {key} -out {certificate}"
    subprocess.run(words.split(), check=True, capture_output=True)
    return {"ca-file": str(certificate), "cert": str(certificate), "key": str(key)}


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_tls_lets_those_in_who_have_a_certificate(
    tmp_path: Path, music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.joinpath("secrets").mkdir()
    named = certificates(tmp_path / "secrets")
    options = [word for name, path in named.items() for word in (f"--tls-{name}", path)]
    prefix = "DASK_DISTRIBUTED__COMM__TLS__"
    environment = {
        f"{prefix}CA_FILE": named["ca-file"],
        f"{prefix}CLIENT__CERT": named["cert"],
        f"{prefix}CLIENT__KEY": named["key"],
    }
    with DaskCluster(
        tmp_path / "dask", "--protocol", "tls", *options, workers=1, scheme="dask+tls"
    ) as cluster:
        words = ["analyse", str(music), "--over", cluster.address, "--quick", "--json"]
        done = subprocess.run(
            [sys.executable, "-m", "segue", *words, "--database", str(tmp_path / "segue.db")],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["analysis"]["descriptors"]["analysed"] == FILES
        monkeypatch.setattr(clusters, "CALLING", 2)
        for address in (cluster.address, cluster.address.replace("+tls", "")):
            with pytest.raises(UnavailableError, match="no Dask scheduler answers"):
                clusters.connect(address)
