"""Who works, as the command line says it: this machine, or a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from segue import clusters
from segue.cli.working import Working

if TYPE_CHECKING:
    from pathlib import Path

ADDRESS = "dask://127.0.0.1:1"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--over", "127.0.0.1:8786"), "'127.0.0.1:8786' is no address of a cluster"),
        (("--over", ADDRESS, "--jobs", "2"), "--jobs counts processes of this machine"),
        (("--over", ADDRESS, "--memory", "900"), "--memory says how much of this machine"),
        (("--over", ADDRESS, "--nice", "0"), "--nice says how much of this machine"),
        (("--over", ADDRESS, "--as", "/music"), "'/music' and '' are no two folders"),
    ],
)
def test_what_makes_no_sense_is_refused_before_any_work(
    here: Path, refused, options: tuple[str, ...], said: str
) -> None:
    (here / "music").mkdir()
    assert said in refused("analyse", here / "music", *options)
    assert not (here / "segue.db").exists()


def test_a_cluster_that_is_away_costs_no_scan(
    here: Path, write_tone, ask, refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "CALLING", 1)
    (here / "music").mkdir()
    write_tone(here / "music" / "a.wav", hertz=220.0)
    assert f"{ADDRESS}: no Dask scheduler answers" in refused(
        "analyse", here / "music", "--over", ADDRESS
    )
    monkeypatch.setenv("SEGUE_OVER", ADDRESS)
    assert "no Dask scheduler answers" in refused("analyse")
    assert ask("status")["ledger"]["queued"] == 1
    assert ask("analyse", "--jobs", "1")["analysis"]["descriptors"]["done"] == 1


def test_this_machine_can_be_named_once() -> None:
    assert Working(over="").changed() == {"over": ""}
    assert Working(jobs=2).changed() == {"jobs": 2, "over": ""}
    assert Working(over_as=["/a=/b", "/c=/d"]).changed() == {"over_as": "/a=/b,/c=/d"}
    assert Working().changed() == {}
