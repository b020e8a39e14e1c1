from __future__ import annotations

import copy
import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.artifact.card import (
    FORMAT,
    MAX_ITEM,
    Architecture,
    Card,
    Comparison,
    CorpusFacts,
    Description,
    Memorisation,
    NgramFacts,
)
from model.artifact.model_file import Artifact
from model.artifact.strict_json import MAX_MEMBERS, MAX_TEXT
from model.corpus.casing import Casing
from model.network.shape import MAX_LETTERS

json_scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
)
json_values = st.recursive(
    json_scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
shares = st.floats(0, 1)


@st.composite
def cards(draw: st.DrawFn) -> Card:
    parts = draw(st.tuples(*[st.integers(1, 10**6)] * 3))
    return Card(
        format=FORMAT,
        namewright=draw(st.text(max_size=8)),
        created=draw(st.datetimes()).isoformat(),
        corpus=CorpusFacts(draw(st.text(max_size=8)), draw(st.text(max_size=8)), sum(parts), *parts),
        letters=tuple(sorted(draw(st.sets(st.characters(categories=["L"]), min_size=1, max_size=9)))),
        casing=draw(st.sampled_from(Casing.KINDS)).value,
        case_rules=tuple(draw(st.sets(st.sampled_from(["turkish i", "begin Mc|", "lower  de "])))),
        accents=tuple(draw(st.sets(st.sampled_from("012")))),
        shapes=tuple(draw(st.sets(st.sampled_from(["^Xx", "-Xx"])))),
        initials=tuple(draw(st.sets(st.sampled_from("ஆஇ")))),
        noninitials=tuple(draw(st.sets(st.sampled_from("ンー")))),
        finals=tuple(draw(st.sets(st.sampled_from("םן")))),
        nonfinals=tuple(draw(st.sets(st.sampled_from("מנ")))),
        fewest_letters=draw(st.integers(0, 64)),
        preset=draw(st.text(max_size=8)),
        architecture=Architecture("vanilla", 1, draw(st.integers(1, 2**14)), draw(st.booleans())),
        hyperparameters=draw(st.dictionaries(st.text(max_size=5), json_scalars, max_size=3)),
        seed=draw(st.integers(min_value=0)),
        nats_per_letter=draw(st.floats(0, 100)),
        memorisation=Memorisation(draw(st.integers(0, 10**6)), draw(shares), draw(shares)),
        ngram=draw(st.just(NgramFacts()) | st.builds(NgramFacts, st.integers(2, 8), st.floats(0.01, 0.99))),
        comparison=Comparison(*draw(st.tuples(shares, shares, shares)), draw(st.integers(0, 10**6))),
        examples=tuple(draw(st.lists(st.text(max_size=8), max_size=3))),
        description=Description(*draw(st.tuples(*[st.text(max_size=8)] * 5))),
    )


@pytest.fixture(scope="module")
def told(model: Artifact) -> dict[str, Any]:
    """The card of a real model, as JSON."""
    card: dict[str, Any] = json.loads(json.dumps(model.card.to_json()))
    return card


def places(value: Any, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The path to every field of a card, those of its parts included."""
    if not isinstance(value, dict) or before[-1:] == ("hyperparameters",):
        return [before]
    return [before] * bool(before) + [path for key in value for path in places(value[key], (*before, key))]


def is_within(card: Any, whole: Any) -> bool:
    """Whether a card is part of another, which may have the defaults of fields that it lacks."""
    if isinstance(card, dict) and isinstance(whole, dict):
        return all(key in whole and is_within(card[key], whole[key]) for key in card)
    return bool(card == whole)


def parent(card: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    for key in path[:-1]:
        card = card[key]
    return card


def with_value(told: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    card = copy.deepcopy(told)
    parent(card, path)[path[-1]] = value
    return card


@pytest.mark.no_cover
@settings(max_examples=40)  # a card is long: each takes a twentieth of a second
@given(cards())
def test_a_card_survives_json(card: Card) -> None:
    assert Card.from_json(json.loads(json.dumps(card.to_json(), allow_nan=False))) == card


@given(json_values)
def test_json_at_random_is_no_card(value: Any) -> None:
    with pytest.raises(ValueError, match="should have the fields"):
        Card.from_json(value)


@given(st.data())
def test_a_card_with_any_field_at_random_is_read_as_it_is_or_refused(told: dict[str, Any], data: st.DataObject) -> None:
    card = with_value(told, data.draw(st.sampled_from(places(told))), data.draw(json_values))
    try:
        read = Card.from_json(card)
    except ValueError:
        return
    assert is_within(card, json.loads(json.dumps(read.to_json())))


def test_a_card_without_one_of_its_fields_is_refused(told: dict[str, Any]) -> None:
    optional = {field.name for field in dataclasses.fields(Card) if field.default is not dataclasses.MISSING}
    for path in places(told):
        if path[0] in optional:
            continue
        card = copy.deepcopy(told)
        del parent(card, path)[path[-1]]
        with pytest.raises(ValueError, match="should have the fields"):
            Card.from_json(card)


def test_a_card_of_before_its_optional_fields_is_read(told: dict[str, Any], model: Artifact) -> None:
    places = ("initials", "noninitials", "finals", "nonfinals")
    optional = (*places, "fewest_letters", "parent", "ngram", "comparison", "examples", "description")
    earlier = {name: value for name, value in told.items() if name not in optional}
    plain = dataclasses.replace(
        model.card,
        initials=(),
        noninitials=(),
        finals=(),
        nonfinals=(),
        fewest_letters=0,
        parent="",
        ngram=NgramFacts(),
        comparison=Comparison(),
        examples=(),
        description=Description(),
    )
    assert Card.from_json(earlier) == plain


@pytest.mark.parametrize(
    "inside", [(), ("corpus",), ("architecture",), ("memorisation",), ("ngram",), ("comparison",), ("description",)]
)
def test_a_card_with_a_field_too_many_is_refused(told: dict[str, Any], inside: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="should have the fields"):
        Card.from_json(with_value(told, (*inside, "surprise"), 1))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("seed", "0"),
        ("seed", True),
        ("seed", 1.0),
        ("seed", None),
        ("fewest_letters", "3"),
        ("letters", "abc"),
        ("letters", [1, 2]),
        ("preset", 7),
        ("nats_per_letter", "2"),
        ("nats_per_letter", True),
        ("hyperparameters", []),
        ("corpus", []),
        ("architecture", None),
    ],
)
def test_a_field_of_another_type_is_refused_by_name(told: dict[str, Any], place: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"Card\.{place}|card's"):
        Card.from_json(with_value(told, (place,), value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("casing",), "shouting"),
        (("case_rules",), ["shout"]),
        (("attachments",), [""]),
        (("attachments",), ["aa"]),
        (("attachments",), ["\u0bae\u0bbf"]),
        (("attachments",), ["a"] * 2**24),
        (("letters",), []),
        (("letters",), [chr(0x4E00 + n) for n in range(MAX_LETTERS + 1)]),
        (("fewest_letters",), -1),
        (("fewest_letters",), 65),
        (("preset",), "x" * (MAX_TEXT + 1)),
        (("examples",), ["x" * (MAX_ITEM + 1)]),
        (("case_rules",), ["upper " + "x" * MAX_ITEM]),
        (("attachments",), ["ab"] * 2**15 + ["a"]),
        (("hyperparameters", "deep"), []),
        (("hyperparameters", "deep"), {}),
        (("hyperparameters", "long"), "x" * (MAX_TEXT + 1)),
        (("hyperparameters", "x" * (MAX_TEXT + 1)), 1),
        (("hyperparameters",), {str(n): n for n in range(MAX_MEMBERS + 1)}),
        (("memorisation", "in_training"), 1e308),
        (("architecture", "hidden"), 0),
        (("architecture", "hidden"), -1),
        (("architecture", "hidden"), 10**9),
        (("corpus", "test"), -1),
        (("corpus", "train"), 10**9),
        (("nats_per_letter",), float("nan")),
        (("nats_per_letter",), float("inf")),
        (("memorisation", "in_training"), float("nan")),
        (("comparison", "ngram"), float("nan")),
        (("ngram", "order"), 1),
        (("ngram", "order"), 10**9),
        (("ngram", "weight"), 0.0),
        (("ngram", "weight"), 1.0),
        (("ngram", "weight"), float("nan")),
    ],
)
def test_values_that_no_model_has_are_refused(told: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Card.from_json(with_value(told, path, value))


@pytest.mark.parametrize("extra", [{}, {"told_by_later_versions": True}])
@pytest.mark.parametrize("later", [FORMAT + 1, 99])
def test_a_card_of_a_later_format_says_to_update(told: dict[str, Any], later: int, extra: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="use a newer namewright"):
        Card.from_json(told | {"format": later} | extra)


@pytest.mark.parametrize("architecture", [{"cell": "gated"}, {"layers": 5}, {"cell": "gated", "layers": 3}])
def test_a_card_of_a_later_architecture_says_to_update(told: dict[str, Any], architecture: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="use a newer namewright"):
        Card.from_json(told | {"architecture": told["architecture"] | architecture})


def test_a_card_does_not_change(model: Artifact) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        model.card.seed = 2  # type: ignore[misc]
