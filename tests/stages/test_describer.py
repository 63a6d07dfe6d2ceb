"""A model's line on labels and categories: asked once, kept, asked again when there is twice as much to say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from linnaeus import Classifier
from linnaeus.stages import Describer
from linnaeus.types import Embedder, Name, Reply, Task


class Namer:
    """Describes by the number of texts it is shown; does not know what it is told to forget, and has a budget."""

    name, notice = "namer", ""

    def __init__(self, most: int = 10**6) -> None:
        self.most = most
        self.asked: list[Name] = []

    def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
        for position, task in enumerate(tasks):
            assert isinstance(task, Name)
            if len(self.asked) >= self.most:
                yield position, Reply(error="the budget ended", unasked=True)
                return
            self.asked.append(task)
            said = f"line {len(self.asked)} on {len(task.texts)} texts"
            yield position, Reply(labels=(f"name_{len(self.asked)}",), description=said, calls=1)


def test_lines_are_kept_and_asked_for_once(questions: list[str], embedder: Embedder) -> None:
    with Classifier.open(embedder=embedder) as classifier:
        classifier.label(questions[:400])
        classifier.tidy()
        store, consolidator = classifier.store, classifier.consolidator
        large = {label.id for label in store.labels() if label.texts >= 3}
        names = {label.id: label.name for label in store.labels()}
        made = {one for one in store.categories() if one < 0}
        assert made, "categories that a machine found"

        first = Namer(most=5)
        short = Describer(first, consolidator)
        assert short.describe() == (5, len(large | made)) and short.ended
        assert all(1 <= len(task.texts) <= 8 for task in first.asked)

        rest = Namer()
        assert Describer(rest, consolidator).describe() == (len(rest.asked), len(rest.asked))
        assert len(rest.asked) == len(large | made) - 5, "what was paid for is not asked again"
        lines = store.descriptions()
        assert all(lines[one].startswith("line ") for one in large | made)
        assert {label.id: label.name for label in store.labels()} == names, "labels keep their names"
        assert all(filed.name.startswith("name_") for one, filed in store.categories().items() if one < 0)
        assert Describer(Namer(), consolidator).describe() == (0, 0)

        classifier.label(questions[400:440])
        classifier.tidy()
        after = store.descriptions()
        kept = [one for one in large if one in after and lines[one] == after[one]]
        assert len(kept) >= 0.9 * len(large), "a tidy keeps what the model said"


def test_labels_that_grew_are_asked_about_again(questions: list[str], embedder: Embedder) -> None:
    with Classifier.open(embedder=embedder) as classifier:
        classifier.label(questions[:100])
        classifier.tidy()
        Describer(Namer(), classifier.consolidator).describe()
        told = classifier.store.told()
        classifier.label(questions[100:600])
        classifier.tidy()
        sizes = {label.id: label.texts for label in classifier.store.labels()}
        grown = {one for one, texts in told.items() if one > 0 and sizes.get(one, 0) >= 2 * texts}
        again = classifier.consolidator.to_name()
        assert grown and grown <= again.keys()
        assert not {one for one in told if one > 0 and one not in grown} & again.keys()
