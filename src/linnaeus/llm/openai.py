"""The OpenAI chat protocol, as OpenAI, Ollama, vLLM, llama.cpp's server, Groq and others speak it. No SDK.

Servers differ in what they accept. The richest form is sent first; what is refused is left out from then on.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, replace
from typing import Any

from linnaeus.errors import UsageError
from linnaeus.llm.failures import failure
from linnaeus.llm.forms import called, room, schema
from linnaeus.llm.keys import key
from linnaeus.llm.prompts import Prompt, messages, offered
from linnaeus.llm.provider import LOCAL, Adapted, Completion, ProviderError, Stop
from linnaeus.llm.wire import Response, Wire, count, is_loopback, message_of, without_secrets

_REASONS = re.compile(r"(?:.*/)?(?:o\d|gpt-(?:[5-9]|\d\d))")


def openai(argument: str) -> OpenAI:
    """`openai:MODEL`, with OPENAI_API_KEY; OPENAI_BASE_URL is honoured."""
    base = os.environ.get("OPENAI_BASE_URL", "").strip() or "https://api.openai.com/v1"
    secret = key("OPENAI_API_KEY", needed_for="openai:")
    reasons = bool(_REASONS.match(argument))
    limits = ("max_completion_tokens", "max_tokens", "")
    form = Form(limits=limits, temperature=not reasons, effort=reasons)
    return OpenAI(f"openai:{argument}", base, argument, secret, vendor="openai", form=form, reasons=reasons)


def ollama(argument: str) -> OpenAI:
    """`ollama:MODEL`, on OLLAMA_HOST or this machine."""
    host = os.environ.get("OLLAMA_HOST", "").strip() or "localhost:11434"
    base = host if "://" in host else f"http://{host}"
    base = base.replace("//0.0.0.0", "//127.0.0.1").rstrip("/")
    base = base if base.endswith("/v1") else f"{base}/v1"
    return OpenAI(f"ollama:{argument}", base, argument, key("LINNAEUS_API_KEY"), vendor=LOCAL)


def http(argument: str) -> OpenAI:
    """`http://HOST/v1#MODEL`; LINNAEUS_API_KEY is sent where it is set."""
    return _anywhere("http:" + argument)


def https(argument: str) -> OpenAI:
    """`https://HOST/v1#MODEL`; LINNAEUS_API_KEY is sent where it is set."""
    return _anywhere("https:" + argument)


def _anywhere(spec: str) -> OpenAI:
    base, _, model = spec.partition("#")
    vendor = LOCAL if is_loopback(base) else ""
    return OpenAI(f"{without_secrets(base)}#{model}", base, model, key("LINNAEUS_API_KEY"), vendor=vendor)


@dataclass(frozen=True, slots=True)
class Form:
    """How a request is put: what the server is hoped to accept. The first of each tuple is sent."""

    formats: tuple[str, ...] = ("json_schema", "json_object", "")
    limits: tuple[str, ...] = ("max_tokens", "max_completion_tokens", "")
    temperature: bool = True
    effort: bool = False
    tools: bool = True

    def without(self, complaint: str, *, tools: bool = False) -> Form:
        """The form that avoids what `complaint` is about; the same one if nothing in it can be left out.

        `tools`: some were sent. Not every server takes them beside a form of reply, or at all.
        """
        if tools and _TOOL_WORDS.search(complaint):
            return replace(self, tools=False)
        if len(self.formats) > 1 and _FORMAT_WORDS.search(complaint):
            return replace(self, formats=self.formats[1:])
        if len(self.limits) > 1 and re.search(r"max_(?:completion_)?tokens", complaint):
            return replace(self, limits=self.limits[1:])
        if self.temperature and "temperature" in complaint:
            return replace(self, temperature=False)
        if self.effort and "reasoning_effort" in complaint:
            return replace(self, effort=False)
        return self


_TOOL_WORDS = re.compile(r"\btools?\b|tool_|function", re.IGNORECASE)
_FORMAT_WORDS = re.compile(
    r"response[ _]?format|json[ _]schema|json_object|structured output|guided|grammar", re.I
)


class OpenAI:
    """A model behind /chat/completions."""

    workers_at_most: int | None = None
    notice = ""

    def __init__(
        self,
        name: str,
        base: str,
        model: str,
        secret: str = "",
        *,
        vendor: str = "",
        form: Form | None = None,
        reasons: bool = False,
    ) -> None:
        if not model:
            raise UsageError(
                f"{name!r} names no model", hint="for example openai:gpt-5-mini or http://HOST/v1#MODEL"
            )
        self.name, self.model, self.vendor = name, model, vendor
        # Reasoning is paid and counted as output, so a model that may reason needs room for it.
        self.tokens_out_at_most = 4_096 if reasons else 512 if vendor == "openai" else 2_048
        self.key_variable = "OPENAI_API_KEY" if vendor == "openai" else "LINNAEUS_API_KEY"
        self._form = form or Form()
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        self._wire = Wire(base.rstrip("/") + "/chat/completions", headers, secrets=(secret,))

    def __repr__(self) -> str:
        return f"OpenAI({self.name!r})"

    def complete(self, prompt: Prompt, timeout_s: float, stop: Stop) -> Completion:
        """One request. Raises ProviderError."""
        form = self._form
        body = self._body(prompt, form)
        response = self._wire.post(body, timeout_s, stop)
        if response.status != 200:
            return self._refused(response, form, tools="tools" in body)
        return _completion(response)

    def _body(self, prompt: Prompt, form: Form) -> dict[str, Any]:
        body: dict[str, Any] = {"model": self.model, "messages": messages(prompt)}
        if form.formats[0] == "json_schema":
            named = {"name": prompt.task.task, "strict": True, "schema": schema(prompt.task)}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        elif form.formats[0] == "json_object":  # llama.cpp's server reads the schema here; others ignore it
            body["response_format"] = {"type": "json_object", "schema": schema(prompt.task)}
        if form.limits[0]:
            body[form.limits[0]] = room(prompt.task, self.tokens_out_at_most)
        if form.temperature:
            body["temperature"] = 0
        if form.effort:
            body["reasoning_effort"] = "low"
        if form.tools and (tool := offered(prompt)):
            body["tools"] = [{"type": "function", "function": tool}]
        return body

    def _refused(self, response: Response, form: Form, *, tools: bool) -> Completion:
        """Settle an answer that is no success: another form, a refusal of this text, or an error."""
        complaint = self._wire.hide(message_of(response))
        inner = response.body.get("error") if isinstance(response.body, dict) else None
        facts = inner if isinstance(inner, dict) else {}
        if facts.get("code") == "json_validate_failed":  # Groq: the model, not the request, broke the schema
            return Completion(str(facts.get("failed_generation", "")))
        if facts.get("code") in {"content_filter", "content_policy_violation"}:
            return Completion("", refusal=complaint)
        if response.status in {400, 422}:
            other = form.without(f"{facts.get('param') or ''} {complaint}", tools=tools)
            if other != form:
                if self._form == form:  # another thread may have moved on already
                    self._form = other
                raise Adapted(complaint)
        raise failure(response, complaint)


def _completion(response: Response) -> Completion:
    body = response.body if isinstance(response.body, dict) else {}
    usage = body.get("usage") if isinstance(body.get("usage"), dict) else {}
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else None
    if choice is None:
        raise ProviderError(
            "the server's answer is no chat completion", retryable=True, suspect=True, unpaid=False
        )
    message = choice.get("message")
    message = message if isinstance(message, dict) else {}
    reason = choice.get("finish_reason")
    refusal = message.get("refusal") or ("content filter" if reason == "content_filter" else "")
    return Completion(
        text=_called(message.get("tool_calls")) or _words(message.get("content")),
        tokens_in=count(usage, "prompt_tokens"),
        tokens_out=count(usage, "completion_tokens"),
        refusal=str(refusal),
        cut=reason == "length",
    )


def _called(calls: Any) -> str:
    """What the model wants to look for, as a reply; empty where it calls no tool."""
    if not isinstance(calls, list) or not calls:
        return ""
    queries = []
    for call in calls:
        try:
            queries.append(json.loads(call["function"]["arguments"])["query"])
        except (TypeError, KeyError, ValueError, RecursionError):
            continue  # what is left may be enough
    return called(queries)


def _words(content: Any) -> str:
    """The text of a message: a string, or a list of parts as some servers send it."""
    if isinstance(content, list):
        return "".join(
            part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str)
        )
    return content if isinstance(content, str) else ""
