"""Exit codes, streams and the one handler of errors, with verbs made for the test."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from importlib.metadata import version
from typing import Annotated

import pytest
import typer

from segue.cli import main, verb
from segue.cli.main import run
from segue.cli.session import Session  # noqa: TC001 (read at run time)
from segue.errors import BusyError, InternalError

SEGUE = [sys.executable, "-m", "segue"]


@pytest.fixture
def with_verb(monkeypatch: pytest.MonkeyPatch):
    """Run one verb of the test's own under the real frame."""

    def call(function, *words: str) -> int:
        app = typer.Typer(rich_markup_mode=None)
        app.callback()(main.common)
        verb.add(app, function, name="probe")
        monkeypatch.setattr(main, "app", app)
        return run(words)

    return call


def fails(session: Session) -> None:
    """Fail as asked."""
    raise BusyError("port 80 is in use", where="localhost", remedy="Take another")


def breaks(session: Session) -> None:
    """Break."""
    raise ZeroDivisionError("by nothing")


def stops(session: Session) -> None:
    """Stop."""
    raise KeyboardInterrupt


def tells(session: Session) -> None:
    """Tell what the options say."""
    session.answer({"database": session.database, "verbose": session.verbose}, "told")


def test_a_foreseen_failure_is_one_paragraph_and_exit_2(with_verb, capsys) -> None:
    assert with_verb(fails, "probe") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "Error: localhost: port 80 is in use. Take another.\n"


def test_with_json_a_failure_is_the_one_document_on_stdout(with_verb, capsys) -> None:
    assert with_verb(fails, "probe", "--json") == 2
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out) == {
        "error": {
            "kind": "busy",
            "detail": "localhost: port 80 is in use. Take another.",
            "what": "port 80 is in use",
            "where": "localhost",
            "remedy": "Take another",
            "exit_code": 2,
        }
    }


def test_an_unforeseen_failure_is_one_sentence_and_exit_1(with_verb, capsys) -> None:
    assert with_verb(breaks, "probe") == 1
    err = capsys.readouterr().err
    assert "ZeroDivisionError: by nothing" in err
    assert "again with -v" in err
    assert "Traceback" not in err


def test_verbose_shows_the_traceback(with_verb, capsys) -> None:
    assert with_verb(breaks, "probe", "-v") == 1
    err = capsys.readouterr().err
    assert "Traceback (most recent call last)" in err
    assert "again with -v" not in err


def test_a_bug_of_ours_exits_with_1(with_verb) -> None:
    def promise(session: Session) -> None:
        """Break a promise."""
        raise InternalError("rows and ids differ")

    assert with_verb(promise, "probe") == 1


def test_an_interrupt_says_what_is_kept_and_exits_with_130(with_verb, capsys) -> None:
    assert with_verb(stops, "probe") == 130
    assert capsys.readouterr().err == "\nStopped; what was finished is kept.\n"


@pytest.mark.parametrize(
    "words",
    [
        ("probe", "--database", "x.db", "-v", "--json"),
        ("--database", "x.db", "-v", "--json", "probe"),
        ("--json", "-d", "no.db", "probe", "-v", "-d", "x.db"),
    ],
)
def test_common_options_stand_before_or_behind_the_verb(with_verb, capsys, words) -> None:
    assert with_verb(tells, *words) == 0
    assert json.loads(capsys.readouterr().out) == {"database": "x.db", "verbose": True}


def test_a_verbs_own_options_come_before_the_common_ones(with_verb, capsys) -> None:
    def own(session: Session, *, size: Annotated[int, typer.Option(help="Own.")] = 3) -> None:
        """Have an option."""
        session.answer({"size": size}, f"size {size}")

    assert with_verb(own, "probe", "--size", "4") == 0
    assert capsys.readouterr().out == "size 4\n"
    assert with_verb(own, "probe", "--help") == 0
    shown = capsys.readouterr().out
    assert shown.index("--size") < shown.index("--database") < shown.index("--json")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sercive"], "No such command 'sercive'"),
        (["search"], "Missing argument"),
        (["search", "x", "-n", "0"], "Invalid value '0' for '-n' / '--count'"),
        (["search", "x", "-n", "many"], "Invalid value 'many' for"),
        (["status", "--colour"], "No such option: --colour"),
        (["import", "trackz"], "No such command 'trackz'"),
        (["links", "undo", "first"], "Invalid value 'first' for 'LINK'"),
    ],
)
def test_misuse_is_one_sentence_and_exit_2(capsys, words, said) -> None:
    assert run(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Error: ")
    assert said in err
    assert err.count("\n") == 1
    assert "--help` says what it takes" in err


def test_misuse_with_json_is_a_document(capsys) -> None:
    assert run(["sercive", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["kind"] == "bad-request"
    assert "'serve'" in error["remedy"]


def test_no_verb_shows_the_help_and_exits_with_2(capsys) -> None:
    assert run([]) == 2
    assert "Commands:" in capsys.readouterr().err


def test_version(capsys) -> None:
    assert run(["--version"]) == 0
    told = capsys.readouterr().out
    assert told == f"segue {version('segue')}\n"
    # A release's, or that of a commit after the newest tag, or of a clone without tags.
    assert re.fullmatch(r"segue \d+(\.\d+)+(\.dev\d+)?(\+[a-z0-9.]+)?\n", told)


def test_a_setting_that_makes_no_sense_is_named(capsys, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEGUE_PORT", "eighty")
    assert run(["status"]) == 2
    err = capsys.readouterr().err
    assert "SEGUE_PORT is 'eighty'" in err
    assert "docs/settings.md" in err


def test_a_title_in_a_narrow_encoding_does_not_break_json(with_verb, tmp_path) -> None:
    code = (
        "from segue.cli.session import say_json\n"
        "say_json({'title': 'Björk – \\udcff', 'kana': 'あ'})"
    )
    for encoding in ("ascii", "latin-1", "utf-8"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": encoding},
            check=True,
        )
        assert json.loads(done.stdout.decode(encoding)) == {"title": "Björk – \udcff", "kana": "あ"}


def test_a_reader_that_goes_away_is_no_error() -> None:
    done = subprocess.run(
        ["bash", "-c", f"{' '.join(SEGUE)} --help | true; echo ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""


def test_help_loads_nothing_heavy_and_is_quick() -> None:
    code = (
        "import sys\n"
        "from segue.cli.main import run\n"
        "assert run(['--help']) == 0\n"
        "heavy = {'numpy', 'pydantic', 'sqlalchemy', 'rich', 'scipy', 'uvicorn', 'fastapi', 'av'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "Commands:" in done.stdout


def test_the_log_is_silent_unless_asked_for(with_verb, capsys) -> None:
    def logs(session: Session) -> None:
        """Log."""
        logging.getLogger("segue.probe").info("a detail")
        logging.getLogger("segue.probe").warning("a warning")

    with_verb(logs, "probe")
    quiet = capsys.readouterr().err
    assert "a warning" in quiet
    assert "a detail" not in quiet
    with_verb(logs, "probe", "-v")
    assert "a detail" in capsys.readouterr().err
