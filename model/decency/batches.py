"""Reading many skeletons at once: the automaton's steps as a table, filled with those that came up before.

Axes:  n skeletons   t letters along one   s states   c columns: three that are no letters, and one for each letter
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from model.decency.matcher import Matcher

PAST_END, UNKNOWN_LETTER, VERDICT = range(3)
"""Columns: of what stands after the end, which changes no state; of letters that never came up; of the verdicts."""

UNKNOWN, DECENT, INDECENT = range(3)
"""In the column of verdicts; elsewhere, 0 is the row in which skeletons end that take a step never taken before."""

CODE_POINTS = 2**16
"""Letters beyond never get a column."""


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """Which row follows each row after a letter; rows are given by where they begin, those of states in their order."""

    columns: NDArray[np.int32]  # of each code point
    steps: NDArray[np.int32]  # (1 + s, c)

    @property
    def width(self) -> int:
        return int(self.steps.shape[1])


class BatchMatcher:
    """Reads skeletons as a `Matcher` does, with the same verdicts; several threads may do so at once."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        columns = np.full(CODE_POINTS, UNKNOWN_LETTER, np.int32)
        columns[0] = PAST_END
        self._letters = VERDICT + 1  # columns in use
        self._table = _Table(columns, np.zeros((0, 0), np.int32))
        self._growing = Lock()
        self._make_room(1024, 32)

    def accepts(self, skeletons: Sequence[str]) -> list[bool]:
        """For each skeleton, whether its name is decent."""
        table = self._table
        spelled = np.array(skeletons)
        points = spelled.view(np.uint32).reshape(len(spelled), -1)
        columns = table.columns.take(np.ascontiguousarray(points.T), mode="clip")  # (t, n)
        steps, row = table.steps.ravel(), np.full(len(spelled), table.width * (1 + self._matcher.start), np.int32)
        for column in columns:
            row = steps.take(row + column)
        verdicts = steps.take(row + VERDICT)
        found: list[bool] = (verdicts == DECENT).tolist()
        for place in np.flatnonzero(verdicts == UNKNOWN).tolist():
            found[place] = self._learn(skeletons[place])
        return found

    def _learn(self, skeleton: str) -> bool:
        """Read one skeleton, and fill its steps in."""
        with self._growing:
            state = self._matcher.start
            for letter in skeleton:
                after = self._matcher.step(state, letter)
                if ord(letter) < CODE_POINTS - 1:
                    column = int(self._table.columns[ord(letter)])
                    if column == UNKNOWN_LETTER:
                        column, self._letters = self._letters, self._letters + 1
                    self._make_room(after + 2, column + 1)
                    self._table.columns[ord(letter)] = column
                    self._table.steps[1 + state, column] = (1 + after) * self._table.width
                self._judge(state)
                state = after
            return self._judge(state)

    def _judge(self, state: int) -> bool:
        """Whether a name that ends in this state is decent, filled in too: shorter names end where longer ones pass."""
        if self._table.steps[1 + state, VERDICT] == UNKNOWN:
            self._table.steps[1 + state, VERDICT] = DECENT if self._matcher.accepts(state) else INDECENT
        return bool(self._table.steps[1 + state, VERDICT] == DECENT)

    def _make_room(self, rows: int, columns: int) -> None:
        """Replace the table by a larger one where it is too small; other threads go on with the old one."""
        old = self._table.steps
        if rows <= old.shape[0] and columns <= old.shape[1]:
            return
        rows, width = (
            max(need, 2 * size if need > size else size) for need, size in zip((rows, columns), old.shape, strict=True)
        )
        steps = np.zeros((rows, width), np.int32)
        steps[: old.shape[0], : old.shape[1]] = old
        if old.size:
            steps[:, VERDICT + 1 :] //= old.shape[1]
            steps[:, VERDICT + 1 :] *= width
        steps[:, PAST_END] = np.arange(rows) * width
        self._table = _Table(self._table.columns.copy(), steps)
