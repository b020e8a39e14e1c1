"""What a model serves."""

from __future__ import annotations

from typing import Any

from model.artifact.model_file import Artifact
from model.generation.predictor import MixturePredictor, NetworkPredictor, Predictor, ngram_of
from model.generation.well_formed import well_formed


def predictor_of(artifact: Artifact) -> Predictor[Any]:
    """The network, mixed with its n-gram where it has one, and kept to the patterns of its list."""
    network, ngram = NetworkPredictor(artifact), ngram_of(artifact)
    predictor = network if ngram is None else MixturePredictor(network, ngram, artifact.card.ngram.weight)
    return well_formed(predictor, artifact.card)
