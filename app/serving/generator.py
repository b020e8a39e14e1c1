"""Drawing and scoring names with the models in service."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial

import numpy as np

from app.metrics import Metrics
from app.schemas.fields import MAX_SEED
from app.schemas.sample import SampleFields, ScoreFields
from app.serving.capacity import Capacity
from app.serving.registry import ModelRegistry
from app.serving.snapshots import Served
from model.constraints.constraints import Constraints
from model.generation.options import Options
from model.generation.sampling import draw
from model.generation.scoring import Score, score


@dataclass(frozen=True, slots=True)
class ScoredName:
    """How probable a name is, and whether it stands in the training list: None where that is not disclosed."""

    score: Score
    letters: str  # as the model reads the name
    in_training_list: bool | None


@dataclass(frozen=True, slots=True)
class SampleResult:
    """Names that were drawn; `details` has one item for each, where they were asked for."""

    names: Sequence[str]
    model: str
    version: int
    seed: int
    shortfall: str | None
    exact: bool
    effective_sample_size: float | None
    left_out: Mapping[str, int]  # how many names, by the option that asked for it
    details: Sequence[ScoredName] | None


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """Scores in the order of the names."""

    model: str
    version: int
    scores: Sequence[ScoredName]


@dataclass(frozen=True, slots=True)
class Generator:
    """Draws and scores names, in threads, and counts the names drawn.

    With `is_admin`, it is also disclosed whether a name stands in a private training list.
    """

    registry: ModelRegistry
    capacity: Capacity
    metrics: Metrics

    async def sample(self, request: SampleFields, *, is_admin: bool) -> SampleResult:
        """Draw names."""
        served = await self.registry.resolve(request.model)
        result = await self.capacity.run(partial(_sample, served, request, is_admin=is_admin))
        self.metrics.names[served.name] += len(result.names)
        return result

    async def score(self, request: ScoreFields, *, is_admin: bool) -> ScoreResult:
        """Compute how probable names are."""
        served = await self.registry.resolve(request.model)
        scores = await self.capacity.run(partial(_score, served, request.names, is_admin=is_admin))
        return ScoreResult(served.name, served.version, scores)


def _sample(served: Served, request: SampleFields, *, is_admin: bool) -> SampleResult:
    """Draw alone, never in one batch with another request: float32 products depend on the size of the batch."""
    seed = secrets.randbelow(MAX_SEED + 1) if request.seed is None else request.seed
    options = Options(
        **{field.name: getattr(request, field.name) for field in fields(Options) if hasattr(request, field.name)},
        constraints=_constraints(request),
    )
    drawn = draw(served.predictor, request.count, options, np.random.default_rng(seed))
    details = _score(served, drawn.names, is_admin=is_admin) if request.details else None
    size = drawn.effective_sample_size
    return SampleResult(
        drawn.names,
        served.name,
        served.version,
        seed,
        drawn.shortfall,
        drawn.exact,
        None if size is None else round(size, 1),
        {"decent": drawn.left_out},
        details,
    )


def _constraints(request: SampleFields) -> Constraints:
    """What a request asks of the letters; an empty text is none, as an empty start is."""
    return Constraints(
        suffix=request.suffix or None,
        contains=request.contains or None,
        pattern=request.pattern or None,
        regex=request.regex or None,
        exclude=tuple(request.exclude or ()),
        syllables=request.syllables or None,
    )


def _score(served: Served, names: Sequence[str], *, is_admin: bool) -> list[ScoredName]:
    artifact = served.artifact
    is_disclosed = served.is_public or is_admin
    return [
        ScoredName(scored, artifact.fold(scored.name), is_listed if is_disclosed else None)
        for scored, is_listed in zip(score(served.predictor, names), artifact.contains(names), strict=True)
    ]
