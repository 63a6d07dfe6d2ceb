"""After a change of the taxonomy those texts are looked at again that it may touch; the answers are those of all anew."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest

from linnaeus import Classifier
from linnaeus.closed.named import BEFORE
from linnaeus.closed.project import import_taxonomy
from linnaeus.taxonomy import Entry, taxonomy_of, write_taxonomy
from linnaeus.types import Vectors
from tests.letters import Letters

WORDS = [
    a + b + c
    for a in ("ba", "de", "fi", "go")
    for b in ("lu", "mi", "no", "pa", "re")
    for c in ("st", "x", "rk")
]
TOPICS = 400


def named(seed: int) -> str:
    return " ".join(random.Random(seed).sample(WORDS, 2))


def entries() -> dict[str, Entry]:
    """Labels under ten others, each two words."""
    rows = {f"g{n}": Entry(1 + n, f"g{n}", f"group {n}") for n in range(10)}
    return rows | {f"t{n}": Entry(20 + n, f"t{n}", named(n), "", (f"g{n % 10}",)) for n in range(TOPICS)}


def written(path: Path, rows: Iterable[Entry]) -> str:
    file = path / "labels.csv"
    write_taxonomy(file, taxonomy_of(rows))
    return str(file)


def texts() -> list[str]:
    """Some name a label, some half of one, some none."""
    whole = [f"all about {named(n)}" for n in range(0, TOPICS, 4)]
    half = [f"{named(n).split()[0]} and what else {n}" for n in range(1, TOPICS, 16)]
    return list(dict.fromkeys([*whole, *half, "nothing of the kind", "zzz"]))


def changed(seed: int) -> list[Entry]:
    """The labels, of which a few are new, gone, called something else, or under another group."""
    rows, draw = entries(), random.Random(seed)
    gone, other, moved = draw.sample(range(TOPICS), 3)
    del rows[f"t{gone}"]
    rows[f"t{other}"] = rows[f"t{other}"]._replace(name=named(1000 + seed))
    rows[f"t{moved}"] = rows[f"t{moved}"]._replace(parents=("g3",))
    rows["new"] = Entry(9999, "new", named(2000 + seed))
    return list(rows.values())


def answers(classifier: Classifier, asked: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The labels of each text, in no order: between two that are as likely, the last digits decide."""
    return {
        answer.text: tuple(sorted(answer.codes)) for answer in classifier.today(asked) if answer is not None
    }


@pytest.mark.parametrize("seed", range(4))
def test_what_is_looked_at_again_is_as_if_all_were_labelled_anew(seed: int, tmp_path: Path) -> None:
    asked = [*texts(), f"a text on {named(2000 + seed)}", f"a text on {named(1000 + seed)}"]
    before, after = written(tmp_path, entries().values()), taxonomy_of(changed(seed))
    with Classifier.open(embedder=Letters(), taxonomy=before) as classifier:
        classifier.label(asked)
        import_taxonomy(classifier.store, after)
        touched = classifier.find_touched()
        classifier.tidy()
        assert 0 < touched < len(asked) / 4 and classifier.looked_again.looked == touched
        assert classifier.store.waiting_count() == 0 and classifier.find_touched() == 0
        found = answers(classifier, asked)
    with Classifier.open(embedder=Letters(), taxonomy=written(tmp_path, changed(seed))) as anew:
        anew.label(asked)
        assert found == answers(anew, asked)
    assert "new" in found[asked[-2]]


def test_a_label_with_another_path_touches_few_of_the_texts_that_it_may_fit(tmp_path: Path) -> None:
    asked, rows = texts(), entries()
    with Classifier.open(embedder=Letters(), taxonomy=written(tmp_path, rows.values())) as classifier:
        classifier.label(asked)
        for n in range(5):  # two changes, and the index made anew between them
            rows[f"t{n}"] = rows[f"t{n}"]._replace(parents=("g9",))
        rows["g8"] = rows["g8"]._replace(parents=("g7",))
        import_taxonomy(classifier.store, taxonomy_of(rows.values()))
        classifier.label(["one more text"])
        rows["g2"] = rows["g2"]._replace(parents=("g7",))
        import_taxonomy(classifier.store, taxonomy_of(rows.values()))
        assert 0 < classifier.find_touched() < len(asked) / 3
        classifier.tidy()
        found = answers(classifier, asked)
        assert classifier.store.arrays(BEFORE) == {}
    with Classifier.open(embedder=Letters(), taxonomy=written(tmp_path, rows.values())) as anew:
        anew.label(asked)
        same = answers(anew, asked)
    assert sum(found[text] != same[text] for text in asked) <= len(asked) / 50, "but for near-ties"


def test_answers_bear_ids_of_the_taxonomy_and_probabilities_at_once(tmp_path: Path) -> None:
    with Classifier.open(embedder=Letters(), taxonomy=written(tmp_path, entries().values())) as classifier:
        answer, again, none = classifier.label([texts()[0], texts()[0], ""])
        assert answer.codes == again.codes == ("t0",) and answer.scores == again.scores == (answer.score,)
        assert classifier.today([texts()[0]]) == [answer] and none.codes == ()


def test_where_many_labels_change_all_texts_are_looked_at_again(tmp_path: Path) -> None:
    rows = entries()
    with Classifier.open(embedder=Letters(), taxonomy=written(tmp_path, rows.values())) as classifier:
        classifier.label(texts())
        import_taxonomy(classifier.store, taxonomy_of(list(rows.values())[:300]))
        assert classifier.find_touched() == len(texts())


def test_what_people_said_is_never_looked_at_again(tmp_path: Path) -> None:
    rows = entries()
    with Classifier.open(embedder=Letters(), taxonomy=written(tmp_path, rows.values())) as classifier:
        classifier.give(["all about it"], [["t0"]])
        import_taxonomy(classifier.store, taxonomy_of(list(rows.values())[:300]))
        assert classifier.find_touched() == 0


class Meanwhile(Letters):
    """Embeds, and lets something happen once while a certain text is embedded."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.then: Callable[[], None] = lambda: None

    def embed(self, texts: Sequence[str], /) -> Vectors:
        if self.text in texts:
            self.then()
        return super().embed(texts)


def test_a_change_by_another_process_while_texts_are_decided_is_not_lost(tmp_path: Path) -> None:
    project, embedder = str(tmp_path / "p.db"), Meanwhile("a text on " + named(7))
    gone = [row for code, row in entries().items() if code != "t7"]
    with Classifier.open(
        project, embedder=embedder, taxonomy=written(tmp_path, entries().values())
    ) as classifier:

        def change() -> None:
            embedder.then = lambda: None
            with Classifier.open(project, embedder=Letters(), taxonomy=written(tmp_path, gone)):
                pass

        embedder.then = change
        classifier.label([embedder.text])
        assert answers(classifier, [embedder.text])[embedder.text] == ("t7",), (
            "decided under the older version"
        )
        classifier.tidy()
        assert "t7" not in answers(classifier, [embedder.text])[embedder.text]
        assert "t7" not in classifier.label(["another text on " + named(7)])[0].codes


def test_of_a_label_and_the_only_one_under_it_that_is_called_the_same_the_lower_is_given(
    tmp_path: Path,
) -> None:
    rows = [*entries().values(), Entry(900, "s", "Lutex Mosto"), Entry(901, "s0", "lutex mosto", "", ("s",))]
    with Classifier.open(embedder=Letters(), taxonomy=written(tmp_path, rows)) as classifier:
        assert classifier.label(["all about lutex mosto"])[0].codes == ("s0",)
