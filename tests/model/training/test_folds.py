from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.corpus.corpus import Corpus
from model.corpus.vocabulary import END
from model.errors import BadCorpus, InvalidOption
from model.generation.predictor import WEIGHT
from model.network.network import Network
from model.ngram.automaton import Automaton
from model.training.folds import HELD_OUT, MOST_AGAIN, FoldedTraining, _parts, begin, planned_steps
from model.training.held_out import HeldOut
from model.training.hyperparameters import Hyperparameters
from model.training.loop import Training
from model.training.shares import PRIOR_LETTERS, SHARES
from model.training.yardstick import candidates
from tests.support.tiny import FOLDED, bits, ended, some, styled_start

lists = st.lists(st.from_regex(r"[a-f]{1,6}", fullmatch=True), min_size=5, max_size=60, unique=True)


@pytest.fixture(scope="module")
def folded() -> FoldedTraining:
    """A training of 36 names with three folds, after its last step."""
    return trained(some(36), FOLDED)


@pytest.fixture(scope="module")
def single() -> FoldedTraining:
    """The same with a single fold."""
    return trained(some(36), replace(FOLDED, folds=1))


@pytest.fixture(scope="module")
def begun() -> FoldedTraining:
    """The one with three folds before its first step; tests give it curves of their own."""
    return FoldedTraining(some(36), FOLDED, 0)


def trained(corpus: Corpus, plan: Hyperparameters, seed: int = 0) -> FoldedTraining:
    training = FoldedTraining(corpus, plan, seed)
    ended(training)
    return training


# Who is held out from whom


@given(lists, st.integers(2, 5))
@settings(max_examples=25)
def test_with_several_folds_every_name_is_held_out_once_and_learned_in_all_others(names: list[str], folds: int) -> None:
    corpus = Corpus.of(names, "made")
    learned, held_out = _parts(corpus, folds)
    assert len(learned) == len(held_out) == folds
    assert sorted(name for _, part in held_out for name in part) == sorted(corpus.names)
    for names_learned, (judged_from, part) in zip(learned, held_out, strict=True):
        assert names_learned == judged_from
        assert sorted(names_learned + part) == sorted(corpus.names)
    sizes = [len(part) for _, part in held_out]
    assert max(sizes) - min(sizes) <= 1


@given(lists)
@settings(max_examples=25)
def test_a_single_fold_is_a_seventh_of_what_the_test_part_leaves(names: list[str]) -> None:
    corpus = Corpus.of(names, "made")
    (learned,), ((judged_from, chosen), (tested_from, test)) = _parts(corpus, 1)
    assert learned == judged_from == tested_from
    assert test == corpus.split().test
    assert sorted(learned + chosen + test) == sorted(corpus.names)
    assert len(chosen) == math.ceil((len(corpus.names) - len(test)) / HELD_OUT)


@given(lists, st.permutations(range(5)), st.integers(1, 4))
@settings(max_examples=25)
def test_the_order_of_a_list_moves_no_name(names: list[str], order: list[int], folds: int) -> None:
    shuffled = [name for place in order for name in names[place::5]]
    assert _parts(Corpus.of(shuffled, "made"), folds) == _parts(Corpus.of(names, "made"), folds)


def letters_of(training: Training) -> set[str]:
    """The names that an epoch of a run reads."""
    read = set[str]()
    for batch in training.batches.epoch(np.random.default_rng(0)):
        starts = np.cumsum([0, *batch.counts])
        for name in range(batch.counts[0]):
            rows = [starts[t] + name for t, going in enumerate(batch.counts) if name < going]
            read.add(training.vocabulary.decode(letter for letter in batch.inputs[rows] if letter != END))
    return read


@pytest.mark.parametrize("folds", [1, 3])
def test_no_run_reads_a_name_that_it_is_judged_by_and_the_last_reads_all(folds: int) -> None:
    corpus = some(36)
    learned, held_out = _parts(corpus, folds)
    training = FoldedTraining(corpus, replace(FOLDED, folds=folds), 0)
    seen = list[set[str]]()
    for _ in training.run():
        if training.state().phase == len(seen):
            seen.append(letters_of(training._run))
    assert [read == set(part) for read, part in zip(seen, [*learned, corpus.names], strict=True)] == [True] * len(seen)
    for read, (_, part) in zip(seen if folds > 1 else seen[:1] * 2, held_out, strict=folds == 1):
        assert not read & set(part)


