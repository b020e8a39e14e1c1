from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.artifact import model_file, npz
from model.artifact.model_file import Artifact
from model.corpus.corpus import Corpus
from model.errors import InvalidCheckpoint, InvalidWeights
from model.network.shape import Shape

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


WEIGHTS = list(Shape("vanilla", 2, 1).layout())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("artifacts")


def refusal_of(arrays: npz.Arrays, folder: Path) -> str:
    """Why a file of these arrays, checksum and all, is refused."""
    path = folder / "forged.npz"
    npz.write(path, arrays)
    with pytest.raises(InvalidWeights) as refusal:
        model_file.load(path)
    assert refusal.value.source == str(path)
    return refusal.value.reason


def forged(weights: Path, change: Callable[[dict[str, Any]], None]) -> npz.Arrays:
    """A model's arrays with another card."""
    arrays = npz.read(weights, InvalidWeights)
    card = json.loads(arrays["card"].tobytes())
    change(card)
    return arrays | {"card": np.frombuffer(json.dumps(card).encode(), np.uint8)}


def test_a_model_in_memory_is_the_same_as_in_a_file(weights: Path) -> None:
    content = model_file.pack(model_file.load(weights))
    assert content == weights.read_bytes()
    assert model_file.pack(model_file.unpack(content, "the store")) == content


