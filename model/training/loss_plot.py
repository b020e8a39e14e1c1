"""The loss curve as a picture; matplotlib is loaded only here, and only when one is drawn."""

from __future__ import annotations

import importlib.util
import io
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from model.artifact.npz import write_whole
from model.errors import InvalidOption

KINDS = (".png", ".svg")

Point = tuple[int, float, float]


def check(path: Path) -> None:
    """Refuse a plot that could not be drawn, before the training rather than after it."""
    if path.suffix.lower() not in KINDS:
        raise InvalidOption("--plot", f"must end in {' or '.join(KINDS)}")
    if importlib.util.find_spec("matplotlib") is None:
        raise InvalidOption("--plot", "needs matplotlib, which `make .venv` installs")


def loss_curve(history: Sequence[Point], title: str, path: Path, *, dropout: bool = False) -> None:
    """Draw the loss on the training and on the validation names into a file, ``.png`` or ``.svg``; see `picture`."""
    write_whole(path, picture(history, title, path.suffix.lower().removeprefix("."), dropout=dropout))


def picture(history: Sequence[Point], title: str, kind: str = "png", *, dropout: bool = False) -> bytes:
    """Draw the loss on the training and on the validation names.

    Parameters
    ----------
    history
        Step, training loss and validation loss (NaN where it was not measured), nats per letter.
    title
        The list's name.
    kind
        ``png`` or ``svg``.
    dropout
        Whether the training loss was measured with units left out, which lifts it above the other.
    """
    from matplotlib.figure import Figure

    steps, train, validation = np.array(history, float).reshape(-1, 3).T
    measured = ~np.isnan(validation)
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    label, marker = f"training names{' (with dropout)' * dropout}", "." if len(steps) == 1 else ""
    axes.plot(steps, train, label=label, color="#9db4d6", marker=marker, linewidth=1)
    axes.plot(steps[measured], validation[measured], label="validation names", color="#c2410c", marker=".")
    axes.set_title(f"Loss on {title}", parse_math=False)
    axes.set(xlabel="steps", ylabel="nats per letter", xlim=(0, None))
    axes.grid(alpha=0.3)
    if len(steps):
        axes.legend(frameon=False)
    else:
        axes.set(xticks=[], yticks=[])
        axes.text(0.5, 0.5, "no loss yet", transform=axes.transAxes, ha="center")
    drawn = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # a title in letters that the font lacks
        figure.savefig(drawn, format=kind, dpi=150)
    return drawn.getvalue()