@pytest.mark.parametrize("names", [3, 5, 19])
@pytest.mark.parametrize("folds", [1, 2, 4])
def test_very_short_lists_end_with_figures(names: int, folds: int) -> None:
    plan = replace(FOLDED, folds=min(folds, names), epochs=2)
    training = trained(some(names), plan)
    figures = training.figures()
    assert training.step <= planned_steps(names, plan)
    assert all(math.isfinite(figure) and figure > 0 for figure in figures)
    assert figures.names == (len(some(names).split().test) if folds == 1 else names)


def test_a_list_too_short_for_its_folds_is_refused() -> None:
    with pytest.raises(BadCorpus, match="2 distinct names are too few"):
        FoldedTraining(some(2), replace(FOLDED, folds=1), 0)
    with pytest.raises(InvalidOption, match="folds must be at most 3"):
        FoldedTraining(some(3), replace(FOLDED, folds=4), 0)


# What is chosen, and what is reported


@pytest.mark.parametrize("share", [0.0, 0.2, 0.7])
def test_the_losses_are_those_of_the_mixture_and_the_draws(share: float) -> None:
    corpus = some(36)
    learned, names = corpus.names[::2], corpus.names[1::2]
    network = Network.initialise(FOLDED.shape(corpus.vocabulary.size), np.random.default_rng(0))
    network.parameters.flat[:] *= 2
    ngram = Automaton.learn(learned, corpus.vocabulary)
    losses = HeldOut(learned, names, corpus.vocabulary, [0.5, share], watch=True).losses(network)
    mixed = drawn = again = 0.0
    for name in corpus.names:
        letters = corpus.vocabulary.encode(name)
        read, follow = np.array([END, *letters])[:, None], np.array([*letters, END])[:, None]
        own = np.exp(network.log_probabilities(read, follow)[:, 0])
        served = (1 - share) * own + share * np.exp(ngram.log_probabilities(read, follow)[:, 0])
        if name in learned:
            again += served.prod()
        else:
            mixed, drawn = mixed - np.log(served).sum(), drawn + served.prod()
    assert [kind[1] for kind in losses] == pytest.approx([mixed, drawn, again], rel=1e-4)
    unwatched = HeldOut(learned, names, corpus.vocabulary, [0.5, share], watch=False).losses(network)
    assert [kind[1] for kind in unwatched] == [losses.nats[1], losses.probability[1], 0]


def test_without_an_n_gram_the_network_is_what_is_served() -> None:
    training = trained(some(30), replace(FOLDED, ngram=False))
    assert training.share == 0
    assert training.figures().network == training.figures().served


def test_the_epochs_and_the_share_are_those_with_the_lowest_loss_of_all_folds_together(folded: FoldedTraining) -> None:
    curves = folded.state().curves
    pooled = {
        (epoch, share): curves[:, epoch, 0, place].sum()
        - PRIOR_LETTERS * (WEIGHT * math.log(share) + (1 - WEIGHT) * math.log(1 - share))
        for epoch in range(FOLDED.epochs)
        for place, share in enumerate(SHARES, start=1)
        if curves[:, epoch, 2, place].sum() / 2 <= MOST_AGAIN  # each name is learned in two of the folds
    }
    assert 0 < len(pooled) < FOLDED.epochs * len(SHARES)
    assert (folded.epochs - 1, folded.share) == min(pooled, key=lambda choice: pooled[choice])
    assert folded._run.plan.steps == folded.epochs * math.ceil(36 / FOLDED.batch)


def with_curves(training: FoldedTraining, served: list[list[float]]) -> FoldedTraining:
    """The training as though its folds had had these losses with the usual share, and higher ones with any other."""
    curves = np.zeros((3, len(served[0]), 3, 1 + len(SHARES)))
    curves[:, :, 0] = np.array(served, float)[:, :, None] * np.where(np.equal([0.0, *SHARES], WEIGHT), 1.0, 1.1)
    curves[:, :, 1] = np.array(served, float)[:, :, None] * 0.001
    training._curves = curves
    return training


