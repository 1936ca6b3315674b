"""The page about Segue: what works, what does not, and what would help."""

from __future__ import annotations

import pytest

from segue.errors import UnavailableError
from segue.jobs import teaching
from segue.library import Segue
from segue.serve.condition import STATES, condition, senses
from segue.serve.pages.about import vendored
from segue.serve.rendering import GROUND, STATIC
from segue.settings import Settings


class Standing:
    """A runner as far as its health is asked."""

    def __init__(self, *, running: bool) -> None:
        self.running = running
        self.takes = frozenset({"scan"})


def test_an_empty_library_says_what_would_fill_it(tmp_path) -> None:
    with Segue.open(tmp_path / "x.db", settings=Settings(_env_file=None)) as segue:
        parts = {part.name: part for part in condition(segue, Standing(running=False))}
    assert parts["Catalogue"].state == "waits"
    assert "segue serve" in parts["Catalogue"].remedy
    assert parts["Recommendations"].state == "waits"
    assert parts["Work beside the server"].state == "absent"


def test_a_stocked_library_names_what_failed_and_what_is_absent(client, stocked) -> None:
    parts = {part.name: part for part in condition(stocked, Standing(running=True))}
    assert parts["Catalogue"].said == "72 tracks, 12 with a file."
    assert parts["Recommendations"].state == "works"
    analysis = parts["Analysis"]
    assert analysis.state == ("partly" if stocked.status().ledger.failed else "works")
    assert analysis.said.startswith("12 of 1")
    placed = {sense.space: sense.placed for sense in senses(stocked)}
    assert placed["text"] == 72
    assert placed["descriptors"] == 12
    page = client.get("/about").text
    for sense in senses(stocked):
        assert f"space-{sense.space}" in page
        assert sense.needs.endswith(".")
    assert analysis.said in page


def test_the_page_says_of_teaching_what_teaching_says(stocked, monkeypatch) -> None:
    for lacking, state in (((), "works"), (("onnxscript",), "absent")):
        monkeypatch.setattr(teaching, "missing", lambda lacking=lacking: lacking)
        parts = {part.name: part for part in condition(stocked, Standing(running=True))}
        assert parts["Teaching"].state == state
    assert "onnxscript" in parts["Teaching"].said
    assert teaching.COMMAND in parts["Teaching"].remedy


def test_a_catalogue_that_cannot_be_read_is_said(stocked, monkeypatch) -> None:
    def broken() -> None:
        raise UnavailableError("the disk is gone", remedy="Bring it back")

    monkeypatch.setattr(stocked, "status", broken)
    assert [(part.state, part.said) for part in condition(stocked, Standing(running=True))] == [
        ("absent", "the disk is gone.")
    ]


def test_every_state_has_a_style_and_every_vendored_file_its_licence(client) -> None:
    styles = (STATIC / "segue.css").read_text()
    assert all(f".condition-{state}" in styles for state in STATES)
    page = client.get("/about").text
    files = [path.name for path in (STATIC / "vendor").glob("*.js")]
    assert len(files) == len(vendored()) > 0
    for one in vendored():
        assert one.name in page
        assert any(name.startswith(one.name) for name in files)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_window_takes_the_colour_of_the_head(scheme) -> None:
    light, dark = (STATIC / "tokens.css").read_text().split("prefers-color-scheme: dark")
    assert f"--sheet: {GROUND[scheme]};" in {"light": light, "dark": dark}[scheme]
