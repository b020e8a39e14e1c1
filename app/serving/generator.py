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

from app.http.formats import Draws, encode, negotiate, to_json
from app.metrics import Metrics
from app.schemas.sample import MAX_SEED, Format, SampleFields, ScoreFields
from app.serving.capacity import Capacity
from app.serving.registry import ModelRegistry
from app.serving.snapshots import Served
from model.generation.options import Options
from model.generation.sampling import draw
from model.generation.scoring import score


@dataclass(frozen=True, slots=True)
class Generator:
    """The models, where the work on them runs, and what is counted of it.

    Of a private list, `admin` tells whether it is the admin who asks if a name stands in it; others are not told.
    """

    registry: ModelRegistry
    capacity: Capacity
    metrics: Metrics

    async def sample(self, request: SampleFields, accept: str, *, admin: bool) -> Response:
        """Draw names."""
        form = request.format or negotiate(accept)
        served = await self.registry.resolve(request.model)
        drawn, answer = await self.capacity.run(partial(_sample, served, request, form, admin=admin))
        self.metrics.names[served.name] += drawn
        return answer

    async def score(self, request: ScoreFields, *, admin: bool) -> Response:
        """Tell how probable names are."""
        served = await self.registry.resolve(request.model)
        return await self.capacity.run(partial(_score, served, request.names, admin=admin))


def _sample(served: Served, request: SampleFields, form: Format, *, admin: bool) -> tuple[int, Response]:
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
    drawn = draw(served.predictor, request.count, options, np.random.default_rng(seed))
    details = _scores(served, drawn.names, admin=admin) if request.details else None
    draws = Draws(drawn.names, served.name, served.version, seed, drawn.shortfall, details)
    return len(drawn.names), encode(draws, form)


def _score(served: Served, names: Sequence[str], *, admin: bool) -> Response:
    scores = _scores(served, names, admin=admin)
    answer = {"model": served.name, "version": served.version, "scores": scores}
    return Response(to_json(answer).encode(), media_type="application/json")


def _scores(served: Served, names: Sequence[str], *, admin: bool) -> list[dict[str, Any]]:
    """Each name as `app.schemas.answers.NameScore` has it."""
    artifact, told = served.artifact, []
    for scored, known in zip(score(served.predictor, names), artifact.contains(names), strict=True):
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
                "in_training_list": known if served.public or admin else None,
                "unknown_letters": scored.unknown,
            }
        )
    return told


def _finite(value: float) -> float | None:
    """JSON has no infinity."""
    return value if math.isfinite(value) else None
