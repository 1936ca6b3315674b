"""A model that was brought and points to files it has no business with."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from segue.embedding.embedder import Embedder
from segue.embedding.shelf import SHIPPED
from segue.errors import BadFileError, UnavailableError
from segue.models.graphs import opened

if TYPE_CHECKING:
    from pathlib import Path

onnx = pytest.importorskip("onnx")

PLACES = ["/etc/passwd", "../../../../etc/passwd", "weights.bin"]


def pointing(content: bytes, place: str) -> bytes:
    """A graph whose first weights are said to lie in another file."""
    model = onnx.load_from_string(content)
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.ClearField("float_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    del tensor.external_data[:]
    for key, value in (("location", place), ("offset", "0"), ("length", "64")):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value
    return model.SerializeToString()


@pytest.mark.parametrize("place", PLACES)
def test_a_graph_that_points_elsewhere_is_refused(place) -> None:
    graph = (SHIPPED / "sound" / "embedder.onnx").read_bytes()
    with pytest.raises(BadFileError, match="points to other files"):
        opened(pointing(graph, place))


@pytest.mark.parametrize("place", PLACES)
def test_a_folder_whose_graph_points_elsewhere_is_refused(tmp_path: Path, place: str) -> None:
    folder = tmp_path / "sound"
    shutil.copytree(SHIPPED / "sound", folder)
    (folder / "weights.bin").write_bytes(bytes(64))
    graph = pointing((folder / "embedder.onnx").read_bytes(), place)
    (folder / "embedder.onnx").write_bytes(graph)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["embedder.onnx"] = sha256(graph).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BadFileError, match="points to other files"):
        Embedder.load(folder)


@pytest.mark.parametrize("name", ["../embedder.onnx", "/etc/passwd", "sub/embedder.onnx"])
def test_a_manifest_that_names_a_file_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "sound"
    shutil.copytree(SHIPPED / "sound", folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"] = {name: sha256(b"").hexdigest()}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BadFileError, match="manifest"):
        Embedder.load(folder)


def test_a_graph_that_is_a_link_elsewhere_is_no_graph(tmp_path: Path) -> None:
    folder = tmp_path / "sound"
    shutil.copytree(SHIPPED / "sound", folder)
    (folder / "embedder.onnx").unlink()
    (folder / "embedder.onnx").symlink_to("/etc/passwd")
    with pytest.raises((BadFileError, UnavailableError), match=r"sha256|graph") as refused:
        Embedder.load(folder)
    assert "root:" not in str(refused.value)
