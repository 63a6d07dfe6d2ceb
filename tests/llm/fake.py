"""A model server on the loopback address that speaks the real protocols and fails on command."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from linnaeus.llm import Limits
from linnaeus.types import Propose, Reply


@dataclass(frozen=True)
class Seen:
    """One request as the server got it."""

    number: int
    at: float
    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """The fenced text, whatever the protocol."""
        found = re.search(r"<(text-\d+)>\n(.*)\n</\1>", _user_words(self.body), re.DOTALL)
        return found[2] if found else ""

    @property
    def user(self) -> str:
        """What stands in the user's turns, whatever the protocol."""
        return _user_words(self.body)

    @property
    def rules(self) -> str:
        """What stands in the system's turn, whatever the protocol."""
        if "contents" in self.body:
            return str(self.body["systemInstruction"]["parts"][0]["text"])
        return str(self.body.get("system") or self.body["messages"][0]["content"])

    @property
    def is_repair(self) -> bool:
        return "cannot be used" in json.dumps(self.body)

    @property
    def is_judging(self) -> bool:
        return "Group the labels" in self.user


def _user_words(body: dict[str, Any]) -> str:
    if "contents" in body:
        return "\n".join(part["text"] for turn in body["contents"] for part in turn["parts"])
    return "\n".join(turn["content"] for turn in body["messages"] if turn["role"] == "user")


@dataclass(frozen=True)
class Say:
    """One answer, or one way not to answer."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    delay: float = 0.0
    cut: bool = False
    drip: float = 0.0


Script = Callable[[Seen], Say]


class Server:
    """Answers each POST as `script` says; `seen` keeps all of them in order of arrival."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.seen: list[Seen] = []
        self.under_way = self.most_under_way = 0
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self.broken: list[Exception] = []
        self._http = _Http(("127.0.0.1", 0), type("Handler", (Handler,), {"owner": self}))
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def spec(self) -> str:
        return f"{self.root}/v1#tiny"

    @property
    def calls(self) -> int:
        return len(self.seen)

    def close(self) -> None:
        """End it; a script that failed, an assertion in it too, fails here."""
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
        if self.broken:
            raise self.broken[0]

    def enter(self, handler: BaseHTTPRequestHandler) -> Seen:
        at = time.monotonic()
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        with self.lock:
            seen = Seen(
                len(self.seen), at, handler.path, {k.lower(): v for k, v in handler.headers.items()}, body
            )
            self.seen.append(seen)
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
        return seen

    def leave(self) -> None:
        with self.lock:
            self.under_way -= 1


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128  # with the usual 5, the kernel drops some of many workers' connections


class Handler(BaseHTTPRequestHandler):
    """One connection; `owner` is the Server that it belongs to."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    owner: Server

    def do_POST(self) -> None:
        if self.owner.closing.is_set():
            self.hang_up()
            return
        seen = self.owner.enter(self)
        try:
            self.answer(self.owner.script(seen))
        except OSError:
            self.close_connection = True
        except Exception as error:  # noqa: BLE001  whatever it is, the test must hear of it
            self.owner.broken.append(error)
            self.hang_up()
        finally:
            self.owner.leave()

    def answer(self, say: Say) -> None:
        self.owner.closing.wait(say.delay)
        raw = say.raw if say.raw is not None else json.dumps(say.body).encode()
        self.send_response(say.status)
        self.send_header("Content-Length", str(len(raw)))
        for name, value in say.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if say.cut:
            self.wfile.write(raw[: len(raw) // 2])
            self.hang_up()
        elif say.drip:
            self.drip(raw, say.drip)
        else:
            self.wfile.write(raw)

    def drip(self, raw: bytes, pause: float) -> None:
        for byte in raw:
            if self.owner.closing.wait(pause):
                return
            self.wfile.write(bytes([byte]))
            self.wfile.flush()

    def hang_up(self) -> None:
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass


def labels(*names: str) -> str:
    """The reply of a model that keeps to the rules."""
    return json.dumps({"labels": list(names)})


def chat(
    content: str | None,
    *,
    finish: str = "stop",
    refusal: str | None = None,
    tokens: tuple[int, int] = (100, 5),
) -> Say:
    """An answer of the OpenAI protocol."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    usage = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1]}
    return Say({"choices": [{"index": 0, "message": message, "finish_reason": finish}], "usage": usage})


def looks_for(*queries: str) -> Say:
    """A call of `find_labels` for each query, in the OpenAI protocol."""
    calls = [
        {
            "id": f"call_{number}",
            "type": "function",
            "function": {"name": "find_labels", "arguments": json.dumps({"query": query})},
        }
        for number, query in enumerate(queries)
    ]
    message = {"role": "assistant", "content": None, "tool_calls": calls}
    usage = {"prompt_tokens": 100, "completion_tokens": 5}
    return Say({"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}], "usage": usage})


def claude(*content: dict[str, Any], stop: str = "end_turn") -> Say:
    """An answer of the Anthropic protocol."""
    usage = {"input_tokens": 100, "output_tokens": 5}
    return Say(
        {
            "type": "message",
            "role": "assistant",
            "content": list(content),
            "stop_reason": stop,
            "usage": usage,
        }
    )


def gemini(text: str, *, finish: str = "STOP", block: str = "") -> Say:
    """An answer of the Gemini protocol."""
    usage = {"promptTokenCount": 100, "candidatesTokenCount": 5, "thoughtsTokenCount": 7}
    if block:
        return Say({"promptFeedback": {"blockReason": block}, "usageMetadata": usage})
    parts = [{"text": "hm", "thought": True}, {"text": text}]
    return Say(
        {
            "candidates": [{"content": {"parts": parts, "role": "model"}, "finishReason": finish}],
            "usageMetadata": usage,
        }
    )


TALK: dict[str, Callable[[str], Say]] = {
    "openai:gpt-4o-mini": chat,
    "ollama:llama3.2": chat,
    "http://HOST/v1#tiny": chat,
    "anthropic:claude-haiku-4-5": lambda text: claude({"type": "text", "text": text}),
    "gemini:gemini-2.5-flash": gemini,
}
"""A spec of each protocol, and how its server words an answer; the fixture `connect` opens it."""

KEY = "sk-secret-8f3a"
ONE = Limits(workers=1, retries=1)


def failing(status: int, message: str = "no", headers: dict[str, str] | None = None, **facts: Any) -> Say:
    """An error as OpenAI and most others word it."""
    return Say({"error": {"message": message, **facts}}, status, headers or {})


def http_date(seconds: float) -> str:
    """A moment `seconds` from now, as Retry-After may give it; rounded up, so that it is not too early."""
    return formatdate(int(time.time() + seconds + 0.999), usegmt=True)


def in_turn(*says: Say) -> Script:
    """Each answer once, the last one for ever."""
    return lambda seen: says[min(seen.number, len(says) - 1)]


def tasks(count: int, word: str = "text") -> list[Propose]:
    return [Propose(f"{word} {number}") for number in range(count)]


def by_position(replies: Iterator[tuple[int, Reply]]) -> list[Reply]:
    """All replies in the order of their tasks; each position must come once."""
    found = dict(replies)
    return [found[position] for position in range(len(found))]
