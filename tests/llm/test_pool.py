"""Budget, Retry-After, rate, sharing and stopping, judged by what a real server saw."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from linnaeus.errors import ModelError, UsageError
from linnaeus.llm import Limits, open_model
from linnaeus.llm.pool import Pool
from linnaeus.llm.prompts import Prompt
from linnaeus.llm.provider import Adapted, Completion, Stop
from linnaeus.types import Propose, Reply

from .fake import Say, Script, Seen, Server, by_position, chat, failing, http_date, in_turn, labels, tasks

Serve = Callable[[Script], Server]
GOOD = chat(labels("fine"))
ON_THE_WAY_S = 0.3  # a request that was let go before the 429 was read, on a busy machine


def totals(replies: list[Reply]) -> tuple[int, float]:
    return sum(reply.calls for reply in replies), sum(reply.usd or 0.0 for reply in replies)


def faulty(seen: Seen) -> Say:
    """Every third request fails, every fifth answer is prose."""
    if seen.number % 3 == 0:
        return failing(503)
    return chat("prose") if seen.number % 5 == 0 else GOOD


def test_replies_come_once_each_and_several_at_a_time(serve: Serve) -> None:
    server = serve(lambda seen: chat(labels(seen.text), tokens=(7, 3)))
    replies = by_position(open_model(server.spec, Limits(workers=8)).answer(tasks(100)))
    assert [reply.labels for reply in replies] == [(f"text {number}",) for number in range(100)]
    assert replies[0] == Reply(("text 0",), None, 1, 7, 3, 0.0)
    assert 1 < server.most_under_way <= 8


def test_a_budget_of_calls_is_used_up_and_never_overrun(serve: Serve) -> None:
    server = serve(faulty)
    model = open_model(server.spec, Limits(workers=16, budget_calls=40, retries=8))
    replies = by_position(model.answer(tasks(100)))
    calls, _ = totals(replies)
    assert server.calls == calls == 40
    unasked = [reply for reply in replies if reply.unasked]
    assert unasked and all(reply.error == "the budget ended" for reply in unasked)
    assert by_position(model.answer(tasks(3, "more"))) == [Reply(error="the budget ended", unasked=True)] * 3


def dear(tmp_path: Path) -> str:
    table = tmp_path / "prices.csv"
    table.write_text("model,usd_per_million_in,usd_per_million_out\ntiny,10,1000\n")
    return str(table)


def test_a_budget_in_dollars_is_never_overrun_and_mostly_used(serve: Serve, tmp_path: Path) -> None:
    each = (1_000 * 10 + 100 * 1_000) / 1e6  # 0.11 dollars for a good answer
    server = serve(
        lambda seen: chat(labels("fine"), tokens=(1_000, 100)) if seen.number % 4 else failing(500)
    )
    limits = Limits(workers=16, budget_usd=8.0, retries=9, prices=dear(tmp_path))
    replies = by_position(open_model(server.spec, limits).answer(tasks(200)))
    _, usd = totals(replies)
    paid = sum(1 for seen in server.seen if seen.number % 4)
    assert usd == pytest.approx(paid * each)
    assert 5.0 < usd <= 8.0  # the worst case of one call is 2.1 dollars, so less than that may be left
    assert any(reply.unasked for reply in replies)


def test_a_call_that_was_cut_off_is_booked_at_its_worst_case(serve: Serve, tmp_path: Path) -> None:
    server = serve(lambda seen: Say({"choices": []}, cut=True))
    limits = Limits(workers=4, budget_usd=8.0, retries=0, prices=dear(tmp_path))
    replies = by_position(open_model(server.spec, limits).answer(tasks(20)))
    assert server.calls == 3  # each may have cost 2.1 dollars
    assert Counter(reply.unasked for reply in replies) == {True: 17, False: 3}


def test_a_budget_too_small_for_one_call_asks_nothing(serve: Serve, tmp_path: Path) -> None:
    server = serve(lambda seen: GOOD)
    model = open_model(server.spec, Limits(budget_usd=0.5, prices=dear(tmp_path)))
    assert all(reply.unasked for reply in by_position(model.answer(tasks(5))))
    assert server.calls == 0


def test_dollars_cannot_bound_a_model_of_unknown_price(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"price of http://example.com/v1#m is unknown.*--budget-calls"):
        open_model("http://example.com/v1#m", Limits(budget_usd=1.0))
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    with pytest.raises(UsageError, match="unknown"):
        open_model("openai:no-such-model", Limits(budget_usd=1.0))
    open_model("openai:gpt-5-mini", Limits(budget_usd=1.0))


def test_an_unknown_price_is_never_shown_as_0(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(lambda seen: GOOD)
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.setenv("OPENAI_BASE_URL", server.root + "/v1")
    unknown, known = (
        by_position(open_model(f"openai:{m}").answer(tasks(1)))[0] for m in ("nobody-knows", "gpt-4o")
    )
    assert unknown.usd is None and unknown.labels
    assert known.usd == pytest.approx((100 * 2.5 + 5 * 10) / 1e6)  # list price of gpt-4o, in and out


def test_a_server_that_tells_no_usage_has_an_unknown_cost(serve: Serve, tmp_path: Path) -> None:
    message = {"choices": [{"message": {"content": labels("fine")}, "finish_reason": "stop"}]}
    server = serve(lambda seen: Say(message))
    limits = Limits(workers=1, budget_usd=5.0, prices=dear(tmp_path))
    replies = by_position(open_model(server.spec, limits).answer(tasks(5)))
    assert replies[0].usd is None and replies[0].labels
    assert server.calls == 2  # each is booked at its worst case


@pytest.mark.parametrize("status,form", [(429, "seconds"), (429, "date"), (503, "seconds")])
def test_retry_after_holds_the_whole_pool(serve: Serve, status: int, form: str) -> None:
    wait = 1.0
    asked: list[tuple[float, float]] = []

    def script(seen: Seen) -> Say:
        if seen.number != 3:
            return Say(GOOD.body, delay=0.01)
        value = "1" if form == "seconds" else http_date(wait)
        asked.append((time.monotonic(), wait))
        return failing(status, headers={"Retry-After": value})

    server = serve(script)
    replies = by_position(open_model(server.spec, Limits(workers=4)).answer(tasks(12)))
    assert all(reply.labels for reply in replies)
    said, seconds = asked[0]
    early = [seen.at - said for seen in server.seen if said + ON_THE_WAY_S < seen.at < said + seconds]
    assert not early and server.calls == 13


def test_retry_after_is_obeyed_every_time(serve: Serve) -> None:
    until = [0.0]
    early: list[float] = []
    lock = threading.Lock()

    def script(seen: Seen) -> Say:
        with lock:
            if seen.at < until[0] - 0.001 and seen.at > until[0] - 0.6 + ON_THE_WAY_S:
                early.append(until[0] - seen.at)
            if seen.number % 12 == 2:
                until[0] = time.monotonic() + 0.6
                return failing(429, headers={"Retry-After": "0.6"})
        return GOOD

    server = serve(script)
    replies = by_position(open_model(server.spec, Limits(workers=8, retries=1)).answer(tasks(30)))
    assert all(reply.labels for reply in replies) and not early


@pytest.mark.parametrize("value", ["3600", "date"])
def test_a_retry_after_past_the_deadline_fails_the_task_clearly(serve: Serve, value: str) -> None:
    server = serve(
        lambda seen: failing(429, headers={"Retry-After": http_date(3600) if value == "date" else value})
    )
    model = open_model(server.spec, Limits(workers=1, deadline_s=2))
    began = time.monotonic()
    [reply] = by_position(model.answer(tasks(1)))
    assert reply.error and "the server asks to wait 36" in reply.error and reply.calls == 1
    with pytest.raises(ModelError, match="left alone for 3"):  # nothing can be asked before that
        by_position(model.answer(tasks(3, "more")))
    assert server.calls == 1 and time.monotonic() - began < 1


def test_a_retry_after_that_makes_no_sense_is_only_a_fault(serve: Serve) -> None:
    values = ["soon", "Thu, 99 Foo 2020"]
    server = serve(
        lambda seen: failing(429, headers={"Retry-After": values[seen.number]}) if seen.number < 2 else GOOD
    )
    assert by_position(open_model(server.spec, Limits()).answer(tasks(1)))[0].labels


def test_the_rate_limit_spreads_the_calls(serve: Serve) -> None:
    server = serve(lambda seen: GOOD)
    by_position(open_model(server.spec, Limits(workers=8, per_minute=1_200)).answer(tasks(8)))
    starts = [seen.at for seen in server.seen]
    assert starts[-1] - starts[0] >= 0.05 * 7 - 0.03
    assert min(b - a for a, b in pairwise(starts)) > 0.02


def test_waiting_for_a_turn_is_not_counted_as_the_tasks_time(serve: Serve) -> None:
    server = serve(lambda seen: GOOD)
    replies = by_position(open_model(server.spec, Limits(per_minute=480, deadline_s=0.2)).answer(tasks(5)))
    assert all(reply.labels for reply in replies)


def test_equal_tasks_are_asked_once_and_paid_once(serve: Serve) -> None:
    server = serve(lambda seen: Say(GOOD.body, delay=0.05))
    asked = tasks(3) * 10
    replies = by_position(open_model(server.spec, Limits(workers=8)).answer(asked))
    assert server.calls == totals(replies)[0] == 3
    assert all(reply.labels == ("fine",) for reply in replies)
    assert [reply.calls for reply in replies[:4]] == [1, 1, 1, 0]
    assert sum(reply.tokens_in for reply in replies) == 300


def test_equal_tasks_of_calls_at_the_same_time_are_asked_once(serve: Serve) -> None:
    server = serve(lambda seen: Say(GOOD.body, delay=0.3))
    model = open_model(server.spec, Limits(workers=8))
    with ThreadPoolExecutor(4) as executor:
        batches = list(executor.map(lambda _: by_position(model.answer(tasks(2))), range(4)))
    replies = [reply for batch in batches for reply in batch]
    assert server.calls == totals(replies)[0] == 2 and all(reply.labels for reply in replies)


def test_another_number_of_labels_is_another_task(serve: Serve) -> None:
    server = serve(lambda seen: GOOD)
    by_position(open_model(server.spec).answer([Propose("a", 1), Propose("a", 2)]))
    assert server.calls == 2


def test_closing_stops_the_workers_and_their_requests(serve: Serve) -> None:
    server = serve(lambda seen: GOOD if seen.number == 0 else Say(GOOD.body, delay=20))
    replies = open_model(server.spec, Limits(workers=4)).answer(tasks(100))
    next(iter(replies))
    time.sleep(0.2)
    began = time.monotonic()
    replies.close()  # type: ignore[attr-defined]
    assert time.monotonic() - began < 1
    calls = server.calls  # the fixture sees to it that the threads end
    time.sleep(0.2)
    assert server.calls == calls <= 5


def test_closing_ends_a_long_wait_for_a_retry(serve: Serve) -> None:
    server = serve(lambda seen: failing(429, headers={"Retry-After": "30"}) if seen.number else GOOD)
    replies = open_model(server.spec, Limits(workers=2)).answer(tasks(100))
    next(iter(replies))
    time.sleep(0.1)
    replies.close()  # type: ignore[attr-defined]
    assert server.calls <= 4


def test_an_abandoned_call_does_not_stop_another_that_wants_the_same(serve: Serve) -> None:
    server = serve(lambda seen: Say(GOOD.body, delay=0.5 if seen.text == "shared 0" else 0.0))
    model = open_model(server.spec, Limits(workers=2))
    with ThreadPoolExecutor(1) as executor:
        abandoned = model.answer([*tasks(1, "shared"), *tasks(1)])
        assert next(iter(abandoned))[0] == 1  # the shared task is under way
        other = executor.submit(lambda: by_position(model.answer(tasks(1, "shared"))))
        time.sleep(0.1)
        abandoned.close()  # type: ignore[attr-defined]
        [reply] = other.result()
    assert reply.labels == ("fine",) and reply.calls == 1 and server.calls == 2


def test_a_slow_caller_is_not_outrun(serve: Serve) -> None:
    server = serve(lambda seen: GOOD)
    replies = open_model(server.spec, Limits(workers=2)).answer(tasks(100))
    next(iter(replies))
    time.sleep(0.3)
    assert server.calls <= 4  # a paid answer that nobody has taken yet can be lost: there are few of them
    replies.close()  # type: ignore[attr-defined]


def test_nothing_to_ask_asks_nothing(serve: Serve) -> None:
    server = serve(lambda seen: GOOD)
    assert list(open_model(server.spec).answer([])) == [] and server.calls == 0


def test_many_faults_at_once_end_every_row(serve: Serve) -> None:
    """A provider's bad day: every kind of fault, mixed."""

    def script(seen: Seen) -> Say:
        kind = (seen.number * 37) % 100
        if kind < 12:
            return failing(429, headers={"Retry-After": "0.05"} if kind % 2 else {})
        if kind < 18:
            return failing(503)
        if kind < 21:
            return Say(GOOD.body, delay=0.6)
        if kind < 26:
            return Say(GOOD.body, cut=True)
        return chat("prose") if kind < 28 else chat(None, refusal="no") if kind < 29 else GOOD

    server = serve(script)
    limits = Limits(workers=16, timeout_s=0.3, retries=8)
    replies = by_position(open_model(server.spec, limits).answer(tasks(40)))
    assert len(replies) == 40 and all(bool(reply.labels) != bool(reply.error) for reply in replies)
    assert sum(bool(reply.labels) for reply in replies) > 33
    assert server.calls == totals(replies)[0]


class Moody:
    """A provider from elsewhere that changes its mind about the form for ever."""

    name = model = "moody"
    vendor, key_variable, notice = "", "", ""
    tokens_out_at_most = 10
    workers_at_most: int | None = 1

    def complete(self, prompt: Prompt, timeout_s: float, stop: Stop) -> Completion:
        raise Adapted("try it the other way")


def test_a_provider_that_never_settles_on_a_form_is_given_up() -> None:
    [reply] = by_position(Pool(Moody(), Limits()).answer(tasks(1)))
    assert reply.error == "try it the other way" and reply.calls < 20


def test_limits_that_cannot_work_are_refused() -> None:
    for wrong in ({"workers": 0}, {"timeout_s": -1.0}, {"budget_calls": -1}, {"per_minute": 0.0}):
        with pytest.raises(UsageError):
            Limits(**wrong)


def test_the_deadline_counts_from_the_first_request_of_each_task(serve: Serve) -> None:
    server = serve(in_turn(Say(GOOD.body, delay=0.3), GOOD))
    replies = by_position(open_model(server.spec, Limits(workers=1, deadline_s=0.4)).answer(tasks(4)))
    assert all(reply.labels for reply in replies)
