"""A small taxonomy of animals and plants, a shortlist that is said, and a model that knows what stands in a text."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from linnaeus import Store
from linnaeus.closed.source import Candidates, empty, fill
from linnaeus.stages import Chooser, Descend, Given, Pick
from linnaeus.taxonomy import Entry, Taxonomy, taxonomy_of
from linnaeus.types import Choose, Decision, Model, Reply, Task
from tests.llm.fake import Say, Script, Seen, chat

PANDAS = "pandas like to eat bamboo"
CANDIDATES = ["Bear", "Bamboo", "Panda", "Oak"]
NATURE = {  # name: parents
    "Animal": (),
    "Plant": (),
    "Bear": ("Animal",),
    "Cat": ("Animal",),
    "Panda": ("Bear",),
    "Grizzly": ("Bear",),
    "Grass": ("Plant",),
    "Tree": ("Plant",),
    "Bamboo": ("Grass",),
    "Oak": ("Tree",),
}
ABOUT = {"Panda": "A bear that is black and white", "Bamboo": "A grass that grows high"}


def given(parents: Mapping[str, Sequence[str]] = NATURE, about: Mapping[str, str] = ABOUT) -> Given:
    """Labels by name; the label id is 100 + place."""
    entries = [
        Entry(0, code(name), name, about.get(name, ""), tuple(map(code, above)))
        for name, above in parents.items()
    ]
    return of(taxonomy_of(entries))


def code(name: str) -> str:
    """The id in the file of the label of this name."""
    return f"id-{name}".replace("|", "/")


def of(taxonomy: Taxonomy) -> Given:
    return Given(taxonomy, np.arange(100, 100 + len(taxonomy)))


def place_of(held: Given, name: str) -> int:
    return list(held.taxonomy.names).index(name)


def names(held: Given, decision: Decision | None) -> list[str]:
    """The names of the labels decided for."""
    assert decision is not None and decision.error is None
    return [held.taxonomy.names[int(verdict.label) - 100] for verdict in decision.verdicts]


class Listed:
    """Finds for each text the labels that are said, at 0.9, 0.8, ...; what is not said has none."""

    def __init__(self, held: Given, said: Mapping[str, Sequence[str]]) -> None:
        self._said = {text: [place_of(held, name) for name in several] for text, several in said.items()}
        self.asked = 0

    def shortlist(self, texts: Sequence[str], most: int) -> Candidates:
        self.asked += len(texts)
        found = empty(len(texts), most)
        for row, text in enumerate(texts):
            places = np.array(self._said.get(text, ())[:most], np.int32)
            fill(found, row, places, np.linspace(0.9, 0.1, 9, dtype=np.float32)[: len(places)])
        return found


Fits = Callable[[str, str], bool]
"""Whether an option, as it is shown, fits a text."""


def knows(text: str, option: str) -> bool:
    """A label fits if its name stands in the text, a branch if a name under it does."""
    *above, last = option.split(": ")[0].split(" > ")
    if last != "...":
        return last.casefold() in text.casefold()
    under = {above[-1]}
    for _ in NATURE:
        under |= {name for name, parents in NATURE.items() if under & set(parents)}
    return any(name.casefold() in text.casefold() for name in under)


class Knowing:
    """A model that chooses what `fits`; `asked` lists the tasks. A text with "budget" ends it, one with "error" fails."""

    name, notice = "knowing", ""

    def __init__(self, fits: Fits = knows) -> None:
        self.fits = fits
        self.asked: list[Choose] = []

    def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
        for position, task in reversed(list(enumerate(tasks))):
            assert isinstance(task, Choose)
            self.asked.append(task)
            yield position, self._reply(task)

    def _reply(self, task: Choose) -> Reply:
        if "budget" in task.text:
            return Reply(error="the budget ended", unasked=True)
        if "error" in task.text:
            return Reply(error="no idea", calls=2)
        if "unknown" in task.text:
            return Reply()
        fit = tuple(label for label in task.labels if self.fits(task.text, label))
        return Reply(fit[: task.at_most], calls=1, tokens_in=10)


def served(fits: Fits = knows) -> Script:
    """A server of the real protocol that reads the numbered lines and chooses by number what `fits`."""

    def say(seen: Seen) -> Say:
        options, text = shown(seen)
        chosen = [number for number, option in enumerate(options, 1) if fits(text, option)]
        return chat(json.dumps({"chosen": chosen}))

    return say


def shown(seen: Seen) -> tuple[list[str], str]:
    """The options and the text that a request shows."""
    first, *lines, last = seen.text.split("\n")
    assert first == "Labels:"
    return [json.loads(re.sub(r"^\d+\. ", "", line)) for line in lines], json.loads(
        last.removeprefix("Text: ")
    )


def pick(
    model: Model,
    held: Given,
    said: dict[str, list[str]],
    *,
    store: Store | None = None,
    at_most: int = 5,
    most: int = 20,
) -> Pick:
    return Pick(Chooser(model, store or Store()), held, Listed(held, said), at_most=at_most, shown=most)


def descend(
    model: Model,
    held: Given,
    said: dict[str, list[str]] | None = None,
    *,
    store: Store | None = None,
    at_most: int = 5,
) -> Descend:
    return Descend(Chooser(model, store or Store()), held, Listed(held, said or {}), at_most=at_most)


class Unlisted:
    """Finds nothing."""

    def shortlist(self, texts: Sequence[str], most: int) -> Candidates:
        return empty(len(texts), most)


class Dice:
    """Chooses by chance, the same of the same question."""

    name = "dice"

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.asked = 0

    def answer(self, tasks: Sequence[Task], /) -> Iterator[tuple[int, Reply]]:
        for position, task in enumerate(tasks):
            assert isinstance(task, Choose)
            self.asked += 1
            chance = random.Random(f"{self._seed} {task.labels}")
            chosen = chance.sample(task.labels, chance.randint(0, min(task.at_most, len(task.labels))))
            yield position, Reply(tuple(chosen), calls=1)
