"""What requests to train look like, and within which bounds."""

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from app.schemas.fields import LONGEST_MODEL_NAME, MAX_SEED, Kind, KnownFields, is_model_name
from app.schemas.like import ELVES
from app.settings import Settings
from app.store.records import Publish, State
from model.corpus.normal_form import nfc

Preset = Literal["default", "best", "seed"]
Cell = Literal["vanilla", "gru"]
Optimizer = Literal["sgd", "adam"]
MAX_BATCH = 1024
"""Names; what a step holds in memory grows with it."""

MAX_LAYERS = 4
LONGEST_LANGUAGE = 60
"""Letters of the name of a language."""

MAX_EPOCHS = 10**6
MAX_MINUTES = 7 * 24 * 60
KEY_LENGTH = 200
"""Most letters of an idempotency key."""


def check_published_name(name: str) -> str:
    """The name in NFC; one that no model can have is refused."""
    name = nfc(name)
    if len(name) > LONGEST_MODEL_NAME:  # a few letters become two or three
        raise PydanticCustomError("model_name", "give a shorter name")
    if not is_model_name(name):
        raise PydanticCustomError(
            "model_name",
            "give a name of printable letters that neither begins nor ends with a space, and has no @ and no /; "
            "`.` and `..` are none, and none begins with style:",
        )
    return name


def check_language(language: str) -> str:
    """The name of a language, in NFC; what would not stand on one line is refused."""
    if not language.isprintable() or not language.strip():
        raise PydanticCustomError("language", "give the name of a language, such as German")
    return nfc(language.strip())


Language = Annotated[str, Field(min_length=1, max_length=LONGEST_LANGUAGE), AfterValidator(check_language)]
DropoutShare = Annotated[float, Field(ge=0, lt=1)]
PublishedName = Annotated[str, Field(min_length=1, max_length=LONGEST_MODEL_NAME), AfterValidator(check_published_name)]


def check_key(key: str) -> str:
    """Refuse a key whose characters a header may change on its way."""
    if not all("!" <= letter <= "~" for letter in key):
        raise PydanticCustomError("idempotency_key", "give letters, digits and symbols of ASCII only, without spaces")
    return key


