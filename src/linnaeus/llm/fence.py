"""Foreign words made safe to show to a model: cleaned, cut, fenced as data. Knows no task and no server."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

MOST_CHARACTERS = 8_000
_TAIL = 2_000


def fenced(data: str) -> str:
    """Put `data` between two marks whose name occurs nowhere in it, however it is spelled or spaced."""
    body = clean(data)
    name = fence_name(body)
    return f"<{name}>\n{body}\n</{name}>"


def fence_name(body: str) -> str:
    """The first of text-1, text-2, ... that does not occur in `body`, case, width and spaces aside."""
    folded = _folded(body)
    number = 1
    while f"text-{number}" in folded:
        number += 1
    return f"text-{number}"


def quoted(value: Any) -> str:
    """Strings, or lists and maps of them, as one line of JSON, which none of them can end."""
    return json.dumps(value, ensure_ascii=False)


def clean(text: str) -> str:
    """`text` without what servers refuse or chat templates read: controls, lone surrogates, role marks."""
    readable = text.encode("utf-8", "replace").decode("utf-8")
    plain = _CONTROLS.sub(" ", readable)
    return _ROLE_MARKS.sub(lambda mark: mark[0][0] + " " + mark[0][1:], plain).strip()


def cut(text: str) -> str:
    """`text`, or the head and the tail of a long one with a note of how much is left out between them."""
    if len(text) <= MOST_CHARACTERS:
        return text
    left_out = len(text) - MOST_CHARACTERS
    head, tail = text[: MOST_CHARACTERS - _TAIL], text[-_TAIL:]
    return f"{head}\n[... {left_out} characters left out ...]\n{tail}"


_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_ROLE_MARKS = re.compile(
    r"<\|(?=[^|>]{1,40}\|>)|<(?=/?(?:start_of_turn|end_of_turn|bos|eos|s|unk|pad|im_start|im_end)>)"
    r"|<(?=｜)|\[(?=/?INST\])|<(?=</?SYS>>)",
    re.IGNORECASE,
)


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf")
