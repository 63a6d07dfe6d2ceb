"""Google's generateContent protocol. No SDK."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from typing import Any

from linnaeus.errors import UsageError
from linnaeus.llm.failures import failure
from linnaeus.llm.forms import Schema, room, schema
from linnaeus.llm.keys import key
from linnaeus.llm.prompts import Prompt, messages
from linnaeus.llm.provider import Adapted, Completion, ProviderError, Stop
from linnaeus.llm.wire import Response, Wire, count, message_of

KEYS = ("GEMINI_API_KEY", "GOOGLE_API_KEY")
_REFUSALS = frozenset(
    {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE", "OTHER"}
)


def load(argument: str) -> Gemini:
    """`gemini:MODEL`, with GEMINI_API_KEY or GOOGLE_API_KEY; GEMINI_BASE_URL is honoured."""
    base = os.environ.get("GEMINI_BASE_URL", "").strip() or "https://generativelanguage.googleapis.com"
    return Gemini(argument, base, key(*KEYS, needed_for="gemini:"))


@dataclass(frozen=True, slots=True)
class Form:
    """How a request is put: what the model is hoped to accept."""

    schema: bool = True
    json: bool = True
    temperature: bool = True

    def without(self, complaint: str) -> Form:
        """The form that avoids what `complaint` is about; the same one if nothing in it can be left out."""
        if self.schema and re.search(r"response_?schema|schema", complaint, re.IGNORECASE):
            return replace(self, schema=False)
        if self.json and re.search(r"response_?mime_?type|json mode", complaint, re.IGNORECASE):
            return replace(self, schema=False, json=False)
        if self.temperature and "temperature" in complaint:
            return replace(self, temperature=False)
        return self


class Gemini:
    """A model behind :generateContent."""

    vendor = "google"
    workers_at_most: int | None = None
    tokens_out_at_most = 4_096  # thinking is on by default, and paid and counted as output
    key_variable = KEYS[0]
    notice = ""

    def __init__(self, model: str, base: str, secret: str) -> None:
        model = model.removeprefix("models/")
        if not re.fullmatch(r"\w[\w.\-]*(?:/\w[\w.\-]*)*", model):
            raise UsageError(f"gemini:{model} names no model", hint="for example gemini:gemini-2.5-flash")
        self.name, self.model = f"gemini:{model}", model
        self._form = Form()
        url = f"{base.rstrip('/').removesuffix('/v1beta')}/v1beta/models/{model}:generateContent"
        self._wire = Wire(url, {"x-goog-api-key": secret}, secrets=(secret,))

    def __repr__(self) -> str:
        return f"Gemini({self.name!r})"

    def complete(self, prompt: Prompt, timeout_s: float, stop: Stop) -> Completion:
        """One request. Raises ProviderError."""
        form = self._form
        response = self._wire.post(self._body(prompt, form), timeout_s, stop)
        if response.status == 200:
            return _completion(response)
        complaint = self._wire.hide(message_of(response))
        other = form.without(complaint) if response.status == 400 else form
        if other == form:
            raise failure(replace(response, retry_after_s=_retry_after(response)), complaint)
        if self._form == form:  # another thread may have moved on already
            self._form = other
        raise Adapted(complaint)

    def _body(self, prompt: Prompt, form: Form) -> dict[str, Any]:
        system, *turns = messages(prompt)
        config: dict[str, Any] = {"maxOutputTokens": room(prompt.task, self.tokens_out_at_most)}
        if form.json:
            config["responseMimeType"] = "application/json"
        if form.schema:
            config["responseSchema"] = _dialect(schema(prompt.task))
        if form.temperature:
            config["temperature"] = 0
        contents = [{"role": _ROLES[turn["role"]], "parts": [{"text": turn["content"]}]} for turn in turns]
        return {
            "systemInstruction": {"parts": [{"text": system["content"]}]},
            "contents": contents,
            "generationConfig": config,
        }


_ROLES = {"user": "user", "assistant": "model"}


def _dialect(whole: Schema) -> Schema:
    """A schema in their dialect of OpenAPI's: upper-case types, whole numbers as strings."""
    said: Schema = {}
    for name, value in whole.items():
        if isinstance(value, dict):
            said[name] = _dialect(value)
        elif name != "additionalProperties":
            said[name] = value.upper() if name == "type" else str(value) if isinstance(value, int) else value
    return said


def _completion(response: Response) -> Completion:
    body = response.body if isinstance(response.body, dict) else {}
    usage = body.get("usageMetadata")
    thoughts = count(usage, "thoughtsTokenCount") or 0
    said = count(usage, "candidatesTokenCount")
    tokens_in = count(usage, "promptTokenCount")
    tokens_out = None if usage is None else (said or 0) + thoughts
    feedback = body.get("promptFeedback")
    if isinstance(feedback, dict) and feedback.get("blockReason"):
        return Completion("", tokens_in, tokens_out, refusal=f"blockReason {feedback['blockReason']}")
    candidates = body.get("candidates")
    if not isinstance(candidates, list) or not candidates or not isinstance(candidates[0], dict):
        raise ProviderError(
            "the server's answer has no candidate", retryable=True, suspect=True, unpaid=False
        )
    reason = candidates[0].get("finishReason")
    refusal = f"finishReason {reason}" if reason in _REFUSALS else ""
    return Completion(_words(candidates[0]), tokens_in, tokens_out, refusal, cut=reason == "MAX_TOKENS")


def _words(candidate: dict[str, Any]) -> str:
    """The text of a candidate's parts; thoughts are left out."""
    content = candidate.get("content")
    parts = content.get("parts") if isinstance(content, dict) else None
    said = [part for part in parts or [] if isinstance(part, dict) and not part.get("thought")]
    return "".join(str(part.get("text", "")) for part in said)


def _retry_after(response: Response) -> float | None:
    """What the server asks to wait: its header, or else the RetryInfo among the error's details ("37s")."""
    if response.retry_after_s is not None:
        return response.retry_after_s
    error = response.body.get("error") if isinstance(response.body, dict) else None
    details = error.get("details") if isinstance(error, dict) else None
    for detail in details if isinstance(details, list) else []:
        delay = detail.get("retryDelay") if isinstance(detail, dict) else None
        if isinstance(delay, str) and re.fullmatch(r"\d{1,6}(?:\.\d+)?s", delay):
            return float(delay[:-1])
    return None
