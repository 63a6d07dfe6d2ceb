"""`taxonomy grow` through the real command: labels for texts that none fits, added only if they are accepted."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections import Counter

import pytest

from tests.running import FAILED, Folder, table

LABELS = (
    "id,name,description,parent_ids\npay,Payments,,\nlost,Lost card,The card is gone,pay\n"
    "fail,Transfer failed,Money did not arrive,pay\nacc,Account,,\npin,Forgotten PIN,,acc\n"
    "addr,Change of address,,acc\nfees,Fees,What things cost,pay\ntown,Town services,,\n"
)
ASKED = [
    "How do I renew",
    "Where can I get",
    "I lost",
    "Can I transfer",
    "Please extend",
    "When does it end:",
    "Who checks",
]
PERMIT = [f"{ask} my parking permit{rest}" for ask in ASKED for rest in ("", " for the old town")]
TICKET = [f"{ask} the swimming pool season ticket{rest}" for ask in ASKED for rest in ("", " for children")]
KNOWN = ["I lost my bank card", "my transfer did not arrive", "forgot my PIN", "I moved to a new address"]


@pytest.fixture
def town(folder: Folder) -> Folder:
    folder.write("labels.csv", LABELS)
    folder.write("in.csv", table(list(enumerate([*PERMIT, *TICKET, *KNOWN]))))
    folder.run("label", "in.csv", "--taxonomy", "labels.csv", "--out", "out.csv")
    return folder


def proposed(folder: Folder) -> list[dict[str, str]]:
    out = folder.run("taxonomy", "grow").out.decode()
    return list(csv.DictReader(io.StringIO(out), delimiter="\t"))


def test_what_fits_nowhere_is_proposed_and_added_if_accepted(town: Folder) -> None:
    rows = proposed(town)
    assert 1 <= len(rows) <= 4 and proposed(town) == rows, "looking changes nothing"
    ticket = next(row for row in rows if "ticket" in row["example"])
    assert ticket["under"] in ("", "Payments", "Account") and int(ticket["texts"]) > 5
    before = {row["text"]: row["label"] for row in town.rows("out.csv")}
    ran = town.run("taxonomy", "grow", "--accept", ticket["name"])
    assert "1 label added" in ran.err and "may be touched" in ran.err
    assert "still to be looked at again" in town.run("export").err
    town.run("label", "in.csv", "--out", "out.csv")
    assert "still to be looked at again" not in town.run("export").err
    after = {row["text"]: row["label"] for row in town.rows("out.csv")}
    assert Counter(after[text] for text in TICKET)[ticket["name"]] > 0.8 * len(TICKET)
    assert all(after[text] == before[text] for text in KNOWN)
    town.run("taxonomy", "export", "--out", "grown.csv")
    (row,) = [row for row in town.rows("grown.csv") if row["name"] == ticket["name"]]
    assert row["description"] == ticket["about"]
    assert ticket["name"] not in [row["name"] for row in proposed(town)]


def test_where_examples_were_taught_an_accepted_label_has_its_first_ones(town: Folder) -> None:
    pytest.importorskip("sklearn", reason="needs the extra train")
    things = {
        "pay": "payment",
        "lost": "lost bank card",
        "fail": "transfer that failed",
        "acc": "bank account",
        "pin": "forgotten PIN",
        "addr": "new address",
        "fees": "fee for the card",
        "town": "town hall appointment",
    }
    said = ("{}", "{}, please", "something about a {}", "a question on the {}", "{}: what now?")
    rows = [(one.format(thing), code) for code, thing in things.items() for one in said]
    others = ("weather", "soup", "football", "film", "joke", "news", "holidays", "moon")
    rows += [(f"something about the {other}", "[]") for other in others]
    town.write("examples.csv", table(rows, ("text", "labels")))
    assert "what labels are called goes on" not in town.run("teach", "examples.csv").err
    town.run("label", "in.csv", "--out", "out.csv")
    ticket = next(row for row in proposed(town) if "ticket" in row["example"])
    town.run("taxonomy", "grow", "--accept", ticket["name"])
    town.run("label", "in.csv", "--out", "out.csv")
    given = [row["by"] for row in town.rows("out.csv") if row["label"] == ticket["name"]]
    assert given.count("human") == 5 and given.count("rank") >= 5


def test_what_is_not_proposed_cannot_be_accepted(town: Folder) -> None:
    ran = town.run("taxonomy", "grow", "--accept", "parking", expect=FAILED)
    assert "'parking' is not proposed" in ran.complaint


def test_few_texts_that_fit_nowhere(folder: Folder) -> None:
    folder.write("labels.csv", LABELS)
    folder.write("in.csv", table(list(enumerate(KNOWN))))
    folder.run("label", "in.csv", "--taxonomy", "labels.csv", "--out", "out.csv")
    ran = folder.run("taxonomy", "grow")
    assert ran.out.decode().splitlines() == ["name\tunder\ttexts\tabout\texample"]
    assert "0 labels proposed" in ran.err


def test_new_labels_of_a_flat_list_are_at_the_top(town: Folder) -> None:
    """One pair of labels, one under the other, does not draw everything under it."""
    flat = "id,name,parent_ids\ncards,Cards,\nlost,Lost card,cards\n" + "".join(
        f"{at},{name},\n"
        for at, name in enumerate(("Parking fines", "Street parking", "Swimming lessons", "Pools"))
    )
    town.write("flat.csv", flat)
    town.run(
        "label", "in.csv", "--taxonomy", "flat.csv", "--project", "flat.db", "--top", "1", "--out", "o.csv"
    )
    with sqlite3.connect(town.path / "flat.db") as project:
        project.execute("UPDATE texts SET score = 0.1")
    project.close()
    out = town.run("taxonomy", "grow", "--project", "flat.db").out.decode()
    rows = list(csv.DictReader(io.StringIO(out), delimiter="\t"))
    assert rows and {row["under"] for row in rows} == {""}


def test_a_name_that_is_taken_gives_way_to_another_phrase(town: Folder) -> None:
    name = next(row["name"] for row in proposed(town) if "ticket" in row["example"])
    town.write("more.csv", LABELS + f"x,{name},,\n")
    town.run("taxonomy", "import", "more.csv")
    names = [row["name"] for row in proposed(town)]
    assert name not in names and not any(one.endswith(" 2") or one.endswith("_2") for one in names)
