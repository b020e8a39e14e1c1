"""Hyperparameters: everything that decides what a training does, apart from its list and its seed."""

from __future__ import annotations

from dataclasses import dataclass

from model.errors import InvalidOption
from model.network.dropout import DropoutRates
from model.network.optimizers import SCHEDULES
from model.network.shape import CELLS, MAX_LAYERS, Shape

MAX_STYLE_RATE = 1_000


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """What a training is asked to do.

    A batch of one means the original recipe: a random name a step, plain gradient descent on the sum of its losses.
    With larger batches the step follows the gradient of the mean over their letters.

    Raises
    ------
    InvalidOption
        A number is out of range, or a batch of one is given what the recipe does not have.
    """

    preset: str  # what chose the others: the name of a preset
    hidden: int  # units in the state
    steps: int
    batch: int  # names a step
    optimizer: str  # "sgd" or "adam"
    learning_rate: float
    schedule: str = "constant"  # of the learning rate: "constant" or "cosine"
    warmup: int = 0  # steps in which the rate rises linearly
    weight_decay: float = 0.0  # decoupled, on the matrices
    clip: float | None = None  # longest gradient, by norm
    dropout: float = 0.0  # share of units left out on the way to the output
    recurrent_dropout: float = 0.0  # and on the way to the next state
    first_letter: bool = True  # predict the first letter too, from a start symbol
    point_every: int = 100  # steps that one point of the loss curve averages
    report_every: int = 1000  # steps between looks at the validation names; a multiple of point_every
    patience: int | None = None  # reports without a better one before stopping; None: go on, and keep the last weights
    precision: str = "float32"
    cell: str = "vanilla"  # or "gru"
    layers: int = 1
    between_dropout: float = 0.0  # share of units left out on the way to the layer above
    ngram: bool = True  # serve a mixture with an n-gram of the list
    style_size: int = 0  # numbers of the style that is trained and then folded into the network; 0: none
    style_rate: float = 1.0  # learning rate of the style, as a multiple of the others'
    folds: int = 0  # held-out parts that choose the number of epochs before all names are learned; 0: as split
    epochs: int = 0  # most epochs of each part, where there are folds

    def __post_init__(self) -> None:
        for name in ("hidden", "steps", "batch", "point_every", "report_every"):
            if getattr(self, name) < 1:
                raise InvalidOption(name, "must be at least 1")
        if self.report_every % self.point_every:
            raise InvalidOption("report_every", "must be a multiple of point_every")
        if not 0 < self.learning_rate <= 10:
            raise InvalidOption("learning_rate", "must be above 0 and at most 10")
        if not 0 <= self.weight_decay * self.learning_rate < 1:
            raise InvalidOption("weight_decay", "must be at least 0, and below 1 when multiplied with learning_rate")
        if self.clip is not None and not self.clip > 0:
            raise InvalidOption("clip", "must be above 0")
        if self.warmup < 0:
            raise InvalidOption("warmup", "must be at least 0")
        if self.patience is not None and self.patience < 1:
            raise InvalidOption("patience", "must be at least 1")
        for name in ("dropout", "recurrent_dropout", "between_dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise InvalidOption(name, "must be at least 0 and below 1")
        if self.optimizer not in ("sgd", "adam"):
            raise InvalidOption("optimizer", "must be sgd or adam")
        if self.schedule not in SCHEDULES:
            raise InvalidOption("schedule", f"must be one of {', '.join(SCHEDULES)}")
        for name in ("style_size", "folds", "epochs"):
            if getattr(self, name) < 0:
                raise InvalidOption(name, "must be at least 0")
        if not 0 < self.style_rate <= MAX_STYLE_RATE:
            raise InvalidOption("style_rate", f"must be above 0 and at most {MAX_STYLE_RATE}")
        if self.folds and (self.epochs < 1 or self.batch == 1 or not self.first_letter):
            raise InvalidOption("folds", "go with epochs, batches of more than one name, and first letters predicted")
        if self.cell not in CELLS:
            raise InvalidOption("cell", f"must be one of {', '.join(CELLS)}")
        if not 1 <= self.layers <= MAX_LAYERS:
            raise InvalidOption("layers", f"must be from 1 to {MAX_LAYERS}")
        if self.precision not in ("float32", "float64"):
            raise InvalidOption("precision", "must be float32 or float64")
        extras = (
            any(self.dropout_rates),
            self.weight_decay,
            self.clip,
            self.cell != "vanilla",
            self.layers > 1,
            self.style_size,
        )
        if self.batch == 1 and (self.optimizer != "sgd" or any(extras)):
            raise InvalidOption(
                "batch",
                "of 1 goes with plain sgd only, on one vanilla layer, without style, dropout, weight decay or clipping",
            )

    @property
    def drops_out(self) -> bool:
        """Whether the loss on training names is measured with units left out."""
        return any(self.dropout_rates)

    @property
    def dropout_rates(self) -> DropoutRates:
        """Shares of units to leave out."""
        return DropoutRates(self.recurrent_dropout, self.between_dropout, self.dropout)

    def phase(self, points: int) -> str:
        """Which of its runs a training is in after so many points of its loss curve; empty where there is only one.

        With folds, each but the last has a point for every epoch.
        """
        if not self.folds:
            return ""
        fold = points // self.epochs + 1
        return f"fold {fold} of {self.folds}" if fold <= self.folds else "all names"

    def shape(self, vocabulary: int) -> Shape:
        """Shape of the network for a vocabulary of that size, the end token included."""
        styles = 1 if self.style_size else 0
        return Shape(self.cell, vocabulary, self.hidden, self.layers, styles, self.style_size)
