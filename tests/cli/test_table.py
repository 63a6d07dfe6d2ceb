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


def test_a_table_that_a_terminal_has_no_room_for_is_printed_as_to_a_pipe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(f"{__name__}.ROWS", [("words that are long " * 3,) * 9])
    monkeypatch.setattr(f"{__name__}.HEADER", ("column",) * 9)
    assert [line.count("\t") for line in printed(monkeypatch, Terminal())] == [8, 8]
