"""The page of a report: complete, self-contained, and safe whatever texts say."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from linnaeus.evaluate.evaluation import evaluated
from linnaeus.evaluate.figures import Curve
from linnaeus.evaluate.meaning import Labelled
from linnaeus.evaluate.page import page
from linnaeus.evaluate.plots import Axis
from tests.metrics.made import rows

VOID = {"meta", "circle", "line", "polyline", "rect", "wbr"}


class Balanced(HTMLParser):
    """Fails on an element that is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def data(*, is_open: bool = False, several: bool = False) -> Labelled:
    gold = [[at % 3] for at in range(30)]
    found = [[at % 3, 3] if several else [at % 3 if at % 4 else (at + 1) % 3] for at in range(30)]
    if is_open:
        found = [[label + 4 for label in one] for one in found]
    names = ["lost", "<script>alert(1)</script>", "rates", "fees", "a_found", "b", "c", "d"]
    scores = np.linspace(0.1, 0.9, sum(map(len, found)))
    texts = [f"text <b>{at}</b> & more" for at in range(30)]
    by = np.arange(30) % 2
    known = np.ones(30, np.bool_)
    return Labelled(
        texts, rows(gold), rows(found), names, known, scores, by, ["ask", "recall"], is_open, None, []
    )


@pytest.mark.parametrize("kind", ["single", "multi", "open"])
def test_a_page_is_whole_and_needs_nothing_else(kind: str) -> None:
    found = evaluated("r&d.csv", data(is_open=kind == "open", several=kind == "multi"))
    assert found.kind == kind
    written = page(found)
    parser = Balanced()
    parser.feed(written.replace("<!doctype html>", ""))
    assert not parser.open and {"svg", "table", "style"} <= parser.seen
    assert "script" not in parser.seen and "b" in parser.seen and "<b>0</b>" not in written
    assert not re.search(r"(src|href)=|url\(|@import|http", written), "nothing is fetched"
    assert "prefers-color-scheme:dark" in written and "@media print" in written
    assert "r&amp;d.csv" in written and "95% sure" in written
    assert "None" not in written and "nan" not in written


@pytest.mark.parametrize(
    ("most", "share", "ticks"),
    [(1, True, [0, 0.2, 0.4, 0.6, 0.8, 1]), (135, False, [0, 50, 100]), (3, False, [0, 1, 2, 3])],
)
def test_ticks_are_round(most: float, share: bool, ticks: list[float]) -> None:
    assert Axis("", most, share).ticks() == pytest.approx(ticks)


def test_without_a_model_no_model_is_said_to_have_answered() -> None:
    run = {"llm": {"model": "none", "calls": {}, "usd": 0.0}, "seconds": {"total": 1.0}, "texts": 30}
    asked = {"llm": {"model": "m", "calls": {"propose": 9}, "usd": 0.5}}
    written, other = (page(evaluated("r.csv", data(is_open=True), cost=cost)) for cost in (run, run | asked))
    assert "that a model answered" not in written and "No model was called." in written
    assert "that a model answered" in other and "9 to propose; $0.5000" in other


def test_what_is_not_drawn_is_not_said() -> None:
    """Where labels were found there is nothing to hold beside what could be learnt."""
    learning = Curve([10.0, 20.0], [0.5, 0.6])
    for is_open in (False, True):
        found = replace(evaluated("r.csv", data(is_open=is_open)), learning=learning)
        assert ("the dashed line is this result" in page(found)) is not is_open
