from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.artifact import model_file, npz, styles_file
from model.artifact.card import Description
from model.artifact.styles_file import MAX_JSON_BYTES, Styles
from model.corpus.bundled import bundled_path, catalogue
from model.corpus.corpus import Corpus
from model.errors import InvalidWeights
from model.generation.options import Options
from model.generation.predictor import NetworkPredictor
from model.generation.sampling import draw
from model.generation.scoring import evaluate
from model.generation.served import predictor_of
from model.ngram.automaton import Automaton
from model.training.pretraining import Pretraining
from tests.support.random_models import random_model
from tests.support.tiny import SHORTEST

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
GREEDY = 8 * 2**20
"""Bytes that reading a small file may take at most, however large it says that it is."""


@pytest.fixture(scope="module")
def loaded(styles_path: Path) -> Styles:
    return styles_file.load(styles_path)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    model_file.save(random_model("abc"), tmp_path / "model.npz")
    return tmp_path / "model.npz"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("forged")


@pytest.mark.no_cover
def test_a_file_is_read_as_it_was_written_but_for_the_precision_of_its_weights(styles: Styles, loaded: Styles) -> None:
    assert loaded.network.shape == styles.network.shape
    assert (loaded.vocabulary, loaded.cards) == (styles.vocabulary, styles.cards)
    assert list(loaded.cards) == list(SHORTEST)
    flat, rounded = styles.network.parameters.flat, loaded.network.parameters.flat
    assert rounded.dtype == np.float32
    np.testing.assert_array_equal(rounded, flat.astype(np.float16).astype(np.float32))
    assert np.abs(rounded - flat).max() <= 2**-11 * np.abs(flat).max()


def test_what_was_read_is_written_to_the_same_bytes_and_does_not_change(
    styles_path: Path, loaded: Styles, folder: Path
) -> None:
    styles_file.save(loaded, folder / "again.npz")
    assert (folder / "again.npz").read_bytes() == styles_path.read_bytes()
    with pytest.raises(ValueError, match="read-only"):
        loaded.network.parameters.flat[0] = 0


@pytest.mark.parametrize("name", SHORTEST)
def test_half_precision_changes_the_figure_of_a_list_by_less_than_a_hundredth(
    name: str, loaded: Styles, pretraining: Pretraining
) -> None:
    model = loaded.model(name)
    network, _ = pretraining.style(name)
    names = Corpus.read(bundled_path(name)).names
    full, half = (
        evaluate(NetworkPredictor(replace(model, network=weights)), names).nats_per_letter
        for weights in (network, model.network)
    )
    assert abs(full - half) < 0.01


@pytest.mark.parametrize("name", SHORTEST)
def test_a_style_draws_names_in_the_letters_and_the_case_of_its_list(name: str, loaded: Styles) -> None:
    model, corpus = loaded.model(name), Corpus.read(bundled_path(name))
    assert (model.vocabulary, model.casing) == (corpus.vocabulary, corpus.casing)
    assert model.network.vocabulary == corpus.vocabulary.size
    names = draw(predictor_of(model), 50, Options(), np.random.default_rng(0)).names
    assert set("".join(corpus.casing.fold(name) for name in names)) <= set(corpus.vocabulary.letters)
    assert all(model.contains(corpus.names))


@pytest.mark.parametrize("name", SHORTEST)
def test_the_n_gram_of_a_style_learned_from_the_training_part_of_its_list(name: str, loaded: Styles) -> None:
    model, corpus = loaded.model(name), Corpus.read(bundled_path(name))
    learned = Automaton.learn(corpus.split().train, corpus.vocabulary, model.card.ngram.order)
    assert model.ngram is not None
    assert model.ngram.probabilities.tobytes() == learned.probabilities.tobytes()


def test_a_style_without_an_n_gram_serves_its_network_alone(loaded: Styles) -> None:
    name = SHORTEST[0]
    bare = replace(loaded.cards[name], ngram=replace(loaded.cards[name].ngram, order=0, weight=0.0))
    assert replace(loaded, cards={**loaded.cards, name: bare}).model(name).ngram is None


