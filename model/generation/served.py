"""What a model serves."""

from __future__ import annotations

from typing import Any

from model.artifact.model_file import Artifact
from model.generation.predictor import MixturePredictor, NetworkPredictor, Predictor, ngram_of
from model.generation.well_formed import well_formed


def predictor_of(artifact: Artifact) -> Predictor[Any]:
    """The network, mixed with its n-gram where it has one, and kept to the patterns of its list."""
    return well_formed(mixture_of(artifact), artifact.card)


def mixture_of(artifact: Artifact) -> Predictor[Any]:
    """The same without the patterns: what a model is judged by, since they hold those of its test names too."""
    network, ngram = NetworkPredictor(artifact), ngram_of(artifact)
    return network if ngram is None else MixturePredictor(network, ngram, artifact.card.ngram.weight)
