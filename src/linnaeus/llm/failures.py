"""What an HTTP error means for one text and for the whole call. Knows statuses, no protocol."""

from __future__ import annotations

import re

from linnaeus.llm.provider import ProviderError
from linnaeus.llm.wire import Response, message_of

RETRYABLE = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
_FATAL = frozenset({401, 402, 403, 404, 405})
# Not "check your plan and billing details": Gemini says that of every rate limit.
_NO_MONEY = re.compile(r"insufficient_quota|credit balance is too low|insufficient balance", re.IGNORECASE)
_FILTERED = re.compile(
    r"moderation|flagged|content[ _]?(?:filter|policy|management)|safety|usage policy", re.IGNORECASE
)
_WRONG_CALL = re.compile(
    r"api[ _-]?key|authenticat|unauthorized|model_not_found|invalid[ _]model|unknown[ _]model"
    r"|model\b.{0,80}\b(?:not (?:found|exist|supported|available|a valid)|does not exist|is invalid|unknown)",
    re.IGNORECASE,
)


def failure(response: Response, hidden: str) -> ProviderError:
    """The error for a response that is no success; `hidden` is its message with the secrets struck out."""
    status, said = response.status, f"HTTP {response.status}: {hidden}"
    if status in {400, 402, 429} and _NO_MONEY.search(response.raw[:2_000]):
        return ProviderError(f"no credit left: {said}", fatal=True)
    if status in RETRYABLE:
        return ProviderError(said, retryable=True, retry_after_s=response.retry_after_s)
    if status in _FATAL:
        filtered = status == 403 and _FILTERED.search(message_of(response))
        return ProviderError(said, fatal=not filtered)
    # A 400 may only be about this text, and its message may quote the text: it condemns the call only as long
    # as nothing has worked yet.
    wrong_call = status in {400, 422} and _WRONG_CALL.search(response.raw[:2_000])
    filtered = _FILTERED.search(response.raw[:2_000])
    return ProviderError(said, suspect=bool(wrong_call and not filtered))


def hint(message: str, key_variable: str) -> str:
    """What to do about a fatal error."""
    if "HTTP 402" in message or message.startswith("no credit left"):
        return "top the account up; finished work is kept, and the same command goes on"
    if "HTTP 401" in message or "HTTP 403" in message or re.search(r"api[ _-]?key", message, re.IGNORECASE):
        return f"check {key_variable}" if key_variable else "check the key and its rights"
    if "HTTP 404" in message or "HTTP 405" in message or "model" in message.lower():
        return "check the model's name and the address"
    return "is the server running, and is the address right?"
