from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from model.artifact import model_file, ngram_members, npz
from model.artifact.card import NgramFacts
from model.artifact.model_file import Artifact
from model.corpus.corpus import Corpus
from model.corpus.vocabulary import Vocabulary
from model.errors import InvalidWeights
from model.generation.scoring import evaluate
from model.generation.served import predictor_of
from model.ngram.automaton import Automaton
from model.ngram.contexts import MAX_CELLS

MEMBERS = ("sizes", "letters", "counts", "large", "longer", "discounts")
VOCABULARY = Vocabulary(tuple("abcd"))
ORDER = 4

Members = dict[str, NDArray[Any]]


def learned() -> Automaton:
    return Automaton.learn(["abba", "abca", "cab", "bac", "abc", "ca", "caab", "baac"] * 300, VOCABULARY, ORDER)


@given(
    names=st.lists(st.text("abçд", min_size=1, max_size=7), min_size=1, max_size=25),
    times=st.sampled_from([1, 300]),
    order=st.integers(2, 6),
)
def test_an_n_gram_built_from_what_is_kept_is_the_same_to_the_bit(names: list[str], times: int, order: int) -> None:
    vocabulary = Vocabulary(tuple(sorted("abçд")))
    automaton = Automaton.learn(names * times, vocabulary, order)
    kept = ngram_members.members(automaton.contexts)
    again = ngram_members.automaton(kept, order, vocabulary.size)
    assert again.probabilities.tobytes() == automaton.probabilities.tobytes()
    assert again.following.tobytes() == automaton.following.tobytes()
    assert again.rows.tobytes() == automaton.rows.tobytes()
    assert ngram_members.members(again.contexts).keys() == kept.keys()
    for name, array in ngram_members.members(again.contexts).items():
        assert (array.dtype, array.tobytes()) == (kept[name].dtype, kept[name].tobytes())


def test_letters_of_large_vocabularies_are_kept_too() -> None:
    for letters in (255, 256, 300, 66_000):
        vocabulary = Vocabulary(tuple(map(chr, range(0x10000, 0x10000 + letters))))
        names = [vocabulary.letters[-1] + vocabulary.letters[0], vocabulary.letters[-1]]
        automaton = Automaton.learn(names, vocabulary, 3)
        again = ngram_members.automaton(ngram_members.members(automaton.contexts), 3, vocabulary.size)
        assert again.probabilities.tobytes() == automaton.probabilities.tobytes()


@pytest.mark.parametrize("name", MEMBERS)
def test_a_model_without_one_of_the_arrays_is_refused_by_name(weights: Path, tmp_path: Path, name: str) -> None:
    arrays = npz.read(weights, InvalidWeights)
    del arrays[f"ngram.{name}"]
    npz.write(tmp_path / "forged.npz", arrays)
    with pytest.raises(InvalidWeights, match=f"no array 'ngram.{name}'"):
        model_file.load(tmp_path / "forged.npz")


@given(data=st.data())
def test_arrays_changed_at_random_are_refused_or_make_an_n_gram(data: st.DataObject) -> None:
    kept = ngram_members.members(learned().contexts)
    name = f"ngram.{data.draw(st.sampled_from(MEMBERS))}"
    array = kept[name].copy()
    match data.draw(st.sampled_from(["value", "cut", "grow", "type", "shape"])):
        case "value" if array.size:
            values = st.floats(-2, 5) if array.dtype.kind == "f" else st.integers(0, 2 ** (8 * array.itemsize) - 1)
            array.flat[data.draw(st.integers(0, array.size - 1))] = data.draw(values)
        case "cut":
            array = array[: data.draw(st.integers(0, len(array)))]
        case "grow":
            array = np.concatenate([array, array[: data.draw(st.integers(0, len(array)))]])
        case "type":
            array = array.astype(data.draw(st.sampled_from([np.int64, np.float32, np.uint8, np.uint16])))
        case _:
            array = array[None]
    try:
        automaton = ngram_members.automaton(kept | {name: array}, ORDER, VOCABULARY.size)
    except ValueError:
        return
    assert automaton.probabilities.sum(axis=1) == pytest.approx(np.ones(len(automaton.probabilities)), abs=1e-5)
    assert automaton.probabilities.min() > 0
    assert 0 <= automaton.following.min() <= automaton.following.max() < len(automaton.probabilities)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sizes": lambda a: a[:1]}, "contexts"),
        ({"sizes": lambda a: a * 0}, "as many"),
        ({"letters": lambda a: a[::-1].copy()}, "order"),
        ({"letters": lambda a: a + 3}, "order"),
        ({"counts": lambda a: a * 0}, "no counts"),
        ({"large": lambda a: a * 0}, "no counts"),
        ({"large": lambda a: a[1:]}, "no counts"),
        ({"longer": lambda a: a[1:]}, "flag"),
        ({"longer": lambda a: a * 0}, "flags"),
        ({"longer": lambda a: a * 0 + 255}, "flags"),
        ({"longer": lambda a: a[::-1].copy()}, "flags|order"),
        ({"discounts": lambda a: a * np.nan}, "no discounts"),
        ({"discounts": lambda a: a + 1}, "no discounts"),
        ({"discounts": lambda a: -a}, "no discounts"),
        ({"discounts": lambda a: a[1:]}, "as many discounts"),
        ({"discounts": lambda a: a.astype(np.float32)}, "as many discounts"),
    ],
)
def test_arrays_that_are_no_n_gram_are_refused_with_the_reason(change: dict[str, Any], reason: str) -> None:
    kept = ngram_members.members(learned().contexts)
    changed = {f"ngram.{name}": np.asarray(make(kept[f"ngram.{name}"])) for name, make in change.items()}
    with pytest.raises(ValueError, match=reason):
        ngram_members.automaton(kept | changed, ORDER, VOCABULARY.size)


