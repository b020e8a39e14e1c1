"""What comes of drawing: the names, how they came about, why there are too few, and when that is given up."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from model.generation.filters import Selection
from model.generation.options import Options
from model.generation.seen import SeenNames

MIN_ATTEMPTS = 4096
"""Names that are begun before a request that finds none is given up."""

ATTEMPTS_PER_NAME = 32
"""Further ones for each name found: a request that one draw in 32 meets is met, as far as the letters go."""

MIN_LETTERS = 65_536
"""Letters drawn before it is given up: 16 in each of these attempts, or 1,000 names of 64 letters."""

LETTERS_PER_NAME = 32
"""Further letters for each name found. A letter takes some 30 µs in a network of two layers."""


T = TypeVar("T")

Steps: TypeAlias = Generator[list[str] | None, None, T]
"""Drawing in batches: None comes between two letters of a batch, so that who draws may stop there, and go on later."""


@dataclass(frozen=True, slots=True)
class Draw:
    """Names drawn, in the order in which they came up."""

    names: list[str]
    shortfall: str | None  # why there are fewer than asked for; None when there are not
    exact: bool = True  # whether each is just as probable as the model, given the options, makes it
    effective_sample_size: float | None = None  # where not: how many independent draws they were chosen from
    left_out: Mapping[str, int] = field(default_factory=dict)  # names that came up and were not wanted, by the option
    top_p: float = 1.0  # the one used, which may be the predictor's default


@dataclass(slots=True)
class Progress:
    """How far drawing has come."""

    unique: bool
    selection: Selection = field(default_factory=Selection)  # which names that came up are wanted
    found: int = 0  # names taken
    came_up: int = 0  # new names, whether taken or more than were wanted
    attempts: int = 0
    letters: int = 0
    effective_sample_size: float | None = None  # of all weighted draws so far; None where there were none
    shortfall: str | None = None  # why it was given up
    seen: SeenNames = field(default_factory=SeenNames)  # where no name may come twice

    def add(self, names: Iterable[str], most: int) -> tuple[list[str], int]:
        """Those of the folded names that are new, at most so many; and how many were new."""
        fresh = self.seen.new(names) if self.unique else list(names)
        taken = fresh[:most]
        if self.unique:
            self.seen.add(taken)
        self.found += len(taken)
        self.came_up += len(fresh)
        return taken, len(fresh)

    @property
    def attempts_left(self) -> int:
        """How many attempts may follow: so many that neither they nor their letters, if as long, are too many."""
        left = MIN_ATTEMPTS + ATTEMPTS_PER_NAME * self.found - self.attempts
        if not self.letters:
            return left
        letters_left = MIN_LETTERS + LETTERS_PER_NAME * self.found - self.letters
        return min(left, letters_left * self.attempts // self.letters)


def out_of_time(found: int) -> str:
    """The same where the time that one answer has was over."""
    names = f"{found:,} name{'s' * (found > 1)}" if found else "no name"
    only = "only " * bool(found)
    return f"{only}{names} came up in the time that one answer has; ask for fewer at once, shorter or less rare ones"


def shortfall(found: int, attempts: int, options: Options, possible: int | None = None) -> str:
    """One sentence on why there are too few names, and what would help.

    Parameters
    ----------
    found, attempts
        Names that came up, and in how many draws.
    options
        What they should be like.
    possible
        How many names there are at all that meet the constraints, where that is known and they were all found.
    """
    asked = options.constraints.asked
    if possible is not None:
        one = possible == 1
        remedies = ["ask for fewer", *_narrowed(options)]
        return f"only {possible:,} name{'s' * (not one)} satisf{'ies' if one else 'y'} this; {' or '.join(remedies)}"
    shortest, longest = options.min_length, options.max_length
    lengths = f"{longest} letter{'s' * (longest > 1)}" if shortest == longest else f"{shortest} to {longest} letters"
    what = f"{lengths} that meet{'s' * (found < 2)} {' and '.join(asked)}" if asked else lengths
    names = f"only {found:,} {'distinct ' * options.unique}name{'s' * (found > 1)}" if found else "no name"
    remedies = ["ask for fewer", *(["loosen the constraints"] if asked else []), "widen the lengths"]
    remedies += ["raise the temperature"] if options.unique else []
    remedies += _narrowed(options)
    remedies += ["set unique to false"] if options.unique else []
    return f"{names} of {what} came up in {attempts:,} draws; {', '.join(remedies[:-1])} or {remedies[-1]}"


def _narrowed(options: Options) -> list[str]:
    """What to do about letters that are never drawn; the default of top_p is named, since nobody gave it."""
    top_k = ["raise top_k"] if options.top_k is not None else []
    top_p = [f"raise top_p, now {options.top_p:g}"] if options.top_p is not None and options.top_p < 1 else []
    return top_k + top_p
