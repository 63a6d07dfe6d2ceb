"""What users and scripts rely on, through the real command: options, files, columns, exit codes, corrections, settings."""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from linnaeus.texts import clean_text
from tests.llm.fake import Script, Seen, Server, chat, labels
from tests.running import BUDGET, FAILED, WRONG_USE, Folder, replay, table
from tests.scripted import first_words

Serve = Callable[[Script], Server]
OURS = ["label", "label_id", "labels", "score", "by", "error"]
HEAVY = ("numpy", "onnxruntime", "httpx", "pyarrow", "tokenizers", "scipy", "genai_prices")
REPLAY = ("--llm", "replay:replay.jsonl")
COUNT = 60


@pytest.fixture(scope="session")
def texts(questions: list[str]) -> list[str]:
    """60 different questions, and 3 of them again."""
    return questions[:COUNT] + questions[:3]


@pytest.fixture(scope="session")
def made(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A finished project with its input, replay file, output and summary, to copy."""
    folder = Folder(tmp_path_factory.mktemp("made"))
    folder.write("replay.jsonl", replay({clean_text(text): first_words(text) for text in texts}))
    folder.write("in.csv", table([(f"q{number}", text, "en") for number, text in enumerate(texts)], OWN))
    folder.run("label", "in.csv", "--out", "out.csv", "--summary", "s.json", *REPLAY)
    return folder


OWN = ("id", "text", "lang")


@pytest.fixture
def project(made: Folder, folder: Folder) -> Folder:
    """The finished project, to change."""
    for name in ("linnaeus.db", "replay.jsonl", "in.csv", "out.csv"):
        folder.write(name, made.read(name))
    return folder


def obedient(seen: Seen) -> Any:
    return chat(labels(*first_words(seen.text)))


# -- files


def test_columns_and_values(made: Folder, texts: list[str]) -> None:
    rows = made.rows("out.csv")
    assert list(rows[0]) == [*OWN, *OURS], "the input's own, then ours"
    assert [row["text"] for row in rows] == texts
    assert [row["id"] for row in rows] == [f"q{number}" for number in range(len(texts))]
    assert [row["by"] for row in rows[-3:]] == ["exact"] * 3
    assert {row["by"] for row in rows} <= {"exact", "recall", "ask"}
    ids = {row["label"]: row["label_id"] for row in rows}
    assert len(set(ids.values())) == len(ids) == len({row["label_id"] for row in rows}), "one id a label"
    for row in rows:
        assert row["label"] == row["labels"] and 0 < float(row["score"]) <= 1 and row["error"] == ""


def test_summary(made: Folder, texts: list[str]) -> None:
    from linnaeus import __version__

    summary = json.loads(made.read("s.json"))
    rows = made.rows("out.csv")
    assert summary["texts"] == len(texts)
    assert summary["by"] == Counter(row["by"] for row in rows)
    assert summary["labels"] == len({row["label"] for row in rows})
    assert summary["surfaces"] >= summary["labels"]
    assert set(summary["llm"]) >= {"calls", "tokens_in", "tokens_out", "usd"}
    calls = summary["llm"]["calls"]
    assert calls["propose"] == summary["by"]["ask"]
    assert calls.get("judge", 0) <= summary["texts"] // 10
    assert set(summary["gate"]) >= {"promised_error", "audited", "observed_error", "upper_bound"}
    assert summary["seconds"]["total"] > 0 and "embed" in summary["seconds"]
    assert summary["version"] == __version__
    assert summary["command"] == "linnaeus label in.csv --out out.csv --summary s.json " + " ".join(REPLAY)


def as_delimited(texts: Sequence[str], delimiter: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(
        [OWN, *((f"q{n}", text, "en") for n, text in enumerate(texts))]
    )
    return out.getvalue().encode()


def as_json_lines(texts: Sequence[str]) -> bytes:
    return b"".join(
        json.dumps({"id": f"q{n}", "text": text, "lang": "en"}).encode() + b"\n"
        for n, text in enumerate(texts)
    )


def as_parquet(texts: Sequence[str]) -> bytes:
    pa = pytest.importorskip("pyarrow", reason="the extra `parquet` is not installed")
    import pyarrow.parquet as pq

    out = io.BytesIO()
    ids = [f"q{number}" for number in range(len(texts))]
    pq.write_table(pa.table({"id": ids, "text": list(texts), "lang": ["en"] * len(texts)}), out)
    return out.getvalue()


MAKERS: dict[str, Callable[[Sequence[str]], bytes]] = {
    "csv": lambda texts: as_delimited(texts, ","),
    "tsv": lambda texts: as_delimited(texts, "\t"),
    "jsonl": as_json_lines,
    "parquet": as_parquet,
    "txt": lambda texts: "".join(text + "\n" for text in texts).encode(),
}


def written(path: Path) -> list[dict[str, Any]]:
    """The records of an output file, as strings."""
    if ".parquet" in path.name:
        import pyarrow.parquet as pq

        records = pq.read_table(path).to_pylist()
    else:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = raw.decode()
        if ".jsonl" in path.name:
            records = [json.loads(line) for line in text.splitlines()]
        else:
            records = list(csv.DictReader(io.StringIO(text), delimiter="\t" if ".tsv" in path.name else ","))
    return [{name: "" if value is None else str(value) for name, value in row.items()} for row in records]


parquet = pytest.mark.skipif(find_spec("pyarrow") is None, reason="the extra `parquet` is not installed")


@pytest.mark.parametrize(
    "source,out",
    [
        ("csv.gz", "jsonl"),
        ("tsv", "csv.gz"),
        ("jsonl.gz", "tsv"),
        ("txt", "jsonl.gz"),
        pytest.param("parquet", "csv", marks=parquet),
        pytest.param("csv", "parquet", marks=parquet),
    ],
)
def test_formats(project: Folder, made: Folder, texts: list[str], source: str, out: str) -> None:
    """Whatever goes in and comes out, the same texts have the same labels."""
    raw = MAKERS[source.removesuffix(".gz")](texts)
    project.write(f"again.{source}", gzip.compress(raw) if source.endswith(".gz") else raw)
    project.run("label", f"again.{source}", "--out", f"again-out.{out}", *REPLAY)
    expected = [{name: row[name] for name in ("text", *OURS)} for row in made.rows("out.csv")]
    found = [
        {name: row[name] for name in ("text", *OURS)} for row in written(project.path / f"again-out.{out}")
    ]
    for row in (*expected, *found):
        row["score"] = str(float(row["score"]))
    assert found == expected


def test_standard_input_to_standard_output(project: Folder, made: Folder, texts: list[str]) -> None:
    raw = made.read("in.csv")
    ran = project.run("label", "-", "--format", "csv", *REPLAY, stdin=raw)
    assert [row["label"] for row in ran.records] == [row["label"] for row in made.rows("out.csv")]
    assert list(ran.records[0]) == [*OWN, *OURS], "one JSON object a line and nothing else"
    assert isinstance(ran.records[0]["label_id"], int) and isinstance(ran.records[0]["score"], float)
    assert "Texts" in ran.err and "standard output" in ran.err, "words go to stderr"
    assert "--format" in project.run("label", "-", *REPLAY, stdin=raw, expect=WRONG_USE).complaint


def test_which_rows_and_columns(project: Folder) -> None:
    rows = [(n, f"spam {n}", text, n % 2) for n, text in enumerate(project_texts(project))]
    project.write("wide.csv", table(rows, ("key", "title", "body", "odd")))
    options = ("--text", "body", "--id", "key", "--where", "odd=1", "--limit", "5")
    project.run("label", "wide.csv", *options, "--out", "some.csv", *REPLAY)
    assert [row["key"] for row in project.rows("some.csv")] == ["1", "3", "5", "7", "9"]


def project_texts(folder: Folder) -> list[str]:
    return [row["text"] for row in folder.rows("in.csv")]


# -- runs


def test_a_second_run_asks_nothing_and_gives_the_same_bytes(
    folder: Folder, serve: Serve, made: Folder
) -> None:
    server = serve(obedient)
    folder.write("in.csv", made.read("in.csv"))
    command = ("label", "in.csv", "--llm", server.spec, "--out")
    folder.run(*command, "one.csv")
    calls = server.calls
    ran = folder.run(*command, "two.csv", "--summary", "s.json")
    assert server.calls == calls > 0
    assert folder.read("one.csv") == folder.read("two.csv") == made.read("out.csv")
    summary = json.loads(folder.read("s.json"))
    assert summary["llm"]["calls"] == {} and summary["llm"]["usd"] == 0
    assert summary["by"] == json.loads(made.read("s.json"))["by"]
    assert f"{COUNT + 3} were known before" in ran.err and "not asked" in ran.err


def test_only_new_texts_cost(project: Folder, texts: list[str]) -> None:
    new = "will it rain in Oslo tomorrow"
    project.write("in.csv", project.read("in.csv") + f"q99,{new},en\n".encode())
    project.write("replay.jsonl", project.read("replay.jsonl") + replay({new: "weather"}).encode())
    project.run("label", "in.csv", "--out", "more.csv", "--summary", "s.json", *REPLAY)
    before, after = project.rows("out.csv"), project.rows("more.csv")
    assert [row["label_id"] for row in after[:-1]] == [row["label_id"] for row in before], "ids are for ever"
    assert after[-1]["label"] == "weather"
    assert json.loads(project.read("s.json"))["llm"]["calls"] == {"propose": 1}


@pytest.mark.parametrize("workers", ["1", "8"])
def test_budget(folder: Folder, serve: Serve, made: Folder, workers: str) -> None:
    """It is never overrun, what is finished is kept and written, and the same command goes on."""
    server = serve(obedient)
    folder.write("in.csv", made.read("in.csv"))
    command = (
        "label",
        "in.csv",
        "--out",
        "out.csv",
        "--summary",
        "s.json",
        "--llm",
        server.spec,
        "--workers",
        workers,
    )
    ran = folder.run(*command, "--budget-calls", "10", expect=BUDGET)
    assert server.calls == 10
    assert "the budget ended" in ran.complaint and "goes on" in ran.complaint
    first = folder.rows("out.csv")
    assert 10 <= len(first) < COUNT and all(row["label"] for row in first)
    summary = json.loads(folder.read("s.json"))
    assert (summary["texts"], summary["finished"]) == (len(first), False)
    assert summary["llm"]["calls"] == {"propose": 10}
    folder.run(*command, "--budget-calls", "0", expect=BUDGET)
    assert server.calls == 10
    folder.run(*command, "--budget-calls", "1000")
    assert folder.read("out.csv") == made.read("out.csv")
    proposals = [
        seen.text for seen in server.seen if not seen.text.startswith('1. {"label"')
    ]  # else a judgement
    assert len(proposals) == len(set(proposals)), "nothing was asked twice"


def test_budget_of_a_replay(folder: Folder, made: Folder) -> None:
    for name in ("in.csv", "replay.jsonl"):
        folder.write(name, made.read(name))
    for budget, code in (("7", BUDGET), ("9", BUDGET), ("1000", 0)):
        folder.run("label", "in.csv", "--out", "out.csv", *REPLAY, "--budget-calls", budget, expect=code)
    assert folder.read("out.csv") == made.read("out.csv")


def test_a_record_can_be_replayed(folder: Folder, serve: Serve, made: Folder) -> None:
    server = serve(obedient)
    folder.write("in.csv", made.read("in.csv"))
    folder.run("label", "in.csv", "--llm", server.spec, "--record", "kept.jsonl", "--out", "one.csv")
    replayed = ("--llm", "replay:kept.jsonl", "--project", "two.db", "--out", "two.csv")
    folder.run("label", "in.csv", *replayed)
    assert folder.read("one.csv") == folder.read("two.csv")


def test_rows_that_failed_are_tried_again(folder: Folder) -> None:
    folder.write("in.txt", "where is my card\nhow do i get a loan\n")
    folder.write("replay.jsonl", replay({"where is my card": "card_arrival"}))
    command = ("label", "in.txt", "--out", "out.csv", *REPLAY)
    folder.run(*command)
    assert [row["by"] for row in folder.rows("out.csv")] == ["ask", "error"]
    assert folder.rows("out.csv")[1]["error"] == "no recorded answer for this text"
    folder.write("replay.jsonl", replay({"where is my card": "card_arrival", "how do i get a loan": "loan"}))
    folder.run(*command)
    assert [row["label"] for row in folder.rows("out.csv")] == ["card_arrival", "loan"]


def test_several_labels_flow_through_everything(folder: Folder, texts: list[str]) -> None:
    several = {clean_text(text): [*first_words(text), f"about_{len(text) % 3}", "bank"] for text in texts}
    folder.write("replay.jsonl", replay(several))
    folder.write("in.csv", table(list(enumerate(texts))))
    folder.run("label", "in.csv", "--out", "out.csv", "--summary", "s.json", "--max-labels", "3", *REPLAY)
    rows = folder.rows("out.csv")
    assert all(1 <= len(row["labels"].split("|")) <= 3 for row in rows)
    assert any(len(row["labels"].split("|")) == 3 for row in rows)
    assert all(row["labels"].split("|")[0] == row["label"] for row in rows)
    names = [name for row in rows for name in row["labels"].split("|")]
    assert json.loads(folder.read("s.json"))["labels"] == len(set(names))
    exported = folder.run("export").records
    assert {row["text"]: row["labels"] for row in exported} == {
        clean_text(row["text"]): row["labels"] for row in rows
    }
    counts = {line.split("\t")[1]: int(line.split("\t")[2]) for line in listed(folder)}
    assert counts == Counter(name for row in rows[:COUNT] for name in row["labels"].split("|"))
    top, second = list(counts)[:2]
    folder.run("labels", "merge", top, second)
    after = [row["labels"].split("|") for row in folder.run("export").records]
    assert second not in {name for names in after for name in names}
    assert all(len(set(names)) == len(names) for names in after), "a label stands once, though two became one"


def test_without_a_model(folder: Folder, texts: list[str]) -> None:
    folder.write("in.csv", table(list(enumerate(texts))))
    ran = folder.run("label", "in.csv", "--out", "out.csv", "--summary", "s.json")
    rows = folder.rows("out.csv")
    assert all(row["label"] and row["by"] in ("ask", "recall", "exact") for row in rows)
    said = " ".join(ran.err.split())
    assert "No model was asked" in said, "it says so"
    assert "--llm openai:" in said and "OPENAI_API_KEY" in said and "another --project" in said, (
        "and what to do"
    )
    summary = json.loads(folder.read("s.json"))
    assert summary["llm"]["calls"] == {} and summary["llm"]["usd"] == 0
    folder.run("label", "in.csv", "--out", "again.csv", "--llm", "none")
    assert folder.read("again.csv") == folder.read("out.csv")


# -- what people correct


def listed(folder: Folder) -> list[str]:
    header, *lines = folder.run("labels", "list").out.decode().splitlines()
    assert header == "label_id\tlabel\ttexts\twordings\tcategory"
    return lines


def test_labels_and_export_say_what_the_output_says(made: Folder) -> None:
    rows = made.rows("out.csv")
    found = {line.split("\t")[1]: line.split("\t") for line in listed(made)}
    counts = Counter(row["label"] for row in rows[:COUNT])
    assert {name: int(cells[2]) for name, cells in found.items()} == counts
    assert {name: cells[0] for name, cells in found.items()} == {
        row["label"]: row["label_id"] for row in rows
    }
    sizes = [int(line.split("\t")[2]) for line in listed(made)]
    assert sizes == sorted(sizes, reverse=True)
    assert len(made.run("labels", "list", "--limit", "2").out.splitlines()) == 3
    records = made.run("export").records
    assert list(records[0]) == ["id", "text", "category", *OURS]
    assert {row["label"]: row["category"] for row in records} == {
        name: cells[4] for name, cells in found.items()
    }
    assert any(row["category"] for row in records)
    assert {row["id"]: row["label"] for row in records} == {row["id"]: row["label"] for row in rows}


def test_show(made: Folder) -> None:
    id, name, texts, wordings, _ = listed(made)[0].split("\t")
    for known_as in (name, id, f"#{id}", name.replace("_", " ").upper()):
        said = made.run("labels", "show", known_as).out.decode()
        assert said.startswith(f"{name} (label {id}, {texts} text")
        assert said.count("\n  ") >= int(wordings)
    assert f"did you mean {name}" in made.run("labels", "show", name + "x", expect=FAILED).complaint


def everything(folder: Folder) -> tuple[list[str], bytes]:
    return listed(folder), folder.run("export").out


def test_merge_rename_and_undo(project: Folder) -> None:
    """Answers of the past follow, ids stay, and what is undone is exactly as it was."""
    before = everything(project)
    (a_id, a, a_texts, *_), (b_id, b, b_texts, *_) = (line.split("\t") for line in listed(project)[:2])
    ran = project.run("labels", "merge", b, a, "--author", "ada")
    assert (
        ran.out == b""
        and f"merged {a} (label {a_id}) into {b} (label {b_id})" in ran.err
        and "moved" in ran.err
    )
    records = {row["text"]: row for row in project.run("export").records}
    assert sum(row["label"] == b for row in records.values()) == int(a_texts) + int(b_texts)
    assert a not in {row["label"] for row in records.values()}
    assert {row["label_id"] for row in records.values() if row["label"] == b} == {int(b_id)}
    assert "merged by ada (event 1)" in project.run("labels", "show", b).out.decode()
    assert project.run("labels", "show", a_id).out.startswith(b.encode()), "the old id leads to the new label"

    merged = everything(project)
    ran = project.run("labels", "rename", b, "money back")
    assert f"renamed {b} to money back (label {b_id})" in ran.err
    assert "money back" in {row["label"] for row in project.run("export").records}
    project.run("label", "in.csv", "--out", "out.csv", *REPLAY)
    assert {row["label_id"] for row in project.rows("out.csv") if row["label"] == "money back"} == {b_id}
    assert (
        "is already called"
        in project.run("labels", "rename", a_other(project), "Money_Back", expect=FAILED).complaint
    )

    project.run("labels", "undo")
    assert everything(project) == merged
    ran = project.run("labels", "undo")
    assert "undid merge (event 1)" in ran.err
    assert everything(project) == before
    assert "there is nothing to undo" in project.run("labels", "undo", expect=FAILED).complaint
    original = project.read("out.csv")
    project.run("label", "in.csv", "--out", "out.csv", *REPLAY)
    assert project.read("out.csv") != original, "money back is gone"
    assert {row["label"] for row in project.rows("out.csv")} >= {a, b}


def a_other(folder: Folder) -> str:
    return listed(folder)[-1].split("\t")[1]


def test_an_earlier_event_can_be_undone(project: Folder) -> None:
    before = everything(project)
    a, b, c, d = (line.split("\t")[1] for line in listed(project)[:4])
    project.run("labels", "merge", a, b)
    project.run("labels", "merge", c, d)
    project.run("labels", "undo", "1")
    names = {row["label"] for row in project.run("export").records}
    assert b in names and d not in names
    assert "there is no event 1 that stands" in project.run("labels", "undo", "1", expect=FAILED).complaint
    project.run("labels", "undo", "2")
    assert everything(project) == before


def test_corrections_that_cannot_be(project: Folder) -> None:
    name = listed(project)[0].split("\t")[1]
    for command, words in (
        (("merge", name, name), "cannot be merged with itself"),
        (("merge", name, "no_such_label_at_all"), "there is no label 'no_such_label_at_all'"),
        (("rename", name, "?!"), "has no letter or digit"),
        (("undo", "7"), "there is no event 7"),
    ):
        assert words in project.run("labels", *command, expect=FAILED).complaint
    assert project.query("SELECT count(*) FROM events") == [(0,)]


# -- the command itself


def test_help_loads_nothing_heavy(folder: Folder) -> None:
    for arguments in (
        ["--help"],
        ["label", "--help"],
        ["labels", "--help"],
        ["export", "--help"],
        ["--version"],
    ):
        code = (
            "import sys\nfrom linnaeus.cli import main\n"
            f"sys.argv = ['linnaeus', *{arguments}]\n"
            "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code\n"
            f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
        )
        assert loaded(code) == "[]", arguments


def test_importing_loads_nothing_heavy() -> None:
    assert (
        loaded(f"import sys, linnaeus; print([n for n in {HEAVY} if n in sys.modules], file=sys.stderr)")
        == "[]"
    )


def loaded(code: str) -> str:
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    return ran.stderr.strip()


OPTIONS = (
    "--text", "--id", "--where", "--limit", "--format", "--out", "--summary", "--max-labels", "--max-error",
    "--granularity", "--strict", "--project", "--llm", "--embedder", "--workers", "--timeout", "--per-minute",
    "--budget-usd", "--budget-calls", "--prices", "--record",
)  # fmt: skip
COMMANDS = ("label", "labels", "taxonomy", "export", "info")


def test_help_names_every_command_and_option(folder: Folder) -> None:
    said = folder.run("--help").out.decode()
    assert all(f"  {name} " in said for name in COMMANDS)
    assert "linnaeus label FILE" in said
    helped = folder.run("label", "--help").out.decode()
    assert all(
        scheme in helped for scheme in ("openai:MODEL", "anthropic:MODEL", "gemini:MODEL", "ollama:MODEL")
    )


@pytest.mark.parametrize(
    "arguments,words",
    [
        ((), "Usage: "),
        (("labell", "in.csv"), "No such command 'labell'"),
        (("label",), "Missing argument 'FILE'"),
        (("label", "in.csv", "--no-such"), "No such option"),
        (("label", "in.csv", "--max-labels", "0"), "--max-labels"),
        (("label", "in.csv", "--max-error", "1.5"), "--max-error"),
        (("label", "in.csv", "--workers", "many"), "--workers"),
    ],
)
def test_wrong_use(folder: Folder, arguments: tuple[str, ...], words: str) -> None:
    ran = folder.run(*arguments, expect=None)
    assert ran.code == WRONG_USE and words in ran.err and ran.out == b""


def test_settings_and_their_origins(folder: Folder) -> None:
    def said(name: str, **variables: str) -> list[str]:
        lines = Folder(folder.path, variables).run("info").out.decode().splitlines()
        return next(line.split()[1:] for line in lines if line.split()[:1] == [name])

    assert said("llm") == ["none", "default"]
    folder.write("linnaeus.toml", 'llm = "ollama:tiny"\nworkers = 3\nproject = "mine.db"\n')
    assert said("llm") == ["ollama:tiny", "linnaeus.toml"]
    assert said("workers", LINNAEUS_WORKERS="5") == ["5", "environment"]
    assert said("max_labels") == ["1", "default"]
    assert "sk-1" not in folder.run("info", LINNAEUS_API_KEY="sk-1").out.decode(), "keys are no settings"


def test_settings_are_used_flag_first(project: Folder) -> None:
    (project.path / "linnaeus.db").rename(project.path / "mine.db")
    project.write("linnaeus.toml", 'llm = "replay:replay.jsonl"\nproject = "other.db"\n')
    project.run("label", "in.csv", "--out", "out.csv", LINNAEUS_PROJECT="mine.db")
    assert not (project.path / "other.db").exists(), "environment before file"
    assert len(listed(Folder(project.path, {"LINNAEUS_PROJECT": "mine.db"}))) > 3
    ran = project.run("labels", "list", "--project", "none.db", LINNAEUS_PROJECT="mine.db", expect=FAILED)
    assert "none.db" in ran.complaint, "flag before environment"


@pytest.mark.parametrize(
    "toml,variables,words",
    [
        ("budget = 3\n", {}, "linnaeus.toml: there is no setting 'budget'"),
        ("", {"LINNAEUS_BUDGET": "3"}, "environment: there is no setting 'budget'"),
        ('workers = "many"\n', {}, "linnaeus.toml: "),
        ("", {"LINNAEUS_WORKERS": "many"}, "environment: "),
        ("workers = \n", {}, "linnaeus.toml: "),
        ("workers = 0\n", {}, "workers"),
        ("max_labels = 0\n", {}, "max_labels"),
        ("max_error = 2.0\n", {}, "max_error"),
    ],
)
def test_settings_that_cannot_be(folder: Folder, toml: str, variables: dict[str, str], words: str) -> None:
    folder.write("in.txt", "where is my card\n")
    if toml:
        folder.write("linnaeus.toml", toml)
    ran = Folder(folder.path, variables).run("label", "in.txt", expect=WRONG_USE)
    assert words in ran.complaint
    assert not (folder.path / "linnaeus.db").exists()
