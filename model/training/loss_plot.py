"""The loss curve as a picture; matplotlib is loaded only here, and only when one is drawn."""

from __future__ import annotations

import importlib.util
import io
import warnings
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import numpy as np

from model.artifact.npz import write_whole
from model.errors import InvalidOption
from model.training.hyperparameters import Hyperparameters

KINDS = (".png", ".svg")

Point = tuple[int, float, float]


def check(path: Path) -> None:
    """Refuse a plot that could not be drawn, before the training rather than after it."""
    if path.suffix.lower() not in KINDS:
        raise InvalidOption("--plot", f"must end in {' or '.join(KINDS)}")
    if importlib.util.find_spec("matplotlib") is None:
        raise InvalidOption("--plot", "needs matplotlib, which `make .venv` installs")


def loss_curve(history: Sequence[Point], title: str, path: Path, plan: Hyperparameters | None = None) -> None:
    """Draw the loss on the training and on the validation names into a file, ``.png`` or ``.svg``; see `picture`."""
    write_whole(path, picture(history, title, path.suffix.lower().removeprefix("."), plan))


def picture(history: Sequence[Point], title: str, kind: str = "png", plan: Hyperparameters | None = None) -> bytes:
    """Draw the loss on the training and on the validation names.

    Parameters
    ----------
    history
        Step, training loss and validation loss (NaN where it was not measured), nats per letter.
    title
        The list's name.
    kind
        ``png`` or ``svg``.
    plan
        Tells whether the training loss was measured with units left out, which lifts it above the other, and where a
        run of a training with folds ends and the next one begins.
    """
    from matplotlib.figure import Figure

    points = np.array(history, float).reshape(-1, 3)
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    dropout = plan is not None and plan.drops_out
    label, marker = f"training names{' (with dropout)' * dropout}", "." if len(points) == 1 else ""
    phases = ["" if plan is None else plan.phase(point) for point in range(len(points))]
    began = 0.0
    for phase, group in groupby(enumerate(phases), key=itemgetter(1)):
        steps, train, validation = points[[point for point, _ in group]].T
        measured = ~np.isnan(validation)
        axes.plot(steps, train, label=label, color="#9db4d6", marker=marker, linewidth=1)
        axes.plot(steps[measured], validation[measured], label="validation names", color="#c2410c", marker=".")
        if phase:
            axes.axvline(began, color="#94a3b8", linewidth=0.8)
            axes.text(began, 1.02, phase, transform=axes.get_xaxis_transform(), size=8)
        began = steps[-1]
    axes.set_title(f"Loss on {title}", pad=20 if any(phases) else None, parse_math=False)
    axes.set(xlabel="steps", ylabel="nats per letter", xlim=(0, None))
    axes.grid(alpha=0.3)
    if len(points):
        axes.legend(*(entries[:2] for entries in axes.get_legend_handles_labels()), frameon=False)
    else:
        axes.set(xticks=[], yticks=[])
        axes.text(0.5, 0.5, "no loss yet", transform=axes.transAxes, ha="center")
    drawn = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # a title in letters that the font lacks
        figure.savefig(drawn, format=kind, dpi=150)
    return drawn.getvalue()
