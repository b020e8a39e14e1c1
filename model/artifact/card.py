"""The card of a model: where it comes from and how good it is, as JSON that is checked field by field when read."""

from __future__ import annotations

import dataclasses
import math
import typing
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

from model.corpus.casing import Casing
from model.corpus.clusters import clusters_of, fits
from model.network.shape import CELLS, MAX_HIDDEN, MAX_LAYERS
from model.ngram.contexts import MAX_ORDER

FORMAT = 1

TEXTS, JSON_OBJECT = tuple[str, ...], dict[str, Any]


class _Json:
    """Frozen dataclasses to JSON and back, refusing what is unknown, of another type, or absent without a default."""

    __slots__ = ()

    def to_json(self) -> dict[str, Any]:
        """As JSON types."""
        return dataclasses.asdict(self)  # type: ignore[call-overload, no-any-return]

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read what `to_json` made; raises ValueError with the place for anything else."""
        fields, needed = _fields(cls)  # type: ignore[arg-type]  # classes are hashable
        if not isinstance(data, dict) or not needed <= data.keys() <= fields.keys():
            raise ValueError(f"the card's {cls.__name__} should have the fields {', '.join(fields)}")
        return cls(
            **{
                name: value if type(value) is fields[name] else _checked(cls, name, fields[name], value)
                for name, value in data.items()
            }
        )


@cache
def _fields(kind: type[_Json]) -> tuple[dict[str, Any], frozenset[str]]:
    """The types of a class's fields, and the fields without a default; the cards of hundreds are read at a start."""
    fields = dataclasses.fields(kind)  # type: ignore[arg-type]
    return typing.get_type_hints(kind), frozenset(one.name for one in fields if one.default is dataclasses.MISSING)


def _checked(owner: type, name: str, kind: Any, value: Any) -> Any:
    """A value of another type as `kind`, one of those that the classes below use, if JSON has none for it."""
    if kind is float and type(value) is int:
        return value
    if kind == TEXTS:
        if type(value) in {list, tuple} and set(map(type, value)) <= {str}:
            return tuple(value)
    elif kind == JSON_OBJECT:
        if isinstance(value, dict):
            return value
    elif issubclass(kind, _Json):
        return kind.from_json(value)
    raise ValueError(f"{owner.__name__}.{name} should be {kind}, not {value!r:.60}")


@cache
def _is_cluster(text: str) -> bool:
    """Whether a text is one letter with its marks; hundreds of cards have the same."""
    return len(text) == 1 or len(clusters_of(text)) == 1


@dataclass(frozen=True, slots=True)
class CorpusFacts(_Json):
    """The list that a model was made from, and how it was divided."""

    title: str
    sha256: str  # of the distinct names, see model.corpus
    names: int  # distinct
    train: int
    validation: int
    test: int


@dataclass(frozen=True, slots=True)
class Architecture(_Json):
    """What the weights are weights of."""

    cell: str  # a name in CELLS
    layers: int
    hidden: int
    first_letter: bool  # whether the network predicts the first letter, from a start symbol


@dataclass(frozen=True, slots=True)
class Memorisation(_Json):
    """Whether the model learned or memorised: shares of raw draws that stand in lists of equal length."""

    draws: int
    in_training: float  # share of the draws that stand in the training part
    in_held_out: float  # share that is expected to stand in the test part, scaled up to the size of the training part


@dataclass(frozen=True, slots=True)
class NgramFacts(_Json):
    """The n-gram that is mixed with the network."""

    order: int = 0  # the n; 0 where the network serves alone
    weight: float = 0.0  # its share of the mixture
    contexts: int = 0  # how many it knows, the empty one and the start of a name among them
    keeps: str = ""  # one sentence on what it keeps of the names


@dataclass(frozen=True, slots=True)
class Comparison(_Json):
    """The same names under the parts of a model and under their mixture, nats per letter; none are 0 names."""

    network: float = 0.0
    ngram: float = 0.0  # the best n-gram that was found, which need not be the one in the mixture
    served: float = 0.0
    names: int = 0


@dataclass(frozen=True, slots=True)
class Description(_Json):
    """What a person who chooses a model would ask; empty where nobody said."""

    language: str = ""  # its English name
    kind: str = ""  # girls, boys, given, surnames, places or invented
    script: str = ""  # such as "Latin"
    source: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Card(_Json):
    """Where a model comes from, how it was made, and how good it is."""

    format: int
    namewright: str  # version of the software that made it
    created: str  # ISO 8601, UTC
    corpus: CorpusFacts
    letters: tuple[str, ...]
    casing: str
    preset: str
    architecture: Architecture
    hyperparameters: dict[str, Any]
    seed: int
    nats_per_letter: float  # on the test part
    memorisation: Memorisation
    case_rules: tuple[str, ...] = ()  # what the casing leaves open, see model.corpus.case_rules
    attachments: tuple[str, ...] = ()  # letters with their marks, see model.corpus.clusters; empty without marks
    accents: tuple[str, ...] = ()  # how many the words have, see model.corpus.accents; empty without accents
    shapes: tuple[str, ...] = ()  # of the words, see model.corpus.shapes; empty where all are alike
    initials: tuple[
        str, ...
    ] = ()  # letters and marks that only begin words, see model.corpus.places; empty without such
    noninitials: tuple[str, ...] = ()  # that begin none
    finals: tuple[str, ...] = ()  # that only end words
    nonfinals: tuple[str, ...] = ()  # that end none
    fewest_letters: int = 0  # of a drawn name, see model.corpus.patterns; 0 where any number will do
    parent: str = ""  # SHA-256 of the weights that the training started from; empty where it drew its own
    ngram: NgramFacts = NgramFacts()
    comparison: Comparison = Comparison()
    examples: tuple[str, ...] = ()  # names drawn from what is served
    description: Description = Description()
    public_membership: bool = True  # whether anyone may ask if a name stands in the list

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read what `to_json` made; a card of a later format gets an error of its own."""
        if isinstance(data, dict) and data.get("format", FORMAT) != FORMAT:
            raise ValueError(
                f"its format is {data['format']!r:.20}, and this one reads {FORMAT}; use a newer namewright"
            )
        return super(Card, cls).from_json(data)

    def __post_init__(self) -> None:
        if self.architecture.cell not in CELLS or not 1 <= self.architecture.layers <= MAX_LAYERS:
            raise ValueError(f"its architecture is unknown here: {self.architecture}; use a newer namewright")
        if not 0 < self.architecture.hidden <= MAX_HIDDEN or not 0 < len(self.letters) <= 2**16:
            raise ValueError("its sizes are out of range")
        parts = (self.corpus.train, self.corpus.validation, self.corpus.test)
        if min(parts) < 0 or sum(parts) != self.corpus.names:
            raise ValueError("its parts do not add up to its names")
        figures = [self.nats_per_letter, self.memorisation.in_training, self.memorisation.in_held_out]
        figures += [self.comparison.network, self.comparison.ngram, self.comparison.served]
        if not all(map(math.isfinite, figures)):
            raise ValueError("its figures are not finite numbers")
        if self.ngram.order and not (2 <= self.ngram.order <= MAX_ORDER and 0 < self.ngram.weight < 1):
            raise ValueError(f"its n-gram is unknown here: {self.ngram}; use a newer namewright")
        Casing(self.casing, self.case_rules)
        known = set(self.letters)
        if (
            not fits(self.attachments, len(known))
            or not known.issuperset("".join(self.attachments))
            or not all(map(_is_cluster, self.attachments))
        ):
            raise ValueError("its attachments are not letters of it with their marks")
