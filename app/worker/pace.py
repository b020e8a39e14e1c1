"""How fast a training is, and how long it has still to go."""

from __future__ import annotations

import math
import time
from collections import deque
from typing import Any

from model.training import Training

MARKS = 10
"""How many of the last marks the speed is measured over."""


class Pace:
    """Counts the steps that one process takes."""

    def __init__(self, training: Training) -> None:
        self._training = training
        self._marks = deque([(time.monotonic(), training.step)], MARKS)  # seconds, steps done

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
