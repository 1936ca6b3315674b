"""Whether a manifest of attributes can be followed: its parts are there and go together.

What every kind of manifest must fulfil is `segue.models.soundness`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from segue.attributes import scales
from segue.models import soundness
from segue.models.soundness import bad, is_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from segue.attributes.manifest import Manifest
    from segue.attributes.targets import Group, Target, TargetSet

_LONGEST = 240
_KINDS: soundness.Kinds = {
    **dict.fromkeys(("name", "version", "created", "inputs"), str),
    **dict.fromkeys(("names", "notes"), list),
    **dict.fromkeys(("targets", "files", "data", "parameters", "metrics", "parity"), dict),
    "coverage": (int, float),
}


def file_of(group: str) -> str:
    """The name of the file that holds a group's graph; whatever the group is called, no path.

    >>> file_of("energy-mood"), file_of("../how loud?")
    ('energy-mood.onnx', '..%2Fhow loud%3F.onnx')
    """
    return f"{quote(group, safe=' ')}.onnx"


def check_kinds(document: Mapping[str, Any]) -> None:
    """Refuse a document that lacks a field of the manifest, or holds another kind of thing there.

    Raises
    ------
    BadFileError
        Names the field.
    """
    soundness.check_kinds(document, _KINDS, words=("names", "notes"))


def check(manifest: Manifest) -> None:
    """Refuse a manifest whose parts do not go together.

    Raises
    ------
    BadFileError
        Says what is wrong.
    """
    check_stated(manifest)
    wanted = {file_of(group.name) for group in manifest.targets.groups}
    soundness.check_files(manifest.files, wanted, of="its groups")


def check_stated(manifest: Manifest) -> None:
    """The same of all but the files, as can be done before there are any.

    Raises
    ------
    BadFileError
        Says what is wrong.
    """
    if not is_name(manifest.name):
        raise bad(f"calls the model {manifest.name!r}, which is no name")
    if not manifest.names or len(set(manifest.names)) < len(manifest.names):
        raise bad("names no features, or one of them twice")
    if not 0 < manifest.coverage < 1:
        raise bad(f"promises intervals for a share of {manifest.coverage:g}")
    check_targets(manifest.targets)


def check_targets(targets: TargetSet) -> None:
    """Refuse targets that nothing could predict, and groups that no file could be named after.

    Raises
    ------
    BadFileError
        Says what is wrong.
    """
    if not targets.groups:
        raise bad("has no targets")
    for group in targets.groups:
        _check_group(group)
    for kind, named in (("group", targets.groups), ("target", targets.targets)):
        names = [each.name for each in named]
        if len(set(names)) < len(names):
            raise bad(f"has two {kind}s of one name")


def _check_group(group: Group) -> None:
    if not group.name or len(file_of(group.name)) > _LONGEST:
        raise bad(f"calls a group {group.name!r}, after which no file can be named")
    if not group.targets or any(each.kind != group.kind for each in group.targets):
        raise bad(f"has no targets in the group {group.name!r}, or several kinds")
    for target in group.targets:
        if not _sound(target):
            raise bad(f"has a target {target.name!r} that cannot be predicted")


def _sound(target: Target) -> bool:
    words = (target.name, target.column, target.scale, *target.labels)
    if not all(isinstance(word, str) and word for word in words):
        return False
    if target.kind == "number":
        return target.scale in scales.NAMES and target.low < target.high
    labels, edges = target.labels, target.edges
    if not all(isinstance(edge, (int, float)) for edge in edges) or list(edges) != sorted(edges):
        return False
    return (
        target.kind == "class"
        and len(set(labels)) == len(labels) > 1
        and len(edges) in (0, len(labels) - 1)
    )
