"""Write the generated pages of docs/ from the program itself, and renew figures.

`pages` gives every generated page as text; a test compares them with the files, so that a page
never tells another story than the program.
"""

from __future__ import annotations

import inspect
import json
import os
import sys
from pathlib import Path
from typing import Any

import features
import figures
import guesses
import programs
import spoken
import typer.main

from segue.cli.main import app
from segue.settings import Settings
from segue.sources.layouts import CELLS, LAYOUTS, NEEDED, Layout

DOCS = Path(__file__).resolve().parent
_MADE = "<!-- Written by `make docs` from {source}. Edit that, not this. -->"
WIDTH = 96
_REAL = (
    "A catalogue of a public table of 114,000 rows, 4,000 playlists of the Million Playlist Dataset"
    " with what a public table knows of their tracks, and 458 clips of real music. Nobody knows"
    " attributes of those clips."
)


def pages() -> dict[str, str]:
    """Every generated page: file name → text."""
    return {
        "api.md": programs.page(_MADE.format(source="src/segue/serve/api/ and docs/programs.py")),
        "attributes.md": attributes(),
        "cli.md": cli(),
        "estimates.md": guesses.page(_MADE.format(source="src/segue/attributes/formulas.py")),
        "descriptors.md": features.page(_MADE.format(source="src/segue/descriptors/")),
        **ears(),
        **evaluation(),
        **playlists(),
        **latent(),
        "settings.md": settings(),
        "tables.md": tables(),
        "words.md": spoken.page(_MADE.format(source="src/segue/words/")),
    }


def attributes() -> str:
    """How well attributes are predicted, from the committed reports."""
    from segue.evaluation.page import page

    def figures_of(name: str) -> dict[str, Any]:
        path = figures.RESULTS / f"attributes_{name}.json"
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["figures"]
        return found

    emotify = figures_of("emotify")
    documents = [
        *(emotify[pipeline]["report"] for pipeline in ("both", "statistical", "mfcc")),
        figures_of("demo")["report"],
        figures_of("segments")["report"],
    ]
    made = _MADE.format(source="benchmarks/results/attributes_*.json")
    where = (
        "How models are trained, and what of it was chosen with an eye on these very tracks, is in "
        "[learning.md](learning.md)."
    )
    return page(documents, made=f"{made}\n\n{where}")


def ears() -> dict[str, str]:
    """How well networks hear, from the committed measurement; no page where there is none."""
    from segue.evaluation.ears_page import page

    path = figures.RESULTS / "ears.json"
    if not path.exists():
        return {}
    measured: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["figures"]
    return {"ears.md": page(measured, made=_MADE.format(source="benchmarks/results/ears.json"))}


def evaluation() -> dict[str, str]:
    """The one table, from the committed measurements; no page where there is none."""
    from segue.cli.evaluate.whole import QUESTIONS
    from segue.evaluation.overview.page import pages as told
    from segue.evaluation.overview.report import Evaluation, merged

    heads = {
        "evaluation": ("On real music", _REAL),
        "evaluation_demo": ("On the demo world", "Invented artists, tracks and playlists."),
    }
    named = []
    for name, (heading, words) in heads.items():
        path = figures.RESULTS / f"{name}.json"
        if path.exists():
            found = json.loads(path.read_text(encoding="utf-8"))["figures"]
            parts = [found[each] for each in ("all", *QUESTIONS) if each in found]
            named.append((heading, words, merged([Evaluation.from_json(one) for one in parts])))
    if not named:
        return {}
    made = _MADE.format(source="benchmarks/results/evaluation*.json")
    return {"evaluation.md": told(named, made=made)}


def latent() -> dict[str, str]:
    """How good codes are, from the committed measurement; no page where there is none."""
    from segue.evaluation.latent_page import page

    path = figures.RESULTS / "latent.json"
    if not path.exists():
        return {}
    measured: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["figures"]
    return {"latent.md": page(measured, made=_MADE.format(source="benchmarks/results/latent.json"))}


def playlists() -> dict[str, str]:
    """How well playlists are continued, from the committed measurement; no page without one."""
    from segue.evaluation.playlists_page import page

    path = figures.RESULTS / "playlists.json"
    if not path.exists():
        return {}
    measured: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["figures"]
    made = _MADE.format(source="benchmarks/results/playlists.json")
    return {"playlists.md": page(measured, made=made)}