@pytest.mark.parametrize("name", SHORTEST)
def test_the_card_of_a_style_says_what_the_catalogue_says_and_what_was_measured(name: str, loaded: Styles) -> None:
    card, entry = loaded.cards[name], catalogue()[name]
    assert card.description == Description(entry.language, entry.kind, entry.script, entry.source, entry.licence)
    assert card.preset == "styles"
    corpus = Corpus.read(bundled_path(name))
    test = corpus.split().test
    served = evaluate(predictor_of(loaded.model(name)), test).nats_per_letter
    assert card.comparison.served == card.nats_per_letter == pytest.approx(served, abs=0.01)
    assert card.comparison.names == len(test)
    assert len(card.examples) == 20


def test_a_list_that_has_changed_since_is_refused(loaded: Styles) -> None:
    one, other, _ = SHORTEST
    swapped = replace(loaded, cards={one: loaded.cards[other], other: loaded.cards[one]})
    with pytest.raises(InvalidWeights, match="has changed since it was trained"):
        swapped.model(one)
    letters = replace(loaded.cards[one], letters=loaded.cards[one].letters[1:])
    with pytest.raises(InvalidWeights, match="has changed since it was trained"):
        replace(loaded, cards={**loaded.cards, one: letters}).model(one)


@pytest.mark.parametrize("name", ["atlantean-places", "../catalogue", ""])
def test_a_list_that_is_not_there_is_refused(loaded: Styles, name: str) -> None:
    with pytest.raises(InvalidWeights, match="there is no list"):
        Styles(loaded.network, loaded.vocabulary, {name: loaded.cards[SHORTEST[0]]}).model(name)


def test_a_network_of_many_kinds_without_models_is_read_too(loaded: Styles, folder: Path) -> None:
    styles_file.save(Styles(loaded.unknown(), loaded.vocabulary, {}), folder / "bare.npz")
    bare = styles_file.load(folder / "bare.npz")
    assert bare.cards == {}
    assert bare.unknown().parameters.flat.tobytes() == loaded.unknown().parameters.flat.tobytes()


def test_the_lists_that_a_network_learned_are_kept_and_may_be_absent(loaded: Styles, folder: Path) -> None:
    path = folder / "learned.npz"
    for learned in ((), ("polish-girls", "no-model")):
        styles_file.save(replace(loaded, learned=learned), path)
        assert styles_file.load(path).learned == learned


def test_a_weight_too_large_for_half_precision_is_refused_and_nothing_written(styles: Styles, folder: Path) -> None:
    flat = styles.network.parameters.flat.copy()
    flat[-1] = 65_520  # the first that rounds to infinity
    path = folder / "large.npz"
    with pytest.raises(InvalidWeights, match="too large for half precision"):
        styles_file.save(replace(styles, network=styles.network.with_weights(flat)), path)
    assert not path.exists()


def test_it_is_told_apart_from_a_model(styles_path: Path, weights: Path, tmp_path: Path) -> None:
    assert styles_file.holds_styles(styles_path)
    assert not styles_file.holds_styles(weights)
    with pytest.raises(InvalidWeights):
        styles_file.holds_styles(tmp_path)


# Files that were not written by `save`


