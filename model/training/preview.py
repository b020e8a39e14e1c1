"""Names that a network draws while it learns: noise at first, then names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from model.artifact.model_file import Artifact
from model.cached import cached_property
from model.generation.options import Options
from model.generation.predictor import NetworkPredictor
from model.generation.sampling import draw
from model.training.finish import Trained, network_alone
from model.training.folds import AnyTraining
from model.training.loop import readable

MAX_LETTERS = 20
"""Of a name; at first, hardly one ends by itself, and each is cut here."""

FEWEST_CUT = MAX_LETTERS - 2
"""Letters of a name that was cut: a space or a mark at its end is gone."""


class Preview:
    """What the network of a training draws at any step; the training goes on as if nothing were drawn.

    Parameters
    ----------
    training
        The training.
    """

    def __init__(self, training: AnyTraining) -> None:
        self._training = training

    def draw(self, count: int) -> tuple[str, ...]:
        """At most `count` names of the network alone, as it is now, none of which is, or begins, a name of the list.

        The same step of the same training gives the same names.
        """
        training = self._training
        model = replace(self._model, network=readable(training.network))
        rng = np.random.default_rng([training.seed, training.step])
        names = draw(NetworkPredictor(model), count, Options(max_length=MAX_LETTERS, truncate=True), rng).names
        listed = zip(names, model.contains(names), strict=True)
        return tuple(name for name, is_listed in listed if not is_listed and not self._is_cut(model.fold(name)))

    def _is_cut(self, name: str) -> bool:
        """Whether a folded name is the beginning of one that is longer than any that is drawn."""
        return len(name) >= FEWEST_CUT and any(one.startswith(name) for one in self._long)

    @cached_property
    def _long(self) -> tuple[str, ...]:
        return tuple(name for name in self._training.corpus.names if len(name) >= FEWEST_CUT)

    @cached_property
    def _model(self) -> Artifact:
        """What goes with any network of this training."""
        return network_alone(Trained.of(self._training), self._training.network)
