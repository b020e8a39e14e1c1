"""How a model reads the beginning of a name, letter by letter: what it remembers, and what it expects to follow.

Axes:  b names in the batch, of which there is one   l layers   h hidden units   v vocabulary
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from model.generation.checkpoints import checkpoint
from model.generation.options import Options, letter_weights
from model.generation.predictor import Predictor
from model.generation.prefixes import spellings
from model.network.parameters import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """Where a model stands after the start of a name, or after one of its letters.

    The probabilities are those of each letter as the next one, the end first, as in the vocabulary.
    """

    letter: str | None  # the one just read, as the model reads it; None before the first
    hidden: FloatArray  # (l, h) the state of each layer
    network: FloatArray  # (v,)
    ngram: FloatArray | None  # (v,) where the model has an n-gram
    mixture: FloatArray  # (v,) what letters are drawn by: those of both, kept to the patterns of the list


def explain(predictor: Predictor[Any], prefix: str, temperature: float = 1.0) -> list[Step]:
    """Read a prefix: where the model stands before its first letter, and after each.

    Case is ignored as in `Options.start`. Where a letter may be spelled in several ways, it is read as the one that is
    most probable after those before it.

    Parameters
    ----------
    predictor
        A network, alone or with an n-gram.
    prefix
        The letters that a name begins with; none of them is fine.
    temperature
        As of `Options`. Network, n-gram and mixture are bent each on its own, so that the bent mixture is no weighted
        mean of the other two.

    Raises
    ------
    UnknownLetter, Unsatisfiable, InvalidOption
        The prefix has a letter that the model never saw, no name begins with it, or the temperature is out of range.
    ValueError
        The predictor is not one network.
    """
    options = Options(temperature=temperature, top_p=1.0)
    alternatives = spellings(predictor, prefix, "prefix")
    state = predictor.start(1)
    steps = [_step(predictor, state, None, options)]
    for indices in alternatives:
        checkpoint()
        read = indices[[np.argmax(predictor.log_probabilities(state)[indices, 0])]]
        state = predictor.advance(state, read)
        steps.append(_step(predictor, state, predictor.vocabulary.decode(read), options))
    return steps


def _step(predictor: Predictor[Any], state: Any, letter: str | None, options: Options) -> Step:
    components = predictor.components(state)
    if components is None:
        raise ValueError("only a network can be explained, alone or mixed with an n-gram")
    return Step(
        letter,
        components.hidden[0],
        _probabilities(components.network, options),
        None if components.ngram is None else _probabilities(components.ngram, options),
        _probabilities(predictor.logits(state), options),
    )


def _probabilities(logits: FloatArray, options: Options) -> FloatArray:
    """Logits (v, 1) to probabilities (v,) at a temperature."""
    weights: FloatArray = letter_weights(logits, options)[:, 0]
    return np.asarray(weights / weights.sum(dtype=np.float64))