def refusal_of(arrays: npz.Arrays, folder: Path) -> str:
    """Why a file of these arrays, checksum and all, is refused; that it takes little memory to say so."""
    path = folder / "forged.npz"
    npz.write(path, arrays)
    del arrays
    tracemalloc.start()
    try:
        with pytest.raises(InvalidWeights) as refusal:
            styles_file.load(path)
        with suppress(InvalidWeights):
            styles_file.read_cards(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * path.stat().st_size + GREEDY
    assert refusal.value.source == str(path)
    return refusal.value.reason


def described(styles_path: Path, change: Callable[[dict[str, Any]], object]) -> npz.Arrays:
    """The arrays of the file with another description."""
    arrays = npz.read(styles_path, InvalidWeights)
    facts = json.loads(arrays["styles"].tobytes())
    change(facts)
    return arrays | {"styles": np.frombuffer(json.dumps(facts).encode(), np.uint8)}


def set_of(name: str, value: Any) -> Callable[[dict[str, Any]], object]:
    return lambda facts: facts.update({name: value})


def first_card(**values: Any) -> Callable[[dict[str, Any]], object]:
    return lambda facts: facts["cards"][SHORTEST[0]].update(values)


def everywhere(name: str, value: Any) -> Callable[[dict[str, Any]], object]:
    """A size that the description and all its cards agree on, but not the weights."""

    def change(facts: dict[str, Any]) -> None:
        for part in (facts, *(card["architecture"] for card in facts["cards"].values())):
            part[name] = value

    return change


def other_architecture(**values: Any) -> Callable[[dict[str, Any]], object]:
    return lambda facts: facts["cards"][SHORTEST[0]]["architecture"].update(values)


@pytest.mark.parametrize("field", ["format", "cell", "hidden", "layers", "style_size", "letters", "cards"])
def test_a_description_without_a_field_or_with_another_type_in_it_is_refused(
    field: str, styles_path: Path, folder: Path
) -> None:
    assert repr(field) in refusal_of(described(styles_path, lambda facts: facts.pop(field)), folder)
    wrong: tuple[Any, ...] = (None, True, "", "x", -1, 0, 2**40, 10**400, 1.5, [], [1], ["ab"], {}, {"x": {}}, [[]])
    for value in wrong:
        if (field, value) not in (("format", True), ("cards", {})):  # 1 == True; no cards are another test's
            refusal_of(described(styles_path, set_of(field, value)), folder)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(set_of("format", 3), "reads 2", id="later format"),
        pytest.param(everywhere("hidden", 9), "shape", id="other units"),
        pytest.param(everywhere("hidden", 2**14), "weights, and at most", id="many units"),
        pytest.param(everywhere("layers", 2), "'network.1.W'", id="two layers"),
        pytest.param(set_of("layers", 5), "more than 4 layers", id="five layers"),
        pytest.param(set_of("layers", 2**14), "more than 4 layers", id="many layers"),
        pytest.param(set_of("style_size", 2**14), "shape", id="long styles"),
        pytest.param(everywhere("cell", "vanilla"), "shape", id="other cell"),
        pytest.param(lambda facts: facts["letters"].reverse(), "sorted", id="letters reversed"),
        pytest.param(lambda facts: facts["letters"].pop(), "lacks", id="letter too few"),
        pytest.param(lambda facts: facts["cards"].clear(), "shape", id="no cards"),
        pytest.param(lambda facts: facts["cards"].pop(SHORTEST[0]), "shape", id="card too few"),
        pytest.param(set_of("cards", {str(number): {} for number in range(10)}), "fields", id="strange cards"),
        pytest.param(set_of("learned", "us"), "by their names", id="learned lists as a text"),
        pytest.param(set_of("learned", [1]), "by their names", id="learned lists as numbers"),
        pytest.param(first_card(format=2), "newer namewright", id="later card"),
        pytest.param(first_card(letters=["ж", "米"]), "lacks", id="strange letters"),
        pytest.param(first_card(nats_per_letter=10**400), "large", id="huge figure"),
        pytest.param(first_card(nats_per_letter="1"), "nats_per_letter", id="figure in words"),
        pytest.param(first_card(colour="red"), "fields", id="strange field"),
        pytest.param(other_architecture(hidden=9), "another architecture", id="card of other units"),
        pytest.param(other_architecture(cell="vanilla"), "another architecture", id="card of another cell"),
        pytest.param(other_architecture(layers=2), "another architecture", id="card of two layers"),
        pytest.param(other_architecture(first_letter=False), "another architecture", id="card without first letter"),
    ],
)
def test_a_description_that_does_not_fit_is_refused_with_the_reason(
    change: Callable[[dict[str, Any]], object], reason: str, styles_path: Path, folder: Path
) -> None:
    assert reason in refusal_of(described(styles_path, change), folder)


