"""What answers and refusals look like, for their documentation and for the shorter ones themselves."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

NAMES = ["Awonne", "Antwany", "Apetre", "Aubad", "Anelisa"]
"""What the bundled model draws for `start=a&max_length=12&seed=7`."""


class LetterScore(BaseModel):
    """One letter of a name."""

    letter: str = Field(examples=["a"])
    log_probability: float | None = Field(
        description="Nats, given the letters before it; null where the model holds it impossible.", examples=[-2.26]
    )


class NameScore(BaseModel):
    """How probable a name is under a model at temperature 1."""

    name: str = Field(examples=["anna"])
    log_probability: float | None = Field(
        description="Nats, of the whole name and its end; null where it is impossible or holds an unknown letter.",
        examples=[-10.76],
    )
    nats_per_letter: float | None = Field(
        description="Mean negative log-probability over the letters and the end; lower is more probable.",
        examples=[2.15],
    )
    letters: list[LetterScore] = Field(description="Letter by letter; empty where one is unknown.")
    end: float | None = Field(description="Log-probability, in nats, that the name ends here.", examples=[-4.37])
    in_training_list: bool = Field(
        description="Whether it stands in the list that the model was made from, names held out for testing included.",
        examples=[True],
    )
    unknown_letters: list[str] = Field(description="Letters that the model never saw.", examples=[[]])


class SampleAnswer(BaseModel):
    """Names, and all that is needed to draw them again."""

    names: list[str] = Field(examples=[NAMES])
    model: str = Field(examples=["us"])
    version: int = Field(examples=[0])
    seed: int = Field(examples=[7])
    shortfall: str | None = Field(description="Why there are fewer names than were asked for.", examples=[None])
    details: list[NameScore] | None = Field(
        None, description="One for each name; only where `details` was asked for.", examples=[None]
    )


class ScoreAnswer(BaseModel):
    """Scores, in the order of the names."""

    model: str = Field(examples=["us"])
    version: int = Field(examples=[0])
    scores: list[NameScore]


class ModelSummary(BaseModel):
    """A model in service."""

    name: str = Field(examples=["us"])
    version: int = Field(examples=[0])
    default: bool = Field(description="Whether it answers when a request names no model.", examples=[True])
    corpus: str = Field(description="Title of the list that it was made from.", examples=["us"])
    names: int = Field(description="Distinct names in that list.", examples=[97310])
    letters: list[str] = Field(description="The letters that it knows.", examples=[["a", "b", "c"]])
    nats_per_letter: float = Field(description="On names that it was not trained on; lower is better.", examples=[1.96])


class ModelAnswer(ModelSummary):
    """A model in service and where it comes from."""

    card: dict[str, Any] = Field(
        description="How it was made and how good it is.", examples=[{"preset": "default", "seed": 0}]
    )


class ModelsAnswer(BaseModel):
    """All models in service."""

    models: list[ModelSummary]


class Health(BaseModel):
    """That the service is up."""

    status: Literal["ok"] = "ok"


class Readiness(Health):
    """That the service can answer, and with what."""

    models: dict[str, int] = Field(description="The version of each model in service.", examples=[{"us": 0}])


class WrongField(BaseModel):
    """One field of a request that is not valid."""

    field: str = Field(examples=["count"])
    message: str = Field(examples=["input should be greater than or equal to 1"])
    value: str | None = Field(None, description="What stood there, cut short.", examples=["0"])


class Problem(BaseModel):
    """A refusal (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Stays the same for a kind of refusal.", examples=["/problems/invalid-request"])
    title: str = Field(examples=["The request is not valid"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["count: input should be greater than or equal to 1"])
    errors: list[WrongField] | None = Field(None, description="The fields that are not valid.")
    letters: list[str] | None = Field(None, description="The letters that the model knows.", examples=[["a", "b"]])
    models: list[str] | None = Field(None, description="The models in service.", examples=[["us", "us-seed"]])
    versions: list[int] | None = Field(None, description="The versions of the model in service.", examples=[[0]])
