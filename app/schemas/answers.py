"""What answers and refusals look like, for their documentation and for the shorter ones themselves."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

NAMES = ["Awonne", "Antwany", "Apetre", "Aubad", "Anelisa"]
"""What the bundled model draws for `start=a&max_length=12&seed=7`."""

LETTERS: list[dict[str, Any]] = [{"letter": "a", "log_probability": -2.26}, {"letter": "n", "log_probability": -1.7}]
SUMMARY: dict[str, Any] = {
    "name": "us",
    "version": 0,
    "default": True,
    "corpus": "us",
    "names": 97310,
    "letters": ["a", "b", "c"],
    "nats_per_letter": 1.96,
}

ServedModel = Annotated[str, Field(description="Name of the model.", examples=["us"])]
ServedVersion = Annotated[int, Field(description="Version of the model; 0 came with the software.", examples=[0])]


class LetterScore(BaseModel):
    """One letter of a name."""

    letter: str = Field(description="As the model reads it.", examples=["a"])
    log_probability: float | None = Field(
        description="Nats, given the letters before it; null where the model holds it impossible.", examples=[-2.26]
    )


class NameScore(BaseModel):
    """How probable a name is under a model at temperature 1."""

    name: str = Field(description="As it was sent or drawn.", examples=["anna"])
    log_probability: float | None = Field(
        description="Nats, of the whole name and its end; null where it is impossible or holds an unknown letter.",
        examples=[-10.76],
    )
    nats_per_letter: float | None = Field(
        description="Mean negative log-probability over the letters and the end; lower is more probable.",
        examples=[2.15],
    )
    letters: list[LetterScore] = Field(description="Letter by letter; empty where one is unknown.", examples=[LETTERS])
    end: float | None = Field(description="Log-probability, in nats, that the name ends here.", examples=[-4.37])
    in_training_list: bool = Field(
        description="Whether it stands in the list that the model was made from, names held out for testing included.",
        examples=[True],
    )
    unknown_letters: list[str] = Field(description="Letters that the model never saw.", examples=[[]])


class SampleAnswer(BaseModel):
    """Names, and all that is needed to draw them again."""

    names: list[str] = Field(description="In the order in which they were drawn.", examples=[NAMES])
    model: ServedModel
    version: ServedVersion
    seed: int = Field(description="Sent again with the same request, it draws the same names.", examples=[7])
    shortfall: str | None = Field(description="Why there are fewer names than were asked for.", examples=[None])
    details: list[NameScore] | None = Field(
        None, description="One for each name; only where `details` was asked for.", examples=[None]
    )


class ScoreAnswer(BaseModel):
    """Scores, in the order of the names."""

    model: ServedModel
    version: ServedVersion
    scores: list[NameScore] = Field(
        description="One for each name.",
        examples=[
            [
                {
                    "name": "anna",
                    "log_probability": -10.76,
                    "nats_per_letter": 2.15,
                    "letters": LETTERS,
                    "end": -4.37,
                    "in_training_list": True,
                    "unknown_letters": [],
                }
            ]
        ],
    )


class ModelSummary(BaseModel):
    """A model in service."""

    name: ServedModel
    version: ServedVersion
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

    models: list[ModelSummary] = Field(description="By name.", examples=[[SUMMARY]])


class Health(BaseModel):
    """That the service is up."""

    status: Literal["ok"] = Field("ok", description="Always ok: a service that is not does not answer.")


class Readiness(Health):
    """That the service can answer, and with what."""

    models: dict[str, int] = Field(description="The version of each model in service.", examples=[{"us": 0}])


class WrongField(BaseModel):
    """One field of a request that is not valid."""

    field: str = Field(description="Which one.", examples=["count"])
    message: str = Field(
        description="What is wrong with it, or what to send.", examples=["input should be greater than or equal to 1"]
    )
    value: str | None = Field(None, description="What stood there, cut short.", examples=["0"])


class Problem(BaseModel):
    """A refusal (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Stays the same for a kind of refusal.", examples=["/problems/invalid-request"])
    title: str = Field(description="The kind of refusal, in words.", examples=["The request is not valid"])
    status: int = Field(description="The status of the answer.", examples=[422])
    detail: str = Field(
        description="What was wrong this time, and what to do.",
        examples=["count: input should be greater than or equal to 1"],
    )
    errors: list[WrongField] | None = Field(
        None,
        description="The fields that are not valid.",
        examples=[[{"field": "count", "message": "input should be greater than or equal to 1", "value": "0"}]],
    )
    letters: list[str] | None = Field(None, description="The letters that the model knows.", examples=[["a", "b"]])
    models: list[str] | None = Field(None, description="The models in service.", examples=[["us", "us-seed"]])
    versions: list[int] | None = Field(None, description="The versions of the model in service.", examples=[[0]])
