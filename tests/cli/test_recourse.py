"""How many texts have another label at the end than at first, and `linnaeus labels tidy` after a run that was killed."""

from __future__ import annotations

import json

from linnaeus import Classifier
from linnaeus.cli.outcome import moved
from linnaeus.consolidate.people import find_label, merge
from linnaeus.consolidate.splits import split_wordings
from tests.running import Folder, replay, table

SAID = {
    "My card was stolen yesterday": "stolen card",
    "A thief took my card": "card theft",
    "What is the exchange rate for dollars?": "exchange rate",
    "Which exchange rate do you use for dollars?": "exchange rates",
    "What's your exchange rate for dollars today?": "exchange rate",
    "When are you open on Sundays?": "opening hours",
    "Bonjour, parlez-vous français ?": "language",
}
REPLAY = "replay:replay.jsonl"


def prepared(folder: Folder) -> Folder:
    folder.write("replay.jsonl", replay(SAID))
    folder.write("in.csv", table([(number, text) for number, text in enumerate(SAID)]))
    return folder


def test_labels_joined_whole_move_no_text_and_others_do(folder: Folder) -> None:
    project = str(prepared(folder).path / "linnaeus.db")
    folder.run("label", "in.csv", "--out", "out.csv", "--llm", REPLAY)
    with Classifier.reopen(project) as classifier:
        came = {
            text: answer.label_ids[0]
            for text, answer in zip(SAID, classifier.today(list(SAID)), strict=True)
            if answer
        }
        assert len(came) == len(SAID) and moved(came, classifier) == 0
        into, other = (find_label(classifier.store, name) for name in ("opening hours", "language"))
        merge(classifier.consolidator, into, [other], author="ada", why="")
        assert moved(came, classifier) == 0
        now = {
            text: answer.label_ids[0]
            for text, answer in zip(SAID, classifier.today(list(SAID)), strict=True)
            if answer
        }
        split_wordings(classifier.consolidator, into, ["language"], name="tongues", author="ada", why="")
        assert moved(now, classifier) == 1


def test_the_summary_and_the_table_say_it(folder: Folder) -> None:
    command = ("label", "in.csv", "--out", "out.csv", "--llm", REPLAY, "--summary", "s.json")
    prepared(folder).run(*command)
    assert json.loads(folder.read("s.json"))["recourse"] == 0
    folder.run(*command)
    assert json.loads(folder.read("s.json"))["recourse"] is None, "no text is new"


def test_tidy_ends_what_a_killed_run_left(folder: Folder) -> None:
    project = str(prepared(folder).path / "linnaeus.db")
    with Classifier.open(project, llm="none") as classifier:
        classifier.label(list(SAID))  # and killed before it tidied
    left = listed(folder)
    folder.run("labels", "tidy")
    assert listed(folder) != left
    ended = listed(folder)
    folder.run("label", "in.csv", "--out", "out.csv", "--llm", "none")
    assert listed(folder) == ended
    assert "; 0 wordings moved" in folder.run("labels", "tidy").err


def listed(folder: Folder) -> bytes:
    return folder.run("labels", "list").out