def test_half_a_model_in_memory_is_refused_by_the_name_of_its_source(weights: Path) -> None:
    content = weights.read_bytes()
    with pytest.raises(InvalidWeights, match=r"^the store: it is damaged"):
        model_file.unpack(content[: len(content) // 2], "the store")


@pytest.mark.parametrize("kind", ["model", "recipe_model"])
def test_a_model_survives_its_file_bit_for_bit(kind: str, folder: Path, request: pytest.FixtureRequest) -> None:
    model: Artifact = request.getfixturevalue(kind)
    path = folder / "model.npz"
    model_file.save(model, path)
    loaded = model_file.load(path)
    assert (loaded.card, loaded.vocabulary, loaded.casing) == (model.card, model.vocabulary, model.casing)
    assert loaded.network.parameters.flat.dtype == model.network.parameters.flat.dtype
    for name in WEIGHTS:
        assert loaded.network.parameters.arrays()[name].tobytes() == model.network.parameters.arrays()[name].tobytes()
    assert loaded.hashes.tolist() == model.hashes.tolist()
    assert (loaded.first_letters is None) == (model.first_letters is None)
    if loaded.first_letters is not None and model.first_letters is not None:
        assert loaded.first_letters.tolist() == model.first_letters.tolist()


def test_saving_what_was_loaded_makes_the_same_file(weights: Path, folder: Path) -> None:
    model_file.save(model_file.load(weights), folder / "copy.npz")
    assert (folder / "copy.npz").read_bytes() == weights.read_bytes()


@given(st.data())
def test_a_model_cut_at_any_byte_is_refused(weights: Path, folder: Path, data: st.DataObject) -> None:
    whole = weights.read_bytes()
    (folder / "cut.npz").write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    with pytest.raises(InvalidWeights, match="take a whole copy"):
        model_file.load(folder / "cut.npz")


@given(st.data())
def test_a_model_with_a_flipped_byte_is_refused_or_the_same_model(
    model: Artifact, weights: Path, folder: Path, data: st.DataObject
) -> None:
    content = bytearray(weights.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    (folder / "flipped.npz").write_bytes(content)
    try:
        loaded = model_file.load(folder / "flipped.npz")
    except InvalidWeights:
        return
    assert loaded.card == model.card
    assert loaded.network.parameters.flat.tobytes() == model.network.parameters.flat.tobytes()
    assert loaded.hashes.tobytes() == model.hashes.tobytes()


@pytest.mark.parametrize("member", ["card", "hashes", *(f"network.{name}" for name in WEIGHTS)])
def test_a_model_without_one_of_its_arrays_is_refused_by_name(weights: Path, folder: Path, member: str) -> None:
    arrays = npz.read(weights, InvalidWeights)
    del arrays[member]
    assert member in refusal_of(arrays, folder)


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_of_another_type_shape_or_that_are_not_finite_are_refused(
    weights: Path, folder: Path, name: str
) -> None:
    arrays, member = npz.read(weights, InvalidWeights), f"network.{name}"
    right = arrays[member]
    for value in (np.nan, np.inf, -np.inf):
        wrong = right.copy()
        wrong.flat[-1] = value
        assert "not finite" in refusal_of(arrays | {member: wrong}, folder)
    for other in (right.astype(np.float64), right.astype(np.int64), right[..., :-1], right[None], right.ravel()[:0]):
        assert "where" in refusal_of(arrays | {member: np.ascontiguousarray(other)}, folder)


def test_weights_that_are_all_whole_numbers_are_refused(weights: Path, folder: Path) -> None:
    arrays = npz.read(weights, InvalidWeights)
    whole = {name: array.astype(np.int64) for name, array in arrays.items() if name.startswith("network.")}
    assert "int64" in refusal_of(arrays | whole, folder)


def test_hashes_out_of_order_of_another_type_or_number_are_refused(weights: Path, folder: Path) -> None:
    arrays = npz.read(weights, InvalidWeights)
    right = arrays["hashes"]
    for wrong in (right[::-1].copy(), np.roll(right, 1), right.astype(np.int64), right[1:], right[:, None], right[:0]):
        assert "hashes" in refusal_of(arrays | {"hashes": wrong}, folder)


def test_first_letters_that_are_no_frequencies_are_refused(recipe_weights: Path, folder: Path) -> None:
    arrays = npz.read(recipe_weights, InvalidWeights)
    right = arrays["first_letters"]
    negative = np.concatenate([right[:1], [-0.5, 0.5 + right[1] + right[2]], right[3:]])
    end = np.concatenate([right[-1:], right[1:-1], [0]])  # as though a name could begin with its end
    for wrong in (right * 1.01, right * 0, negative, right[:-1], right.astype(np.float32), right * np.nan, end):
        assert "first_letters" in refusal_of(arrays | {"first_letters": wrong}, folder)
    del arrays["first_letters"]
    assert "first_letters" in refusal_of(arrays, folder)


@pytest.mark.parametrize(
    "text",
    [b"", b"\xff", b"{", b"null", b"[" * 100_000, b'{"a":' * 100_000, b"9" * 5000, b"NaN"],
    ids=["empty", "no UTF-8", "cut", "null", "deep list", "deep object", "long number", "NaN"],
)
def test_a_card_that_is_no_card_is_refused(weights: Path, folder: Path, text: bytes) -> None:
    arrays = npz.read(weights, InvalidWeights)
    refusal_of(arrays | {"card": np.frombuffer(text, np.uint8)}, folder)


@pytest.mark.no_cover
@given(value=json_values)
def test_json_at_random_for_a_card_is_refused(weights: Path, folder: Path, value: Any) -> None:
    arrays = npz.read(weights, InvalidWeights)
    refusal_of(arrays | {"card": np.frombuffer(json.dumps(value).encode(), np.uint8)}, folder)


@pytest.mark.no_cover
@given(data=st.data())
def test_a_card_that_belies_its_weights_never_ends_in_another_error(
    weights: Path, folder: Path, data: st.DataObject
) -> None:
    def change(card: dict[str, Any]) -> None:
        part = card[data.draw(st.sampled_from(["corpus", "architecture", "memorisation"]))]
        part = data.draw(st.sampled_from([part, card]))
        part[data.draw(st.sampled_from(sorted(part)))] = data.draw(json_values)

    path = folder / "fuzzed.npz"
    npz.write(path, forged(weights, change))
    with suppress(InvalidWeights):
        model_file.load(path)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda card: card.update(format=2), "newer namewright"),
        (lambda card: card["architecture"].update(cell="gated"), "newer namewright"),
        (lambda card: card["architecture"].update(layers=2), "'network.1.w'"),
        (lambda card: card["architecture"].update(hidden=17), "shape"),
        (lambda card: card["architecture"].update(first_letter=False), "first_letters"),
        (lambda card: card["letters"].reverse(), "sorted"),
        (lambda card: card["letters"].append("zz"), "single"),
        (lambda card: card["letters"].append("ß"), "shape"),
        (lambda card: card["corpus"].update(names=2, train=0, validation=1, test=1), "hashes"),
        (lambda card: card.update(casing="loud"), "casing"),
    ],
    ids=[
        "format",
        "cell",
        "layers",
        "hidden",
        "first letter",
        "letters reversed",
        "two letters in one",
        "one letter more",
        "number of names",
        "casing",
    ],
)
def test_a_card_that_does_not_fit_is_refused_with_the_reason(
    weights: Path, folder: Path, change: Callable[[dict[str, Any]], None], reason: str
) -> None:
    assert reason in refusal_of(forged(weights, change), folder).lower()


