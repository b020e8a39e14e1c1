"""What connections of both clients have in common."""

from __future__ import annotations

from typing import Any

import httpx

from namewright_client.calls import Call
from namewright_client.version import __version__

DEFAULT_URL = "http://127.0.0.1:8000"
TIMEOUT_SECONDS = 30.0

QUIET_SECONDS = 60.0
"""Longest that a stream may bring nothing: of a training, the service sends a comment every 15 seconds."""


def headers_of(token: str | None) -> dict[str, str]:
    """What every request says."""
    headers = {"User-Agent": f"namewright-client/{__version__}"}
    return headers if token is None else {**headers, "Authorization": f"Bearer {token}"}


def request_of(call: Call[Any], http: httpx.Client | httpx.AsyncClient, *, is_streamed: bool) -> httpx.Request:
    """What is sent for a call; once more where it is sent again."""
    request = http.build_request(
        call.method,
        call.path,
        params=dict(call.params),
        json=call.json,
        data=None if call.form is None else dict(call.form),
        files=None if call.file is None else {"file": call.file},
        headers=dict(call.headers),
    )
    if is_streamed and http.timeout.read is not None:
        request.extensions["timeout"] = {**http.timeout.as_dict(), "read": max(http.timeout.read, QUIET_SECONDS)}
    return request
