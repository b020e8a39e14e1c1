"""Which constraints can't be met together: the smallest set of them that no name meets."""

from __future__ import annotations

from model.constraints.acceptor import Acceptor
from model.constraints.alphabet import Alphabet
from model.constraints.constraints import intersection
from model.constraints.construction import build
from model.constraints.counting import is_possible
from model.constraints.expressions import Sequence, anything
from model.constraints.words import letters_of
from model.corpus.spelling import LONGEST_NAME_LETTERS
from model.errors import TooComplex, Unsatisfiable


def conflict(
    acceptors: dict[str, Acceptor], start: str, shortest: int, longest: int, alphabet: Alphabet
) -> Unsatisfiable:
    """The error that names a smallest set of options that no name meets together.

    Parameters
    ----------
    acceptors
        Of the constraints, by their names; no name meets all of them and the other options.
    start
        Letters with which names begin; known to the model.
    shortest, longest
        Letters that names have, the start included.
    """
    parts = dict(acceptors)
    if start:
        parts["start"] = build(Sequence((letters_of(start, alphabet, "start"), anything(alphabet))), alphabet)
    guilty = ["max_length", "min_length", *parts]
    for option in list(guilty):
        rest = [other for other in guilty if other != option]
        if not _together(parts, rest, shortest, longest):
            guilty = rest
    shown = {"max_length": f"max_length {longest}", "min_length": f"min_length {shortest}"}
    names = [shown.get(option, option) for option in guilty if option in parts]
    names += [shown[option] for option in guilty if option in shown]
    return Unsatisfiable(f"no name can meet {_enumerate(names)}{' together' * (len(names) > 1)}", tuple(guilty))


def _together(parts: dict[str, Acceptor], options: list[str], shortest: int, longest: int) -> bool:
    """Whether there is a name that meets some of the options."""
    try:
        both = intersection({option: parts[option] for option in options if option in parts})
    except TooComplex:
        return True
    return both is None or is_possible(
        both,
        [both.start],
        shortest if "min_length" in options else 0,
        longest if "max_length" in options else LONGEST_NAME_LETTERS,
    )


def _enumerate(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
