"""Under a taxonomy a student of what the model chose takes over, wherever a stream is cut; its audit is not its lesson."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from linnaeus import Classifier
from linnaeus.stages.gate import is_audited
from linnaeus.store import content_key
from linnaeus.taxonomy import Entry, taxonomy_of, write_taxonomy
from linnaeus.types import Answer, Choose, Reply, Task
from tests.letters import Letters

TOPICS = {  # nothing in a text says what its label is called
    "Alpha": "cat dog cow pig hen goat",
    "Beta": "violin flute oboe tuba drum harp",
    "Gamma": "rain snow hail storm fog wind",
    "Delta": "bread rice soup jam cake stew",
}
COUNT = 600


def stream() -> dict[str, str]:
    """Texts, and the topic of each; "" of one in ten."""
    draw, found = random.Random(0), {}
    for number in range(COUNT):
        topic = draw.choice(list(TOPICS))
        words = draw.sample(TOPICS[topic].split(), 3)
        found[f"{' '.join(words)} {number}"] = topic
    return found


class Chooses:
    """Knows the topics; `asked` lists the texts."""

    name = "chooses"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._topics = stream()

    def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
        for position, task in enumerate(tasks):
            assert isinstance(task, Choose)
            self.asked.append(task.text)
            topic = self._topics[task.text]
            yield position, Reply((topic,) if topic in task.labels else (), calls=1)


@pytest.fixture
def taxonomy(tmp_path: Path) -> str:
    file = tmp_path / "topics.csv"
    write_taxonomy(file, taxonomy_of(Entry(n, name[0], name) for n, name in enumerate(TOPICS)))
    return str(file)


def labelled(taxonomy: str, cuts: Sequence[int], model: Chooses, project: str = ":memory:") -> list[Answer]:
    texts, answers = list(stream()), list[Answer]()
    with Classifier.open(project, llm=model, embedder=Letters(), taxonomy=taxonomy) as classifier:
        while len(answers) < len(texts):
            size = cuts[len(answers) % len(cuts)]
            answers += classifier.label(texts[len(answers) : len(answers) + size])
    return answers


def test_a_student_takes_over_and_is_right(taxonomy: str) -> None:
    model, topics = Chooses(), stream()
    answers = labelled(taxonomy, [COUNT], model)
    taught = [answer for answer in answers if answer.by == "student"]
    assert len(taught) > COUNT / 4 and len(model.asked) == COUNT - len(taught)
    assert all(answer.by == "choose" for answer in answers[:64]), "before it has learnt"
    assert sum(answer.labels != (topics[answer.text],) for answer in taught) <= 0.05 * len(taught)
    assert all(0.5 < score <= 1 for answer in taught for score in answer.scores)


def test_it_does_not_matter_how_a_stream_is_cut(taxonomy: str) -> None:
    whole, parts = Chooses(), Chooses()
    first, second = labelled(taxonomy, [COUNT], whole), labelled(taxonomy, [70, 1, 133], parts)
    said = [[(one.by, one.labels) for one in several] for several in (first, second)]
    assert said[0] == said[1] and whole.asked == parts.asked


def test_a_text_that_checks_the_student_does_not_teach_it(taxonomy: str, tmp_path: Path) -> None:
    project = str(tmp_path / "p.db")
    answers = labelled(taxonomy, [COUNT], Chooses(), project)
    with Classifier.open(project, llm=Chooses(), embedder=Letters()) as classifier:
        lessons = {text for text, _ in classifier.store.examples(chosen=True)}
        checked = set(classifier.store.audited_texts().values())
        assert classifier.gate is not None and classifier.gate.audit.audited == len(checked) > 0
        assert classifier.store.examples() == []
    chosen = {answer.text for answer in answers if answer.by == "choose"}
    assert lessons == chosen - checked and all(is_audited(content_key(text)) for text in checked)


def test_what_people_say_counts_beside_it_and_stands(taxonomy: str, tmp_path: Path) -> None:
    project, text = str(tmp_path / "p.db"), next(iter(stream()))
    labelled(taxonomy, [COUNT], Chooses(), project)
    with Classifier.open(project, llm=Chooses(), embedder=Letters()) as classifier:
        classifier.give([text], [["Delta"]])
        lesson = classifier.learn()
        assert lesson.examples == lesson.chosen + 1 and lesson.chosen > 60
        (kept,) = classifier.label([text])
        assert (kept.labels, kept.by) == (("Delta",), "exact")
