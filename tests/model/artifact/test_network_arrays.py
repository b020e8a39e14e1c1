from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from model.artifact import network_arrays
from model.errors import InvalidWeights
from model.network.network import Network
from model.network.shape import CELLS, Shape

SHAPES = [
    *(Shape(cell, 7, 5, layers) for cell in CELLS for layers in (1, 3)),
    Shape("gru", 7, 5, 2, styles=3, style_size=2),
]


def network(shape: Shape, dtype: Any = np.float32) -> Network:
    return Network.initialise(shape, np.random.default_rng(0), dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape.cell}-{shape.layers}-{shape.styles}")
def test_the_members_make_the_same_network_again(shape: Shape, dtype: Any) -> None:
    made = network(shape, dtype)
    read = network_arrays.network(network_arrays.members(made), shape)
    assert read.shape == shape
    assert read.parameters.flat.dtype == dtype
    assert read.parameters.flat.tobytes() == made.parameters.flat.tobytes()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_half_precision_halves_the_members_and_is_read_as_single(dtype: Any) -> None:
    made = network(SHAPES[-1], dtype)
    full, half = (network_arrays.members(made.with_weights(made.parameters.flat), half=half) for half in (False, True))
    assert {array.dtype for array in half.values()} == {np.dtype(np.float16)}
    assert sum(array.nbytes for array in half.values()) * np.dtype(dtype).itemsize == 2 * sum(
        array.nbytes for array in full.values()
    )
    read = network_arrays.network(half, SHAPES[-1])
    assert read.parameters.flat.dtype == np.float32
    np.testing.assert_allclose(read.parameters.flat, made.parameters.flat, rtol=2**-11, atol=2**-25)
    assert made.parameters.flat.dtype == dtype


@pytest.mark.parametrize("weight", [65_520, -65_520])
def test_a_weight_beyond_half_precision_is_refused_and_in_full_precision_kept(weight: float) -> None:
    made = network(SHAPES[0])
    made.parameters.flat[3] = weight
    with pytest.raises(InvalidWeights, match="write it in full"):
        network_arrays.members(made, half=True)
    assert network_arrays.members(made)["network.W"].ravel()[3] == np.float32(weight)
    made.parameters.flat[3] = np.copysign(65_504, weight)  # the largest that it has
    assert network_arrays.members(made, half=True)["network.W"].ravel()[3] == np.copysign(65_504, weight)


@pytest.mark.parametrize("weight", [1.1e6, -1.1e6, 1e37, np.inf, np.nan])
@pytest.mark.parametrize("half", [False, True])
def test_a_weight_that_could_overflow_is_neither_written_nor_read(weight: float, half: bool) -> None:
    made = network(SHAPES[0])
    members = network_arrays.members(made)
    members["network.V"] = np.where(members["network.V"] > 1, members["network.V"], np.float32(weight))
    with pytest.raises(ValueError, match=r"network\.V holds numbers that are not finite, or too large"):
        network_arrays.network(members, SHAPES[0])
    made.parameters.flat[3] = weight
    with pytest.raises(InvalidWeights, match="a weight is too large"):
        network_arrays.members(made, half=half)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("shape", SHAPES[:-1], ids=lambda shape: f"{shape.cell}-{shape.layers}-{shape.styles}")
def test_the_largest_weights_make_numbers(shape: Shape) -> None:
    made = network(shape)
    made.parameters.flat[:] = network_arrays.MAX_WEIGHT * np.sign(made.parameters.flat)
    letters = np.arange(shape.vocabulary).repeat(3).reshape(3, -1)
    assert np.isfinite(made.log_probabilities(letters, letters)).all()


def test_what_was_read_does_not_change() -> None:
    for half in (False, True):
        read = network_arrays.network(network_arrays.members(network(SHAPES[0]), half=half), SHAPES[0])
        with pytest.raises(ValueError, match="read-only"):
            read.parameters["V"][0] = 0


def test_members_of_two_precisions_make_no_network() -> None:
    members = network_arrays.members(network(SHAPES[0]))
    mixed = members | {"network.V": members["network.V"].astype(np.float16)}
    with pytest.raises(ValueError, match=r"network\.V has type float16"):
        network_arrays.network(mixed, SHAPES[0])


@pytest.mark.parametrize("member", [f"network.{name}" for name in SHAPES[-1].layout()])
def test_a_member_that_is_missing_is_named(member: str) -> None:
    members = network_arrays.members(network(SHAPES[-1]))
    del members[member]
    with pytest.raises(KeyError, match=member):
        network_arrays.network(members, SHAPES[-1])
