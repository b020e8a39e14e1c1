"""What answers and refusals look like, for their documentation and for the shorter ones themselves."""

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field

from app.schemas.cast import CastMember
from app.schemas.fields import Schema
from app.schemas.full_names import FullNameParts
from app.schemas.scores import NameScore, ServedModel, ServedVersion

NAMES = ["Antsey", "Akira", "Avriello", "Akim", "Akeemias"]
"""What the bundled model draws for `start=a&max_length=12&seed=7`."""

SUMMARY: dict[str, Any] = {
    "name": "us",
    "version": 0,
    "versions": [0],
    "default": True,
    "language": "English",
    "kind": "given",
    "script": "Latin",
    "examples": ["Gaygel", "Devion", "Torana"],
    "corpus": "us",
    "names": 97310,
    "source": "US Social Security Administration",
    "licence": "public domain",
    "letters": ["a", "b", "c"],
    "default_top_p": 1.0,
    "nats_per_letter": 1.93,
    "ngram_nats_per_letter": 1.99,
}


class LeftOut(Schema):
    """How many names came up and were left out, by the field that asked for it."""

    decent: int = Field(description="Slurs, obscenities and the operator's own words.", examples=[0])
    novel: int | None = Field(
        None, description="Names of the lists, or near to them; only where asked.", examples=[None]
    )
    like: int | None = Field(
        None, description="The names of `like` themselves; only where those were given.", examples=[None]
    )
    avoid: int | None = Field(None, description="Names to be avoided; only where asked.", examples=[None])


class SampleAnswer(Schema):
    """Names, and where they come from."""

    names: list[str] = Field(description="In the order in which they were drawn.", examples=[NAMES])
    model: ServedModel
    version: ServedVersion | None = Field(
        description="Version of the model; 0 came with the software. Null for a blend, whose `model` has "
        "the versions of its parts.",
        examples=[0],
    )
    seed: str | None = Field(
        description="Sent again with the same request, it draws the same names; null where there was none, unless "
        "`reproducible` asked for one.",
        examples=["7"],
    )
    shortfall: str | None = Field(description="Why there are fewer names than were asked for.", examples=[None])
    exact: bool = Field(
        description="Whether each name is just as probable as the model, given what was asked, makes it. False where "
        "constraints are so rarely met that names were chosen among weighted draws.",
        examples=[True],
    )
    effective_sample_size: float | None = Field(
        description="How many independent draws those are worth; null where `exact` is true.", examples=[None]
    )
    top_p: float = Field(
        description="The one used, which is the model's own default where none was asked for.", examples=[1.0]
    )
    left_out: LeftOut = Field(
        description="How many names came up and were left out; others were drawn in their place.",
        examples=[{"decent": 0}],
    )
    cast: list[CastMember] | None = Field(
        None, description="What each name was kept apart from; only where a cast was asked for.", examples=[None]
    )
    parts: list[FullNameParts] | None = Field(
        None, description="The parts of each name, and its forms; only of full names.", examples=[None]
    )
    latin: list[str] | None = Field(
        None, description="Each name in Latin letters; only where asked, and not of full names.", examples=[None]
    )
    initials: list[str] | None = Field(None, description="The same for initials.", examples=[None])
    username: list[str] | None = Field(None, description="And for user names.", examples=[None])
    note: str | None = Field(
        None,
        description="For how long `model` serves, and how to keep it; only where `like` was given.",
        examples=[None],
    )
    details: list[NameScore] | None = Field(
        None, description="One for each name; only where `details` was asked for.", examples=[None]
    )


class ModelSummary(Schema):
    """One version of a model: the one in service, unless another was asked for."""

    name: ServedModel
    version: ServedVersion
    versions: list[int] = Field(
        description="All that there are; any can be asked for as `name@version`.", examples=[[0]]
    )
    default: bool = Field(description="Whether it answers when a request names no model.", examples=[True])
    language: str | None = Field(
        description="Language of the names, in English; null where nobody said.", examples=["English"]
    )
    kind: str | None = Field(
        description="What the names are of: girls, boys, given, surnames, places or invented.", examples=["given"]
    )
    script: str | None = Field(description="In which script they are written.", examples=["Latin"])
    examples: list[str] = Field(
        description="Names that it has drawn: the first three of its card's examples that are no shorter than half of "
        "them; none in models of older software.",
        examples=[["Gaygel", "Devion", "Torana"]],
    )
    corpus: str = Field(description="Title of the list that it was made from.", examples=["us"])
    names: int | None = Field(
        description="Distinct names in that list; null where it is private and the request does not carry the admin "
        "token.",
        examples=[97310],
    )
    source: str | None = Field(
        description="Where the list comes from, to be credited where its licence asks for it.",
        examples=["US Social Security Administration"],
    )
    licence: str | None = Field(description="Of the list.", examples=["public domain"])
    letters: list[str] = Field(description="The letters that it knows.", examples=[["a", "b", "c"]])
    default_top_p: float = Field(
        description="Which share of the probability names are drawn from, unless `top_p` says another: less than 1 for "
        "lists of fewer than 300 names.",
        examples=[1.0],
    )
    nats_per_letter: float = Field(description="On names that it was not trained on; lower is better.", examples=[1.93])
    ngram_nats_per_letter: float | None = Field(
        description="The same of an n-gram that learned from the same names; null where it was not measured.",
        examples=[1.99],
    )


