"""Answers from files, and the files that keep answers."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linnaeus.errors import InputError, UsageError
from linnaeus.llm import Limits, Recorder, Replay, open_model
from linnaeus.types import Choose, Draft, Generate, Judge, Model, Name, Propose, Reply, Task

from .fake import by_position

LINES = [
    {"task": "propose", "text": "a", "label": "one", "gold": "never read"},
    {"task": "propose", "text": "b", "labels": ["two", "three", "four"], "id": 7},
    {"task": "same", "a": "x", "b": "y", "verdict": "same"},
    {"task": "name", "texts": ["a"], "label": "n"},
    {"task": "choose", "text": "c", "labels": ["z"]},
    {"task": "propose", "text": "a", "label": "later"},
    {"task": "propose", "text": "bad", "label": "x" * 100},
]


def write(path: Path, lines: Sequence[object], end: str = "\n") -> Path:
    data = ("\n".join(json.dumps(line) for line in lines) + end).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("name", ["r.jsonl", "r.jsonl.gz"])
def test_a_file_answers_as_a_model_would(tmp_path: Path, name: str) -> None:
    model = open_model(f"replay:{write(tmp_path / name, LINES)}", Limits())
    replies = by_position(
        model.answer([Propose("a"), Propose("b", 2), Propose("c"), Propose("a"), Propose("bad")])
    )
    assert model.name.startswith("replay:")
    assert replies[0] == Reply(("one",), calls=1)
    assert replies[1] == Reply(("two", "three"), calls=1)
    assert replies[2] == Reply(error="no recorded answer for this text")
    assert replies[3] == Reply(("one",), calls=0)  # equal tasks are one call
    assert replies[4].error and "100 characters" in replies[4].error and not replies[4].labels


def test_several_files_are_one_and_the_first_wins(tmp_path: Path) -> None:
    first, second = (
        write(
            tmp_path / f"{label}.jsonl", [{"task": "propose", "text": text, "label": label} for text in texts]
        )
        for label, texts in (("x", "ab"), ("y", "bc"))
    )
    replies = by_position(open_model(f"replay:{first},{second}").answer([Propose(text) for text in "abc"]))
    assert [reply.labels[0] for reply in replies] == ["x", "x", "y"]


def test_a_budget_of_calls_counts_replays_in_order(tmp_path: Path) -> None:
    lines = [{"task": "propose", "text": str(n), "label": "l"} for n in range(5)]
    model = open_model(f"replay:{write(tmp_path / 'r', lines)}", Limits(budget_calls=3))
    replies = by_position(
        model.answer([Propose(text) for text in ["0", "missing", "1", "0", "2", "3", "missing"]])
    )
    assert [reply.calls for reply in replies] == [1, 0, 1, 0, 1, 0, 0]
    assert [reply.unasked for reply in replies] == [False] * 5 + [True, False]


@pytest.mark.parametrize(
    "line,words",
    [
        (b"{", "line 2"),
        (b"[]", "line 2"),
        (b'{"text": "a", "label": "b"}', "line 2.*task"),
        (b'{"task": "proposal", "text": "a", "label": "b"}', "line 2.*'proposal'.*task"),
        (b'{"task": "propose", "label": "b"}', "line 2.*`text`"),
        (b'{"task": "propose", "text": "a"}', "line 2.*neither"),
        (b'{"task": "propose", "text": 3, "label": "b"}', "line 2"),
        (b'{"task": "propose", "text": "\xff", "label": "b"}', "line 2"),
        (b'{"task": "same", "a": "x", "b": "y", "verdict": "equal"}', "line 2.*'equal' is no verdict"),
        (b'{"task": "same", "a": "x", "verdict": "same"}', "line 2.*`b`"),
        (b'{"task": "same", "a": "x", "b": "y"}', "line 2.*`verdict`"),
        (b'{"task": "choose", "text": "a", "label": "b"}', "line 2.*`labels`"),
        (b'{"task": "choose", "labels": []}', "line 2.*`text`"),
        (b'{"task": "name", "texts": ["a"]}', "line 2.*`label`"),
        (b'{"task": "name", "texts": "a", "label": "b"}', "line 2.*texts"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: bytes, words: str) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(b'{"task":"propose","text":"a","label":"b"}\n' + line + b"\n")
    with pytest.raises(InputError, match=words):
        Replay([path])


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        Replay([tmp_path / "none"])
    torn = tmp_path / "t.jsonl.gz"
    torn.write_bytes(gzip.compress(b'{"task":"propose","text":"a","label":"b"}\n' * 1_000)[:-20])
    with pytest.raises(InputError, match="cannot read"):
        Replay([torn])


ALL = [
    {"task": "same", "a": "Lost Card", "b": "card_lost", "verdict": "same"},
    {"task": "same", "a": "stolen-card", "b": "lost_card", "verdict": "nested"},
    {"task": "same", "a": "LOST  CARD", "b": "stolen_card", "verdict": "different"},
    {"task": "choose", "text": "my  card", "labels": ["elsewhere", "Lost-Card", "card_lost"]},
    {"task": "choose", "text": "none", "labels": []},
    {"task": "choose", "text": "none", "labels": ["other"]},
    {"task": "name", "texts": ["a", "b "], "label": "letters", "description": "Two of them."},
    {"task": "name", "texts": ["c"], "label": "x" * 100},
]


def judge(*wordings: str) -> Judge:
    return Judge(wordings, ((),) * len(wordings))


def replies_to(tmp_path: Path, tasks: Sequence[Task], limits: Limits | None = None) -> list[Reply]:
    return by_position(open_model(f"replay:{write(tmp_path / 'r', ALL)}", limits).answer(tasks))


def test_verdicts_are_found_in_any_order_and_spelling(tmp_path: Path) -> None:
    first, second, third = replies_to(
        tmp_path,
        [
            judge("card lost", "stolen_card", "LOST_CARD", "never heard of"),
            judge("x", "y"),
            judge("x", "y"),
        ],
    )
    assert first == Reply(verdicts=((0, 2, "same"), (1, 2, "nested")), calls=1)  # the first line of two wins
    assert second == Reply(calls=1)  # asked, and it does not know
    assert third == Reply()


def test_choices_and_names_are_found(tmp_path: Path) -> None:
    labels = ("card_lost", "lost card", "other")
    replies = replies_to(
        tmp_path,
        [
            Choose("my card", labels),
            Choose("my card", labels, 3),
            Choose("my card", ("other",)),
            Choose("none", ("some",)),
            Choose("none", labels),
            Choose("not on file", labels),
            Name(("b", "a"), ("any",)),
            Name(("a",), ()),
        ],
    )
    assert replies == [
        Reply(("lost card",), calls=1),
        Reply(("lost card", "card_lost"), calls=1),
        Reply(calls=1),
        Reply(calls=1),
        Reply(("other",), calls=1),
        Reply(),
        Reply(("letters",), calls=1, description="Two of them."),
        Reply(),
    ]


def test_a_task_may_say_what_a_recorded_label_means(tmp_path: Path) -> None:
    labels = ("letters", "digits", "rest")
    meant = {"Lost-Card": (1, 0), "card_lost": (1,)}
    several = Choose("my card", labels, 3, means=lambda label: meant.get(label, ()))
    first = Choose("my card", labels, 1, means=lambda label: meant.get(label, ()))
    assert several == Choose("my card", labels, 3) != first  # it is no part of what is asked
    replies = replies_to(tmp_path, [several, first])
    assert [reply.labels for reply in replies] == [("digits", "letters"), ("digits",)]


def test_a_recorded_name_that_breaks_the_rules_is_an_error(tmp_path: Path) -> None:
    [reply] = replies_to(tmp_path, [Name(("c",), ())])
    assert reply.error and "100 characters" in reply.error and not reply.labels


def test_a_budget_counts_all_tasks_together(tmp_path: Path) -> None:
    tasks: list[Task] = [
        judge("x", "y"),
        Choose("unknown", ("a",)),
        Choose("none", ("a",)),
        Name(("a", "b"), ()),
        judge("x", "z"),
        judge("x", "y"),
    ]
    replies = replies_to(tmp_path, tasks, Limits(budget_calls=2))
    assert [reply.calls for reply in replies] == [1, 0, 1, 0, 0, 0]
    assert [reply.unasked for reply in replies] == [False, False, False, True, True, False]


class Knowing:
    """A model that can do every task, and counts its calls."""

    name = "knowing"

    def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
        for position, task in enumerate(tasks):
            yield position, self.reply(task)

    def reply(self, task: Task) -> Reply:
        match task:
            case Propose():
                return Reply((task.text,), calls=1)
            case Judge():
                pairs = combinations(range(len(task.wordings)), 2)
                words = ("same", "nested", "different", "different")
                return Reply(calls=1, verdicts=tuple((i, j, words[i + j - 1]) for i, j in pairs if i + j < 5))
            case Choose():
                fits = tuple(label for label in task.labels if label in task.text)[: task.at_most]
                return Reply(fits, calls=0 if "unknown" in task.text else 1)
            case Name():
                return Reply(task.wordings[:1], calls=1, description=task.texts[0])
            case Generate():
                odd = Draft("odd", "every other", tuple(range(0, len(task.texts), 2)))
                return Reply(calls=1, drafts=(odd,) if len(task.texts) > 1 else ())


EVERY: list[Task] = [
    Propose("a"),
    judge("one", "Two", "three\ud800", "four"),
    Choose("red and blue", ("green", "blue")),
    Choose("red and blue", ("yellow", "red")),  # one text among different labels, as on the way down a tree
    Choose("red and blue", ("yellow", "green")),
    Choose("unknown", ("a", "b")),
    Name(("a line", "another"), ("lines",)),
    Name(("alone",), ("single",)),
    Generate(("one", "two\ud800", "three"), 3),
    Generate(("nothing",), 3),
]


def test_all_tasks_that_were_recorded_replay(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    said = by_position(Recorder(Knowing(), path).answer(EVERY))
    kept = path.read_bytes()
    assert by_position(Recorder(Knowing(), path).answer(EVERY)) == said
    assert path.read_bytes() == kept  # nothing twice
    assert by_position(Replay([path]).answer(EVERY)) == said
    lines = recorded(path)
    assert lines[1] == {"task": "same", "a": "one", "b": "Two", "verdict": "same"}
    kinds = ["propose"] + ["same"] * 5 + ["choose"] * 3 + ["name"] * 2 + ["generate"] * 2
    assert [line["task"] for line in lines] == kinds
    assert lines[-2]["labels"] == [{"label": "odd", "texts": ["one", "three"], "description": "every other"}]
    assert lines[-1]["labels"] == [] and lines[-3] == {
        "task": "name",
        "texts": ["alone"],
        "label": "single",
        "description": "alone",
    }


def test_errors_and_what_is_not_known_are_not_kept(tmp_path: Path) -> None:
    class Failing:
        name = "failing"

        def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
            for position, _ in enumerate(tasks):
                yield position, Reply(error="no", calls=2) if position % 2 else Reply()

    path = tmp_path / "r.jsonl"
    list(Recorder(Failing(), path).answer([task for task in EVERY for _ in range(2)]))
    assert path.read_bytes() == b""


class Scripted:
    """A model of a few lines: the label is the text, "bad" fails."""

    name = "scripted"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
        for position, task in reversed(list(enumerate(tasks))):
            assert isinstance(task, Propose)
            self.asked.append(task.text)
            bad = task.text.startswith("bad")
            label = task.text.encode("utf-8", "replace").decode()
            yield position, Reply(error="no", calls=1) if bad else Reply((label,) * task.at_most, calls=1)


def recorded(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_good_answers_are_kept_once_and_before_they_are_passed_on(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    model: Model = Recorder(Scripted(), path)
    for count, (position, reply) in enumerate(
        model.answer([Propose("a"), Propose("bad"), Propose("b", 2)]), 1
    ):
        assert reply.error or position == 1 or len(recorded(path)) == min(count, 2)
    list(model.answer([Propose("a"), Propose("b", 2)]))
    assert recorded(path) == [
        {"task": "propose", "text": "b", "labels": ["b", "b"]},
        {"task": "propose", "text": "a", "label": "a"},
    ]
    assert model.name == "scripted"
    again = Recorder(Scripted(), path)
    list(again.answer([Propose("a"), Propose("c")]))
    assert [line["text"] for line in recorded(path)] == ["b", "a", "c"]


def test_what_was_recorded_replays(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    texts = ["a", "ünï\u2028code", 'quo"te', "two\nlines", "\ud800 alone"]
    list(Recorder(Scripted(), path).answer([Propose(text) for text in texts]))
    replies = by_position(Replay([path]).answer([Propose(text) for text in texts[:3]]))
    assert [reply.labels for reply in replies] == [("a",), (), ('quo"te',)]  # U+2028 breaks the label rules
    assert len(recorded_lines(path)) == 5


def recorded_lines(path: Path) -> list[bytes]:
    return path.read_bytes().rstrip(b"\n").split(b"\n")


@given(st.data())
def test_a_file_torn_anywhere_is_mended(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("torn") / "r.jsonl"
    texts = ["first", "sécond", "third " + "x" * 5_000]
    whole = b"".join(json.dumps({"task": "propose", "text": t, "label": "l"}).encode() + b"\n" for t in texts)
    at = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:at])
    model = Recorder(Scripted(), path)
    list(model.answer([Propose(text) for text in texts]))
    lines = [json.loads(line) for line in recorded_lines(path)]
    assert sorted(line["text"] for line in lines) == sorted(texts)
    assert path.read_bytes().endswith(b"\n")


def test_files_that_cannot_be_recorded_into_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot write"):
        Recorder(Scripted(), tmp_path / "no" / "folder.jsonl")
    with pytest.raises(UsageError, match="plain file"):
        Recorder(Scripted(), tmp_path / "r.jsonl.gz")
    foreign = tmp_path / "notes.txt"
    for notes in ("my notes\nmore notes\n", "my notes", '{"json": 1}\n{"more"'):
        foreign.write_text(notes)
        with pytest.raises(InputError, match="line 1"):
            Recorder(Scripted(), foreign)
        assert foreign.read_text() == notes


def test_texts_are_found_however_their_blanks_are_set(tmp_path: Path) -> None:
    """Texts are asked in the form in which they are compared; recordings hold them as they were."""
    file = tmp_path / "r.jsonl"
    file.write_text(
        '{"task":"propose","text":" two  blanks\\u00a0here, cafe\\u0301","label":"blanks"}\n',
        encoding="utf-8",
    )
    [(_, reply)] = Replay([file]).answer([Propose("two blanks here, caf\u00e9")])
    assert reply.labels == ("blanks",)
