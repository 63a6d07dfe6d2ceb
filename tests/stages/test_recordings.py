"""Choosing and walking down from recordings: what a label on record means among what is shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given as every
from hypothesis import strategies as st

from linnaeus import Store
from linnaeus.closed.project import import_taxonomy, load
from linnaeus.llm import Recorder, open_model
from linnaeus.stages import Chooser, Descend, Given
from linnaeus.taxonomy import Taxonomy
from linnaeus.types import Decision, Model
from tests.taxonomy.made import taxonomies, told_apart

from .nature import (
    CANDIDATES,
    NATURE,
    PANDAS,
    Dice,
    Knowing,
    Unlisted,
    descend,
    given,
    names,
    of,
    pick,
    place_of,
)


def replay(path: Path, *labels: Sequence[str], text: str = PANDAS) -> Model:
    lines = [json.dumps({"task": "choose", "text": text, "labels": list(several)}) for several in labels]
    path.write_text("\n".join(lines), encoding="utf-8")
    return open_model(f"replay:{path}")


@pytest.mark.parametrize(
    "labels",
    [
        ["id-Bamboo", "id-Panda"],
        ["Bamboo", "Panda"],
        ["Plant > Grass > Bamboo", "Animal > Bear > Panda"],
        ["plant>grass>BAMBOO", "ID_panda"],
        ["  bamboo ", "Cat", "Unicorn", "animal > bear>panda", "Bear > Panda > ...", ""],
    ],
)
def test_a_recorded_label_is_an_id_a_name_or_a_path(tmp_path: Path, labels: list[str]) -> None:
    held = given()
    stage = pick(replay(tmp_path / "r", labels), held, {PANDAS: CANDIDATES, "not on file": CANDIDATES})
    decision, missing = stage.decide([PANDAS, "not on file"])
    assert names(held, decision) == ["Bamboo", "Panda"] and missing is None
    assert stage.chooser.usage.calls == 1


def test_what_is_not_shown_is_left_out_of_a_replay(tmp_path: Path) -> None:
    held = given()
    model = replay(tmp_path / "r", ["Panda", "Bamboo"])
    assert pick(model, held, {PANDAS: ["Oak", "Bear"]}).decide([PANDAS]) == [Decision(none_by="choose")]
    assert names(held, pick(model, held, {PANDAS: ["Bamboo", "Oak"]}).decide([PANDAS])[0]) == ["Bamboo"]


def test_a_removed_label_is_left_out_of_a_replay(tmp_path: Path) -> None:
    before = given()
    kept = {"Animal": (), "Bear": ("Animal",), "Panda": ("Bear",), "Reed": ()}
    with Store(str(tmp_path / "p.db")) as store:
        import_taxonomy(store, before.taxonomy)
        was = Given(*load(store))
        import_taxonomy(store, given(kept).taxonomy)
        now = Given(*load(store))
        model = replay(tmp_path / "r", ["Panda", "Bamboo"])
        [decision] = pick(model, now, {PANDAS: list(kept)}, store=store).decide([PANDAS])
        assert decision is not None
        [verdict] = decision.verdicts
        assert verdict.label == was.label(place_of(was, "Panda")) != now.label(place_of(now, "Reed"))


@every(taxonomies().map(told_apart), st.data())
def test_what_was_chosen_and_recorded_replays(
    tmp_path_factory: pytest.TempPathFactory, taxonomy: Taxonomy, data: st.DataObject
) -> None:
    held, path = of(taxonomy), tmp_path_factory.mktemp("r") / "r.jsonl"
    listed = data.draw(st.lists(st.sampled_from(taxonomy.names), min_size=1, unique=True))
    wanted = data.draw(st.sets(st.sampled_from(listed)))
    model = Knowing(lambda text, option: option.endswith(tuple(wanted)))

    def decided(model: Model) -> list[Decision | None]:
        return pick(model, held, {"x": listed}, at_most=9).decide(["x"])

    said = decided(Recorder(model, path))
    assert set(names(held, said[0])) == wanted
    assert decided(open_model(f"replay:{path}")) == said


@pytest.mark.parametrize(
    "labels,found",
    [
        (["Panda", "Bamboo"], ["Panda", "Bamboo"]),
        (["id-Bamboo"], ["Bamboo"]),
        (["animal>bear>PANDA", "Plant > Grass > Bamboo"], ["Panda", "Bamboo"]),
        (["Bear"], ["Bear"]),
        (["Bear", "Panda"], ["Bear", "Panda"]),
        (["Animal", "Oak"], ["Animal", "Oak"]),
        (["Unicorn", "Grass > Bamboo", "Cat"], ["Cat"]),
        (["Animal > ..."], []),  # a step down, and nothing there
        ([], []),
    ],
)
def test_a_recorded_label_means_the_branches_that_lead_to_it(
    tmp_path: Path, labels: list[str], found: list[str]
) -> None:
    held = given()
    decision, missing = descend(replay(tmp_path / "r", labels), held).decide([PANDAS, "not on file"])
    assert names(held, decision) == found and missing is None


def test_a_recorded_label_of_several_parents_is_found_by_any_path(tmp_path: Path) -> None:
    both = {"Card": (), "Theft": (), "Lost card": ("Card", "Theft"), "Any > more": ("Theft",)}
    held = given(both)
    for label in ("Theft > lost_card", "Card > Lost card", "Lost card"):
        assert names(held, descend(replay(tmp_path / "r", [label]), held).decide([PANDAS])[0]) == [
            "Lost card"
        ]
    model = replay(tmp_path / "r", ["theft > any > MORE"])
    assert names(held, descend(model, held).decide([PANDAS])[0]) == ["Any > more"]


def test_a_removed_label_is_not_walked_to(tmp_path: Path) -> None:
    kept = {name: parents for name, parents in NATURE.items() if name != "Bamboo"}
    with Store(str(tmp_path / "p.db")) as store:
        import_taxonomy(store, given().taxonomy)
        import_taxonomy(store, given(kept).taxonomy)
        now = Given(*load(store))
        model = replay(tmp_path / "r", ["Panda", "Bamboo"])
        [decision] = descend(model, now, store=store).decide([PANDAS])
        assert decision is not None and decision.error is None
        at = [now.label_ids.tolist().index(one.label) for one in decision.verdicts]
        assert [now.taxonomy.names[place] for place in at] == ["Panda"]


@every(taxonomies().map(told_apart), st.integers(0, 99))
def test_a_walk_that_was_recorded_replays(
    tmp_path_factory: pytest.TempPathFactory, taxonomy: Taxonomy, seed: int
) -> None:
    path, held = tmp_path_factory.mktemp("r") / "r.jsonl", of(taxonomy)

    def decided(model: Model) -> set[int] | None:
        [decision] = Descend(Chooser(model, Store()), held, Unlisted(), at_most=9).decide(["x"])
        return None if decision is None else {verdict.label for verdict in decision.verdicts}

    assert decided(Recorder(Dice(seed), path)) == decided(open_model(f"replay:{path}"))


@every(taxonomies().map(told_apart), st.data())
def test_every_recorded_label_is_found(
    tmp_path_factory: pytest.TempPathFactory, taxonomy: Taxonomy, data: st.DataObject
) -> None:
    held = of(taxonomy)
    wanted = data.draw(st.sets(st.integers(0, len(taxonomy) - 1), max_size=4))
    spelt = data.draw(st.sampled_from([_by_id, _by_name, _by_path]))
    model = replay(tmp_path_factory.mktemp("r") / "r", [spelt(taxonomy, place) for place in wanted])
    [decision] = Descend(Chooser(model, Store()), held, Unlisted(), at_most=9).decide([PANDAS])
    assert decision is not None
    assert {int(verdict.label) - 100 for verdict in decision.verdicts} == wanted


def _by_id(taxonomy: Taxonomy, place: int) -> str:
    return taxonomy.ids[place]


def _by_name(taxonomy: Taxonomy, place: int) -> str:
    return taxonomy.names[place].upper()


def _by_path(taxonomy: Taxonomy, place: int) -> str:
    return ">".join(taxonomy.path(place))


def test_an_id_is_taken_before_a_label_that_is_shown_so(tmp_path: Path) -> None:
    held = given({"Cat": (), "id-Cat": ()})
    said = {PANDAS: ["id-Cat", "Cat"]}
    assert names(held, pick(replay(tmp_path / "r", ["id-Cat"]), held, said).decide([PANDAS])[0]) == ["Cat"]
    assert names(held, descend(replay(tmp_path / "r", ["ID Cat"]), held).decide([PANDAS])[0]) == ["id-Cat"]


def test_of_labels_that_differ_in_case_alone_the_one_spelt_so_is_meant(tmp_path: Path) -> None:
    held = given({"Lost card": (), "lost_card": ()})
    said = {PANDAS: ["Lost card", "lost_card"]}
    for label, meant in (("lost_card", ["lost_card"]), ("LOST-CARD", ["Lost card", "lost_card"])):
        assert names(held, pick(replay(tmp_path / "r", [label]), held, said).decide([PANDAS])[0]) == meant
