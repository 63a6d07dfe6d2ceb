import pytest

from linnaeus.consolidate.parents import name_parents
from linnaeus.embed import open_embedder
from linnaeus.types import Embedder

CASH = ("cash came late", "waiting for my cash", "no cash from the machine")
REFUND = ("refund late", "company on website asks for refund")
FUNDS = ("source of means", "paycheck")


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return open_embedder()


def test_a_parent_is_called_by_what_its_labels_names_share(embedder: Embedder) -> None:
    names = [REFUND, ("lost card", "stolen card", "card not arrived")]
    assert name_parents(names, [CASH, CASH], embedder, keep=[None, None]) == ["refund", "card"]


def test_a_name_of_one_label_alone_does_not_stay(embedder: Embedder) -> None:
    keep = ["company_on_website_asks"]
    assert name_parents([REFUND], [CASH], embedder, keep=keep) == ["refund"]


def test_where_names_share_nothing_it_is_called_by_texts(embedder: Embedder) -> None:
    assert name_parents([FUNDS], [CASH], embedder, keep=[None]) == ["cash"]


def test_two_parents_have_two_names(embedder: Embedder) -> None:
    assert len(set(name_parents([REFUND, REFUND], [CASH, CASH], embedder, keep=[None, None]))) == 2
