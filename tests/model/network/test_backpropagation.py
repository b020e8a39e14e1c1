"""Axes:  n letters of the batch   b names in the batch   t letters along a name   v vocabulary   h hidden units."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.literal_recipe import LiteralRecipe
from model.network.backpropagation import ALL_UNITS, Backpropagation
from model.network.batch import Batch
from model.network.buffers import Buffers
from model.network.cells import Reading
from model.network.dropout import DropoutMasks, DropoutRates
from model.network.inputs import MAX_ONE_HOT
from model.network.network import Network
from model.network.parameters import FloatArray, IntArray
from model.network.shape import CELLS, Shape
from model.network.styles import fold, log_probabilities

V, H, B = 7, 4, 3
STEP = 1e-6

ONE_LAYER = Shape("vanilla", V, H)
SHAPES = [
    *(Shape(cell, V, H, layers) for cell in CELLS for layers in (1, 2, 3)),
    *(Shape(cell, V, H, layers, styles=4, style_size=2) for cell in CELLS for layers in (1, 2)),
]


def network(seed: int = 0, shape: Shape = ONE_LAYER) -> Network:
    """Float64 weights with nothing at zero, biases included."""
    rng = np.random.default_rng(seed)
    made = Network.initialise(shape, rng, np.float64)
    made.parameters.flat[:] += rng.normal(0, 0.3, made.parameters.flat.size)
    return made


def batch(seed: int = 1, counts: tuple[int, ...] = (3, 3, 2, 1)) -> Batch:
    rng = np.random.default_rng(seed)
    inputs, targets = rng.integers(0, V, (2, sum(counts)))
    return Batch(inputs, targets, list(counts))


def names_of(packed: Batch) -> list[tuple[IntArray, IntArray]]:
    """Each name's inputs and targets."""
    starts = np.cumsum([0, *packed.counts])
    rows = [
        [starts[t] + name for t, going in enumerate(packed.counts) if name < going] for name in range(packed.counts[0])
    ]
    return [(packed.inputs[row], packed.targets[row]) for row in rows]


@pytest.mark.no_cover  # thousands of losses; every training runs the same lines
@pytest.mark.parametrize("drops", [False, True], ids=["whole", "dropout"])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape.cell}-{shape.layers}-{shape.styles}")
def test_backward_agrees_with_central_differences(shape: Shape, drops: bool) -> None:
    made, names = network(shape=shape), batch()
    dropout = ALL_UNITS
    if drops:
        rates = DropoutRates(recurrent=0.4, between=0.3, output=0.5)
        dropout = DropoutMasks.draw(B, shape, rates, np.random.default_rng(2), np.dtype(np.float64))
    alphabets = None
    if shape.styles:
        letters = None if drops else np.unique(np.append(names.targets, [0, V - 1]))
        names = names._replace(styles=np.array([3, 0, 3]), lists=np.array([1, 0, 1]), letters=letters)
        alphabets = np.zeros((2, V))
        alphabets[1, np.setdiff1d(np.arange(V), names.targets)] = -np.inf
    backpropagate = Backpropagation(made, alphabets)
    backpropagate(names, 0.5, dropout)
    for weight, gradient in backpropagate.gradient.copy().arrays().items():
        numeric = _numeric(backpropagate, made.parameters[weight], names, dropout)
        assert np.linalg.norm(gradient) > 0.001, weight
        assert np.linalg.norm(gradient - numeric) <= 1e-6 * np.linalg.norm(numeric), weight


def _numeric(backpropagate: Backpropagation, weights: FloatArray, names: Batch, dropout: DropoutMasks) -> FloatArray:
    """Central differences of half the loss by each weight."""
    numeric = np.empty_like(weights)
    for place in np.ndindex(*weights.shape):
        kept = weights[place]
        weights[place] = kept + STEP
        above = backpropagate(names, 0.5, dropout)
        weights[place] = kept - STEP
        below = backpropagate(names, 0.5, dropout)
        weights[place] = kept
        numeric[place] = 0.5 * (above - below) / (2 * STEP)
    return numeric


