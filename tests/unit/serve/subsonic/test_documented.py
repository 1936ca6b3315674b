"""The page for people says what the router answers, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from segue.serve.subsonic.albums import ORDERS
from segue.serve.subsonic.answering import ENDPOINTS
from segue.serve.subsonic.faults import CODES
from segue.serve.subsonic.telling import EXTENSIONS

PAGE = (Path(__file__).resolve().parents[4] / "docs" / "players.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_endpoint_is_listed_as_it_is() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", section("What is answered"), re.MULTILINE
    )
    assert rows == [
        (each.name, each.says, "nobody is asked" if each.anybody else each.scope)
        for each in sorted(ENDPOINTS.values(), key=lambda each: each.name.lower())
    ]  # fmt: skip


def test_every_error_is_listed_as_it_is() -> None:
    rows = re.findall(r"^\| (\d+) \| (.+?) \|$", section("What goes wrong"), re.MULTILINE)
    assert rows == [(str(code), means) for code, means in CODES.items()]


def test_every_extension_and_list_is_named() -> None:
    text = section("What is answered")
    for name in (*EXTENSIONS, *ORDERS):
        assert f"`{name}`" in text, name
