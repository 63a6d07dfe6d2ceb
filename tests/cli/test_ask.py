"""`linnaeus evaluate --ask N` through the real command, answered on standard input."""

from __future__ import annotations

from tests.cli.test_evaluate import result
from tests.running import FAILED, WRONG_USE, Folder

THINGS = ("card", "cash", "rate", "fee", "loan", "bank", "coin", "bill", "debt", "cheque")


def written(folder: Folder) -> None:
    rows = [("", THINGS[at % 10], 0.5 + (at % 5) / 10, "ask") for at in range(120)]
    folder.write("r.csv", result(rows, [f"where is my {THINGS[at % 10]} number {at}" for at in range(120)]))


def test_answers_are_kept_and_lead_to_an_estimate(folder: Folder) -> None:
    written(folder)
    ran = folder.run("evaluate", "r.csv", "--ask", "50", stdin=b"y\nn\nwhat\nskip\nq\n")
    assert ran.out == b"" and "2 answers kept in r.reviews.jsonl; the same command goes on" in ran.err
    assert len(folder.read("r.reviews.jsonl").splitlines()) == 3
    folder.write("r.reviews.jsonl", folder.read("r.reviews.jsonl") + b'{"torn')
    ran = folder.run("evaluate", "r.csv", "--ask", "50", stdin=b"yes\n" * 70)
    assert "3 of 50" in ran.err and "51 of 50" not in ran.err
    name, answers, value, low, high, _ = ran.out.decode().splitlines()[1].split("\t")
    assert (
        (name, answers) == ("right", "50")
        and 0.8 < float(value) < 1
        and float(low) < float(value) < float(high)
    )
    again = folder.run("evaluate", "r.csv", "--ask", "50")
    assert again.out == ran.out and "right? " not in again.err


def test_bad_input(folder: Folder) -> None:
    written(folder)
    assert "too few" in folder.run("evaluate", "r.csv", "--ask", "60", expect=WRONG_USE).complaint
    assert (
        "alone"
        in folder.run("evaluate", "r.csv", "--ask", "50", "--out", "e.json", expect=WRONG_USE).complaint
    )
    folder.write("r.reviews.jsonl", "no json\n")
    assert "line 1" in folder.run("evaluate", "r.csv", "--ask", "50", expect=FAILED).complaint
    folder.write("none.csv", result([("", "", 0, "error")]))
    assert "no text has a label" in folder.run("evaluate", "none.csv", "--ask", "50", expect=FAILED).complaint


def test_texts_that_the_project_does_not_know(folder: Folder) -> None:
    """They are compared all the same, and the project is only looked at."""
    folder.write("one.csv", "text\nwhere is my card\n")
    folder.run("label", "one.csv", "--project", "p.db", "--out", "o.csv")
    written(folder)
    before = folder.query("SELECT count(*) FROM vectors", "p.db")
    ran = folder.run("evaluate", "r.csv", "--ask", "50", "--project", "p.db", stdin=b"y\nq\n")
    assert "1 answer kept" in ran.err
    assert folder.query("SELECT count(*) FROM vectors", "p.db") == before
