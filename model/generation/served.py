"""What a model serves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from model.artifact.model_file import Artifact
from model.generation.predictor import MixturePredictor, NetworkPredictor, Predictor, ngram_of
from model.generation.well_formed import well_formed

SHORT_LIST = 300
"""Names; lists of fewer leave a model unsure of much, so that its rare letters are often mistakes."""

INSIDE = 0.9
"""Where a short list's model draws from by default: measured in docs/experiments.md."""


def default_top_p(names: int) -> float:
    """What `Options.top_p` is by default for the model of a list of so many names: 1, all letters, unless it is short.

    Nothing is known of a list where it counts none. It tells no more of the length of a private list than on which side
    of `SHORT_LIST` that is.
    """
    return INSIDE if 0 < names < SHORT_LIST else 1.0


def predictor_of(artifact: Artifact, words_left_out: Sequence[str] = ()) -> Predictor[Any]:
    """The network, mixed with its n-gram where it has one, and kept to the patterns of its list.

    Parameters
    ----------
    artifact
        The model.
    words_left_out
        Words that no name may have while `Options.decent` holds, beside those that `model.decency` knows.
    """
    predictor = well_formed(mixture_of(artifact), artifact.card)
    predictor.default_top_p = default_top_p(artifact.card.corpus.names)
    language = artifact.card.description.language
    predictor.languages, predictor.words_left_out = (language,) if language else (), tuple(words_left_out)
    return predictor


def mixture_of(artifact: Artifact) -> Predictor[Any]:
    """The same without the patterns: what a model is judged by, since they hold those of its test names too."""
    network, ngram = NetworkPredictor(artifact), ngram_of(artifact)
    return network if ngram is None else MixturePredictor(network, ngram, artifact.card.ngram.weight)
