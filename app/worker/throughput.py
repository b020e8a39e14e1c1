"""How fast a training is, how long it has still to go, and how far it may go between looks at the clock."""

from __future__ import annotations

import math
import time
from collections import deque
from typing import Any

from model.training.loop import Training

PIECE_SECONDS = 0.2
"""What training goes on for between two looks at the clock, unless a single step takes longer."""

MARKS = 10
"""How many of the last marks the speed is measured over."""


class Throughput:
    """Takes steps, as many at a time as last a moment, and counts them."""

    def __init__(self, training: Training) -> None:
        self._training = training
        self._piece = 1  # steps
        self._marks = deque([(time.monotonic(), training.step)], MARKS)  # seconds, steps done

    def go_on(self) -> None:
        """Train for a moment."""
        began = time.monotonic()
        next(self._training.run_in_pieces(self._piece))
        seconds = time.monotonic() - began
        if seconds < PIECE_SECONDS / 2:
            self._piece *= 2
        elif seconds > PIECE_SECONDS:
            self._piece = max(1, self._piece // 2)

    def progress(self) -> dict[str, Any]:
        """Mark how far the training is, and tell what `Jobs.progress` takes."""
        training, plan = self._training, self._training.plan
        self._marks.append((time.monotonic(), training.step))
        (began, first), (now, last) = self._marks[0], self._marks[-1]
        steps_a_second = (last - first) / (now - began)
        return {
            "step": training.step,
            "steps": plan.steps,
            "names_per_second": steps_a_second * plan.batch,
            "seconds_left": (plan.steps - training.step) / steps_a_second if steps_a_second else None,
            "history": [
                (step, loss, None if math.isnan(validation) else validation)
                for step, loss, validation in training.history
            ],
        }
