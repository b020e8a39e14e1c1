"""What the routes call: from a checked request to an answer."""

from __future__ import annotations

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from fastapi import Response

from app.answers import Draws, encode, negotiate, to_json
from app.capacity import Capacity
from app.schemas.answers import ModelAnswer, ModelsAnswer, ModelSummary, Readiness
from app.schemas.requests import MAX_SEED, Format, SampleFields, ScoreFields
from app.serving import Models, Served
from model.artifact import Artifact
from model.options import Options
from model.sampling import draw
from model.scoring import score


@dataclass(frozen=True, slots=True)
class Service:
    """The models, and where the work on them runs."""

    models: Models
    capacity: Capacity

    async def sample(self, request: SampleFields, accept: str) -> Response:
        """Draw names."""
        form = request.format or negotiate(accept)
        served = self.models.resolve(request.model)
        return await self.capacity.run(partial(_sample, served, request, form))

    async def score(self, request: ScoreFields) -> Response:
        """Tell how probable names are."""
        served = self.models.resolve(request.model)
        return await self.capacity.run(partial(_score, served, request.names))

    def list_models(self) -> ModelsAnswer:
        """What is in service."""
        return ModelsAnswer(models=[ModelSummary(**self._summary(served)) for served in self.models.by_name.values()])

    def show_model(self, reference: str) -> ModelAnswer:
        """One model and where it comes from."""
        served = self.models.resolve(reference)
        return ModelAnswer(**self._summary(served), card=served.artifact.card.to_json())

    def ready(self) -> Readiness:
        """That every model is loaded: a service is not made before."""
        return Readiness(models={name: served.version for name, served in self.models.by_name.items()})

    def _summary(self, served: Served) -> dict[str, Any]:
        card = served.artifact.card
        return {
            "name": served.name,
            "version": served.version,
            "default": served.name == self.models.default,
            "corpus": card.corpus.title,
            "names": card.corpus.names,
            "letters": card.letters,
            "nats_per_letter": card.nats_per_letter,
        }


def _sample(served: Served, request: SampleFields, form: Format) -> Response:
    """Draw alone, never in one batch with another request: float32 products depend on the size of the batch."""
    seed = secrets.randbelow(MAX_SEED + 1) if request.seed is None else request.seed
    options = Options(
        start=request.start,
        min_length=request.min_length,
        max_length=request.max_length,
        temperature=request.temperature,
        top_k=request.top_k,
        top_p=request.top_p,
        unique=request.unique,
        truncate=request.truncate,
    )
    drawn = draw(served.artifact, request.count, options, np.random.default_rng(seed))
    details = _scores(served.artifact, drawn.names) if request.details else None
    return encode(Draws(drawn.names, served.name, served.version, seed, drawn.shortfall, details), form)


def _score(served: Served, names: Sequence[str]) -> Response:
    answer = {"model": served.name, "version": served.version, "scores": _scores(served.artifact, names)}
    return Response(to_json(answer).encode(), media_type="application/json")


def _scores(artifact: Artifact, names: Sequence[str]) -> list[dict[str, Any]]:
    """Each name as `app.schemas.answers.NameScore` has it."""
    told = []
    for scored, known in zip(score(artifact, names), artifact.contains(names), strict=True):
        nats = scored.log_probabilities or ()
        letters = artifact.fold(scored.name) if nats else ""
        told.append(
            {
                "name": scored.name,
                "log_probability": _finite(scored.log_probability),
                "nats_per_letter": _finite(scored.nats_per_letter),
                "letters": [
                    {"letter": letter, "log_probability": _finite(value)}
                    for letter, value in zip(letters, nats[:-1], strict=True)
                ],
                "end": _finite(nats[-1]) if nats else None,
                "in_training_list": known,
                "unknown_letters": scored.unknown,
            }
        )
    return told


def _finite(value: float) -> float | None:
    """JSON has no infinity."""
    return value if math.isfinite(value) else None
