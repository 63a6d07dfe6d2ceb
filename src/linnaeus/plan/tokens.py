"""How many tokens questions to a model take, before they are asked. Knows no tokeniser and no price."""

from __future__ import annotations

from collections.abc import Sequence

from linnaeus.llm.prompts import Prompt, messages
from linnaeus.plan.range import Range
from linnaeus.types import Choose, Judge, Propose, Task

# characters a token, from texts in which a token is long to those in which it is short; assumed, not measured
PLAIN = (5.2, 4.3, 3.0)  # ASCII
OTHER = (3.0, 1.5, 0.7)
ADDED = Range(5, 40, 200)  # what a server adds to the words: role marks, the form of the reply
ANSWERS: dict[type[Task], Range] = {
    Propose: Range(6, 12, 40),
    Judge: Range(15, 40, 200),
    Choose: Range(5, 10, 40),
}
THINKING = Range(0, 150, 800)  # a call, where a model may reason before it answers; assumed, not measured


def tokens_in(tasks: Sequence[Task]) -> Range:
    """Of one question, on average over `tasks`; nothing where there are none."""
    if not tasks:
        return Range()
    words = "".join(turn["content"] for task in tasks for turn in messages(Prompt(task)))
    plain = len(words.encode("ascii", "ignore")) / len(tasks)
    other = len(words) / len(tasks) - plain
    return Range(*(plain / a + other / b for a, b in zip(PLAIN, OTHER, strict=True))).plus(ADDED)


def tokens_out(task: type[Task], *, reasons: bool) -> Range:
    """Of one answer to a task of this kind."""
    return ANSWERS[task].plus(THINKING if reasons else Range())
