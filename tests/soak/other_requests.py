"""Requests for what is no name: pages, lists of models, figures, mistakes; and answers that are streamed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping

import httpx
import numpy as np

from tests.soak.asking import OK, OVER_CAPACITY, Ask, record
from tests.soak.ledger import Ledger

PATHS = ("/", "/docs", "/openapi.json", "/health/live", "/health/ready", "/metrics")
MISTAKES: tuple[tuple[int, str], ...] = (
    (422, "/sample?count=0"),
    (422, "/sample?start=%D0%B6"),
    (422, "/sample?regex=(a"),
    (422, "/sample?nonsense=1"),
    (422, "/sample?key=a&seed=1"),
    (422, "/sample?contains=a&exclude=a"),
    (404, "/sample?model=nobody-has-made-this"),
    (404, "/sample?model=style:0123456789abcdef0123456789abcdef"),
    (404, "/models/nobody-has-made-this"),
    (401, "/train"),
)
STREAMED = 3000
"""Names of a streamed answer; a JSON answer holds a thousand."""

LEFT_AFTER_BYTES = 2000


def page(rng: np.random.Generator) -> Ask:
    """A page, or what operators look at."""
    return Ask("page", PATHS[rng.integers(len(PATHS))], check=lambda answer: _not_empty(answer))


def models(rng: np.random.Generator) -> Ask:
    """The list of models, or one card."""
    return Ask("models", ("/models", "/models?kind=surnames", "/models/us")[rng.integers(3)])


def mistake(rng: np.random.Generator) -> Ask:
    """A request that is refused, with what is wrong with it."""
    status, path = MISTAKES[rng.integers(len(MISTAKES))]

    def says_what(answer: httpx.Response) -> None:
        body = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert body["status"] == status
        assert body["detail"]

    return Ask("mistake", path, status=status, check=says_what)


KINDS: Mapping[str, tuple[float, Callable[[np.random.Generator], Ask]]] = {
    "page": (4, page),
    "models": (3, models),
    "mistake": (6, mistake),
}

STREAM_WEIGHTS = {"ndjson": 0.5, "csv": 0.5, "left": 0.5}


def stream(client: httpx.Client, ledger: Ledger, kind: str) -> None:
    """Read a streamed answer to its end, or leave in the midst of it."""
    form = kind if kind in {"ndjson", "csv"} else "ndjson"
    ask = Ask(f"stream ({kind})", f"/sample?count={STREAMED}&format={form}")
    began = time.monotonic()
    try:
        with client.stream("GET", ask.path) as answer:
            if answer.status_code == OVER_CAPACITY and "retry-after" in answer.headers:
                ledger.refused(ask.kind)
            elif kind == "left" and answer.status_code == OK:
                next(answer.iter_bytes(LEFT_AFTER_BYTES))
                ledger.answered(ask.kind, time.monotonic() - began)
            else:
                answer.read()
                whole = Ask(ask.kind, ask.path, check=_is_whole)
                record(ledger, whole, answer, time.monotonic() - began)
    except httpx.HTTPError as error:
        ledger.failed(f"{ask.kind}: {ask.path}: {error!r}")


def _is_whole(answer: httpx.Response) -> None:
    lines = answer.text.splitlines()
    if answer.headers["content-type"].startswith("text/csv"):
        assert len(lines) == 1 + STREAMED, f"{len(lines)} lines"
    else:
        assert len(lines) == STREAMED + 1, f"{len(lines)} lines"
        assert "end" in json.loads(lines[-1])


def _not_empty(answer: httpx.Response) -> None:
    assert answer.content, "nothing came"
