"""The field of `/sample` that has names to draw others like."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from app.schemas.fields import Schema
from model.corpus.examples import FEWEST, MOST

LONGEST = 1_000
"""Characters that are looked at; a name of more than 64 letters is refused with its number in the list."""

_ELVES = """
Aelaria Aelwin Aerenor Aethiel Alaneth Althaniel Amarisse Arelian Arthiel Avaleth Belaniel Caelith Caladrin
Calisse Celandiel Corinniel Daelaris Darethil Elaneth Elithor Ellarian Elorwen Elvaris Erithil Estariel
Faelinor Faerith Fenaliel Filarion Galaniel Gilaneth Halorin Ilaneth Illiriel Imarion Ithariel Kaelith Laerion
Lianthil Lorieth Maerith Melarion Mirael Naeris Nelithil Nimaneth Oraneth Phaerion Quelaris Rhianthil Saelion
Selaneth Sylariel Taeris Thalindor Theliniel Vaelith Valarisse Wenathil Yllariel
"""
ELVES = _ELVES.split()
"""A made-up list, to try it with, and training."""


class PostedLikeFields(Schema):
    """Fields of bodies only: queries are too short for them, and reach logs."""

    like: (
        Annotated[
            list[Annotated[str, Field(max_length=LONGEST)]], Field(min_length=FEWEST, max_length=MOST, fail_fast=True)
        ]
        | None
    ) = Field(
        None,
        description=f"Draw names like these {FEWEST} to {MOST}, at once and with no training job; none of these comes "
        "back. The answer's `model` (`style:...`) serves for some minutes, and its `note` says how to keep one. "
        "The names are neither stored nor logged.",
        examples=[None],
    )
