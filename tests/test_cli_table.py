import io

import pytest

from linnaeus.cli.table import print_table

HEADER = ("label_id", "label", "about")
ROWS = [(7, "  cards [new]", "a line that is\ttoo long " * 6), (12, "x" * 70, None)]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def printed(monkeypatch: pytest.MonkeyPatch, out: io.StringIO) -> list[str]:
    monkeypatch.setattr("sys.stdout", out)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    print_table(HEADER, ROWS)
    return out.getvalue().splitlines()


def test_a_terminal_gets_a_table_as_wide_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = printed(monkeypatch, Terminal())
    assert max(map(len, lines)) <= 80
    assert lines[1].startswith("       7    cards [new]")  # a number to the right, an indent kept, no markup
    assert "".join(lines).count("x") == 70  # nothing is cut
    assert "…" not in "".join(lines)


def test_a_pipe_gets_a_line_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = printed(monkeypatch, io.StringIO())
    assert [line.count("\t") for line in lines] == [2, 2, 2]
    assert lines[2] == "12\t" + "x" * 70 + "\t"
