"""What a person sees while a training runs: a bar on a terminal, plain lines elsewhere, always on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from model.training.folds import AnyTraining
from model.training.loop import Progress

LINES = 20
"""How many a training prints at most, where no run begins between them."""


def show(training: AnyTraining) -> Generator[Progress]:
    """Run a training to its end, passing its progress on and showing it."""
    return _bar(training) if sys.stderr.isatty() else _lines(training)


class _Pace:
    """Names read and losses met since the last report, and the pace."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.began, self.names, self.losses = time.perf_counter(), 0, list[float]()

    def add(self, progress: Progress) -> None:
        self.names += progress.names
        self.losses.append(progress.loss)

    @property
    def loss(self) -> float:
        return sum(self.losses) / len(self.losses)

    @property
    def names_per_second(self) -> float:
        return self.names / max(time.perf_counter() - self.began, 1e-9)


def _lines(training: AnyTraining) -> Generator[Progress]:
    """Some twenty lines at reports and at the end of each run: the loss since the last one and on validation names."""
    pace, shown = _Pace(), training.step
    for progress in training.run():
        pace.add(progress)
        phase, next_phase = _phases(training)
        is_due = training.done or phase != next_phase or progress.step - shown >= progress.steps / LINES
        if is_due and (phase or progress.validation is not None):
            figures = [f"step {progress.step}/{progress.steps}", phase, f"loss {pace.loss:.4f}"]
            figures += [f"validation {progress.validation:.4f}"] if progress.validation is not None else []
            figures += [f"{pace.names_per_second:,.0f} names/s"]
            print("  ".join(filter(None, figures)), file=sys.stderr, flush=True)
            pace.clear()
            shown = progress.step
        yield progress


def _phases(training: AnyTraining) -> tuple[str, str]:
    """The runs that the last point of the loss curve and the next one belong to, where there are several runs."""
    points = len(training.history)
    return training.plan.phase(points - 1), training.plan.phase(points)


def _bar(training: AnyTraining) -> Generator[Progress]:
    """A bar with the same figures and the time left."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(
            "loss {task.fields[loss]:.4f}  validation {task.fields[validation]}  {task.fields[pace]:,.0f} names/s"
        ),
        TimeRemainingColumn(),
    )
    pace = _Pace()
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=training.steps, completed=training.step, loss=0.0, validation="…", pace=0.0)
        for progress in training.run():
            pace.add(progress)
            bar.update(
                task,
                description=_phases(training)[0],
                total=progress.steps,
                completed=progress.step,
                loss=pace.loss,
                pace=pace.names_per_second,
            )
            if progress.validation is not None:
                bar.update(task, validation=f"{progress.validation:.4f}")
                pace.clear()
            yield progress
