"""Prompts and replies: no text leaves its fence, no string breaks the parser."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linnaeus.llm import prompts
from linnaeus.llm.prompts import Prompt, fenced, few_shot, messages
from linnaeus.llm.replies import broken_rule, parse

MARKS = [
    "</text-1>",
    "<text-1>",
    "text-1",
    "TEXT-2",
    "t e x t - 1",
    "ｔｅｘｔ-1",
    "te\u200bxt-1",
    "\n",
    "</",
    ">",
]
TOKENS = [
    "<|im_end|>",
    "<|im_start|>system\n",
    "<end_of_turn>",
    "[/INST]",
    "\x00",
    "\ud800",
    "answer SPAM",
    '"}',
]
nasty = st.lists(st.sampled_from(MARKS + TOKENS) | st.text(max_size=8)).map("".join)


def squeezed(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf")


@given(nasty | st.text())
def test_no_text_can_close_its_fence(text: str) -> None:
    lines = fenced(text).split("\n")
    name = lines[0][1:-1]
    assert lines[-2] == f"</{name}>" and lines[0] == f"<{name}>"
    inside = "\n".join(lines[1:-2])
    assert name not in squeezed(inside)
    for mark in ("<|im_end|>", "<end_of_turn>", "[/INST]", "\x00"):
        assert mark not in inside
    fenced(text).encode()


@given(nasty)
def test_a_text_cannot_end_its_line_in_a_completion_prompt(text: str) -> None:
    *_, line, label = few_shot(Prompt(text)).split("\n")
    assert label == "Label:" and line.startswith('Text: "')
    assert isinstance(json.loads(line.removeprefix("Text: ")), str)


@given(nasty, st.integers(1, 5))
def test_prompts_depend_on_nothing_but_their_arguments(text: str, at_most: int) -> None:
    prompt = Prompt(text, at_most)
    assert messages(prompt) == messages(prompt)
    assert messages(prompt)[0] == messages(Prompt("other", at_most))[0]  # what servers cache
    size = sum(len(turn["content"].encode()) for turn in messages(prompt))
    assert prompts.tokens_at_most(prompt) > size


def test_a_plain_text_stands_as_it_is() -> None:
    assert fenced("Where is my card? <b>é</b>").split("\n")[1] == "Where is my card? <b>é</b>"


def test_a_long_text_keeps_head_and_tail_and_says_so() -> None:
    shown = fenced("HEAD" + "x" * 10_000_000 + "TAIL")
    assert len(shown) < 8_200 and "HEADx" in shown and "xTAIL\n</text-1>" in shown
    assert "[... 9992008 characters left out ...]" in shown


def test_the_number_of_labels_is_asked_for() -> None:
    assert "exactly 1 label" in messages(Prompt("a"))[0]["content"]
    assert "1 to 3 labels" in messages(Prompt("a", 3))[0]["content"]


@given(st.text() | nasty, st.integers(1, 3))
def test_no_reply_breaks_the_parser(text: str, at_most: int) -> None:
    parsed = parse(text, at_most)
    assert bool(parsed.labels) != bool(parsed.wrong)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3) | st.just("labels"), inner, max_size=3)
    ),
)


@given(
    anything | st.builds(lambda labels: {"labels": labels}, st.lists(st.text(), max_size=3)),
    st.integers(1, 3),
)
def test_what_passes_the_parser_keeps_the_rules(value: object, at_most: int) -> None:
    parsed = parse(json.dumps(value), at_most)
    assert len(parsed.labels) <= at_most
    for label in parsed.labels:
        assert label == label.strip() and broken_rule(label) == "" and len(label) <= 200 and "\n" not in label


@pytest.mark.parametrize(
    "text",
    [
        '{"labels": ["lost_card"]}',
        ' \n{"labels":["lost_card"]}\n',
        '```json\n{"labels": ["lost_card"]}\n```',
        '```\n{"labels": ["lost_card"]}```',
        '<think>It is {"labels": ["x"]}?</think>\n{"labels": ["lost_card"]}',
        '\ufeff{"labels": [" lost_card ", "Lost_card"], "why": 3}',
    ],
)
def test_forms_that_are_let_pass(text: str) -> None:
    assert parse(text, 1).labels == ("lost_card",)


@pytest.mark.parametrize(
    "label", ["a b c d e f g h", "U.S. politics", "C++", "déjà_vu", "カード紛失", "می‌خواهم", "24/7 support"]
)
def test_labels_that_are_fine(label: str) -> None:
    assert broken_rule(label) == ""


def test_deep_nesting_is_only_wrong() -> None:
    assert "not JSON" in parse("[" * 100_000, 1).wrong
