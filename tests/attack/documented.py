"""What schemathesis checks of every answer beside its own checks; it loads this module by its name (`requests`)."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, Response

BUSY = HTTPStatus.SERVICE_UNAVAILABLE


@schemathesis.check
def answers_or_refuses(_: CheckContext, answer: Response, case: Case[Any]) -> None:
    """No answer is a failure of the service, and every refusal is a problem that says so."""
    status, kind = answer.status_code, "".join(answer.headers.get("content-type", []))
    if status < HTTPStatus.BAD_REQUEST:
        return
    if status == BUSY:
        assert answer.headers.get("retry-after"), "a 503 says when to try again"
    assert status == BUSY or status < HTTPStatus.INTERNAL_SERVER_ERROR, f"the service failed: {status}"
    assert kind == "application/problem+json", f"a refusal is {kind}"
    if case.method != "HEAD":
        problem = json.loads(answer.content)
        assert problem["status"] == status, problem
        assert problem["type"].startswith("/problems/"), problem
        assert problem["title"], problem
        assert problem["detail"], problem
