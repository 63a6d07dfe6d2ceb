"""The closing table through the real command."""

from tests.running import Folder, table


def test_words_fit_the_numbers_and_the_command_can_be_pasted(folder: Folder) -> None:
    folder.write("in.csv", table([(1, "I lost my card"), (2, "I lost my card")]))
    folder.write("said.jsonl", '{"task":"propose","text":"I lost my card","label":"lost_card"}\n')
    ran = folder.run(
        "label", "in.csv", "--project", "my cards.db", "--llm", "replay:said.jsonl", "--out", "o.csv"
    )
    assert "1 repeated · 1 asked" in ran.err
    assert "1 answer replayed (1 to propose)" in ran.err
    assert "linnaeus labels list --project 'my cards.db'" in ran.err