@given(served=st.lists(st.lists(st.floats(1, 99), min_size=5, max_size=5), min_size=3, max_size=3))
def test_each_fold_is_reported_at_the_epoch_that_the_other_folds_choose(
    begun: FoldedTraining, served: list[list[float]]
) -> None:
    training = with_curves(begun, served)
    total = 0.0
    for fold, curve in enumerate(served):
        others = [other for place, other in enumerate(served) if place != fold]
        sums = [sum(other[epoch] for other in others) for epoch in range(5)]
        total += curve[sums.index(min(sums))]
    figures = training.figures()
    letters = sum(len(name) + 1 for name in training.corpus.names)
    assert figures.served == pytest.approx(total / letters)
    assert figures.network == pytest.approx(1.1 * total / letters)
    assert figures.drawn == pytest.approx(0.001 * total)
    assert figures.names == 36


def test_a_folds_own_curve_does_not_choose_where_it_is_reported(begun: FoldedTraining) -> None:
    others, letters = [[9.0, 5.0, 9.0], [9.0, 5.0, 9.0]], sum(len(name) + 1 for name in begun.corpus.names)
    for own in ([1.0, 7.0, 1.0], [9.0, 7.0, 1.0]):  # its own lowest loss lies elsewhere
        reported = with_curves(begun, [own, *others]).figures().served * letters
        # the second and third fold are reported where the first and one of them choose
        epochs = [int(np.argmin(np.add(own, others[0])))] * 2
        assert reported == pytest.approx(own[1] + sum(others[0][epoch] for epoch in epochs))


@pytest.mark.parametrize(
    ("again", "held_out", "epochs"),
    [
        (
            [0.01, 0.02, 0.024, 0.026, 0.03],
            0.001,
            3,
        ),  # share of the draws after each epoch; the loss falls all the time
        ([0.01, 0.02, 0.021, 0.022, 0.023], 0.001, 5),
        ([0.05, 0.06, 0.07, 0.09, 0.1], 0.04, 3),  # names that are easily hit upon
        ([0.05, 0.06, 0.07, 0.09, 0.1], 0.001, 5),  # too often from the first epoch on
    ],
)
def test_no_epoch_is_chosen_after_which_the_list_is_drawn_too_often(
    begun: FoldedTraining, again: list[float], held_out: float, epochs: int
) -> None:
    training = with_curves(begun, [[5.0, 4.0, 3.0, 2.0, 1.0]] * 3)
    training._curves[:, :, 1] = held_out * 12 / 36  # of the twelve names of a fold
    training._curves[:, :, 2] = np.array(again)[:, None] * 24 / 36  # of the other 24
    assert training.epochs == epochs


def test_no_share_is_chosen_with_which_the_list_is_drawn_too_often(begun: FoldedTraining) -> None:
    training = with_curves(begun, [[5.0, 4.0, 3.0, 2.0, 1.0]] * 3)
    training._curves[:, :, 0, 1 + SHARES.index(0.4)] = 0.5
    assert training.share == 0.4
    training._curves[:, :, 2, 1 + SHARES.index(0.4)] = 0.05 * 24 / 36
    assert training.share == WEIGHT


def test_a_single_fold_chooses_and_the_test_part_is_reported(single: FoldedTraining) -> None:
    test, place = single.corpus.split().test, 1 + SHARES.index(single.share)
    curves = single.state().curves[..., place]  # (parts, e, 3)
    assert single.epochs == 1 + int(np.argmin(curves[0, :, 0]))
    figures, letters = single.figures(), sum(len(name) + 1 for name in test)
    assert figures.names == len(test)
    assert figures.served == pytest.approx(curves[1, single.epochs - 1, 0] / letters)
    assert figures.drawn == pytest.approx(curves[1, single.epochs - 1, 1] * 36 / len(test))


def test_the_yardstick_is_the_n_gram_that_suits_the_held_out_names_best(folded: FoldedTraining) -> None:
    corpus = folded.corpus
    _, held_out = _parts(corpus, 3)
    nats = np.zeros(0)
    for learned, names in held_out:
        own = []
        for automaton in candidates(learned, corpus.vocabulary):
            encoded = [corpus.vocabulary.encode(name) for name in names]
            own.append(-sum(automaton.log_probabilities(*rows(letters)).sum(dtype=np.float64) for letters in encoded))
        nats = np.add(own, nats) if nats.size else np.array(own)
    letters = sum(len(name) + 1 for name in corpus.names)
    assert folded.figures().ngram == pytest.approx(nats.min() / letters, rel=1e-5)


