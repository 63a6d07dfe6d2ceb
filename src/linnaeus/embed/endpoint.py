"""One JSON request to an embeddings endpoint, tried again where that can help. Knows no vectors."""

from __future__ import annotations

import random
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from linnaeus.errors import ModelError

if TYPE_CHECKING:
    import httpx

MOST_BYTES = 256_000_000
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
_HINTS = {
    401: "is {variable} set, and right?",
    403: "may this key use the model?",
    404: "is the address right, and does the server have this model?",
}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one request may take with all its tries, how long one try, and the first pause between two."""

    deadline_s: float = 120.0
    try_s: float = 60.0
    pause_s: float = 0.5


@dataclass(frozen=True)
class Endpoint:
    """Where to post, and the key from the environment variable `variable`. The key shows in no message."""

    url: str
    key: str = field(default="", repr=False)
    variable: str = "LINNAEUS_API_KEY"
    patience: Patience = field(default_factory=Patience)

    def post(self, body: bytes) -> bytes:
        """The body of the answer 200.

        Raises ModelError when tries and time are used up, or at once if it is vain.

        Passing faults (408, 429, 5xx, a cut or hung connection) are tried again with growing pauses, never
        earlier than Retry-After says. An address that refuses connections is tried three times.
        """
        end = time.monotonic() + self.patience.deadline_s
        tries = 0
        while True:
            fault = self._try(body, end)
            if isinstance(fault, bytes):
                return fault
            tries += 1
            pause = max(
                fault.wait_s, self.patience.pause_s * 2 ** min(tries - 1, 6) * random.uniform(0.5, 1.0)
            )
            late = time.monotonic() + pause >= end
            if not fault.passing or late or (not fault.reached and tries >= 3):
                raise self._error(fault, tries, asks=fault.wait_s if late else 0.0) from fault.cause
            time.sleep(pause)

    def _try(self, body: bytes, end: float) -> bytes | _Fault:
        import httpx

        try:
            status, headers, content = self._exchange(body, end)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            return _Fault(
                f"cannot be reached: {error}", "does the server run there?", reached=False, cause=error
            )
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
            return _Fault("is no address", "it reads like https://HOST/v1", passing=False, cause=error)
        except httpx.HTTPError as error:
            return _Fault(f"broke off: {error or type(error).__name__}", cause=error)
        if status == 200:
            return content
        words = self._hidden(_words(content))
        hint = _HINTS.get(status, "").format(variable=self.variable)
        return _Fault(f"answered {status}{words}", hint, status in _PASSING, wait_s=_retry_after(headers))

    def _exchange(self, body: bytes, end: float) -> tuple[int, Mapping[str, str], bytes]:
        """Send and read it all before `end`; httpx itself bounds each read, not their sum."""
        import httpx

        end = min(end, time.monotonic() + self.patience.try_s)
        with self._client.stream(
            "POST", self.url, content=body, timeout=max(0.01, end - time.monotonic())
        ) as answer:
            parts: list[bytes] = []
            size = 0
            for part in answer.iter_bytes():
                parts.append(part)
                size += len(part)
                if time.monotonic() > end or size > MOST_BYTES:
                    raise httpx.ReadTimeout("the answer does not end in time")
        return answer.status_code, answer.headers, b"".join(parts)

    @cached_property
    def _client(self) -> httpx.Client:
        import httpx

        headers = {"Content-Type": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        # A proxy is for the world outside; this machine's own servers are reached directly.
        client = httpx.Client(headers=headers, trust_env=not _is_loopback(self.url))
        weakref.finalize(self, client.close)
        return client

    def _error(self, fault: _Fault, tries: int, asks: float) -> ModelError:
        tried = f" (tries: {tries})" if tries > 1 else ""
        wish = (
            f"; it asks to wait {asks:.0f} s, longer than the {self.patience.deadline_s:g} s we do"
            if asks
            else ""
        )
        return ModelError(
            f"the embedder {self.url} {self._hidden(fault.words)}{tried}{wish}", hint=fault.hint
        )

    def _hidden(self, words: str) -> str:
        return words.replace(self.key, "***") if self.key else words


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why a try brought no answer, whether another may, and how long the server asks to be left alone."""

    words: str
    hint: str = ""
    passing: bool = True
    reached: bool = True
    wait_s: float = 0.0
    cause: Exception | None = None


def _words(content: bytes) -> str:
    """The server's own words about an error, on one line of at most 200 characters."""
    words: Any = _json(content)
    for name in ("error", "message", "detail"):
        words = words.get(name, words) if isinstance(words, dict) else words
    said = words if isinstance(words, str) else content.decode("utf-8", "replace")
    line = " ".join(said.split())[:200]
    return f": {line}" if line else ""


def _json(content: bytes) -> Any:
    import msgspec

    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _retry_after(headers: Mapping[str, str]) -> float:
    """Seconds to wait, from Retry-After as seconds or as a date; 0 if it is absent or makes no sense."""
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            return 0.0
    return seconds if 0.0 < seconds < 1e9 else 0.0


def _is_loopback(url: str) -> bool:
    host = (urlsplit(url).hostname or "").lower()
    return host in {"localhost", "::1", "0.0.0.0"} or host.startswith("127.")
