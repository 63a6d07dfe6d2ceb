"""What Embedding Atlas is given: every text at its place with its label, and names where their texts are."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from linnaeus.discover.atlas import check_atlas, write_atlas
from linnaeus.discover.found import Found
from linnaeus.errors import MissingExtra


def test_what_is_written(tmp_path: Path) -> None:
    texts = ["=1+1", "a", "b", "c"]
    groups = np.array([0, 0, 0, -1])
    found = Found(texts, np.array([1, 2, 1, 1]), np.eye(4, dtype=np.float32), groups, None)
    write_atlas(tmp_path, found, ["first_label"], np.array([[0.0, 1], [2, 3], [7, 8], [9, 9]]))
    rows, names = (
        [json.loads(line) for line in (tmp_path / name).read_text().splitlines()]
        for name in ("texts.jsonl", "names.jsonl")
    )
    assert [row["text"] for row in rows] == texts
    assert [row["label"] for row in rows] == ["first label"] * 3 + [None]
    assert rows[1] == {"text": "a", "label": "first label", "count": 2, "x": 2.0, "y": 3.0}
    assert names == [{"x": 2.0, "y": 3.0, "text": "first label", "content": "first label", "priority": 4}]


@pytest.mark.skipif(find_spec("embedding_atlas") is not None, reason="Embedding Atlas is installed")
def test_without_the_extra_it_says_so() -> None:
    with pytest.raises(MissingExtra, match="embedding-atlas is not installed"):
        check_atlas()
