"""Which arrays a network has: its cell, its layers, its output layer, and its styles where it has some.

The layers of a stack lie one after another, `W`, `b` and `U` of the first and `1.W`, `1.b` and `1.U` of the second; a
network with styles adds what `model.network.styles` needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from model.network import output
from model.network.cells import Cell
from model.network.gru import GruCell
from model.network.parameters import Layout
from model.network.vanilla import VanillaCell

CELLS: dict[str, Cell[Any]] = {cell.name: cell for cell in (VanillaCell(), GruCell())}

MAX_LAYERS = 4
MAX_HIDDEN = 2**14
MAX_LETTERS = 2**12
"""Lists of Chinese names have some three thousand; what a letter takes to draw grows with their number."""

MAX_WEIGHTS = 12 * 2**20
"""Numbers of a network: 48 MiB in single precision. Four layers of 512 gated units and 500 letters have 8 million."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The architecture of a network, in numbers."""

    cell: str  # a name in `CELLS`
    vocabulary: int  # v, letters and the end token
    hidden: int  # h, units of each layer
    layers: int = 1
    styles: int = 0  # kinds of names that it tells apart
    style_size: int = 0  # numbers that describe a style

    def layout(self) -> Layout:
        """Names and shapes of all arrays: those of the layers, those of the output layer, those of the styles."""
        cell = CELLS[self.cell]
        arrays: dict[str, tuple[int, ...]] = {}
        for layer in range(self.layers):
            prefix = f"{layer}." if layer else ""
            own = cell.layout(self.hidden if layer else self.vocabulary, self.hidden)
            arrays |= {prefix + name: shape for name, shape in own.items()}
            if self.styles:
                arrays[f"{prefix}Wz"] = (self.style_size, cell.gates * self.hidden)
                arrays[f"{prefix}Sz"] = (self.style_size, self.hidden)
        arrays |= output.layout(self.vocabulary, self.layers * self.hidden)
        if self.styles:
            arrays |= {
                "Rz": (self.style_size, self.layers * self.hidden),
                "Vz": (self.style_size, self.vocabulary),
                "z": (self.styles, self.style_size),
            }
        return arrays
