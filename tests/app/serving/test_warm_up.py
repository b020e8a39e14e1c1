import re
import resource

import pytest

from app.settings import Settings
from tests.support.processes import started
from tests.support.services import serving

pytestmark = pytest.mark.anyio


@pytest.mark.slow
def test_a_service_without_descriptors_left_draws_its_first_names() -> None:
    with started({"NAMEWRIGHT_LOG_LEVEL": "debug"}) as service, service.client() as client:
        assert client.get("/health/live").status_code == 200  # on a connection that stays open
        service.await_line(re.compile("first name drawn"))
        limit = resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE, (3, limit[1]))
        for path in (
            "/sample",
            "/sample?seed=7&start=a",
            "/sample?cast=true&count=3",
            "/sample?pattern=A*",
            "/metrics",
        ):
            assert client.get(path).status_code == 200, path
        resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE, limit)


async def test_names_that_nobody_asked_for_are_not_counted(settings: Settings) -> None:
    async with serving(settings) as client:
        text = (await client.get("/metrics")).text
    assert 'namewright_names_drawn_total{model="us"} 0.0' in text
