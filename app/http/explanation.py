"""How a model reads a name, in bytes.

The numbers are written at once by their format, since there may be hundreds of thousands, and JSON would have all their
digits.
"""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Response

from app.http.formats import to_json
from app.serving.results import ExplainResult
from model.generation.checkpoints import checkpoint
from model.generation.explanation import Step
from model.network.parameters import FloatArray

FOUR_DIGITS = "%.4g"


def encode_explanation(result: ExplainResult) -> Response:
    """Like `app.schemas.explanation.ExplainAnswer`."""
    facts = to_json({"model": result.model, "version": result.version, "temperature": result.temperature})
    keys = [to_json(letter) for letter in ("", *result.letters)]
    steps = []
    for step in result.steps:
        checkpoint()  # while it is written, no other thread runs
        steps.append(_step_to_json(step, keys, is_disclosed=result.is_disclosed))
    return Response(f'{facts[:-1]},"steps":[{",".join(steps)}]}}'.encode(), media_type="application/json")


def _step_to_json(step: Step, keys: Sequence[str], *, is_disclosed: bool) -> str:
    """Like `app.schemas.explanation.ExplainStep`."""
    unknown = ["null"] * len(keys)
    hidden = f"[{','.join(map(_list, step.hidden))}]" if is_disclosed else "null"
    alone = _numbers(step.network) if is_disclosed else unknown
    ngram = _numbers(step.ngram) if is_disclosed and step.ngram is not None else unknown
    following = ",".join(
        f'{key}:{{"network":{network},"ngram":{gram},"mixture":{mixture}}}'
        for key, network, gram, mixture in zip(keys, alone, ngram, _numbers(step.mixture), strict=True)
    )
    return f'{{"letter":{to_json(step.letter)},"hidden":{hidden},"next":{{{following}}}}}'


def _list(values: FloatArray) -> str:
    """A list of numbers as JSON."""
    return f"[{','.join(_numbers(values))}]"


def _numbers(values: FloatArray) -> list[str]:
    """Numbers as JSON, with four significant digits."""
    return [FOUR_DIGITS % value for value in values.tolist()]
