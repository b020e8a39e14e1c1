from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from model.corpus.corpus import Corpus
from model.corpus.vocabulary import END
from model.errors import TrainingDiverged
from model.network.output import log_softmax
from model.network.styles import UNKNOWN, fold
from model.training.pretraining import Pretraining, PretrainingPlan, _script
from tests.support.tiny import PRETRAINING, SHORTEST, lists, pretrained


def bits(pretraining: Pretraining) -> bytes:
    return pretraining.network.parameters.flat.tobytes()


def rows_of(pretraining: Pretraining) -> list[str]:
    """The training names of all lists, in the order in which batches number them."""
    return [name for corpus in pretraining.lists.values() for name in corpus.split().train]


@pytest.mark.parametrize("cell", ["gru", "vanilla"])
def test_a_seed_decides_every_bit(cell: str) -> None:
    plan = replace(PRETRAINING, cell=cell, epochs=1)
    one, same, other = (bits(pretrained(plan, seed)) for seed in (1, 1, 2))
    assert one == same != other


def test_looks_at_validation_names_and_at_styles_change_nothing(pretraining: Pretraining) -> None:
    looked = Pretraining(lists(), PRETRAINING, 0)
    for _ in looked.run(validate_every=1):
        looked.style(SHORTEST[0])
    assert bits(looked) == bits(pretraining)


@pytest.mark.parametrize("layers", [1, 2])
def test_the_loss_falls_on_names_learned_and_unseen(layers: int) -> None:
    plan = replace(PRETRAINING, hidden=16, layers=layers, between_dropout=0.1, epochs=6, learning_rate=0.02)
    epochs = list(Pretraining(lists(), plan, 0).run(validate_every=1))
    assert [epoch.epoch for epoch in epochs] == [1, 2, 3, 4, 5, 6]
    assert epochs[-1].loss < epochs[0].loss - 0.3
    first, last = epochs[0].validation, epochs[-1].validation
    assert first is not None
    assert last is not None
    assert last < first


def test_validation_names_are_looked_at_now_and_then_and_at_the_end() -> None:
    plan = replace(PRETRAINING, epochs=3, names_per_list=5)
    looked = [epoch.validation is not None for epoch in Pretraining(lists(), plan, 0).run(validate_every=2)]
    assert looked == [False, True, True]


def test_the_validation_loss_is_the_mean_of_the_lists_own(pretraining: Pretraining) -> None:
    losses = []
    for name, corpus in pretraining.lists.items():
        network, vocabulary = pretraining.style(name)
        nats = letters = 0.0
        for held_out in corpus.split().validation:
            encoded = vocabulary.encode(held_out)
            read, follow = np.array([END, *encoded])[:, None], np.array([*encoded, END])[:, None]
            nats, letters = nats - network.log_probabilities(read, follow).sum(), letters + len(follow)
        losses.append(nats / letters)
    assert pretraining._validate() == pytest.approx(np.mean(losses), rel=1e-5)


# A style as an ordinary network


@pytest.mark.parametrize("name", SHORTEST)
def test_a_style_gives_all_probability_to_the_letters_of_its_list(name: str, pretraining: Pretraining) -> None:
    corpus = pretraining.lists[name]
    network, vocabulary = pretraining.style(name)
    assert vocabulary == corpus.vocabulary
    assert network.vocabulary == corpus.vocabulary.size
    assert network.shape.styles == 0
    hidden = network.step(np.array([END]), network.start(1))
    for letter in vocabulary.encode(corpus.names[0]):
        probabilities = np.exp(log_softmax(network.logits(hidden)))
        assert probabilities.shape == (vocabulary.size, 1)
        assert probabilities.sum() == pytest.approx(1, rel=1e-5)
        hidden = network.step(np.array([letter]), hidden)


@pytest.mark.parametrize("name", SHORTEST)
def test_a_style_is_the_large_network_with_all_other_letters_ruled_out(name: str, pretraining: Pretraining) -> None:
    network, vocabulary = pretraining.style(name)
    style = pretraining.network.parameters["z"][1 + SHORTEST.index(name)]
    large = fold(pretraining.network, style)
    places = [END, *pretraining.vocabulary.encode("".join(vocabulary.letters))]
    letters = vocabulary.encode(pretraining.lists[name].names[1])
    small_state, large_state = network.start(1), large.start(1)
    for letter in [END, *letters]:
        small_state = network.step(np.array([letter]), small_state)
        large_state = large.step(np.array([places[letter]]), large_state)
        expected = log_softmax(large.logits(large_state)[places])
        np.testing.assert_allclose(log_softmax(network.logits(small_state)), expected, rtol=0, atol=1e-5)


