"""Eight processes on one project: the labels of one process, every text once, no paid answer lost, whoever is killed."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from subprocess import Popen

import pytest

from linnaeus import Classifier
from linnaeus.consolidate import Consolidator, wording_key
from linnaeus.store import JUDGE, CachedVectors, Store, Vote, content_key
from linnaeus.types import Embedder, SurfaceId
from tests.llm.fake import Say, Seen, Server, chat
from tests.running import DONE, PATIENCE_S, Folder, kill, table

PROCESSES = 8
WORKERS = 2
REPLY_S = 0.02
CONCEPTS = {
    "lost card": ("lost_card", "card_lost", "lost_cards", "card_is_lost"),
    "exchange rate": ("exchange_rate", "exchange_rates", "rate_of_exchange", "exchange_rate_question"),
    "forgotten password": (
        "forgotten_password",
        "password_forgotten",
        "forgotten_passwords",
        "forgot_password",
    ),
    "pizza delivery": ("pizza_delivery", "delivery_of_pizza", "pizza_deliveries", "pizza_delivered"),
    "broken bicycle": ("broken_bicycle", "bicycle_broken", "broken_bicycles", "bicycle_is_broken"),
    "train delay": ("train_delay", "delayed_train", "train_delays", "train_delayed"),
    "dentist visit": ("dentist_visit", "visit_to_dentist", "dentist_visits", "visiting_dentist"),
    "apartment rent": ("apartment_rent", "rent_of_apartment", "apartment_rents", "renting_apartment"),
}
PHRASES = (
    "I have a question about my {0}",
    "please help me with the {0}",
    "{0}, again",
    "who is responsible for a {0}?",
    "what does one do about {0} number {1}?",
    "my neighbour told me about {0} number {1}",
    "a letter about {0} number {1} came today",
)


def texts(each: int) -> list[str]:
    """`each` different texts of every concept, shuffled."""
    made = [
        f"{PHRASES[number % len(PHRASES)].format(concept, number)} ({number})"
        for concept in CONCEPTS
        for number in range(each)
    ]
    return random.Random(8).sample(made, len(made))


def concept_of(words: str) -> str:
    """What a text, or a wording, is about."""
    return next(one for one, wordings in CONCEPTS.items() if one in words or wording_key(words) in wordings)


def wording_of(text: str) -> str:
    """One of the wordings of its concept, the same whenever it is asked."""
    return CONCEPTS[concept_of(text)][content_key(text)[0] % 4]


def grouped(wordings: Sequence[str]) -> str:
    """What an arbiter who knows the concepts says of numbered wordings."""
    groups: dict[str, list[int]] = {}
    for number, words in enumerate(wordings, start=1):
        groups.setdefault(concept_of(words), []).append(number)
    return json.dumps({"groups": list(groups.values()), "nested": []})


class Model:
    """A slow model behind a server, and an arbiter; `asked` are the texts."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.aim(list, None)
        self.server = Server(self._answer)

    def aim(self, then: Callable[[], object], at_call: int | None) -> None:
        """Do something after so many calls more."""
        self._then, self._at_call = then, at_call and len(self.asked) + at_call

    def _answer(self, seen: Seen) -> Say:
        if seen.is_judging:
            return chat(grouped(re.findall(r'"label": ?"([^"]*)"', seen.user)))
        self.asked.append(seen.text)
        if len(self.asked) == self._at_call:
            self._then()
        return replace(chat(json.dumps({"labels": [wording_of(seen.text)]})), delay=REPLY_S)


@pytest.fixture
def model() -> Iterator[Model]:
    model = Model()
    yield model
    model.server.close()


def command(number: int, file: str, model: Model) -> list[str]:
    spec = model.server.spec
    return ["label", file, "--out", f"out-{number}.csv", "--llm", spec, "--workers", str(WORKERS)]


def slices(folder: Folder, all_texts: Sequence[str], processes: int = PROCESSES) -> list[str]:
    """A file for each process with texts of its own."""
    names = [f"in-{number}.csv" for number in range(processes)]
    for number, name in enumerate(names):
        folder.write(name, table(list(enumerate(all_texts[number::processes]))))
    return names


