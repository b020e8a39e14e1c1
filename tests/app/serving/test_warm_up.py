import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.settings import Settings
from tests.support.processes import Process, started
from tests.support.services import serving

pytestmark = pytest.mark.anyio


@contextmanager
def no_descriptors(service: Process) -> Iterator[None]:
    """Within this, a service that has drawn its first name may open no more files; connections stay open."""
    service.await_line(re.compile("first name drawn"))
    limit = resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE, (3, limit[1]))
    yield
    resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE, limit)


@pytest.mark.slow
def test_a_service_without_descriptors_left_draws_its_first_names() -> None:
    with started({"NAMEWRIGHT_LOG_LEVEL": "debug"}) as service, service.client() as client:
        assert client.get("/health/live").status_code == 200  # on a connection that stays open
        with no_descriptors(service):
            for path in (
                "/sample",
                "/sample?seed=7&start=a",
                "/sample?cast=true&count=3",
                "/sample?pattern=A*",
                "/metrics",
            ):
                assert client.get(path).status_code == 200, path


REQUESTS: tuple[tuple[str, str, dict[str, Any] | None], ...] = (
    ("GET", "/sample?details=true", None),
    ("GET", "/sample?novel=true&novel_distance=1", None),
    ("GET", "/sample?cast=true&count=3&details=true", None),
    ("GET", "/sample?regex=[a-z]{3,9}&syllables=2", None),
    ("GET", "/sample?model=turkish-girls&count=3", None),
    ("GET", "/sample?model=greek-surnames&latin=true", None),
    ("GET", "/sample?format=csv&count=3000", None),
    ("GET", "/models", None),
    ("GET", "/models/us", None),
    ("GET", "/health/ready", None),
    ("GET", "/openapi.json", None),
    ("GET", "/docs", None),
    ("GET", "/", None),
    ("GET", "/metrics", None),
    ("POST", "/sample", {"blend": {"swedish-girls": 1, "icelandic-girls": 1}}),
    ("POST", "/sample", {"like": ["Tarbok", "Morwen", "Kelgrim", "Durbad"]}),
    ("POST", "/sample", {"parts": {"given": {"model": "us-girls"}, "surname": {"model": "us-surnames"}}}),
    ("POST", "/sample", {"keys": ["a", "b"], "details": True}),
    ("POST", "/score", {"names": ["anna"], "compare": True}),
    ("POST", "/explain", {"prefix": "anna"}),
)


@pytest.mark.slow
def test_without_descriptors_each_first_request_is_answered_whole_or_refused_for_now() -> None:
    with started({"NAMEWRIGHT_LOG_LEVEL": "debug"}) as service, service.client() as client:
        assert client.get("/health/live").status_code == 200  # on a connection that stays open
        refused = set()
        with no_descriptors(service):
            for method, path, body in REQUESTS:
                answer = client.request(method, path, json=body)
                assert answer.status_code in {200, 503}, (path, body, answer.text)
                if answer.status_code == 503 and path != "/health/ready":
                    refused.add(path)
                    assert answer.headers["content-type"] == "application/problem+json", (path, body)
                    assert int(answer.headers["retry-after"]) >= 1, (path, body)
            assert "/sample" in refused  # the limit was in force
        for method, path, body in REQUESTS:  # and nothing of it was kept
            assert client.request(method, path, json=body).status_code == 200, (path, body)


async def test_names_that_nobody_asked_for_are_not_counted(settings: Settings) -> None:
    async with serving(settings) as client:
        text = (await client.get("/metrics")).text
    assert 'namewright_names_drawn_total{model="us"} 0.0' in text
