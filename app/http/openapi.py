"""The refusals that a path can give, for its documentation."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.http import problems
from app.http.pages import PROBLEM
from app.http.problems import Kind
from app.settings import Settings


def too_large(max_bytes: int) -> dict[str, Any]:
    """The example of a body that is larger than this."""
    return {"detail": f"a request body may have at most {max_bytes} bytes here"}


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
    problems.TOO_LARGE: too_large(Settings.model_fields["max_body_bytes"].default),
    problems.QUERY_TOO_LONG: {"detail": "a query may have at most 8192 bytes"},
    problems.UNSUPPORTED_MEDIA_TYPE: {
        "detail": "send a JSON object, with the header Content-Type: application/json",
    },
    problems.BAD_CORPUS: {
        "detail": "elves, line 1: this is no name, and neither is any other line (3 of 3 with a digit, or a symbol "
        "that is not part of names); give one name a line, in letters, or in the first column of a table",
        "line": 1,
    },
    problems.UNAUTHORIZED: {
        "detail": "there is no token: send the header Authorization: Bearer ... with the token that "
        "NAMEWRIGHT_ADMIN_TOKEN sets"
    },
    problems.ADMIN_DISABLED: {
        "detail": "no admin token is set: start the service with NAMEWRIGHT_ADMIN_TOKEN set to a long random text, "
        "and send it as Authorization: Bearer ..."
    },
    problems.UNKNOWN_JOB: {"detail": "there is no job '0123abcd'; GET /train lists those that there are"},
    problems.UNKNOWN_VERSION: {"detail": "there is no version 9 of 'elves'", "versions": [1, 2]},
    problems.JOB_ENDED: {"detail": "the job has ended, it succeeded", "state": "succeeded"},
    problems.VERSION_IN_SERVICE: {"detail": "version 3 of 'elves' is in service; put another one there first"},
    problems.KEY_REUSED: {
        "detail": "this Idempotency-Key was sent with another request before; send a new one with a new request"
    },
    problems.QUEUE_FULL: {"detail": "100 trainings are waiting already; try again when one has ended"},
    problems.CANNOT_DRAW: {"detail": "drawing failed, the log has the reason; GET /train/0123abcd has the figures"},
    problems.NO_DATABASE: {
        "detail": "the database cannot be reached; sampling goes on, training is refused until then"
    },
    problems.DAMAGED_VERSION: {
        "detail": "version 2 of model 'elves' does not load; ask for another, or train it again"
    },
    problems.OVER_CAPACITY: {"detail": "too many requests are waiting; try again in a moment"},
}


def refusals(
    *kinds: Kind, others: Mapping[Kind, dict[str, Any]] = MappingProxyType({})
) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a path: one for each status, with an example of each kind, where it has no other of its own.

    Their schema is a reference, which `app.pages` gives a meaning: as a model of its own for each status of each path,
    it would hold up the start of the service.
    """
    documented: dict[int | str, dict[str, Any]] = {}
    for kind in kinds:
        example = others.get(kind, EXAMPLES[kind])
        answer = documented.setdefault(
            kind.status,
            {
                "description": kind.title,
                "content": {problems.MEDIA_TYPE: {"schema": {"$ref": PROBLEM}, "examples": {}}},
            },
        )
        answer["content"][problems.MEDIA_TYPE]["examples"][kind.slug] = {
            "summary": kind.title,
            "value": problems.always(kind, example["detail"]) | example,
        }
    return documented
