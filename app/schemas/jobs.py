"""What trainings look like in answers; `app.http.job_answers` makes them."""

from typing import Any

from pydantic import Field

from app.schemas.fields import Schema
from app.schemas.train import Preset
from app.store.records import Publish, State

ID = "6f1ed002ab5595859014ebf0951522d9"
REPORT: dict[str, Any] = {
    "title": "elves",
    "names": 60,
    "distinct": 60,
    "duplicates": 0,
    "bearers": None,
    "skipped": [],
    "casing": "title",
    "case_rules": [],
    "letters": [["a", 64], ["i", 64], ["l", 64]],
    "rare_letters": [["f", 4], ["v", 4], ["w", 3]],
    "lengths": [[6, 4], [7, 25], [8, 24]],
    "warnings": [{"text": "60 distinct names are few: ...", "count": 0, "lines": []}],
}
VERDICT = "1.9430 nats per letter on 6 test names, against 2.1410 of an n-gram"
POINT: dict[str, Any] = {"step": 600, "train": 2.31, "held_out": 2.45}
PROGRESS: dict[str, Any] = {
    "step": 600,
    "steps": 600,
    "phase": "all names",
    "fraction": 1.0,
    "names_per_second": 21500.0,
    "seconds_left": None,
    "drawn": [],
}
REQUEST: dict[str, Any] = {
    "source": "names",
    "corpus": None,
    "preset": "default",
    "hyperparameters": {},
    "epochs": None,
    "minutes": None,
    "seed": 0,
    "from": None,
    "publish": "unless_worse",
    "public_membership": False,
    "language": None,
    "kind": None,
}
JOB: dict[str, Any] = {
    "id": ID,
    "model": "elves",
    "state": "succeeded",
    "created": "2026-11-23T21:04:00.120+00:00",
    "started": "2026-11-23T21:04:01.003+00:00",
    "finished": "2026-11-23T21:04:04.871+00:00",
    "progress": PROGRESS,
    "error": None,
    "version": 1,
    "published": True,
    "promoted": True,
    "verdict": VERDICT,
    "request": REQUEST,
}
NEW_JOB: dict[str, Any] = JOB | {
    "state": "queued",
    "started": None,
    "finished": None,
    "progress": PROGRESS
    | {"step": 0, "steps": None, "phase": None, "fraction": 0.0, "names_per_second": None, "seconds_left": None},
    "version": None,
    "published": None,
    "promoted": None,
    "verdict": None,
    "loss": {"train": None, "held_out": None, "history": []},
    "report": REPORT,
}
"""One that was queued a moment ago."""


class LossPoint(Schema):
    """One point of the loss curve."""

    step: int = Field(description="Steps taken until here.", examples=[600])
    train: float = Field(description="On the training names since the last point, in nats per letter.", examples=[2.31])
    held_out: float | None = Field(
        description="On the validation names, by which a training is watched, where it was looked at. Another part "
        "of the list, the test names, judges the version.",
        examples=[2.45],
    )


class JobLoss(Schema):
    """The loss so far."""

    train: float | None = Field(description="On the training names: the last of the history.", examples=[2.31])
    held_out: float | None = Field(
        description="On the validation names: the last of the history that there is.", examples=[2.45]
    )
    history: list[LossPoint] = Field(description="The loss curve.", examples=[[POINT]])


class JobProgress(Schema):
    """How far a training is."""

    step: int = Field(description="Steps taken.", examples=[600])
    steps: int | None = Field(
        description="Steps to take at most: a training ends before when its `held_out` loss falls no more. "
        "Null until it is known.",
        examples=[600],
    )
    phase: str | None = Field(
        description="Which of its runs a training on a short list is in: `fold 2 of 4`, with other names held out in "
        "each to find out for how long to train, or `all names`. The loss jumps where one begins. Null where there is "
        "one run only, or none yet, and in the list of trainings.",
        examples=["all names"],
    )
    fraction: float = Field(description="Share of the steps taken; 1 when it has succeeded.", examples=[1.0])
    names_per_second: float | None = Field(description="Names learned from, by the second.", examples=[21500.0])
    seconds_left: float | None = Field(description="How long the remaining steps will take.", examples=[None])
    drawn: list[str] = Field(
        description="Names that the network by itself draws as it is now, none of which is in the list: noise at "
        "first. Empty before it begins, once it has ended, and in the list of trainings.",
        examples=[[]],
    )


class JobRequest(Schema):
    """What was asked for; never the names."""

    source: str = Field(description="`bundled`, `names` or `file`: where the list came from.", examples=["names"])
    corpus: str | None = Field(description="The list, where it came with the software.", examples=[None])
    preset: Preset = Field(description="What chose the other hyperparameters.", examples=["default"])
    hyperparameters: dict[str, Any] = Field(description="Those that were given.", examples=[{}])
    epochs: float | None = Field(description="As it was given.", examples=[None])
    minutes: float | None = Field(description="As it was given.", examples=[None])
    seed: int = Field(description="What every draw of the training comes from.", examples=[0])
    parent: str | None = Field(
        alias="from", description="The version to start from, or `none` for random weights.", examples=["us@0"]
    )
    publish: Publish = Field(description="As it was given.", examples=["unless_worse"])
    public_membership: bool = Field(
        description="Whether everybody may ask if a name stands in the list.", examples=[False]
    )
    language: str | None = Field(description="As it was given.", examples=[None])
    kind: str | None = Field(description="As it was given.", examples=[None])


class JobSummary(Schema):
    """A training, in a list."""

    id: str = Field(description="Of this training, for its own paths.", examples=[ID])
    model: str = Field(description="Name that it publishes under.", examples=["elves"])
    state: State = Field(description="The last three are for good.", examples=["succeeded"])
    created: str = Field(description="When it was accepted, UTC.", examples=[JOB["created"]])
    started: str | None = Field(description="When it began, UTC.", examples=[JOB["started"]])
    finished: str | None = Field(description="When it ended, UTC.", examples=[JOB["finished"]])
    progress: JobProgress = Field(description="How far it is.", examples=[PROGRESS])
    error: str | None = Field(description="Why it failed, and what to do.", examples=[None])
    version: int | None = Field(description="The version that it made.", examples=[1])
    published: bool | None = Field(
        description="Whether that was put into service: false where it is kept only, as `verdict` says.",
        examples=[True],
    )
    promoted: bool | None = Field(description="The same as `published`.", examples=[True], deprecated=True)
    verdict: str | None = Field(
        description="Why it was put into service, or was not and how to use it all the same.", examples=[VERDICT]
    )
    request: JobRequest = Field(description="What was asked for.", examples=[REQUEST])


class JobAnswer(JobSummary):
    """A training."""

    loss: JobLoss = Field(
        description="How well it predicts names.", examples=[{"train": 2.31, "held_out": 2.45, "history": [POINT]}]
    )
    report: dict[str, Any] = Field(
        description="What there is to know of the list: counts, letters, lengths, lines that were left out, warnings. "
        "Lines are given by their numbers, never by their text.",
        examples=[REPORT],
    )


class JobsAnswer(Schema):
    """Trainings, newest first."""

    jobs: list[JobSummary] = Field(description="Without their loss curves and reports.", examples=[[JOB]])
    next: str | None = Field(
        description="Where the older ones are, if there are any.", examples=[f"/train?before={ID}"]
    )