# What an epoch reads


def test_a_long_list_is_bounded_and_a_short_one_read_whole_without_repeats() -> None:
    long = Corpus.of(map("".join, itertools.product("bdlmr", "aeiou", "nst", ("a", "o", "ia", "i", ""))), "long")
    plan = replace(PRETRAINING, names_per_list=60)
    pretraining = Pretraining({**lists(), "long": long}, plan, 0)
    sizes = [len(corpus.split().train) for corpus in pretraining.lists.values()]
    epochs = []
    for _ in range(2):
        chosen = np.concatenate(pretraining._choose())
        assert len(set(chosen)) == len(chosen)
        counts = Counter(pretraining._lists[chosen].tolist())
        assert [counts[place] for place in range(4)] == [min(size, 60) for size in sizes]
        epochs.append(set(chosen))
    assert sizes[3] > 250
    assert epochs[0] != epochs[1]  # others of the long list


def test_a_batch_holds_names_of_one_script_and_its_letters(pretraining: Pretraining) -> None:
    names = rows_of(pretraining)
    batches = pretraining._choose()
    scripts = []
    for rows in batches:
        assert len(rows) <= PRETRAINING.batch
        batch = pretraining._batch(rows)
        assert batch.lists is not None
        assert batch.letters is not None
        assert {len(batch.targets), len(batch.inputs), sum(batch.counts)} == {sum(len(names[row]) + 1 for row in rows)}
        of_lists = {SHORTEST[place] for place in batch.lists}
        (script,) = {_script(pretraining.lists[name]) for name in of_lists}
        scripts.append(script)
        alike = [corpus for corpus in pretraining.lists.values() if _script(corpus) == script]
        letters = sorted({letter for corpus in alike for letter in corpus.vocabulary.letters})
        assert batch.letters.tolist() == [END, *pretraining.vocabulary.encode("".join(letters))]
    assert set(scripts) == {"LATIN", "CYRILLIC"}


def test_names_have_the_style_of_their_list_but_for_a_share_that_is_unknown() -> None:
    plan = replace(PRETRAINING, unknown=0.25, batch=256)
    pretraining = Pretraining(lists(), plan, 0)
    styles, known = Counter[int](), 0
    for _ in range(30):
        for rows in pretraining._choose():
            batch = pretraining._batch(rows)
            assert batch.styles is not None
            assert batch.lists is not None
            told = batch.styles != UNKNOWN
            np.testing.assert_array_equal(batch.styles[told], batch.lists[told] + 1)
            known += int(told.sum())
            styles.update(batch.styles.tolist())
    share = styles[UNKNOWN] / (styles[UNKNOWN] + known)
    assert share == pytest.approx(0.25, abs=0.03)
    assert set(styles) == {0, 1, 2, 3}


@pytest.mark.parametrize(("share", "styles"), [(0.0, {1, 2, 3}), (1.0, {0})])
def test_none_or_all_may_be_unknown(share: float, styles: set[int]) -> None:
    pretraining = Pretraining(lists(), replace(PRETRAINING, unknown=share), 0)
    found = set[int]()
    for rows in pretraining._choose():
        batch = pretraining._batch(rows)
        assert batch.styles is not None
        found |= set(batch.styles.tolist())
    assert found == styles


def test_a_style_that_no_name_has_keeps_its_vector_but_for_its_decay() -> None:
    plan = replace(PRETRAINING, unknown=0.0, style_decay=0.0, style_noise=0.0, epochs=1)
    before = Pretraining(lists(), plan, 0).network.parameters["z"].copy()
    after = pretrained(plan).network.parameters["z"]
    np.testing.assert_array_equal(after[UNKNOWN], before[UNKNOWN])
    assert (after[1:] != before[1:]).all()


def test_the_script_of_a_list_is_that_of_its_first_letter() -> None:
    assert [_script(Corpus.of([name] * 2, "one")) for name in ("анна", "anna", "'anna", "άννα")] == [
        "CYRILLIC", "LATIN", "LATIN", "GREEK",
    ]  # fmt: skip


def test_a_loss_that_is_no_number_stops_it() -> None:
    pretraining = Pretraining(lists(), PretrainingPlan(hidden=4, style_size=2, epochs=1, batch=64), 0)
    pretraining.network.parameters["c"][:] = np.nan
    with pytest.raises(TrainingDiverged):
        list(pretraining.run())
