"""The refusals that a path can give, for its documentation."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from app.schemas import Problem


def refusals(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a path."""
    return {int(status): {"model": Problem, "description": status.phrase} for status in statuses}
