"""What comes of drawing: the names, how they came about, why there are too few, and when that is given up."""

from __future__ import annotations

from dataclasses import dataclass

from model.generation.options import Options

MIN_ATTEMPTS = 4096
"""Names that are begun before a request that finds none is given up."""

ATTEMPTS_PER_NAME = 32
"""Further ones for each name found: a request that one draw in 32 meets is met, as far as the letters go."""


@dataclass(frozen=True, slots=True)
class Draw:
    """Names drawn, in the order in which they came up."""

    names: list[str]
    shortfall: str | None  # why there are fewer than asked for; None when there are not
    exact: bool = True  # whether each is just as probable as the model, given the options, makes it
    effective_sample_size: float | None = None  # where not: how many independent draws they were chosen from
    left_out: int = 0  # names that came up and were not decent


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
        return f"only {possible:,} name{'s' * (not one)} satisf{'ies' if one else 'y'} this; ask for fewer"
    shortest, longest = options.min_length, options.max_length
    lengths = f"{longest} letter{'s' * (longest > 1)}" if shortest == longest else f"{shortest} to {longest} letters"
    what = f"{lengths} that meet{'s' * (found < 2)} {' and '.join(asked)}" if asked else lengths
    names = f"only {found:,} {'distinct ' * options.unique}name{'s' * (found > 1)}" if found else "no name"
    remedies = ["ask for fewer", *(["loosen the constraints"] if asked else []), "widen the lengths"]
    if options.unique:
        remedies += ["raise the temperature", *(["raise top_k or top_p"] if options.top_k or options.top_p else [])]
        remedies += ["set unique to false"]
    return f"{names} of {what} came up in {attempts:,} draws; {', '.join(remedies[:-1])} or {remedies[-1]}"