def test_a_batch_of_one_has_the_loss_and_gradient_of_the_literal_transcription() -> None:
    made, name = network(), batch(counts=(1, 1, 1, 1))
    backpropagate = Backpropagation(made)
    loss = backpropagate(name, 1.0)
    p, g = made.parameters, backpropagate.gradient
    literal = LiteralRecipe.of(p.arrays())
    expected, d = literal.gradient(name.inputs.tolist(), name.targets.tolist())
    assert loss == pytest.approx(expected, rel=1e-13)
    for weight, ours in g.arrays().items():
        np.testing.assert_allclose(ours.T, d[weight], rtol=0, atol=1e-13)


@pytest.mark.parametrize("shape", [ONE_LAYER, Shape("gru", V, H, 2)], ids=["vanilla", "gru"])
def test_a_batch_of_names_of_any_lengths_is_the_sum_of_its_names(shape: Shape) -> None:
    packed = batch(counts=(5, 4, 4, 2, 1))
    backpropagate = Backpropagation(network(shape=shape))
    whole = backpropagate(packed, 1.0)
    gradient = backpropagate.gradient.flat.copy()
    alone, total = 0.0, np.zeros_like(gradient)
    for inputs, targets in names_of(packed):
        alone += backpropagate(Batch(inputs, targets, [1] * len(inputs)), 1.0)
        total += backpropagate.gradient.flat
    assert whole == pytest.approx(alone, rel=1e-13)
    np.testing.assert_allclose(gradient, total, rtol=0, atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES[:6], ids=lambda shape: f"{shape.cell}-{shape.layers}")
def test_the_loss_is_the_negative_sum_of_the_log_probabilities(shape: Shape) -> None:
    made, packed = network(shape=shape), batch()
    expected = -sum(made.log_probabilities(x[:, None], y[:, None]).sum() for x, y in names_of(packed))
    assert Backpropagation(made)(packed, 1.0) == pytest.approx(expected, rel=1e-13)


def test_memory_kept_from_a_larger_batch_does_not_leak_into_a_smaller_one() -> None:
    used, fresh = Backpropagation(network()), Backpropagation(network())
    used(batch(seed=5, counts=(11, 9, 9, 3)), 1.0)
    small = batch(seed=6, counts=(2,))
    assert used(small, 1.0) == fresh(small, 1.0)
    np.testing.assert_array_equal(used.gradient.flat, fresh.gradient.flat)


@pytest.mark.parametrize("shift", [1e4, -1e4])
def test_logits_beyond_the_range_of_exp_lose_nothing(shift: float) -> None:
    plain, shifted = network(), network()
    shifted.parameters["c"][:] += shift
    expected = Backpropagation(plain)(batch(), 1.0)
    assert Backpropagation(shifted)(batch(), 1.0) == pytest.approx(expected, rel=1e-9)


def test_float32_agrees_with_float64_to_its_own_precision() -> None:
    double = network()
    single = double.with_weights(double.parameters.flat.astype(np.float32))
    ours, theirs = Backpropagation(single), Backpropagation(double)
    assert ours(batch(), 1.0) == pytest.approx(theirs(batch(), 1.0), rel=1e-6)
    np.testing.assert_allclose(ours.gradient.flat, theirs.gradient.flat, rtol=0, atol=1e-5)
    assert ours.gradient.flat.dtype == np.float32


@pytest.mark.parametrize("letters", [3, MAX_ONE_HOT + 1])
def test_sums_by_letter_are_the_same_for_small_and_large_vocabularies(letters: int) -> None:
    made, packed = network(shape=Shape("gru", letters, H)), batch()
    packed = packed._replace(inputs=packed.inputs % 3, targets=packed.targets % 3)
    backpropagate = Backpropagation(made)
    backpropagate(packed, 1.0)
    for letter in range(3):
        numeric = _numeric(backpropagate, made.parameters["U"][letter], packed, ALL_UNITS) * 2
        backpropagate(packed, 1.0)
        np.testing.assert_allclose(backpropagate.gradient["U"][letter], numeric, rtol=0, atol=1e-7)
    assert not backpropagate.gradient["U"][3:].any()


