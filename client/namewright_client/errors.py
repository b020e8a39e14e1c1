"""What the service says went wrong.

NamewrightError
├── Problem           it refused a request (RFC 9457)
└── TrainingFailed    a training ended without a version
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import httpx

from namewright_client.answers import Job
from namewright_client.decoding import decode

MEDIA_TYPE = "application/problem+json"
SHOWN_CHARACTERS = 200
"""Most of an answer that is no problem, as of a proxy."""


class NamewrightError(Exception):
    """Anything that the service says went wrong. What the network does is an `httpx.TransportError`."""


@dataclass(frozen=True, slots=True)
class WrongField:
    """One field of a request that is not valid."""

    field: str
    message: str
    value: str | None = None


class Problem(NamewrightError):
    """The service refused a request.

    Attributes
    ----------
    type
        Stays the same for a kind of refusal, as `/problems/unknown-model`; `about:blank` where it is not the service's.
    title, detail
        The kind of refusal, and what was wrong this time and what to do, in words.
    status
        Of the answer.
    members
        What the refusal says besides, as the `letters` that a model knows.
    retry_after_seconds
        When to ask again, where the service said.
    request_id
        What the log of the service calls the request.
    """

    def __init__(
        self,
        type: str,  # noqa: A002 - as RFC 9457 calls it
        title: str,
        status: int,
        detail: str,
        members: Mapping[str, Any] = MappingProxyType({}),
        *,
        retry_after_seconds: float | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(f"{status} {title}: {detail}")
        self.type, self.title, self.status, self.detail, self.members = type, title, status, detail, members
        self.retry_after_seconds, self.request_id = retry_after_seconds, request_id

    @property
    def errors(self) -> tuple[WrongField, ...]:
        """The fields of the request that are not valid."""
        return tuple(decode(WrongField, one) for one in self.members.get("errors") or ())

    @classmethod
    def of(cls, response: httpx.Response) -> Problem:
        """The refusal that an answer is, whose body has been read."""
        seconds = response.headers.get("Retry-After", "")
        headers: dict[str, Any] = {
            "retry_after_seconds": float(seconds) if seconds.isdecimal() else None,
            "request_id": response.headers.get("X-Request-Id"),
        }
        if response.headers.get("Content-Type", "").partition(";")[0].strip() != MEDIA_TYPE:
            text = response.text.strip()[:SHOWN_CHARACTERS]
            return cls("about:blank", response.reason_phrase, response.status_code, text, **headers)
        said = response.json()
        standard = {name: said.pop(name) for name in ("type", "title", "status", "detail")}
        return cls(**standard, members=said, **headers)


class TrainingFailed(NamewrightError):
    """A training failed, or was cancelled; `job` is the training."""

    def __init__(self, job: Job) -> None:
        super().__init__(f"training {job.id} of {job.model!r} {job.state}: {job.error or 'no version was made'}")
        self.job = job
