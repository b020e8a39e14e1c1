"""Choosing a cast among drawn names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from app.schemas.sample import SampleFields
from app.schemas.sequence import MAX_NEAR_NAMES
from model.errors import InvalidOption
from model.generation.cast import MAX_CANDIDATES, Member, candidates_for, check, choose_cast


class AnyDraw(Protocol):
    """Names, or full names, that were drawn."""

    @property
    def shortfall(self) -> str | None:
        """Why there are fewer than were asked for."""


D = TypeVar("D", bound=AnyDraw)


@dataclass(frozen=True, slots=True)
class ChosenCast:
    """The names of a cast by their places among those drawn, what they are apart from, and what falls short."""

    places: Sequence[int]
    members: Sequence[Member]
    shortfall: str | None


def check_existing(request: SampleFields) -> None:
    """Raise InvalidOption for a cast of too many names, or for existing names without a cast."""
    existing = request.posted_value("existing") or ()
    if request.cast:
        check(request.count, existing)
    elif existing:
        raise InvalidOption("existing", "needs cast=true")


def draw_cast(
    request: SampleFields, language: str, draw: Callable[[SampleFields], D], names_of: Callable[[D], Sequence[str]]
) -> tuple[D, ChosenCast]:
    """Draw as many names as a cast is chosen from, and choose it.

    Parameters
    ----------
    request
        What the names should be like.
    language
        Of the names, for how they are read.
    draw, names_of
        Draws for a request, and gives the names of what was drawn.
    """
    most = MAX_NEAR_NAMES if request.novel_distance else MAX_CANDIDATES
    count = min(candidates_for(request.count), most)
    drawn = draw(request.model_copy(update={"count": count, "unique": True}))
    names = names_of(drawn)
    chosen = choose_cast(names, request.count, request.posted_value("existing") or (), language)
    places = {name: place for place, name in reversed(list(enumerate(names)))}
    reasons = [chosen.shortfall, drawn.shortfall if len(chosen.members) < request.count else None]
    return drawn, ChosenCast(
        [places[member.name] for member in chosen.members],
        chosen.members,
        "; ".join(reason for reason in reasons if reason) or None,
    )