def test_a_context_longer_than_the_order_is_refused() -> None:
    kept = ngram_members.members(learned().contexts)
    kept["ngram.discounts"] = kept["ngram.discounts"][:2]
    with pytest.raises(ValueError, match="longer than its order"):
        ngram_members.automaton(kept, 2, VOCABULARY.size)


def test_an_n_gram_that_would_fill_the_memory_is_refused_before_it_does() -> None:
    contexts = MAX_CELLS // 3 + 1
    kept: Members = {
        "ngram.sizes": np.ones(contexts, np.uint8),
        "ngram.letters": np.ones(contexts, np.uint8),
        "ngram.counts": np.ones(contexts, np.uint8),
        "ngram.large": np.zeros(0, np.uint32),
        "ngram.longer": np.full(-(-contexts // 8), 255, np.uint8),
        "ngram.discounts": np.full((3, 3), 0.5),
    }
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="contexts"):
            ngram_members.automaton(kept, 3, 3)
        assert tracemalloc.get_traced_memory()[1] < 2**16
    finally:
        tracemalloc.stop()


def test_a_model_with_its_n_gram_survives_its_file(model: Artifact, weights: Path) -> None:
    loaded = model_file.load(weights)
    assert model.ngram is not None
    assert loaded.ngram is not None
    assert loaded.ngram.probabilities.tobytes() == model.ngram.probabilities.tobytes()
    assert loaded.ngram.following.tobytes() == model.ngram.following.tobytes()
    assert loaded.card.ngram == model.card.ngram
    assert model.card.ngram.order > 0
    for array in (loaded.ngram.probabilities, loaded.ngram.rows, loaded.ngram.following):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_an_n_gram_of_another_order_than_the_card_says_is_refused(model: Artifact) -> None:
    other = replace(model, card=replace(model.card, ngram=replace(model.card.ngram, order=4)))
    with pytest.raises(InvalidWeights, match="discounts"):
        model_file.unpack(model_file.pack(other), "elsewhere")


def test_a_card_without_an_n_gram_leaves_its_arrays_alone(model: Artifact) -> None:
    without = replace(model, card=replace(model.card, ngram=NgramFacts()))
    assert model_file.unpack(model_file.pack(without), "elsewhere").ngram is None


def test_half_precision_halves_the_network_and_hardly_changes_what_it_says(
    model: Artifact, corpus: Corpus, tmp_path: Path
) -> None:
    model_file.save(model, tmp_path / "full.npz")
    model_file.save(model, tmp_path / "half.npz", half=True)
    full, half = (npz.read(tmp_path / f"{name}.npz", InvalidWeights) for name in ("full", "half"))
    for name in full:
        halved = name.startswith("network.")
        assert half[name].nbytes == (full[name].nbytes // 2 if halved else full[name].nbytes)
        if halved:
            assert half[name] == pytest.approx(full[name], rel=2**-11, abs=2**-24)
    loaded = model_file.load(tmp_path / "half.npz")
    assert loaded.network.parameters.flat.dtype == np.float32
    nats = evaluate(predictor_of(loaded), corpus.split().test).nats_per_letter
    assert nats == pytest.approx(model.card.nats_per_letter, abs=0.001)


def test_weights_that_half_precision_cannot_hold_are_refused(model: Artifact, tmp_path: Path) -> None:
    flat = model.network.parameters.flat.copy()
    flat[3] = 70_000
    large = replace(model, network=model.network.with_weights(flat))
    with pytest.raises(InvalidWeights, match="too large for half precision; write it in full"):
        model_file.save(large, tmp_path / "large.npz", half=True)
    assert not (tmp_path / "large.npz").exists()


def test_the_largest_n_gram_is_built_to_the_same_bits() -> None:
    rng = np.random.default_rng(0)
    names = ["".join(letters) for letters in rng.choice(list("abcdefghij"), (60_000, 7), p=np.arange(1, 11) / 55)]
    vocabulary = Vocabulary(tuple("abcdefghijklmnopqrstuvwxyz"))
    automaton = Automaton.learn(names, vocabulary)
    assert automaton.probabilities.size > MAX_CELLS / 2
    again = ngram_members.automaton(ngram_members.members(automaton.contexts), 6, vocabulary.size)
    assert again.probabilities.tobytes() == automaton.probabilities.tobytes()
