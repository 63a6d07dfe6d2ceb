"""Published taxonomies, where they are at hand: read, kept in a project, and written in every format."""

from __future__ import annotations

from pathlib import Path

import pytest

from linnaeus import Store
from linnaeus.closed.project import import_taxonomy, load
from linnaeus.taxonomy import check, read_taxonomy, write_taxonomy

SETS = Path(__file__).resolve().parents[3] / "shared" / "data" / "sets"
SIZES = {  # labels, roots, leaves, deepest, with several parents
    "stw_economics": (6244, 7, 4125, 11, 4566),
    "icd10cm": (98466, 22, 74731, 6, 0),
}


@pytest.mark.parametrize("name", SIZES)
def test_a_published_taxonomy(name: str, tmp_path: Path) -> None:
    path = SETS / name / "labels.csv.gz"
    if not path.exists():
        pytest.skip(f"the labels of {name} are not at {path}: they are not part of the project")
    assert not [fault for fault in check(str(path)) if fault.error]
    taxonomy = read_taxonomy(str(path))
    several = int((taxonomy.parents.sizes > 1).sum())
    found = (len(taxonomy), len(taxonomy.roots), len(taxonomy.leaves()), int(taxonomy.depth.max()), several)
    assert found == SIZES[name]
    with Store(str(tmp_path / "p.db")) as store:
        import_taxonomy(store, taxonomy)
        assert load(store)[0] == taxonomy and not import_taxonomy(store, taxonomy)
    for ending in ("jsonl",) if len(taxonomy) > 10_000 else ("jsonl", "tsv", "rdf", "ttl"):
        write_taxonomy(tmp_path / f"o.{ending}", taxonomy)
        assert read_taxonomy(str(tmp_path / f"o.{ending}")) == taxonomy
