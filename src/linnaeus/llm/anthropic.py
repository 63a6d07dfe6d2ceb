"""Anthropic's Messages protocol. No SDK. Not their OpenAI layer: that one ignores the form asked for."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, replace
from typing import Any

from linnaeus.errors import UsageError
from linnaeus.llm.failures import failure
from linnaeus.llm.forms import LOOK, Schema, called, room, schema
from linnaeus.llm.keys import key
from linnaeus.llm.prompts import Prompt, messages, offered
from linnaeus.llm.provider import Adapted, Completion, ProviderError, Stop
from linnaeus.llm.wire import Response, Wire, count, message_of

KEY = "ANTHROPIC_API_KEY"
_VERSION = "2023-06-01"
_TOOL = "give_answer"


def load(argument: str) -> Anthropic:
    """`anthropic:MODEL`, with ANTHROPIC_API_KEY; ANTHROPIC_BASE_URL is honoured."""
    base = os.environ.get("ANTHROPIC_BASE_URL", "").strip() or "https://api.anthropic.com"
    return Anthropic(argument, base, key(KEY, needed_for="anthropic:"))


@dataclass(frozen=True, slots=True)
class Form:
    """How a request is put. The first of `formats` is sent: structured output, a forced tool, or words."""

    formats: tuple[str, ...] = ("schema", "tool", "")
    temperature: bool = True
    looks: bool = True

    def without(self, complaint: str) -> Form:
        """The form that avoids what `complaint` is about; the same one if nothing in it can be left out."""
        if self.looks and self.formats[0] == "schema" and "tool" in complaint:
            return replace(self, looks=False)
        if len(self.formats) > 1 and _FORMAT_WORDS.search(complaint):
            return replace(self, formats=self.formats[1:])
        if self.temperature and "temperature" in complaint:  # models from Opus 4.7 on take none
            return replace(self, temperature=False)
        return self


_FORMAT_WORDS = re.compile(
    r"output[_ ](?:config|format)|json[_ ]schema|structured output|\btool", re.IGNORECASE
)


class Anthropic:
    """A model behind /v1/messages."""

    vendor = "anthropic"
    workers_at_most: int | None = None
    tokens_out_at_most = 512
    key_variable = KEY
    notice = ""

    def __init__(self, model: str, base: str, secret: str) -> None:
        if not model:
            raise UsageError("anthropic: names no model", hint="for example anthropic:claude-haiku-4-5")
        self.name, self.model = f"anthropic:{model}", model
        self._form = Form()
        base = base.rstrip("/").removesuffix("/v1")
        headers = {"x-api-key": secret, "anthropic-version": _VERSION}
        self._wire = Wire(f"{base}/v1/messages", headers, secrets=(secret,))

    def __repr__(self) -> str:
        return f"Anthropic({self.name!r})"

    def complete(self, prompt: Prompt, timeout_s: float, stop: Stop) -> Completion:
        """One request. Raises ProviderError."""
        form = self._form
        response = self._wire.post(self._body(prompt, form), timeout_s, stop)
        if response.status == 200:
            return _completion(response)
        complaint = self._wire.hide(message_of(response))
        other = form.without(complaint) if response.status == 400 else form
        if other == form:
            raise failure(response, complaint)
        if self._form == form:  # another thread may have moved on already
            self._form = other
        raise Adapted(complaint)

    def _body(self, prompt: Prompt, form: Form) -> dict[str, Any]:
        system, *turns = messages(prompt)
        body: dict[str, Any] = {
            "model": self.model,
            "max_tokens": room(prompt.task, self.tokens_out_at_most),
            "system": system["content"],
            "messages": turns,
        }
        if form.formats[0] == "schema":
            wanted = {"type": "json_schema", "schema": _uncounted(schema(prompt.task))}
            body["output_config"] = {"format": wanted}
            if form.looks and (look := offered(prompt)):
                body["tools"] = [{"input_schema": look.pop("parameters"), **look}]
        elif form.formats[0] == "tool":
            tool = {"name": _TOOL, "description": "Give the answer.", "input_schema": schema(prompt.task)}
            body |= {"tools": [tool], "tool_choice": {"type": "tool", "name": _TOOL}}
        if form.temperature:
            body["temperature"] = 0
        return body


def _uncounted(whole: Schema) -> Schema:
    """Their schemas know no maxItems and no minItems above 1; the prompt and the parser say how many."""
    return {
        name: _uncounted(value) if isinstance(value, dict) else value
        for name, value in whole.items()
        if name not in {"minItems", "maxItems"}
    }


def _completion(response: Response) -> Completion:
    body = response.body if isinstance(response.body, dict) else {}
    content = body.get("content")
    if not isinstance(content, list):
        raise ProviderError("the server's answer is no message", retryable=True, suspect=True, unpaid=False)
    reason = body.get("stop_reason")
    return Completion(
        text=_words([block for block in content if isinstance(block, dict)]),
        tokens_in=count(body.get("usage"), "input_tokens"),
        tokens_out=count(body.get("usage"), "output_tokens"),
        refusal="stop_reason refusal" if reason == "refusal" else "",
        cut=reason == "max_tokens",
    )


def _words(blocks: list[dict[str, Any]]) -> str:
    """The tool's input as JSON, or else the text; thinking is left out."""
    used = [block for block in blocks if block.get("type") == "tool_use"]
    looks = [block.get("input") for block in used if block.get("name") == LOOK]
    if looks:
        return called([look.get("query") for look in looks if isinstance(look, dict)])
    for block in used:
        return json.dumps(block.get("input"))
    return "".join(str(block.get("text", "")) for block in blocks if block.get("type") == "text")