def cli() -> str:
    """Every verb's help, in the order of ``segue --help``."""
    from segue.cli import failures

    root = typer.main.get_command(app)
    parts = [
        "# The command line",
        _MADE.format(source="src/segue/cli/"),
        "Every verb takes `--database` (which catalogue), `--json` (one JSON document on stdout) "
        "and `-v` (the log).\nProgress and notes go to stderr. What goes wrong is one paragraph on "
        'stderr or, with `--json`,\n`{"error": {…}}` on stdout.',
        f"## Exit codes\n\n{_exit_codes(inspect.getdoc(failures) or '')}",
    ]
    for path, text in _helps(root, ["segue"]):
        parts.append(f"## {path}\n\n```text\n{text}\n```")
    return "\n\n".join(parts) + "\n"


def _helps(command: object, words: list[str]) -> list[tuple[str, str]]:
    """(path, help) of a command and all below it."""
    group = getattr(command, "commands", {})
    context = command.make_context(  # type: ignore[attr-defined]
        " ".join(words), [], resilient_parsing=True, terminal_width=WIDTH, max_content_width=WIDTH
    )
    found = [(" ".join(words), command.get_help(context).rstrip())]  # type: ignore[attr-defined]
    for name, below in group.items():
        found += _helps(below, [*words, name])
    return found


def _exit_codes(docstring: str) -> str:
    """The table of the docstring, as Markdown."""
    ruled = docstring.split("======")
    rows = [line.split(None, 1) for line in docstring.splitlines() if line[:1].isdigit()]
    if len(ruled) < 3 or not rows:
        raise ValueError("segue.cli.failures no longer lists the exit codes")
    listed = "\n".join(f"| {code} | {meaning} |" for code, meaning in rows)
    return f"| code | meaning |\n|---|---|\n{listed}"


def settings() -> str:
    """Every setting: name, variable, default, meaning."""
    rows = []
    for name, spec in Settings.model_fields.items():
        default = f"`{spec.default}`" if str(spec.default) not in {"None", ""} else "(empty)"
        rows.append(f"| `{name}` | `SEGUE_{name.upper()}` | {default} | {spec.description} |")
    listed = "\n".join(rows)
    return (
        "# Settings\n\n"
        + _MADE.format(source="src/segue/settings.py")
        + "\n\nSet one by its environment variable, or by a line `NAME=value` in a file `.env` in "
        "the working folder.\nOptions on the command line win over both; the environment wins over "
        f"`.env`.\n\n| setting | variable | default | meaning |\n|---|---|---|---|\n{listed}\n"
    )


def tables() -> str:
    """Known layouts of track tables, and the columns a mapping may name."""
    parts = [
        "# Tables of tracks",
        _MADE.format(source="src/segue/sources/layouts.py"),
        "`segue import tracks FILE` reads CSV, TSV and Parquet, also gzipped. It knows the layouts "
        "below by their\ncolumns. A table of any other shape is read by the names of its columns "
        "where they stand in the list of\ncolumns, and by a mapping: `--map title=song_name "
        "--map artists=performer`.\n\nA row needs "
        + "; or ".join(" and ".join(f"`{name}`" for name in names) for names in NEEDED)
        + ". What cannot be taken is\nlisted with its line and reason, and the rest is imported.",
        "## Columns\n\n| column | meaning |\n|---|---|\n"
        + "\n".join(f"| `{name}` | {_cell(cell.words)} |" for name, cell in CELLS.items()),
    ]
    parts += [_layout(name, layout) for name, layout in LAYOUTS.items()]
    return "\n\n".join(parts) + "\n"


def _layout(name: str, layout: Layout) -> str:
    rows = []
    for theirs, ours in layout.columns.items():
        meaning = f"`{ours}`" if isinstance(ours, str) else _cell(ours.words)
        known_by = "yes" if theirs in layout.required else ""
        rows.append(f"| {_cell(theirs)} | {meaning} | {known_by} |")
    listed = "\n".join(rows)
    about = layout.words[0].upper() + layout.words[1:]
    return (
        f"## Layout `{name}`\n\n{about}.\n\n"
        f"| column of the table | becomes | known by it |\n|---|---|---|\n{listed}"
    )


def _cell(text: str) -> str:
    """Text that does not end a cell of a Markdown table."""
    return text.replace("|", "\\|")


def main() -> None:
    """Write every page whose text changed; say which."""
    for name, text in pages().items():
        path = DOCS / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(DOCS.parent)}", file=sys.stderr)
    figures.main()


if __name__ == "__main__":
    os.environ["COLUMNS"] = str(WIDTH)
    main()