class TrainFields(KnownFields):
    """What every request to train may say."""

    model_config = ConfigDict(allow_inf_nan=False)

    model: PublishedName | None = Field(
        None,
        description="Name to publish the model under. It may be left out where the list comes with the software, "
        "whose name is then taken.",
        examples=["elves"],
    )
    preset: Preset = Field(
        "default",
        description="What chooses every hyperparameter that is not given: `default` suits the length of the list, "
        "`best` takes longer and makes better names of a long one, `seed` is the original recipe.",
        examples=["default"],
    )
    cell: Cell | None = Field(
        None,
        description="How the network goes from letter to letter: `vanilla` is the plain recurrent network, `gru` has "
        "gates, learns more and takes longer. Without it, as the preset says.",
        examples=["gru"],
    )
    hidden: int | None = Field(None, ge=1, description="Units in the state of the network.", examples=[64])
    layers: int | None = Field(
        None, ge=1, le=MAX_LAYERS, description="Recurrent layers, one above another.", examples=[2]
    )
    dropout: DropoutShare | None = Field(
        None, description="Share of units left out on the way to the output, while it learns.", examples=[0.3]
    )
    recurrent_dropout: DropoutShare | None = Field(
        None, description="Share of units left out on the way to the next letter.", examples=[0.2]
    )
    between_dropout: DropoutShare | None = Field(
        None, description="Share of units left out on the way to the layer above.", examples=[0.2]
    )
    ngram: bool | None = Field(
        None,
        description="Whether an n-gram of the same names is mixed into what is served, which makes the names better. "
        "Without it, true, except with the preset `seed`.",
        examples=[True],
    )
    optimizer: Optimizer | None = Field(None, description="How a gradient becomes a step.", examples=["adam"])
    learning_rate: float | None = Field(None, gt=0, le=10, description="Size of the steps.", examples=[0.003])
    batch: int | None = Field(None, ge=1, le=MAX_BATCH, description="Names that one step learns from.", examples=[32])
    epochs: float | None = Field(
        None, gt=0, le=MAX_EPOCHS, description="How often to pass over the list; instead of `steps`.", examples=[20]
    )
    steps: int | None = Field(None, ge=1, description="How many steps to take; instead of `epochs`.", examples=[600])
    minutes: float | None = Field(
        None,
        gt=0,
        le=MAX_MINUTES,
        description="Take fewer steps where they would last longer than this; instead of `epochs` and `steps`.",
        examples=[5],
    )
    seed: int = Field(
        0, ge=0, le=MAX_SEED, description="The same list, hyperparameters and seed make the same weights.", examples=[0]
    )
    parent: Annotated[str, AfterValidator(nfc)] | None = Field(
        None,
        alias="from",
        min_length=1,
        max_length=200,
        description="Model to start from, as `name` or `name@version`, or `none` to start from random weights. Its "
        "cell, layers and hidden units are kept, and letters that it never saw are added. Without it, the training "
        "chooses what suits the list.",
        examples=["us"],
    )
    publish: Publish = Field(
        "unless_worse",
        description="Whether to put the new version into service: `unless_worse` than an n-gram of the same names, "
        "which the preset `seed` is not held to; `always`; `if_better` than the version in service on test names that "
        "both can spell, or where there is none; or `never`, only to keep it. The training says why, in `verdict`.",
        examples=["unless_worse"],
    )
    public_membership: bool = Field(
        False,
        description="Let everybody ask whether a name stands in the list; otherwise only the admin may. "
        "The lists that come with the software are public.",
        examples=[False],
    )

    language: Language | None = Field(
        None, description="Language of the names, in English, for those who choose a model.", examples=["German"]
    )
    kind: Kind | None = Field(
        None, description="What the names are of, for those who choose a model.", examples=["surnames"]
    )


class TrainRequestFields(TrainFields):
    """The body of `POST /train`."""

    model_config = ConfigDict(strict=True)

    names: list[str] | None = None
    corpus: str | None = Field(
        None,
        min_length=1,
        max_length=100,
        description="A list that comes with the software, instead of `names`. Without either: the list of the "
        "model's own name.",
        examples=["us"],
    )


class ListQuery(KnownFields):
    """Which trainings to list."""

    state: State | None = Field(None, description="Only those in this state.", examples=["running"])
    limit: int = Field(20, ge=1, le=100, description="Most that one page has.", examples=[20])
    before: str | None = Field(
        None,
        max_length=100,
        description="Only those before this one; `next` of an answer has it.",
        examples=[None],
    )


def train_bodies(settings: Settings) -> tuple[type[TrainRequestFields], type[TrainFields]]:
    """The body of `POST /train`, and the fields of `POST /train/upload` beside its file, with the bounds that are set.

    JSON has types of its own; in a form everything is text.
    """

    class TrainUpload(TrainFields):
        """How to learn from the file, and what to call it."""

        hidden: Annotated[int | None, Field(le=settings.max_hidden)] = TrainFields.model_fields["hidden"]  # type: ignore[assignment]
        steps: Annotated[int | None, Field(le=settings.max_steps)] = TrainFields.model_fields["steps"]  # type: ignore[assignment]

    class TrainRequest(TrainUpload, TrainRequestFields):
        """What to learn, how, and what to call it. An empty object trains the default model on its own list."""

        names: list[str] | None = Field(
            None,
            max_length=settings.max_train_names,
            fail_fast=True,
            description="The names to learn from, at least 3, better some hundred. They are deleted when the job ends.",
            examples=[ELVES[:3]],
        )

    return TrainRequest, TrainUpload