def rows(letters: list[int]) -> tuple[Any, Any]:
    return np.array([END, *letters])[:, None], np.array([*letters, END])[:, None]


# The run


@given(st.integers(3, 10_000), st.integers(1, 4), st.integers(1, 50), st.integers(2, 64))
def test_the_planned_steps_bound_those_of_the_folds_and_of_all_names(
    names: int, folds: int, epochs: int, batch: int
) -> None:
    plan = replace(FOLDED, folds=min(folds, names), epochs=epochs, batch=batch)
    held_out = [0] if plan.folds == 1 else [len(range(fold, names, plan.folds)) for fold in range(plan.folds)]
    runs = [*(names - part for part in held_out), names]
    assert planned_steps(names, plan) == epochs * sum(math.ceil(run / batch) for run in runs)


@pytest.mark.parametrize("kind", ["folded", "single"])
def test_the_steps_taken_are_at_most_those_planned(kind: str, request: pytest.FixtureRequest) -> None:
    training: FoldedTraining = request.getfixturevalue(kind)
    assert training.done
    assert training.step <= planned_steps(36, training.plan)
    assert [step for step, _, _ in training.history] == sorted({step for step, _, _ in training.history})
    assert training.history[-1][0] == training.step


def test_every_epoch_of_a_fold_is_judged_and_none_of_the_last_run(folded: FoldedTraining) -> None:
    judged = [not math.isnan(validation) for _, _, validation in folded.history]
    assert judged == [True] * 12 + [False] * folded.epochs
    letters = [sum(len(name) + 1 for name in part) for _, part in _parts(folded.corpus, 3)[1]]
    curves = folded.state().curves[:, :, 0, 1 + SHARES.index(WEIGHT)] / np.array(letters)[:, None]
    np.testing.assert_allclose([point[2] for point in folded.history[:12]], curves.ravel(), rtol=1e-12)


@pytest.mark.no_cover  # dozens of trainings; the tests of their checkpoints run the same lines
@pytest.mark.parametrize("styled", [False, True], ids=["random", "styled"])
@pytest.mark.parametrize("pieces", [1, 2, 5, 1000])
def test_pieces_of_any_size_end_with_the_same_bits(pieces: int, styled: bool) -> None:
    corpus = some(30)
    plan = replace(FOLDED, epochs=2, batch=8, style_size=3 if styled else 0, style_rate=20.0)
    start = styled_start(corpus) if styled else None
    whole, cut = (FoldedTraining(corpus, plan, 3, start) for _ in range(2))
    ended(whole)
    longest = before = 0
    for _ in cut.run_in_pieces(pieces):
        longest, before = max(longest, cut.step - before), cut.step
    assert longest <= pieces
    assert bits(cut) == bits(whole)


def test_a_seed_decides_every_bit() -> None:
    corpus, plan = some(30), replace(FOLDED, epochs=2)
    one, same, other = (bits(trained(corpus, plan, seed)) for seed in (1, 1, 2))
    assert one == same
    assert one["result"] != other["result"]


def test_the_runs_draw_different_random_numbers() -> None:
    training = FoldedTraining(some(36), FOLDED, 0)
    starts = {training.network.parameters.flat.tobytes() for _ in training.run()}
    assert len(starts) == 3 * FOLDED.epochs + training.epochs
    firsts = [training._begin().network.parameters.flat.tobytes() for training._phase in range(4)]
    assert len(set(firsts)) == 4


def test_the_result_reads_names_without_its_style() -> None:
    corpus = some(30)
    training = begin(corpus, replace(FOLDED, epochs=2, style_size=3), 0, styled_start(corpus))
    ended(training)
    assert training.network.shape.styles == 1
    assert training.result().shape.styles == 0
    assert training.result().shape.vocabulary == corpus.vocabulary.size
    assert isinstance(begin(corpus, replace(FOLDED, folds=0, epochs=0), 0), Training)