def ended(processes: Sequence[Popen[bytes]]) -> None:
    for process in processes:
        _, err = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == DONE, err.decode()


def check_nothing_lost(folder: Folder, expected: Sequence[str], model: Model) -> None:
    """Every text is there once and whole, every answer is on file."""
    assert folder.query("PRAGMA integrity_check") == [("ok",)]
    assert folder.query("PRAGMA foreign_key_check") == []
    assert sorted(text for (text,) in folder.query("SELECT text FROM texts")) == sorted(expected)
    assert folder.query("SELECT count(*), count(DISTINCT text_id) FROM assignments") == [(len(expected),) * 2]
    answered = {key for (key,) in folder.query("SELECT key FROM answers")}
    asked = {key for (key,) in folder.query("SELECT key FROM texts WHERE by = 'ask'")}
    assert asked <= answered <= set(map(content_key, model.asked))


def check_labels(folder: Folder, embedder: Embedder) -> None:
    """No two labels for one concept, and just the labels that one process makes of the same evidence in another order."""
    wordings = folder.query("SELECT words, label_id FROM wording_view")
    for concept, own in CONCEPTS.items():
        assert len({label for words, label in wordings if words in own}) == 1, concept
    groups: dict[int, set[str]] = {}
    for words, label in wordings:
        groups.setdefault(label, set()).add(words)
    assert set(map(frozenset, groups.values())) == rebuilt(folder, embedder)


def rebuilt(folder: Folder, embedder: Embedder) -> set[frozenset[str]]:
    """The wordings of each label, had one process met the texts in the order of the alphabet."""
    rows = folder.query(
        "SELECT text, words, by FROM texts JOIN assignments ON text_id = texts.id AND rank = 0"
        " JOIN surfaces ON surfaces.id = surface_id ORDER BY text"
    )
    judged = folder.query(
        "SELECT a.words, b.words, kind, weight FROM evidence JOIN surfaces AS a ON a.id = evidence.a"
        f" JOIN surfaces AS b ON b.id = evidence.b WHERE author = '{JUDGE}' ORDER BY evidence.id"
    )
    with Store() as store:
        vectors = CachedVectors(embedder, store)
        consolidator = Consolidator(store, vectors)
        surfaces: dict[str, SurfaceId] = {}
        for (_, words, by), code in zip(rows, vectors.codes([row[0] for row in rows]), strict=True):
            if by in ("recall", "student"):
                consolidator.follow(code)
            else:
                surfaces[words] = consolidator.resolve([words], code)[0]
        store.add_votes(Vote(surfaces[a], surfaces[b], kind, weight, JUDGE) for a, b, kind, weight in judged)
        consolidator.regroup()
        groups: dict[int, set[str]] = {}
        for words, surface in surfaces.items():
            groups.setdefault(consolidator.label_of(surface), set()).add(words)
        return {frozenset(group) for group in groups.values()}


def label_slices(
    folder: Folder, model: Model, each: int, *, processes: int = PROCESSES, kills: Sequence[int] = ()
) -> list[str]:
    """Label disjoint slices at once; for each of `kills` half of those that run die after so many calls more.

    They are started again when the others have ended.
    """
    all_texts = texts(each)
    names = slices(folder, all_texts, processes)
    waiting = list(range(processes))
    for at_call in (*kills, None):
        running = {n: folder.start(*command(n, names[n], model)) for n in waiting}
        doomed = [running[n] for n in waiting[::2]] if at_call else []
        model.aim(partial(list, map(Popen.kill, doomed)), at_call)
        waiting = [n for n, process in running.items() if process in doomed and killed(process)]
        ended([process for process in running.values() if process not in doomed])
        if not waiting:
            break
    return all_texts


def killed(process: Popen[bytes]) -> bool:
    """Wait for a process to be killed; whether it was, or had ended before."""
    process.wait(PATIENCE_S)
    return kill(process)


