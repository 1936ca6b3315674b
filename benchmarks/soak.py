"""Kill the server, the worker and the database again and again: is anything lost, or there twice?

While music is scanned, analysed and uploaded, one of the three is ended at random instants as
``kill -9`` does, and begun again. In the end every file that was written into the folder and every
file whose upload was acknowledged is looked for. What was heard is compared, byte for byte, with
what an undisturbed program hears of the same files.

    python benchmarks/soak.py                          50 kills on PostgreSQL, 114,000 rows beside
    python benchmarks/soak.py --kills 3 --rows 0 …     a short one; --sqlite: no server is killed
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import report
import soaking
from ports import free_port

sys.path.insert(0, str(report.REPOSITORY / "tests"))

from postgres_server import PostgresServer
from segue.catalogue import jobs, tracks
from segue.catalogue.database import open_database
from segue.errors import SegueError
from segue.library import Segue
from segue.records import Attributes, TrackRecord
from segue.settings import Settings
from workers import write_tune

KINDS = ("scan", "upload", "waveform")

FAULTS = ("lost", "duplicated", "heard_otherwise", "orphans", "not_ended_well", "slow")
"""Figures that have to be empty, or 0."""


@dataclass
class Plan:
    """What is done, all of it by the seed."""

    kills: int
    files: int
    uploads: int
    rows: int
    seed: int
    sqlite: bool
    gap: tuple[float, float]


@dataclass
class Told:
    """What was seen on the way."""

    kills: list[dict[str, Any]] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    sent: dict[str, str] = field(default_factory=dict)
    broken: int = 0


def rows(count: int) -> list[TrackRecord]:
    """Rows of a table, so that programs begin with a large catalogue."""
    source = random.Random(5)
    return [
        TrackRecord(
            title=f"Song {n}",
            artists=(f"Artist {source.randrange(count // 4 + 1)}",),
            album=f"Album {n // 10}",
            genres=(f"genre {source.randrange(100)}",),
            attributes=Attributes(
                tempo=source.uniform(60, 200),
                energy=source.random(),
                valence=source.random(),
                danceability=source.random(),
                acousticness=source.random(),
            ),
        )
        for n in range(count)
    ]


class Soak:
    """One run in a folder of its own."""

    def __init__(
        self, folder: Path, plan: Plan, database: str, postgres: PostgresServer | None
    ) -> None:
        self.folder, self.plan, self.database = folder, plan, database
        self.music = folder / "music"
        self.music.mkdir()
        self.told = Told()
        self.mark = f"{os.getpid()}-{plan.seed}"
        environment = {
            "SEGUE_DATABASE": database,
            "SEGUE_CACHE_FOLDER": str(folder / "cache"),
            "SEGUE_BROUGHT_FOLDER": str(folder / "brought"),
            "SEGUE_MODELS_FOLDER": str(folder / "models"),
            "SEGUE_WORK": "false",
            "SEGUE_JOBS": "1",
            "SEGUE_NICENESS": "0",
            "SEGUE_SOAK": self.mark,
        }
        self.port = free_port()
        self.server = soaking.Program(
            ["serve", "--port", str(self.port)],
            environment,
            log=folder / "server.log",
            ready=lambda _: soaking.status(self.port, "/ready") == 200,
        )
        self.worker = soaking.Program(
            ["worker", "--grace", "60", *(f"--kind={kind}" for kind in KINDS)],
            environment,
            log=folder / "worker.log",
            ready=lambda said: "Works for" in said,
        )
        self.victims: dict[str, Any] = {"server": self.server, "worker": self.worker}
        if postgres is not None:
            self.victims["database"] = soaking.Killable(postgres)
        self._over = threading.Event()

    def run(self) -> None:
        """Feed, kill, and wait until all is done."""
        with open_database(self.database) as db:
            if self.plan.rows:
                tracks.add(db, rows(self.plan.rows))
            jobs.submit(db, "scan", {"root": str(self.music)}, address="jobs")
        self.first = {name: self.victims[name].start() for name in ("worker", "server")}
        feeders = [threading.Thread(target=one) for one in (self._feed, self._send)]
        for feeder in feeders:
            feeder.start()
        self._kill()
        self._over.set()
        for feeder in feeders:
            feeder.join()
        self._settle()
        self.codes = {name: self.victims[name].stop() for name in ("worker", "server")}

    def _kill(self) -> None:
        """End one after the other at random instants, and begin it again."""
        source, plan = random.Random(self.plan.seed), self.plan
        began = time.monotonic()
        names = sorted(self.victims)
        for number in range(plan.kills):
            time.sleep(source.uniform(*plan.gap))
            # Each at least once in so many, else as it comes.
            name = names[number] if number < len(names) else source.choice(names)
            at = time.monotonic() - began
            self.victims[name].kill()
            took = self.victims[name].start()
            self.told.kills.append({"victim": name, "at": round(at, 2), "restart": round(took, 2)})
            print(f"{number + 1}/{plan.kills} {name} at {at:.1f} s, back in {took:.2f} s",
                  file=sys.stderr)  # fmt: skip

    def _feed(self) -> None:
        """Lay files into the folder now and then, and have it looked through."""
        source = random.Random(self.plan.seed + 1)
        for number in range(self.plan.files):
            write_tune(self.music / f"{number:04}.wav", seed=number)
            if number % 5 == 4:
                self._ask("/api/v1/jobs", {"kind": "scan", "folder": str(self.music)})
            self._over.wait(source.uniform(0, 2 * self._pause(self.plan.files)))

    def _send(self) -> None:
        """Send files as a program does that asks again with the same key until it is answered."""
        source = random.Random(self.plan.seed + 2)
        for number in range(self.plan.uploads):
            path = write_tune(self.folder / "sent" / f"{number:04}.wav", seed=100_000 + number)
            key = f"soak-{self.mark}-{number}"
            while True:
                status, body = soaking.send(self.port, path, key=key)
                self.told.answers[status] += 1
                if status == 201:
                    self.told.sent[body["uploads"][0]["token"]] = path.name
                    break
                time.sleep(0.2)
            self._over.wait(source.uniform(0, 2 * self._pause(self.plan.uploads)))

    def _pause(self, count: int) -> float:
        """Mean seconds between two of so many, so that they last as long as the killing."""
        return self.plan.kills * sum(self.plan.gap) / 2 / count

    def _ask(self, path: str, body: dict[str, Any]) -> None:
        """Post something until it is answered; what makes no sense to ask again is counted."""
        while True:
            status, _ = soaking.post(self.port, path, body)
            self.told.answers[status] += 1
            if 200 <= status < 300 or status == 404:
                return
            time.sleep(0.2)

    def _settle(self) -> None:
        """Look through the folder once more, and wait until nothing is left to do."""
        self._ask("/api/v1/jobs", {"kind": "scan", "folder": str(self.music)})
        with open_database(self.database) as db:
            end = time.monotonic() + 1_200
            while still := [job for job in jobs.open_ones(db) if job.kind != "map"]:
                assert time.monotonic() < end, still
                time.sleep(0.2)


def judged(soak: Soak, *, calm: bool) -> dict[str, Any]:
    """Whether all is there, once, and with `calm` as an undisturbed program has it."""
    plan, told = soak.plan, soak.told
    with open_database(soak.database) as db:
        found = soaking.stock(db)
    expected = soaking.expected(soak.music)
    figures = soaking.compared(found, expected, tokens=told.sent, rows=plan.rows)
    figures["orphans"] = soaking.left_over(soak.mark)
    if not calm:
        return figures
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, database=f"{folder}/calm.db", jobs=1, cache_megabytes=0,
                            models_folder=soak.folder / "models")  # fmt: skip
        with Segue.open(settings=settings) as segue:
            if plan.rows:
                tracks.add(segue.database, rows(plan.rows))
            segue.scan(soak.music)
            segue.analyse()
            calmly = soaking.stock(segue.database)
    figures["heard_otherwise"] = soaking.unlike(found, calmly)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--uploads", type=int, default=100)
    parser.add_argument("--rows", type=int, default=114_000)
    parser.add_argument("--seed", type=int, default=None, help="drawn and told when left out")
    parser.add_argument("--gap", type=float, nargs=2, default=(2.0, 10.0), metavar="SECONDS")
    parser.add_argument("--restart", type=float, default=5.0, metavar="SECONDS",
                        help="how long a restart may take")  # fmt: skip
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--briefly", action="store_true", help="compare with no undisturbed run")
    parser.add_argument("--out", type=Path, default=None, help="write the figures there instead")
    report.compile_once()
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that all it started ends with it
    seed = random.SystemRandom().randrange(10**6) if given.seed is None else given.seed
    print(f"seed {seed}", file=sys.stderr)
    plan = Plan(given.kills, given.files, given.uploads, given.rows, seed, given.sqlite,
                tuple(given.gap))  # fmt: skip
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="segue-soak-")))
        postgres = None if plan.sqlite else stack.enter_context(PostgresServer(synced=True))
        database = str(folder / "segue.db") if postgres is None else postgres.database("soak")
        soak = Soak(folder, plan, database, postgres)
        began = time.monotonic()
        try:
            soak.run()
            figures = judged(soak, calm=not given.briefly)
        except (Exception, KeyboardInterrupt):
            soak.server.show()
            soak.worker.show()
            raise
        finally:
            soak.server.end()
            soak.worker.end()
    restarts: dict[str, list[float]] = {}
    for each in soak.told.kills:
        restarts.setdefault(each["victim"], []).append(each["restart"])
    figures |= {
        "seconds": round(time.monotonic() - began, 1),
        "database": "SQLite" if plan.sqlite else "PostgreSQL",
        "kills": len(soak.told.kills),
        "killed": {name: len(times) for name, times in sorted(restarts.items())},
        "slowest_restart": {name: max(times) for name, times in sorted(restarts.items())},
        "first_start": {name: round(took, 2) for name, took in soak.first.items()},
        "answers": {str(status): n for status, n in sorted(soak.told.answers.items())},
        "slow": [each for each in soak.told.kills if each["restart"] > given.restart],
        "exit_codes": soak.codes,
        "not_ended_well": [name for name, code in soak.codes.items() if code],
        "instants": soak.told.kills,
    }
    if given.out is not None:
        given.out.write_text(json.dumps({"seed": seed, "figures": figures}), encoding="utf-8")
    else:
        report.write("soak", figures, seed=seed)
    wrong = [name for name in FAULTS if figures.get(name)]
    if wrong:
        raise SystemExit("; ".join(f"{name}: {figures[name]}" for name in wrong))


if __name__ == "__main__":
    try:
        main()
    except SegueError as error:
        raise SystemExit(str(error)) from error