@pytest.mark.parametrize(
    "text",
    [b"", b"\xff", b"{", b"null", b"[]", b'"x"', b"1", b"NaN", b"[" * 10**5, b'{"a":' * 10**5, b"9" * 5000],
    ids=[
        "empty",
        "no UTF-8",
        "cut",
        "null",
        "list",
        "text",
        "number",
        "NaN",
        "deep list",
        "deep object",
        "long number",
    ],
)
def test_what_is_no_description_is_refused(text: bytes, styles_path: Path, folder: Path) -> None:
    arrays = npz.read(styles_path, InvalidWeights)
    refusal_of(arrays | {"styles": np.frombuffer(text, np.uint8)}, folder)


def test_a_description_too_large_to_be_one_is_not_even_parsed(folder: Path) -> None:
    text = np.frombuffer(b"[" + b"[]," * (MAX_JSON_BYTES // 3) + b"[]]", np.uint8)
    assert "at most 4,194,304 are read" in refusal_of({"styles": text}, folder)


def test_a_file_without_one_of_its_arrays_is_refused_by_name(styles_path: Path, folder: Path) -> None:
    whole = npz.read(styles_path, InvalidWeights)
    for member in whole:
        reason = refusal_of({name: array for name, array in whole.items() if name != member}, folder)
        assert repr(member) in reason


@pytest.mark.parametrize("name", ["W", "b", "U", "Wz", "V", "c", "Vz", "z"])
def test_weights_of_another_type_or_shape_or_that_are_not_finite_are_refused(
    name: str, styles_path: Path, folder: Path
) -> None:
    arrays, member = npz.read(styles_path, InvalidWeights), f"network.{name}"
    right = arrays[member]
    for value in (np.nan, np.inf):
        wrong = right.copy()
        wrong.flat[-1] = value
        assert "not finite" in refusal_of(arrays | {member: wrong}, folder)
    for other in (right.astype(np.float64), right.astype(np.uint8), right[..., :-1], right[None], right.ravel()[:0]):
        assert "where" in refusal_of(arrays | {member: np.ascontiguousarray(other)}, folder)


@pytest.mark.no_cover
@given(value=json_values)
def test_json_at_random_for_a_description_is_refused(styles_path: Path, folder: Path, value: Any) -> None:
    arrays = npz.read(styles_path, InvalidWeights)
    path = folder / "random.npz"
    npz.write(path, arrays | {"styles": np.frombuffer(json.dumps(value).encode(), np.uint8)})
    with pytest.raises(InvalidWeights):
        styles_file.load(path)


@pytest.mark.no_cover
@given(data=st.data())
def test_a_description_changed_at_random_never_ends_in_another_error(
    styles_path: Path, folder: Path, data: st.DataObject
) -> None:
    def change(facts: dict[str, Any]) -> None:
        card = facts["cards"][data.draw(st.sampled_from(SHORTEST))]
        parts = [facts, card, *(card[part] for part in ("corpus", "architecture", "ngram", "comparison"))]
        part = data.draw(st.sampled_from(parts))
        part[data.draw(st.sampled_from(sorted(part)))] = data.draw(json_values)

    path = folder / "fuzzed.npz"
    npz.write(path, described(styles_path, change))
    with suppress(InvalidWeights):
        read = styles_file.load(path)
        for name in read.cards:
            read.model(name)


@given(data=st.data())
def test_a_file_cut_at_any_byte_is_refused(styles_path: Path, folder: Path, data: st.DataObject) -> None:
    whole = styles_path.read_bytes()
    (folder / "cut.npz").write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    with pytest.raises(InvalidWeights, match="take a whole copy"):
        styles_file.load(folder / "cut.npz")


def test_what_is_no_file_of_styles_is_refused(weights: Path, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("Anna\n")
    for path in (weights, tmp_path / "list.txt", tmp_path, tmp_path / "nowhere.npz"):
        with pytest.raises(InvalidWeights):
            styles_file.load(path)
