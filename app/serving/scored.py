"""Scoring names with what they are drawn from."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from app.serving.results import ScoredName
from app.serving.source import Source
from model.generation.checkpoints import checkpoint
from model.generation.details import nearest, others, percentiles
from model.generation.listed import lists_of
from model.generation.scoring import score

MAX_EXPLAINED = 100
"""Names of one answer that are compared with those of lists, and scored with the other letters at each place."""


def score_in_time(
    source: Source,
    names: Sequence[str],
    size: Callable[[Sequence[str]], int],
    *,
    is_admin: bool,
    explained: int = MAX_EXPLAINED,
) -> list[ScoredName]:
    """Scores as of `score_names`, of as many of the names as there is time for.

    Parameters
    ----------
    size
        How many of the names that are left are to be scored before the time is looked at again; 1 at least.
    """
    found: list[ScoredName] = []
    while left := names[len(found) :]:
        if found and not checkpoint():
            break
        found += score_names(
            source, left[: max(size(left), 1)], is_admin=is_admin, explained=max(explained - len(found), 0)
        )
    return found


def score_names(
    source: Source, names: Sequence[str], *, is_admin: bool, explained: int = MAX_EXPLAINED
) -> list[ScoredName]:
    """Scores of names, and of the first `explained` of them also what stands near, and what could have stood there."""
    predictor, is_disclosed = source.predictor, source.is_public or is_admin
    scores = score(predictor, names)
    lists = dict.fromkeys(name for artifact in source.artifacts for name in lists_of(artifact))
    near = nearest(names[:explained], lists) if lists else []
    known = [place for place, one in enumerate(scores) if math.isfinite(one.log_probability)]
    usual = dict(zip(known, percentiles(predictor, [scores[place].nats_per_letter for place in known]), strict=True))
    folded = [predictor.fold(name) for name in names]
    spelled = [place for place, one in enumerate(scores[:explained]) if one.log_probabilities]
    instead = dict(zip(spelled, others(predictor, [folded[place] for place in spelled]), strict=True))
    return [
        ScoredName(
            one,
            folded[place],
            is_listed if is_disclosed else None,
            usual.get(place),
            instead.get(place),
            near[place] if place < len(near) else None,
        )
        for place, (one, is_listed) in enumerate(zip(scores, source.contains(names), strict=True))
    ]
