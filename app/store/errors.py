"""What the store refuses.

StoreError
├── Outage              the database cannot be used
│   ├── Unavailable     it cannot be reached, read or written now
│   └── NotReady        it lacks our tables, or has replaced the one that was migrated
├── StoreAway           the service has no database to work with now
├── Superseded          this attempt at a job is no longer the one that may write
├── QueueFull           as many jobs wait as may wait
├── KeyReused           the idempotency key belongs to another request
├── UnreadableJob       a row holds what no job has
├── NoSuchVersion       the model has no such version
├── VersionInService    what is in service cannot be deleted
└── TrainingUnfinished  a training of the model waits or runs, which would publish again
"""

from __future__ import annotations


class StoreError(Exception):
    """Anything that the store refuses."""


class Outage(StoreError):
    """The database cannot be used.

    Attributes
    ----------
    reason : str
        One line for anyone: it names no host, path or password.
    detail : str
        One line for the log: what the database itself said, without the password.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason} ({detail})" if detail else reason)
        self.reason = reason
        self.detail = detail


class Unavailable(Outage):
    """The database cannot be reached, read or written: wait, and try again."""


class NotReady(Outage):
    """The database lacks our tables, or is another than was migrated: call `migrate`.

    Waiting does not help, and what was read before may be out of date.
    """


class StoreAway(StoreError):
    """The service has no database to work with now; sampling goes on without it.

    Attributes
    ----------
    reason : str
        One line for anyone: it names no host, path or password.
    retry_after_seconds : int
        When to try again.
    """

    retry_after_seconds = 5

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}; sampling works without it: try again in a moment")
        self.reason = reason


class Superseded(StoreError):
    """Another attempt at the job has begun, or the job has ended: this one writes nothing."""


class QueueFull(StoreError):
    """As many jobs wait as may wait."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} trainings are waiting already")
        self.limit = limit


class KeyReused(StoreError):
    """The idempotency key was given with another request before."""

    def __init__(self) -> None:
        super().__init__("this idempotency key was given with another request before")


class UnreadableJob(StoreError):
    """The row of a job holds what no job has; the other jobs are not concerned."""

    def __init__(self, job_id: str, reason: str) -> None:
        super().__init__(f"the row of job {job_id} in the database cannot be read: {reason}")
        self.job_id = job_id
        self.reason = reason


class NoSuchVersion(StoreError):
    """The model has no such version."""

    def __init__(self, name: str, version: int) -> None:
        super().__init__(f"there is no version {version} of {name!r}")
        self.name = name
        self.version = version


class VersionInService(StoreError):
    """The version is the champion of its name."""

    def __init__(self, name: str, version: int) -> None:
        super().__init__(f"version {version} of {name!r} is in service")
        self.name = name
        self.version = version


class TrainingUnfinished(StoreError):
    """Trainings of the model wait or run; `jobs` are their ids, oldest first."""

    def __init__(self, name: str, jobs: tuple[str, ...]) -> None:
        super().__init__(f"a training of model {name!r} waits or runs, and would publish it again")
        self.jobs = jobs
