"""The score of a name: how probable it is, how usual, what it is like."""

from typing import Annotated, Any

from pydantic import Field

from app.schemas.fields import Schema


def _others(**probabilities: float) -> list[dict[str, Any]]:
    return [{"letter": letter, "probability": probability} for letter, probability in probabilities.items()]


OTHERS, END_OTHERS = _others(s=0.0809, j=0.0802, m=0.077), _others(l=0.32, h=0.0622, s=0.0555)
LETTERS: list[dict[str, Any]] = [
    {"letter": "a", "log_probability": -2.26, "others": OTHERS},
    {"letter": "n", "log_probability": -1.75, "others": _others(l=0.167, r=0.123, m=0.0717)},
]
NEAREST = [{"name": name, "distance": distance} for name, distance in (("Anna", 0), ("Aana", 1), ("Adna", 1))]
LIKENESS = [
    {"model": model, "nats_per_letter": nats}
    for model, nats in {
        "finnish-girls": 1.04,
        "swedish-girls": 1.05,
        "austrian-girls": 1.06,
        "danish-girls": 1.08,
        "icelandic-girls": 1.12,
    }.items()
]

ServedModel = Annotated[str, Field(description="Name of the model.", examples=["us"])]
ServedVersion = Annotated[int, Field(description="Version of the model; 0 came with the software.", examples=[0])]


class OtherLetter(Schema):
    """A letter that could stand at a place instead."""

    letter: str = Field(description="As the model reads it; empty where the name could end.", examples=["s"])
    probability: float = Field(description="Of the letter, given those before it.", examples=[0.0809])


class NearName(Schema):
    """A listed name near to another."""

    name: str = Field(description="As the list has it.", examples=["Anna"])
    distance: int = Field(
        description="Letters to insert, delete or replace to come from one to the other, case ignored; at most 3.",
        examples=[0],
    )


class ModelLikeness(Schema):
    """How probable a name is under a bundled model."""

    model: str = Field(description="Name of the model.", examples=["finnish-girls"])
    nats_per_letter: float = Field(
        description="Mean negative log-probability over the letters and the end; lower is more probable.",
        examples=[1.04],
    )


class LetterScore(Schema):
    """One letter of a name."""

    letter: str = Field(description="As the model reads it.", examples=["a"])
    log_probability: float | None = Field(
        description="Nats, given the letters before it; null where the model holds it impossible.", examples=[-2.26]
    )
    others: list[OtherLetter] | None = Field(
        description="The three most probable letters that could stand here instead; null after the hundredth name.",
        examples=[OTHERS],
    )


class NameScore(Schema):
    """How probable a name is under a model at temperature 1."""

    name: str = Field(description="As it was sent or drawn.", examples=["anna"])
    log_probability: float | None = Field(
        description="Nats, of the whole name and its end; null where it is impossible or holds an unknown letter.",
        examples=[-8.19],
    )
    nats_per_letter: float | None = Field(
        description="Mean negative log-probability over the letters and the end; lower is more probable.",
        examples=[1.64],
    )
    letters: list[LetterScore] = Field(description="Letter by letter; empty where one is unknown.", examples=[LETTERS])
    end: float | None = Field(description="Log-probability, in nats, that the name ends here.", examples=[-1.46])
    end_others: list[OtherLetter] | None = Field(
        description="The three most probable letters that could follow instead; null after the hundredth name.",
        examples=[END_OTHERS],
    )
    percentile: float | None = Field(
        description="How usual it is: of 100 names of the model so many are less probable per letter. Found by some "
        "500 to 2,000 draws, of large models fewer: the standard error is 1 to 2, at most 10. Null where a letter is "
        "unknown, or the model draws too few names.",
        examples=[85.3],
    )
    in_training_list: bool | None = Field(
        description="Whether it stands in the list that the model was made from, also as a validation or test name; "
        "null where that list is private and the request does not carry the admin token.",
        examples=[True],
    )
    nearest: list[NearName] | None = Field(
        description="The nearest names of the bundled lists of the model's language and kind, at most three. Null "
        "where there is no such list, and after the hundredth name.",
        examples=[NEAREST],
    )
    unknown_letters: list[str] = Field(description="Letters that the model never saw.", examples=[[]])
    sounds_like: list[ModelLikeness] | None = Field(
        None,
        description="The five bundled models under which it is most probable, best first; only with `compare`. "
        "Models that can't spell it are left out.",
        examples=[LIKENESS],
    )


class ScoreAnswer(Schema):
    """Scores, in the order of the names."""

    model: ServedModel
    version: ServedVersion | None = Field(description="Version of the model; null for a style.", examples=[0])
    scores: list[NameScore] = Field(
        description="One for each name.",
        examples=[
            [
                {
                    "name": "anna",
                    "log_probability": -8.19,
                    "nats_per_letter": 1.64,
                    "letters": LETTERS,
                    "end": -1.46,
                    "end_others": END_OTHERS,
                    "percentile": 85.3,
                    "in_training_list": True,
                    "nearest": NEAREST,
                    "unknown_letters": [],
                }
            ]
        ],
    )
