"""Following a training by server-sent events: from their lines to the training as it is.

A `state` event holds the whole training, its loss curve too; a `progress` event the points that are new since the last
one. The first `progress` event after a `state` brings points again that the `state` had, so that points are told apart
by their steps.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import httpx

from namewright_client import calls
from namewright_client.answers import Job, JobLoss, JobProgress
from namewright_client.calls import Call
from namewright_client.decoding import decode

PAUSES_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Before each attempt to go on where a connection has ended; the training itself goes on meanwhile."""


@dataclass(frozen=True, slots=True)
class _Progress:
    state: Any
    progress: JobProgress
    loss: JobLoss


class Following:
    """What has been heard of a training.

    Attributes
    ----------
    job
        The training as it is, as far as that is known.
    is_over
        Whether the training has ended.
    pause_seconds
        How long to wait before the next `call`.
    """

    def __init__(self, identity: str) -> None:
        self._identity, self._last_event_id = identity, ""
        self._event, self._data, self._id = "", list[str](), ""
        self._ends_in_a_row = 0
        self.job: Job | None = None
        self.is_over, self.pause_seconds = False, 0.0

    def call(self) -> Call[None]:
        """The request for what is new."""
        self._event, self._data, self._id = "", [], ""
        return calls.events(self._identity, self._last_event_id)

    def read(self, line: str) -> Job | None:
        """The training, after a line that ends an event; None otherwise."""
        if line:
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "event":
                self._event = value
            elif name == "data":
                self._data.append(value)
            elif name == "id":
                self._id = value
            return None
        event, data, self._event, self._data = self._event, self._data, "", []
        if not data:  # a comment that keeps the connection open
            return None
        self._last_event_id, self._ends_in_a_row = self._id, 0
        self.job = self._after(event, json.loads("\n".join(data)))
        self.is_over = self.job is not None and self.job.has_ended
        return self.job

    def ended(self, error: httpx.TransportError | None = None) -> None:
        """Take note that a connection has ended; raises the error where that happens again and again."""
        if self.is_over:
            return
        if self._ends_in_a_row == len(PAUSES_SECONDS):
            raise error or httpx.RemoteProtocolError("the service ended the stream of events again and again")
        self.pause_seconds = PAUSES_SECONDS[self._ends_in_a_row]
        self._ends_in_a_row += 1

    def _after(self, event: str, data: Any) -> Job | None:
        if event == "state":
            return decode(Job, data)
        if event != "progress" or self.job is None:
            return self.job
        new, known = decode(_Progress, data), self.job.loss.history
        last = known[-1].step if known else -1
        history = known + tuple(point for point in new.loss.history if point.step > last)
        return replace(self.job, state=new.state, progress=new.progress, loss=replace(new.loss, history=history))