def test_disjoint_slices_get_the_labels_of_one_process(
    tmp_path: Path, model: Model, embedder: Embedder
) -> None:
    folder = Folder(tmp_path)
    all_texts = label_slices(folder, model, each=24)
    check_nothing_lost(folder, all_texts, model)
    check_labels(folder, embedder)
    assert len(model.asked) == len(set(model.asked)), "nothing was paid for twice"
    for number in range(PROCESSES):
        assert len(folder.rows(f"out-{number}.csv")) == len(all_texts) // PROCESSES


def test_all_label_the_same_file(tmp_path: Path, model: Model, embedder: Embedder) -> None:
    """The worst case: whatever one process does the others do at the same time."""
    folder, all_texts = Folder(tmp_path), texts(12)
    folder.write("in.csv", table(list(enumerate(all_texts))))
    ended([folder.start(*command(number, "in.csv", model)) for number in range(PROCESSES)])
    check_nothing_lost(folder, all_texts, model)
    check_labels(folder, embedder)
    assert max(map(model.asked.count, model.asked)) <= PROCESSES
    outs = {tuple(row["label"] for row in folder.rows(f"out-{number}.csv")) for number in range(PROCESSES)}
    assert len(outs) == 1


def test_some_are_killed(tmp_path: Path, model: Model, embedder: Embedder) -> None:
    folder = Folder(tmp_path)
    all_texts = label_slices(folder, model, each=15, processes=4, kills=[40])
    check_nothing_lost(folder, all_texts, model)
    check_labels(folder, embedder)
    assert len(model.asked) - len(set(model.asked)) <= 2 * 2 * WORKERS, "what was under way, and no more"
    assert sum(len(folder.rows(f"out-{number}.csv")) for number in range(4)) == len(all_texts)


@pytest.mark.torture
def test_many_are_killed(tmp_path: Path, model: Model, embedder: Embedder) -> None:
    dice = random.Random(8)
    for number in range(10):
        path = tmp_path / str(number)
        path.mkdir()
        folder, first = Folder(path), len(model.asked)
        kills = [dice.randrange(5, 100), dice.randrange(5, 50), dice.randrange(5, 20)]
        all_texts = label_slices(folder, model, each=100, kills=kills)
        check_nothing_lost(folder, all_texts, model)
        check_labels(folder, embedder)
        asked = model.asked[first:]
        assert len(asked) - len(set(asked)) <= (4 + 2 + 1) * 2 * WORKERS


def test_people_change_labels_beside_a_run(tmp_path: Path, model: Model, embedder: Embedder) -> None:
    folder = Folder(tmp_path)
    names = slices(folder, texts(12), 2)
    with Classifier.open(
        str(tmp_path / "linnaeus.db"), llm=model.server.spec, embedder=embedder
    ) as classifier:
        classifier.label(["a lost card", "the dentist visit"])
    running = folder.start(*command(0, names[0], model))
    folder.run("labels", "rename", "1", "my own name")
    folder.run("labels", "merge", "1", "2")
    ended([running])
    assert folder.query("SELECT name FROM labels WHERE id = 1") == [("my own name",)]
    assert folder.query("SELECT merged_into FROM labels WHERE id = 2") == [(1,)]


def test_classifiers_of_one_process_share_a_project(tmp_path: Path, model: Model, embedder: Embedder) -> None:
    """Each in a thread of its own, as a server has them."""
    folder, all_texts = Folder(tmp_path), texts(12)
    path = str(tmp_path / "linnaeus.db")

    def label(own: Sequence[str]) -> int:
        with Classifier.open(path, llm=model.server.spec, embedder=embedder) as classifier:
            return len([classifier.label([text]) for text in own])

    with ThreadPoolExecutor(PROCESSES) as pool:
        assert sum(pool.map(label, [all_texts[n::PROCESSES] for n in range(PROCESSES)])) == len(all_texts)
    with Classifier.reopen(path) as classifier:
        classifier.tidy()
    check_nothing_lost(folder, all_texts, model)
