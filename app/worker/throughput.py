"""How fast a training is, and how long it still takes."""

from __future__ import annotations

import math
import time
from collections import deque

from app.store.records import Progress
from model.training.folds import AnyTraining
from model.training.preview import Preview

PIECE_SECONDS = 0.2
"""How long to train between two readings of the clock, unless a single step takes longer."""

DRAWN = 5
"""Names that are drawn for a report."""

DRAWING_SHARE = 0.02
"""Of the time of a training, that they may take: with a large network, not every report has new ones."""

MARKS = 10
"""How many of the last reports the speed is measured over."""


class Throughput:
    """Trains in pieces of about equal time, and measures the speed."""

    def __init__(self, training: AnyTraining) -> None:
        self.training = training
        self._preview = Preview(training)
        self._drawn: tuple[str, ...] = ()
        self._drawing_due = -math.inf  # by the monotonic clock
        self._piece = 1  # steps
        self._marks = deque([(time.monotonic(), training.step)], MARKS)  # seconds, steps done

    def train(self) -> None:
        """Train one piece."""
        began = time.monotonic()
        next(self.training.run_in_pieces(self._piece))
        seconds = time.monotonic() - began
        if seconds < PIECE_SECONDS / 2:
            self._piece *= 2
        elif seconds > PIECE_SECONDS:
            self._piece = max(1, self._piece // 2)

    def progress(self) -> Progress:
        """How far the training is, at the speed since some reports ago."""
        training, plan = self.training, self.training.plan
        self._marks.append((time.monotonic(), training.step))
        (began, first), (now, last) = self._marks[0], self._marks[-1]
        steps_a_second = (last - first) / (now - began)
        return {
            "step": training.step,
            "steps": training.steps,
            "names_per_second": steps_a_second * plan.batch,
            "seconds_left": (training.steps - training.step) / steps_a_second if steps_a_second else None,
            "history": [
                (step, loss, None if math.isnan(validation) else validation)
                for step, loss, validation in training.history
            ],
            "drawn": self._draw(),
        }

    def _draw(self) -> tuple[str, ...]:
        """Names as the network draws them now, or drew them a while ago."""
        began = time.monotonic()
        if began >= self._drawing_due:
            is_first = math.isinf(self._drawing_due)
            self._drawn = self._preview.draw(2 * DRAWN)[:DRAWN]  # names of the list are left out
            ended = time.monotonic()
            took = 0.0 if is_first else ended - began  # the first time also makes what all need
            self._drawing_due = ended + took / DRAWING_SHARE
        return self._drawn
