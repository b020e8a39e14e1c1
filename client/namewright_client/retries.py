"""When a request is sent again: where the service is too busy for now and says when to come back."""

from __future__ import annotations

from dataclasses import dataclass

from namewright_client.errors import Problem

UNAVAILABLE = 503


@dataclass(frozen=True, slots=True)
class Retries:
    """How patient a client is with a service that answers 503 with `Retry-After`.

    Attributes
    ----------
    attempts
        Times that a request is sent again.
    most_seconds
        Longest that all waiting for one request may take; who would have to wait longer gets the refusal at once.
    """

    attempts: int = 4
    most_seconds: float = 60.0

    def begin(self) -> Patience:
        """The patience with one request."""
        return Patience(self.attempts, self.most_seconds)


USUAL = Retries()


@dataclass(slots=True)
class Patience:
    """What is left of it."""

    attempts: int
    seconds: float

    def pause_after(self, problem: Problem) -> float:
        """How long to wait before the request is sent again; raises the refusal where it is not."""
        pause = problem.retry_after_seconds
        if problem.status != UNAVAILABLE or pause is None or self.attempts <= 0 or pause > self.seconds:
            raise problem
        self.attempts -= 1
        self.seconds -= pause
        return pause
