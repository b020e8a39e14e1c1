"""Weights: named arrays over one flat vector."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

FloatArray = NDArray[Any]
"""Of float32 or float64; nothing in this package mixes the two."""

IntArray = NDArray[np.integer]
BoolArray = NDArray[np.bool_]

Layout = Mapping[str, tuple[int, ...]]
"""The shape of every array by its name, in the order in which they lie in the flat vector."""


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """Arrays that are windows on one flat vector.

    The optimiser, a checkpoint and a model file treat them as one vector or by their names; only a cell and the output
    layer know what each name means.

    Attributes
    ----------
    flat : (size,)
        All numbers.
    layout
        Names and shapes.
    """

    flat: FloatArray
    layout: Layout
    _arrays: dict[str, FloatArray] = field(init=False, repr=False, default_factory=dict)
    _layers: dict[int, dict[str, FloatArray]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.flat) != size(self.layout):
            raise ValueError(f"the layout has {size(self.layout)} numbers and the vector {len(self.flat)}")
        start = 0
        for name, shape in self.layout.items():
            end = start + math.prod(shape)
            self._arrays[name] = self.flat[start:end].reshape(shape)
            layer, _, own = name.rpartition(".")
            self._layers.setdefault(int(layer or 0), {})[own] = self._arrays[name]
            start = end

    @classmethod
    def zeros(cls, layout: Layout, dtype: DTypeLike = np.float32) -> Parameters:
        """All weights zero: the place for a gradient."""
        return cls(np.zeros(size(layout), dtype), layout)

    def __getitem__(self, name: str) -> FloatArray:
        return self._arrays[name]

    def layer(self, layer: int) -> dict[str, FloatArray]:
        """The arrays of one layer by their names without its number: `W` for `1.W`."""
        return self._layers[layer]

    def arrays(self) -> dict[str, FloatArray]:
        """The arrays by name, in the order of the layout."""
        return dict(self._arrays)

    def matrices(self) -> list[FloatArray]:
        """The arrays that weight decay shrinks: all but the biases."""
        return [array for array in self._arrays.values() if array.ndim > 1]

    def stack(self, *names: str) -> FloatArray:
        """Neighbours in the vector as one matrix: their rows one below the other, where a bias is one row."""
        ends = np.cumsum([math.prod(shape) for shape in self.layout.values()])
        places = [list(self.layout).index(name) for name in names]
        if places != list(range(places[0], places[-1] + 1)):
            raise ValueError(f"{', '.join(names)} are no neighbours")
        start = ends[places[0]] - math.prod(self.layout[names[0]])
        return self.flat[start : ends[places[-1]]].reshape(-1, self.layout[names[0]][-1])

    def copy(self, dtype: DTypeLike | None = None) -> Parameters:
        """The same weights in memory of their own."""
        return Parameters(self.flat.astype(dtype or self.flat.dtype, copy=True), self.layout)


def size(layout: Layout) -> int:
    """How many numbers the arrays hold together."""
    return sum(math.prod(shape) for shape in layout.values())
