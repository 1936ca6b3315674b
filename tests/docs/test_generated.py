"""The generated pages tell what the program tells, and every setting and verb is on them."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from segue.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[2]
DOCS = REPOSITORY / "docs"


def _generator():
    """docs/generate.py as a module; it imports its neighbour docs/figures.py."""
    sys.path.insert(0, str(DOCS))
    try:
        spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(DOCS))
    return module


generate = _generator()


@pytest.mark.parametrize("name", sorted(generate.pages()))
def test_a_page_is_what_the_program_says_today(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == generate.pages()[name], "run `make docs`"


def test_every_setting_has_a_meaning_and_a_row() -> None:
    page = generate.pages()["settings.md"]
    for name, spec in Settings.model_fields.items():
        assert spec.description, name
        assert f"`SEGUE_{name.upper()}`" in page


VERBS = """demo, serve, scan, import tracks, import playlists, import history, analyse, search,
similar, links list, links undo, train attributes, evaluate attributes, evaluate audio, status,
cache, describe, doctor, crawl spotify-playlists"""


@pytest.mark.parametrize("verb", VERBS.replace("\n", " ").split(", "))
def test_every_verb_is_documented_with_json(verb: str) -> None:
    page = generate.pages()["cli.md"]
    section = page.partition(f"## segue {verb}\n")[2].partition("\n## ")[0]
    assert section, f"no section for {verb}"
    assert "--json" in section
    assert "--database" in section


def test_help_does_not_depend_on_the_width_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = generate.cli()
    monkeypatch.setenv("COLUMNS", "40")
    assert generate.cli() == wide
