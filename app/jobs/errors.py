"""Why a training is not accepted, read or drawn.

JobError
├── InvalidOrder         a field of the request is wrong beside the others, beside the list, or for this service
├── ListCheckFailed      the list could not be checked now
├── UnknownJob           there is no such job
├── JobEnded             the job has ended, so it cannot be cancelled
├── TooManyFollowers     as many clients follow trainings as may
└── LossPlotFailed       the loss curve could not be drawn
"""

from __future__ import annotations

from app.store.records import State


class JobError(Exception):
    """Base of every refusal of trainings."""


class InvalidOrder(JobError):
    """The field that is wrong, and what to send instead."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


class ListCheckFailed(JobError):
    """The process that checks a list could not be started, or failed."""

    retry_after_seconds = 5

    def __init__(self) -> None:
        super().__init__("the list could not be checked now; try again in a moment")


class UnknownJob(JobError):
    """There is no such job."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"there is no job {job_id!r}")


class JobEnded(JobError):
    """The job ended in this `state`."""

    def __init__(self, state: State) -> None:
        super().__init__(f"the job has ended, it {state}")
        self.state = state


class TooManyFollowers(JobError):
    """As many clients follow trainings as may."""

    retry_after_seconds = 5

    def __init__(self, followers: int, job_id: str) -> None:
        super().__init__(f"{followers} clients follow trainings already; try again later")
        self.job_id = job_id


class LossPlotFailed(JobError):
    """The process that draws a loss curve could not be started, or failed."""

    retry_after_seconds = 5

    def __init__(self, job_id: str) -> None:
        super().__init__("drawing failed, the log has the reason; try again in a moment")
        self.job_id = job_id
