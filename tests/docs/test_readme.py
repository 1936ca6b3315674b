"""The README's marked commands work, in the order in which they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.walk
def test_the_readmes_commands_work(follow) -> None:
    assert follow((REPOSITORY / "README.md").read_text(encoding="utf-8"))


def test_commands_of_blocks_and_tables_are_run_in_order(follow) -> None:
    text = """
<!-- run -->
```console
$ echo one \\
    two > told
what it answers
$ cat told | grep -q 'one two'
```

```console
$ exit 3
```

<!-- run -->
| what | command |
|---|---|
| a pipe | `cat told \\| wc -l` |
| two of them | `export SAID=yes`, then `test $SAID = yes` |
"""
    ran = follow(text)
    assert ran == [
        "echo one      two > told",
        "cat told | grep -q 'one two'",
        "cat told | wc -l",
        "export SAID=yes",
        "test $SAID = yes",
    ]


def test_a_command_that_fails_is_shown_with_what_it_said(follow) -> None:
    text = (
        "\n<!-- run -->\n```console\n$ true\n$ echo broken >&2; false  # in any case\n$ true\n```\n"
    )
    with pytest.raises(AssertionError, match="this failed: echo broken"):
        follow(text)


def test_a_marker_before_nothing_is_an_error(follow) -> None:
    with pytest.raises(ValueError, match="no block or table"):
        follow("\n<!-- run -->\njust words\n")