@pytest.mark.parametrize("shape", SHAPES[6:], ids=lambda shape: f"{shape.cell}-{shape.layers}")
def test_a_style_folded_into_the_biases_is_an_ordinary_network(shape: Shape) -> None:
    made, packed = network(shape=shape), batch()
    expected = 0.0
    for style, (x, y) in zip((3, 0, 3), names_of(packed), strict=True):
        folded = fold(made, made.parameters["z"][style])
        assert folded.shape == Shape(shape.cell, V, H, shape.layers)
        expected -= folded.log_probabilities(x[:, None], y[:, None]).sum()
    assert Backpropagation(made)(packed._replace(styles=np.array([3, 0, 3])), 1.0) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("shape", SHAPES[6:], ids=lambda shape: f"{shape.cell}-{shape.layers}")
def test_names_are_read_under_a_style_each_with_the_letters_of_its_list(shape: Shape) -> None:
    made, packed = network(shape=shape), batch()
    letters, styles = np.array([0, 2, 3, 5, 6]), np.array([3, 0, 1])
    packed = packed._replace(targets=letters[packed.targets % 4], styles=styles, letters=letters)
    known = np.array([[True] * 4 + [False], [True] * 5, [True] * 4 + [False]])
    found = log_probabilities(made, packed, np.where(known, 0, -np.inf))
    reached = packed.sum(found[:, None])[:, 0]
    for style, own, (x, y), nats in zip(styles, known, names_of(packed), reached, strict=True):
        folded = fold(made, made.parameters["z"][style])
        hidden, expected = folded.start(1), 0.0
        for letter, target in zip(x, y, strict=True):
            hidden = folded.step(np.array([letter]), hidden)
            odds = np.exp(folded.logits(hidden)[:, 0])
            expected += np.log(odds[target] / odds[letters[own]].sum())
        assert nats == pytest.approx(expected, rel=1e-12)


def test_the_gated_cell_is_its_equations() -> None:
    made, packed = network(shape=Shape("gru", V, H)), batch(counts=(3, 2))
    p = made.parameters.arrays()
    states = np.zeros((3, H))
    for letters in (packed.inputs[:3], np.append(packed.inputs[3:], 0)):
        update, reset, candidate = np.split(p["U"][letters] + p["b"], 3, axis=1)
        to_update, to_reset, to_candidate = np.split(states @ p["W"], 3, axis=1)
        z, r = (1 / (1 + np.exp(-a)) for a in (update + to_update, reset + to_reset))
        states = z * states + (1 - z) * np.tanh(candidate + r * to_candidate)
    step = made.step(packed.inputs[3:], made.step(packed.inputs[:2], made.start(2)))
    np.testing.assert_allclose(step, states[:2], rtol=1e-13)
    np.testing.assert_allclose(states[:2], _states(made, packed)[3:], rtol=1e-13)


def _states(made: Network, packed: Batch) -> FloatArray:
    weights = made.parameters.layer(0)
    trace = made.cell.forward(weights, Reading(packed, packed.inputs), Buffers(np.dtype(np.float64)))
    return np.array(trace.states)


def test_the_cell_is_the_equation() -> None:
    made, packed = network(), batch(counts=(3, 2))
    p = made.parameters.arrays()
    trace = made.cell.forward(p, Reading(packed, packed.inputs), Buffers(np.dtype(np.float64)))
    states, carried = trace.states, trace.carried
    letters = p["U"][packed.inputs] + p["b"]
    np.testing.assert_allclose(states[:3], np.tanh(letters[:3]))
    np.testing.assert_allclose(states[3:], np.tanh(letters[3:] + states[:2] @ p["W"]))
    np.testing.assert_array_equal(carried, states[:2])
    step = made.step(packed.inputs[3:], made.step(packed.inputs[:2], made.start(2)))
    np.testing.assert_allclose(step, states[3:])
