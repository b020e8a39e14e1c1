"""What the names of a request are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from model.artifact.model_file import Artifact
from model.generation.filters import Filter
from model.generation.predictor import Predictor


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A version of a model, or anything else that names can be drawn from.

    Attributes
    ----------
    model, version
        As answers name them; what is no version of a model has none.
    predictor
        What gives the next letter.
    artifacts
        The models that it was made from, whose lists say whether a name exists.
    is_public
        Whether anyone may ask if a name stands in those lists.
    given
        Names that a request sent to draw others like them, folded.
    filters
        Which names are dropped in any case.
    label
        What metrics count its names under; the model where it is empty.
    """

    model: str
    version: int | None
    predictor: Predictor[Any]
    artifacts: tuple[Artifact, ...]
    is_public: bool = True
    given: tuple[str, ...] = field(default=(), repr=False)
    filters: tuple[Filter, ...] = ()
    label: str = ""

    @property
    def language(self) -> str:
        """That of the names, by its English name; of several, the first, and empty where none is known."""
        return next(iter(self.predictor.languages), "")

    def contains(self, names: Sequence[str]) -> list[bool]:
        """For each name, whether it stands in one of the lists."""
        found = [artifact.contains(names) for artifact in self.artifacts]
        return [any(flags) for flags in zip(*found, strict=True)] if found else [False] * len(names)
