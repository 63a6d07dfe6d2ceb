"""One JSON request over HTTP, with a total time limit and a way to break off. Knows no model's protocol."""

from __future__ import annotations

import email.utils
import json
import time
import weakref
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit, urlunsplit

from linnaeus.errors import UsageError
from linnaeus.llm.provider import ProviderError, Stop
from linnaeus.llm.replies import shown

if TYPE_CHECKING:
    import ssl

    import httpx

MOST_BYTES = 4_000_000
_CONNECT_S = 10.0


@dataclass(frozen=True, slots=True)
class Response:
    """What a server said: the status, and the body as JSON (None when it is none)."""

    status: int
    body: Any
    raw: str
    retry_after_s: float | None = None


class Wire:
    """Keeps connections open between requests; may be used from many threads.

    Each request takes a connection of its own from the shelf, so that breaking one off hurts no other.
    """

    def __init__(self, url: str, headers: Mapping[str, str], secrets: tuple[str, ...] = ()) -> None:
        parts = urlsplit(url)
        login, _, host = parts.netloc.rpartition("@")
        self._url, self._headers = urlunsplit(parts._replace(netloc=host)), dict(headers)
        if login:  # moved out of the address, which ends up in messages and logs
            self._headers.setdefault("Authorization", "Basic " + b64encode(unquote(login).encode()).decode())
        self._secrets = tuple(secret for secret in (*secrets, login) if secret)
        self._shelf: list[_Line] = []
        self._tls: ssl.SSLContext | None = None
        self._lock = Lock()

    def __repr__(self) -> str:
        return f"Wire({self.address!r})"

    @property
    def address(self) -> str:
        """The address without user, password and query."""
        return without_secrets(self._url)

    def post(self, body: Mapping[str, Any], timeout_s: float, stop: Stop) -> Response:
        """Send `body` and read the whole answer within `timeout_s`. Raises ProviderError if none comes."""
        import httpx

        line = self._take()
        stop.on_set(line.break_off)
        try:
            response = line.post(self._url, self._headers, body, timeout_s)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise self._failed(f"cannot reach {self.address}: {error}", reached=False) from error
        except httpx.TimeoutException as error:
            raise self._failed(f"no answer within {timeout_s:.3g} s", unpaid=False) from error
        except (httpx.HTTPError, _TooLong) as error:
            raise self._failed(
                f"the connection was cut: {error or type(error).__name__}", unpaid=False
            ) from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise UsageError(
                f"{self.address!r} is no address", hint="it reads like https://HOST/v1"
            ) from error
        finally:
            stop.on_set(None)
        self._give_back(line)
        return response

    def hide(self, text: str) -> str:
        """`text` with every secret of this wire struck out."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def _failed(self, message: str, **facts: bool) -> ProviderError:
        return ProviderError(self.hide(message), retryable=True, **facts)

    def _take(self) -> _Line:
        with self._lock:
            if self._shelf:
                return self._shelf.pop()
            if self._tls is None:
                self._tls = _tls(self._url)
            return _Line(self._tls, trust_env=not is_loopback(self._url))

    def _give_back(self, line: _Line) -> None:
        with self._lock:
            if not line.broken:
                self._shelf.append(line)


def _tls(url: str) -> ssl.SSLContext:
    """What checks the server's certificate. Authorities take long to read: not where there is no TLS."""
    import ssl

    import httpx

    return httpx.create_ssl_context() if url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class _TooLong(Exception):
    """The answer does not end."""


class _Line:
    """One client with one connection, and that connection's socket."""

    def __init__(self, tls: ssl.SSLContext, *, trust_env: bool) -> None:
        import httpx

        # A proxy is for the world outside; this machine's own servers are reached directly.
        self._client = httpx.Client(verify=tls, trust_env=trust_env, limits=httpx.Limits(max_connections=1))
        weakref.finalize(self, self._client.close)
        self._stream: Any = None
        self.broken = False

    def post(
        self, url: str, headers: Mapping[str, str], body: Mapping[str, Any], timeout_s: float
    ) -> Response:
        import httpx

        end = time.monotonic() + timeout_s
        waits = httpx.Timeout(timeout_s, connect=min(_CONNECT_S, timeout_s))
        content = json.dumps(body).encode()
        kinds = {"Content-Type": "application/json", "Accept": "application/json", **headers}
        extensions = {"trace": self._trace, "timeout": waits.as_dict()}
        request = self._client.build_request(
            "POST", url, content=content, headers=kinds, extensions=extensions
        )
        try:
            response = self._client.send(request, stream=True)
            # The body gets what is left of the time: httpx itself bounds each read, not their sum.
            request.extensions["timeout"]["read"] = max(0.001, end - time.monotonic())
            raw = _read(response, end)
        except BaseException:
            self._client.close()
            raise
        return Response(response.status_code, _json(raw), raw, retry_after(response.headers))

    def break_off(self) -> None:
        """Shut the socket down, which wakes the thread that reads from it."""
        self.broken = True
        stream = self._stream
        sock = stream.get_extra_info("socket") if stream is not None else None
        if sock is not None:
            import contextlib
            import socket

            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._stream = info.get("return_value")
            if self.broken:
                self.break_off()


def _read(response: httpx.Response, end: float) -> str:
    import httpx

    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        if time.monotonic() > end:
            raise httpx.ReadTimeout("the answer drips")
        if size > MOST_BYTES:
            raise _TooLong(f"more than {MOST_BYTES} bytes")
    return b"".join(chunks).decode("utf-8", "replace")


def _json(raw: str) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a server asks to wait, from Retry-After as seconds or as a date; None if it does not ask.

    A date is read against the server's own Date where it sends one, so that a wrong clock here does no harm.
    """
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(headers["retry-after-ms"]) / 1000 if "retry-after-ms" in headers else float(value)
    except ValueError:
        moment = _moment(value)
        now = _moment(headers.get("date", "")) or time.time()
        return max(0.0, moment - now) if moment is not None else None
    return max(0.0, seconds) if seconds < 1e9 else None  # also drops nan and inf


def _moment(value: str) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def is_loopback(url: str) -> bool:
    """True for an address on this machine."""
    host = (urlsplit(url).hostname or "").lower()
    return host in {"localhost", "::1", "0.0.0.0"} or host.startswith("127.") or host.endswith(".localhost")


def without_secrets(url: str) -> str:
    """`url` without user, password and query."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def message_of(response: Response) -> str:
    """The server's own words about an error, on one line of at most 200 characters."""
    body = response.body
    inner = body.get("error", body) if isinstance(body, dict) else body
    words = inner.get("message", inner.get("detail", "")) if isinstance(inner, dict) else inner
    return shown(words if isinstance(words, str) and words else response.raw, 200)


def count(usage: Any, name: str) -> int | None:
    """A number of tokens as a server tells it; None if it does not."""
    value = usage.get(name) if isinstance(usage, dict) else None
    return value if isinstance(value, int) and value >= 0 else None