class AliasChange(Schema):
    """That another version was put into service."""

    version: int | None = Field(
        description="The one that was put into service; null where the model was taken out of it.", examples=[3]
    )
    previous: int | None = Field(
        description="The one before it; null where that was the bundled one, or none.", examples=[2]
    )
    at: datetime = Field(description="When, by the clock of the database (UTC).", examples=["2026-11-23T12:00:00Z"])
    cause: str = Field(
        description="The training that published it, as `job` with its id, which only the admin sees; or `admin`.",
        examples=["admin"],
    )


class ModelAnswer(ModelSummary):
    """One version of a model, where it comes from, and who was in service when."""

    champion: int | None = Field(description="The version in service; null where there is none.", examples=[0])
    history: list[AliasChange] = Field(
        description="When which version was put into service, the latest first; at most 100 changes. "
        "Before the first of them, it was the one that came with the software.",
        examples=[[]],
    )
    card: dict[str, Any] = Field(
        description="How it was made and how good it is.", examples=[{"preset": "default", "seed": 0}]
    )


class ModelsAnswer(Schema):
    """All models."""

    models: list[ModelSummary] = Field(
        description="Those in service, by language, then by kind, then by name; those without a language last.",
        examples=[[SUMMARY]],
    )
    not_in_service: dict[str, list[int]] = Field(
        description="Versions of the models of which none is in service; each can be asked for as `name@version`. "
        "Empty where the query leaves models out.",
        examples=[{}],
    )
    withdrawn: dict[str, list[int]] = Field(
        description="The same for models that were taken out of service; nobody can ask for these until the admin puts "
        "one back.",
        examples=[{}],
    )
    languages: list[str] = Field(
        description="The languages that there are, whatever the query says.", examples=[["English", "Icelandic"]]
    )
    kinds: list[str] = Field(description="The kinds that there are.", examples=[["girls", "boys", "given"]])
    scripts: list[str] = Field(description="The scripts that there are.", examples=[["Greek", "Latin"]])


class DeletedModel(Schema):
    """What was deleted, and what serves in its place."""

    deleted: list[int] = Field(
        description="Versions that were deleted; their numbers are not given again. Empty where there was none.",
        examples=[[1, 2]],
    )
    version: int | None = Field(
        description="The version in service now: 0, which came with the software, or null where there is none, and so "
        "no model of the name.",
        examples=[None],
    )


class Health(Schema):
    """That the service is up."""

    status: Literal["ok"] = Field("ok", description="Always ok: a service that is not does not answer.")


class Degraded(Schema):
    """A version that should be in service and does not load; the one before it serves."""

    model: str = Field(description="Name of the model.", examples=["elves"])
    version: int = Field(description="The version that should serve.", examples=[3])
    reason: str = Field(description="Why it does not.", examples=["its bytes are not those that were published"])


class TrainingState(Schema):
    """Whether trainings can be asked for."""

    available: bool = Field(
        description="Whether the database can be used, and its disk has room for a training.", examples=[True]
    )
    reason: str | None = Field(
        description="Why not; or that they are taken, and wait, since no worker goes on.", examples=[None]
    )
    workers: int | None = Field(
        description="Workers heard of in the last 30 seconds; null where that is not known.", examples=[1]
    )
    silent_workers: int | None = Field(
        description="Workers that have not stopped, and not been heard of for 30 seconds: they hang, or are lost.",
        examples=[0],
    )


class Readiness(Health):
    """That the service can answer, with what, and what is not as it should be."""

    models: dict[str, int] = Field(description="The version of each model in service.", examples=[{"us": 0}])
    degraded: list[Degraded] = Field(
        description="Versions that should be in service and do not load; they are tried again.", examples=[[]]
    )
    training: TrainingState = Field(
        description="Whether trainings can be asked for; names are drawn in any case.",
        examples=[{"available": True, "reason": None, "workers": 1, "silent_workers": 0}],
    )


class WrongField(Schema):
    """One field of a request that is not valid."""

    field: str = Field(description="Which one.", examples=["count"])
    message: str = Field(
        description="What is wrong with it, or what to send.", examples=["input should be greater than or equal to 1"]
    )
    value: str | None = Field(None, description="What stood there, cut short.", examples=["0"])


class Problem(Schema):
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
    option: str | None = Field(
        None, description="The field with letters that the model does not know.", examples=["suffix"]
    )
    options: list[str] | None = Field(
        None, description="The options that no name can meet together.", examples=[["suffix", "max_length"]]
    )
    models: list[str] | None = Field(None, description="The models in service.", examples=[["us", "us-seed"]])
    versions: list[int] | None = Field(None, description="The versions of the model in service.", examples=[[0]])
    jobs: list[str] | None = Field(
        None, description="The trainings that have not ended, oldest first.", examples=[["0123abcd"]]
    )
    known: list[str] | None = Field(None, description="The values that a filter may have.", examples=[["Greek"]])
