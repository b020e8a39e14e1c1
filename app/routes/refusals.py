"""The refusals that a path can give, for its documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app import problems
from app.problems import Kind
from app.schemas.answers import Problem

EXAMPLES: Mapping[Kind, dict[str, Any]] = {
    problems.INVALID_REQUEST: {
        "detail": "count: input should be greater than or equal to 1",
        "errors": [{"field": "count", "message": "input should be greater than or equal to 1", "value": "0"}],
    },
    problems.UNKNOWN_LETTER: {
        "detail": "the model never saw 'é'; the letters it knows are: a b c",
        "letters": ["a", "b", "c"],
    },
    problems.UNSATISFIABLE: {"detail": "min_length 9 is more than max_length 3"},
    problems.UNKNOWN_MODEL: {
        "detail": "there is no model 'elves'; there are: us, us-seed",
        "models": ["us", "us-seed"],
    },
    problems.NOT_ACCEPTABLE: {
        "detail": "accept one of application/json, text/csv, or set format",
        "media_types": ["application/json", "text/csv"],
    },
    problems.TOO_LARGE: {"detail": "a request body may have at most 131072 bytes"},
    problems.QUERY_TOO_LONG: {"detail": "a query may have at most 8192 bytes"},
    problems.UNSUPPORTED_MEDIA_TYPE: {
        "detail": "send a JSON object, with the header Content-Type: application/json",
    },
    problems.OVER_CAPACITY: {"detail": "too many requests are waiting; try again in a moment"},
}


def refusals(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a path: one for each status, with an example of each kind."""
    documented: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        example = EXAMPLES[kind]
        answer = documented.setdefault(
            kind.status,
            {"model": Problem, "description": kind.title, "content": {"application/json": {"examples": {}}}},
        )
        answer["content"]["application/json"]["examples"][kind.slug] = {
            "summary": kind.title,
            "value": problems.always(kind, example["detail"]) | example,
        }
    return documented
