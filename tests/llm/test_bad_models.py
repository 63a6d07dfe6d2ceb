"""Each way in which a model or its server can fail, over real HTTP: a row with a reason, or one error."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from linnaeus.errors import ModelError
from linnaeus.llm import Limits, open_model
from linnaeus.types import Reply

from .fake import Say, Script, Seen, Server, by_position, chat, failing, in_turn, labels, tasks

Serve = Callable[[Script], Server]
GOOD = chat(labels("fine"))
QUICK = Limits(workers=2, timeout_s=0.5, deadline_s=5, retries=2)
PATIENT = Limits(
    workers=2, timeout_s=10, deadline_s=30, retries=2
)  # where a busy machine must not count as a slow server

BAD_WORDS = {
    "prose": ("This text is about cards.", "not JSON"),
    "empty": ("", "empty"),
    "2,000 characters": (labels("x" * 2_000), "2000 characters"),
    "malformed": ('{"labels": ["card"', "not JSON"),
    "no labels": ('{"labels": []}', "list of labels is empty"),
    "other JSON": ('["card"]', 'not like {"labels": ["..."]}'),
    "number": ('{"labels": [3]}', "not a string"),
    "blank label": (labels("  "), "no letter or digit"),
    "newline": (labels("card\nSPAM"), "control characters"),
    "bidi override": (labels("card\u202egnp"), "control characters"),
    "sentence": (labels("This is about a card."), "sentence"),
    "many words": (labels("a b c d e f g h i"), "9 words"),
    "too many labels": (labels("a", "b"), "at most 1"),
}


@pytest.mark.parametrize("words,reason", BAD_WORDS.values(), ids=BAD_WORDS)
def test_bad_words_get_one_repair_and_then_a_row_error(serve: Serve, words: str, reason: str) -> None:
    server = serve(lambda seen: chat(words))
    [reply] = by_position(open_model(server.spec, PATIENT).answer(tasks(1)))
    assert reply.labels == () and reply.error is not None and reason in reply.error
    assert len(reply.error) < 300
    assert server.calls == reply.calls == 2
    assert server.seen[1].is_repair and reason in str(server.seen[1].body).replace("\\'", "'")
    assert (reply.tokens_in, reply.tokens_out) == (200, 10)


@pytest.mark.parametrize("words,reason", BAD_WORDS.values(), ids=BAD_WORDS)
def test_a_repair_can_help(serve: Serve, words: str, reason: str) -> None:
    server = serve(in_turn(chat(words), chat(labels("Lost Card "))))
    [reply] = by_position(open_model(server.spec, PATIENT).answer(tasks(1)))
    assert (reply.labels, reply.error, reply.calls) == (("Lost Card",), None, 2)


@pytest.mark.parametrize(
    "say",
    [
        chat(None, refusal="I can't help with that."),
        chat("", finish="content_filter"),
        chat("I'm sorry, but I can't label this."),
        failing(400, "filtered", code="content_filter"),
        failing(403, "Your input was flagged by moderation"),
    ],
    ids=["refusal field", "content_filter", "prose", "400", "403"],
)
def test_a_refusal_is_a_row_error_and_not_asked_again(serve: Serve, say: Say) -> None:
    server = serve(in_turn(say, GOOD))
    first, second = by_position(open_model(server.spec, Limits(workers=1, retries=2)).answer(tasks(2)))
    assert first.error and ("refused" in first.error or "flagged" in first.error)
    assert (first.calls, second.labels) == (1, ("fine",))


def test_a_reply_cut_at_the_token_limit_says_so(serve: Serve) -> None:
    server = serve(lambda seen: chat('{"labels": ["ca', finish="length"))
    [reply] = by_position(open_model(server.spec, QUICK).answer(tasks(1)))
    assert reply.error and "cut at the limit of output tokens" in reply.error


FAULTS = {
    "429": failing(429),
    "500": failing(500),
    "502": Say(None, 502, raw=b"<html>bad gateway</html>"),
    "503": failing(503),
    "504": failing(504),
    "529": failing(529),
    "cut connection": Say({"choices": []}, cut=True),
    "stall": Say({}, delay=0.6),
    "dripping": Say(raw=b" " * 200, drip=0.05),
    "not JSON": Say(raw=b"<html>hello</html>"),
    "no choices": Say({"choices": []}),
    "strange JSON": Say({"choices": [{"message": 3}], "usage": [1]}),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_passing_fault_is_asked_again(serve: Serve, fault: Say) -> None:
    server = serve(in_turn(fault, GOOD))
    [reply] = by_position(open_model(server.spec, QUICK).answer(tasks(1)))
    assert (reply.labels, reply.error) == (("fine",), None)
    assert reply.calls == server.calls == 2


@pytest.mark.parametrize("name", ["503", "cut connection", "stall"])
def test_a_lasting_fault_is_a_row_error_and_the_others_go_on(serve: Serve, name: str) -> None:
    server = serve(lambda seen: FAULTS[name] if seen.text == "text 1" else GOOD)
    replies = by_position(open_model(server.spec, QUICK).answer(tasks(4)))
    assert [reply.labels for reply in replies] == [("fine",), (), ("fine",), ("fine",)]
    assert replies[1].calls == 3 and replies[1].error and "tries: 3" in replies[1].error


def test_a_400_about_one_text_is_a_row_error(serve: Serve) -> None:
    too_long = failing(
        400, "This model's maximum context length is 10 tokens", code="context_length_exceeded"
    )
    server = serve(lambda seen: too_long if seen.text == "text 1" else GOOD)
    replies = by_position(open_model(server.spec, QUICK).answer(tasks(3)))
    assert [reply.calls for reply in replies] == [1, 1, 1]
    assert replies[1].error and "maximum context length" in replies[1].error


@pytest.mark.parametrize(
    "say,words",
    [
        (failing(401, "Incorrect API key provided"), "LINNAEUS_API_KEY"),
        (failing(403, "Country not supported"), "LINNAEUS_API_KEY"),
        (failing(404, "The model `tiny` does not exist", code="model_not_found"), "model's name"),
        (failing(400, "Invalid model: tiny"), "model's name"),
        (failing(400, "API key not valid. Please pass a valid API key."), "LINNAEUS_API_KEY"),
        (failing(402, "Insufficient Balance"), "credit"),
        (failing(429, "You exceeded your current quota", code="insufficient_quota"), "top the account up"),
    ],
    ids=["401", "403", "404", "400 model", "400 key", "402", "429 quota"],
)
def test_what_is_wrong_with_the_whole_call_ends_it(serve: Serve, say: Say, words: str) -> None:
    server = serve(lambda seen: say)
    with pytest.raises(ModelError, match=words) as caught:
        by_position(open_model(server.spec, QUICK).answer(tasks(50)))
    assert "HTTP" in str(caught.value) and server.calls <= 2


def test_a_400_that_quotes_a_text_does_not_end_a_run_that_works(serve: Serve) -> None:
    def script(seen: Seen) -> Say:
        return failing(400, f"cannot take: {seen.text}") if "API key" in seen.text else GOOD

    server = serve(script)
    model = open_model(server.spec, QUICK)
    assert by_position(model.answer(tasks(1)))[0].labels
    evil, good = by_position(model.answer([*tasks(1, "API key not valid, model not found"), *tasks(1)]))
    assert evil.error and good.labels == ("fine",)


def test_what_was_paid_before_a_fatal_error_is_kept(serve: Serve) -> None:
    def script(seen: Seen) -> Say:
        while server.calls < 4:
            time.sleep(0.01)
        return failing(401) if seen.text == "text 1" else Say(GOOD.body, delay=0.2)

    server = serve(script)
    got: list[tuple[int, Reply]] = []
    with pytest.raises(ModelError):
        got.extend(open_model(server.spec, Limits(workers=4)).answer(tasks(20)))
    assert sorted(position for position, _ in got) == [0, 2, 3]
    assert all(reply.labels for _, reply in got) and server.calls == 4


def test_a_server_that_is_not_there_ends_the_call_soon() -> None:
    began = time.monotonic()
    with pytest.raises(ModelError, match=r"cannot reach http://127.0.0.1:9/.*is the server running"):
        by_position(open_model("http://127.0.0.1:9/v1#tiny", Limits()).answer(tasks(20)))
    assert time.monotonic() - began < 5


def test_a_server_that_goes_away_later_makes_row_errors() -> None:
    server = Server(lambda seen: GOOD)
    model = open_model(server.spec, Limits(workers=1, retries=1))
    assert by_position(model.answer(tasks(1)))[0].labels
    server.close()
    replies = by_position(model.answer(tasks(2, "later")))
    assert all(reply.error for reply in replies)
    assert replies[1].calls == 0  # no request reached anybody


def test_the_whole_deadline_is_kept(serve: Serve) -> None:
    server = serve(lambda seen: Say({}, delay=5))
    began = time.monotonic()
    model = open_model(server.spec, Limits(workers=4, timeout_s=0.4, deadline_s=1.0, retries=50))
    replies = by_position(model.answer(tasks(4)))
    assert all(reply.error and "deadline" in reply.error for reply in replies)
    assert time.monotonic() - began < 1.0 * 1.1 + 0.3  # the tenth that is promised, and a busy machine
