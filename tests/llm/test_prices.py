"""What a call costs: the list, the user's table, and what nobody knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from linnaeus.errors import InputError
from linnaeus.llm.openai import http, https, ollama, openai
from linnaeus.llm.prices import Price, price_of, read_table

CSV = "model,usd_per_million_in,usd_per_million_out\ngpt-4o,1,2\nhttp://h/v1#mine, 3 ,4\nllama,5,6\n"


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "prices.csv"
    path.write_text("\ufeff" + CSV, encoding="utf-8")
    return str(path)


def test_the_list_knows_large_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    assert price_of(openai("gpt-4o")) == Price(2.5, 10.0)
    assert price_of(openai("gpt-5-mini")) == Price(0.25, 2.0)
    assert price_of(openai("my-own-finetune")) is None


def test_the_users_table_wins(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    assert price_of(openai("gpt-4o"), table) == Price(1, 2)
    assert price_of(http("//h/v1#mine"), table) == Price(3, 4)
    assert price_of(ollama("llama"), table) == Price(5, 6)


def test_own_machines_are_free_and_strangers_unknown() -> None:
    for local in (
        http("//localhost:8000/v1#m"),
        http("//127.0.0.1/v1#m"),
        http("//[::1]:8/v1#m"),
        ollama("m"),
    ):
        assert price_of(local) == Price(0, 0)
    assert price_of(https("//api.example.com/v1#gpt-4o")) is None
    assert price_of(http("//localhost.example.com/v1#m")) is None


def test_a_json_table_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "prices.json"
    path.write_text('[{"model": "m", "usd_per_million_in": 0.5, "usd_per_million_out": 1, "note": "x"}]')
    assert read_table(str(path)) == {"m": Price(0.5, 1.0)}


@pytest.mark.parametrize(
    "text,words",
    [
        ("model,usd_per_million_in\nm,1\n", "price 1"),
        ("model,usd_per_million_in,usd_per_million_out\nm,1,x\n", "price 1"),
        ("model,usd_per_million_in,usd_per_million_out\nm,1,2\nn,-1,2\n", "price 2"),
        ("model,usd_per_million_in,usd_per_million_out\nm,nan,2\n", "price 1"),
        ('{"model": 1}', "no list of prices"),
        ("[3]", "price 1"),
        ("[", "cannot read"),
    ],
)
def test_a_wrong_table_names_its_row(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "prices.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        read_table(str(path))


def test_a_table_that_is_not_there() -> None:
    with pytest.raises(InputError, match="cannot read the price table"):
        read_table("/no/such/file")