@pytest.mark.parametrize("place", ["hyperparameters", "architecture", "corpus"])
def test_a_card_with_what_is_no_json_is_refused(weights: Path, folder: Path, place: str) -> None:
    def change(card: dict[str, Any]) -> None:
        card[place]["hidden" if place != "corpus" else "names"] = float("inf")

    refusal_of(forged(weights, change), folder)


def test_arrays_of_later_versions_do_not_disturb(model: Artifact, weights: Path, folder: Path) -> None:
    npz.write(folder / "later.npz", npz.read(weights, InvalidWeights) | {"later.counts": np.arange(3)})
    assert model_file.load(folder / "later.npz").card == model.card


def test_what_is_no_file_of_a_model_is_refused(tmp_path: Path, elves: Path) -> None:
    os.mkfifo(tmp_path / "pipe.npz")
    for path in (tmp_path, tmp_path / "pipe.npz", tmp_path / "nowhere.npz", elves, elves / "below.npz"):
        with pytest.raises(InvalidWeights):
            model_file.load(path)


def test_the_refusal_names_the_file_and_the_reason(weights: Path, tmp_path: Path) -> None:
    (tmp_path / "half.npz").write_bytes(weights.read_bytes()[: weights.stat().st_size // 2])
    with pytest.raises(InvalidWeights, match=r"half\.npz: .*cut short.*take a whole copy"):
        model_file.load(tmp_path / "half.npz")
    with pytest.raises(InvalidCheckpoint):
        npz.read(tmp_path / "half.npz", InvalidCheckpoint)


def test_every_name_of_the_list_is_contained_whatever_its_case_and_no_other(model: Artifact, corpus: Corpus) -> None:
    dressed = [corpus.casing.restore_case(name) for name in corpus.names]
    assert all(model.contains(corpus.names))
    assert all(model.contains(dressed))
    assert all(model.contains([name.upper() for name in corpus.names]))
    assert not any(model.contains([name + "qqq" for name in corpus.names]))
    assert model.contains(["", "\ud800", "a" * 100_000, "Ünknöwn", corpus.names[0]]) == [False] * 4 + [True]
    assert model.contains([]) == []


def test_the_arrays_of_a_loaded_model_do_not_change(weights: Path) -> None:
    loaded = model_file.load(weights)
    for array in (loaded.hashes, loaded.network.parameters.flat, *loaded.network.parameters.arrays().values()):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@pytest.mark.parametrize("letter", ["\n", "\0", "/", "Z", "\ud800", "\u202e"])
def test_a_letter_that_no_list_has_is_refused(weights: Path, folder: Path, letter: str) -> None:
    def change(card: dict[str, Any]) -> None:
        card["letters"] = sorted([*card["letters"][1:], letter])

    assert "no letter" in refusal_of(forged(weights, change), folder)


def test_a_figure_too_large_for_a_float_is_refused(weights: Path, folder: Path) -> None:
    assert refusal_of(forged(weights, lambda card: card.update(nats_per_letter=10**400)), folder)
    with pytest.raises(InvalidWeights):
        model_file.read_card(folder / "forged.npz")
