"""The words that a model gets for one task: chat turns, or a completion. Knows no server and no reply.

Everything here is a function of its arguments alone, so that prompts can be cached, replayed and compared.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from linnaeus.llm.fence import clean, fenced, quoted
from linnaeus.llm.forms import EXAMPLES, Schema, schema, tool
from linnaeus.llm.questions import question
from linnaeus.types import Propose, Task


@dataclass(frozen=True, slots=True)
class Prompt:
    """What to ask. For a repair, `said` is the last answer and `wrong` why it cannot be used."""

    task: Task
    said: str = ""
    wrong: str = ""


def messages(prompt: Prompt) -> list[dict[str, str]]:
    """The chat turns, as maps of role and content: the system's, the task's data, and what a repair adds."""
    asked = question(prompt.task)
    turns = [
        {"role": "system", "content": f"{asked.rules}\n\n{asked.how_many}".rstrip()},
        {"role": "user", "content": f"{fenced(asked.data)}\n{asked.request}"},
    ]
    if prompt.wrong:
        form = f"Reply with JSON and nothing else: {EXAMPLES[type(prompt.task)]}"
        again = " ".join(filter(None, (f"That reply cannot be used: {prompt.wrong}.", asked.how_many, form)))
        turns.append({"role": "assistant", "content": clean(prompt.said)[:500] or "(nothing)"})
        turns.append({"role": "user", "content": again})
    return turns


def offered(prompt: Prompt) -> Schema | None:
    """The tool that goes with a prompt, if any: not with a repair, which has to be an answer."""
    return None if prompt.wrong else tool(prompt.task)


def tokens_at_most(prompt: Prompt) -> int:
    """An upper bound of the prompt's tokens: no byte-level tokeniser makes more tokens than there are bytes.

    400 stand for what a server adds to words and schema: role marks, what a tool is.
    """
    words = sum(len(turn["content"].encode()) for turn in messages(prompt))
    return 400 + words + len(json.dumps(schema(prompt.task))) + len(json.dumps(offered(prompt)))


FEW_SHOT = (
    ("When will my parcel arrive?", "delivery_time"),
    ("I forgot my password and can't log in.", "password_reset"),
    ("You took the money twice for one order!", "charged_twice"),
    ("The pasta was cold and the waiter was rude.", "bad_restaurant"),
    ("how do i change the address on my account", "change_address"),
    ("Great match last night, what a goal!", "football"),
    ("Why was my loan application turned down?", "loan_declined"),
    ("Please stop sending me these emails.", "unsubscribe"),
    ("What is the weather like in Oslo tomorrow?", "weather"),
    ("The app crashes whenever I open the camera", "app_crash"),
)
"""Written for this file: they show the form of a label, from several fields."""


def few_shot(task: Propose) -> str:
    """A completion prompt for a model that was never taught to chat; what follows it is the label.

    The text is one quoted line, which it cannot end, and short: a small model loses the thread.
    """
    shown = "".join(f"Text: {quoted(text)}\nLabel: {label}\n\n" for text, label in FEW_SHOT)
    line = quoted(clean(task.text[:1_000]))
    return f"Each text gets one short, general category label.\n\n{shown}Text: {line}\nLabel:"
