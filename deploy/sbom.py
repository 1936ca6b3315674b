"""Make of what is installed in an environment the list of what is in Segue.

    python deploy/sbom.py FOUND FOLDER          writes FOLDER/segue-VERSION.cdx.json

FOUND is what ``cyclonedx-py environment`` says. There Segue is one package among others, found at a
place on the disk of whoever built it. A bill of materials is one of something: Segue becomes what
it is about (``metadata.component``, CycloneDX 1.6), and that place is left out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

BUILDERS = {"pip", "setuptools", "wheel"}
"""What installs, and is no part of what was installed."""


def main(found: str, folder: str) -> None:
    """Read, turn, write; the path that was written goes to stdout."""
    bill = bill_of(json.loads(Path(found).read_text(encoding="utf-8")))
    name = f"segue-{bill['metadata']['component']['version']}.cdx.json"
    path = Path(folder) / name
    path.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"{path}: {len(bill['components'])} packages\n")


def bill_of(found: dict[str, Any]) -> dict[str, Any]:
    """The same with Segue as its subject; SystemExit where it is not a list of Segue's parts."""
    ours = [one for one in found["components"] if one["name"] == "segue"]
    others = [one for one in found["components"] if one["name"] != "segue"]
    if len(ours) != 1 or not others:
        sys.exit("the environment that was looked at does not hold Segue and what it needs")
    if more := sorted(BUILDERS & {one["name"] for one in others}):
        sys.exit(f"the environment holds {', '.join(more)}, which are no part of Segue")
    subject = {**ours[0], "type": "application"}
    subject["externalReferences"] = [
        one for one in subject.pop("externalReferences", []) if not one["url"].startswith("file:")
    ]
    bill = {**found, "metadata": {**found["metadata"], "component": subject}, "components": others}
    if any(one.startswith("file:") for one in urls_in(bill)):
        sys.exit("the list names a place on this disk")
    return bill


def urls_in(part: object) -> Iterator[str]:
    """Every address that a list names, however deep it lies."""
    if isinstance(part, dict):
        if isinstance(url := part.get("url"), str):
            yield url
        part = [*part.values()]
    if isinstance(part, list):
        for one in part:
            yield from urls_in(one)


if __name__ == "__main__":
    main(*sys.argv[1:])
