"""SIGTERM while the dearest requests, streams, followers and a training are under way: all of it ends in time.

Every answer that comes is whole, or a problem; only streams are cut off.
"""

import itertools
import os
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from model.artifact.model_file import save
from tests.support.processes import Process, children, is_alive
from tests.support.random_models import random_model
from tests.support.trainings import TOKEN, admin, lasting, submit, training_service, until_running

pytestmark = pytest.mark.slow

STOP_LIMIT = 10  # seconds: when `docker stop` kills
LOAD_SECONDS = 4

LETTERS = "".join(chr(ord("一") + n) for n in range(500))
LONG = "count=1000&min_length=57&max_length=64&temperature=100&top_p=0.9999&details=true"
NAMES = ["Aerin", "Belwyn", "Caladrel", "Daeron", "Elrond", "Faelar", "Galadh", "Haldir", "Ithil", "Lorien"]
LOAD: list[tuple[int, str, str, Any]] = [
    (3, "GET", f"/sample?model=large&{LONG}", None),
    (3, "GET", f"/sample?{LONG}", None),
    (1, "GET", "/sample?model=large&count=1000&max_length=64&seed=7&offset=9000", None),
    (1, "GET", "/sample?count=60&cast=true", None),
    (1, "POST", "/score", {"model": "large", "names": [LETTERS[n : n + 64] for n in range(40)]}),
    (1, "POST", "/score", {"names": NAMES, "compare": True}),
    (1, "POST", "/explain", {"model": "large", "prefix": LETTERS[:40]}),
    (1, "POST", "/sample", {"like": NAMES}),
    (2, "GET", "/sample?count=100000&format=ndjson", None),
    (2, "GET", "/sample?model=large&count=100000&format=txt", None),
    (2, "GET", "/train/{job}/events", None),
    (2, "GET", "/sample", None),
    (1, "GET", "/models", None),
    (1, "GET", "/openapi.json", None),
]


@dataclass
class Clients:
    """Clients that ask again and again, until the service takes no connection any more."""

    service: Process
    job: str
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    is_stopping: bool = False

    def start(self) -> list[threading.Thread]:
        """Start all of them."""
        threads = [
            threading.Thread(target=self._ask, args=asked, daemon=True)
            for number, *asked in LOAD
            for _ in range(number)
        ]
        for thread in threads:
            thread.start()
        return threads

    def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with self.service.client(headers=headers) as client:
            for number in itertools.count():
                if body and "like" in body:
                    body = {"like": [*NAMES, f"Zor{chr(ord('a') + number % 26)}"]}  # learned anew
                try:
                    answer = client.request(method, path.replace("{job}", self.job), json=body)
                except httpx.ConnectError:
                    if not self.is_stopping:
                        self.wrong.append(f"{path}: no connection")
                    return
                except httpx.RemoteProtocolError as error:
                    if "incomplete" not in str(error) or "count=100000" not in path:
                        self.wrong.append(f"{path}: {error}")
                    self.outcomes["cut off"] += 1
                except httpx.HTTPError as error:
                    self.wrong.append(f"{path}: {error!r}")
                else:
                    self._look_at(path, answer)

    def _look_at(self, path: str, answer: httpx.Response) -> None:
        self.outcomes[str(answer.status_code)] += 1
        if answer.is_success:
            return
        is_problem = answer.headers["content-type"] == "application/problem+json"
        may_be = answer.status_code < 500 or (answer.status_code == 503 and "retry-after" in answer.headers)
        if not (is_problem and may_be):
            self.wrong.append(f"{path}: {answer.status_code} {answer.text[:200]}")


@pytest.fixture
def _weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models, of which one is as large as any may be."""
    folder = Path(os.environ["NAMEWRIGHT_WEIGHTS"])
    for name in ("us.npz", "styles.npz"):
        (tmp_path / name).symlink_to(folder / name)
    save(random_model(LETTERS, hidden=512, end=-3.0, names=(LETTERS[:3], LETTERS[3:6])), tmp_path / "large.npz")
    monkeypatch.setenv("NAMEWRIGHT_WEIGHTS", str(tmp_path))


@pytest.mark.usefixtures("_weights")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_sigterm_under_load_ends_everything_in_time_and_refuses_what_it_cannot_answer(
    workers: str, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'namewright.db'}"
    with training_service(url, processes=workers) as service, admin(service) as client:
        job = submit(client, lasting(600))["id"]
        until_running(client, job)
        clients = Clients(service, job)
        threads = clients.start()
        time.sleep(LOAD_SECONDS)
        processes = [service.process.pid, *children(service.process.pid)]
        clients.is_stopping = True
        began = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        service.wait()
        seconds = time.monotonic() - began
        for thread in threads:
            thread.join(60)
    assert clients.wrong == []
    assert clients.outcomes["200"] > 0
    assert clients.outcomes["503"] > 0
    assert seconds < STOP_LIMIT
    assert not any(map(is_alive, processes))
