"""Reading a letter of many names, with checkpoints between parts of them, so that others wait less long.

Axes:  b names in the batch
"""

from __future__ import annotations

from typing import Any

from model.generation.checkpoints import look
from model.generation.predictor import Predictor, State
from model.network.network import MIN_BLOCK
from model.network.parameters import IntArray

WORK_AT_ONCE = 400_000_000
"""Names times weights, some 20 ms a letter of a core that has nothing else to do."""


def read_letters(predictor: Predictor[State], state: State, rows: IntArray, letters: IntArray) -> State:
    """As `Predictor.read`, with the same bits: a part is made of blocks that a network reads at a time."""
    look()
    most = max(WORK_AT_ONCE // predictor.size // MIN_BLOCK, 1) * MIN_BLOCK if predictor.size else len(rows)
    if len(rows) <= most:
        return predictor.read(state, rows, letters)
    parts: list[Any] = []
    for place in range(0, len(rows), most):
        parts.append(predictor.read(state, rows[place : place + most], letters[place : place + most]))
        look()
    return predictor.concatenate(parts)
