"""Clients that ask for all kinds of things, each at a steady rate."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import httpx
import numpy as np

from tests.soak import other_requests
from tests.soak.asking import Ask, send
from tests.soak.ledger import Ledger
from tests.soak.mix import Mix

REQUESTS_OF_A_CONNECTION = 300
"""Then it is closed, and another one opened."""


class Client(threading.Thread):
    """One client, which sends a request at each tick; where an answer took longer, it goes on from there.

    Parameters
    ----------
    connect : callable
        Makes a client of the service.
    kinds : set of str, optional
        Only these kinds of requests.
    """

    def __init__(
        self,
        connect: Callable[[], httpx.Client],
        ledger: Ledger,
        mix: Mix,
        rng: np.random.Generator,
        *,
        per_second: float,
        kinds: set[str] | None = None,
    ) -> None:
        super().__init__(name="client", daemon=True)
        self._connect, self._ledger, self._rng, self._pause = connect, ledger, rng, 1 / per_second
        every: dict[str, tuple[float, Callable[[np.random.Generator], Ask] | None]] = {**mix.kinds}
        every |= other_requests.KINDS
        every |= {kind: (weight, None) for kind, weight in other_requests.STREAM_WEIGHTS.items()}
        self._kinds = [(kind, make) for kind, (_, make) in every.items() if kinds is None or kind in kinds]
        weights = np.array([every[kind][0] for kind, _ in self._kinds])
        self._shares = weights / weights.sum()
        self._over = threading.Event()

    def run(self) -> None:
        """Ask until told to stop."""
        due = time.monotonic()
        while not self._over.is_set():
            with self._connect() as client:
                for _ in range(REQUESTS_OF_A_CONNECTION):
                    self._ask(client)
                    due = max(due + self._pause, time.monotonic())
                    if self._over.wait(due - time.monotonic()):
                        return

    def _ask(self, client: httpx.Client) -> None:
        kind, make = self._kinds[self._rng.choice(len(self._kinds), p=self._shares)]
        if make is None:
            other_requests.stream(client, self._ledger, kind)
        else:
            send(client, self._ledger, make(self._rng))

    def stop(self) -> None:
        """Send no more after the current request."""
        self._over.set()
