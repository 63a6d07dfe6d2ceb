"""A real server on this machine that speaks the embeddings protocol, and misbehaves on request."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Fault = Callable[["Handler"], None]


def vector(text: str) -> list[float]:
    """A vector that depends on the text alone, and differs for different texts."""
    numbers = [float(len(text)), 1.0, 0.0, 0.0]
    for position, letter in enumerate(text[:50]):
        numbers[2 + position % 2] += ord(letter) / (position + 3)
    return numbers


@dataclass
class State:
    """What the server was asked, and the faults it commits first, one a request."""

    faults: list[Fault] = field(default_factory=list)
    requests: list[Any] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    url: str = ""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: State

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.state.requests.append(body)
        self.state.keys.append(self.headers.get("Authorization"))
        self.state.times.append(time.monotonic())
        if self.path != "/v1/embeddings":
            self.send(404, {"error": {"message": "no such path"}})
        elif self.state.faults:
            self.state.faults.pop(0)(self)
        else:
            rows = [{"index": i, "embedding": vector(text)} for i, text in enumerate(body["input"])]
            self.send(200, {"object": "list", "data": rows[::-1]})

    def send(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def status(code: int, message: str = "", **headers: str) -> Fault:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.send(code, {"error": {"message": message}}, names)


def says(body: Any) -> Fault:
    return lambda handler: handler.send(200, body)


def cut(handler: Handler) -> None:
    """Promises a body and hangs up in the middle of it."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"data": [')
    handler.close_connection = True


def hang(handler: Handler) -> None:
    time.sleep(0.6)
    handler.close_connection = True


def drip(handler: Handler) -> None:
    """Sends a byte now and then, so that no single read times out."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    try:
        for _ in range(80):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        pass
    handler.close_connection = True


@contextmanager
def serving() -> Iterator[State]:
    state = State()
    handler = type("Bound", (Handler,), {"state": state})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        state.url = f"http://127.0.0.1:{server.server_port}/v1"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
