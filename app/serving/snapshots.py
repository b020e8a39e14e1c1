"""An immutable snapshot of the models, taken once by each request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.schemas.fields import LONGEST_MODEL_NAME, is_model_name
from app.serving.errors import NoChampion, OutOfService, UnknownModel, UnknownVersion
from app.serving.source import Source
from app.store.records import Change, State
from model.artifact.bundled_models import read_folder
from model.artifact.card import Card
from model.artifact.model_file import Artifact
from model.errors import InvalidWeights
from model.generation.predictor import Predictor
from model.generation.served import predictor_of

BUNDLED = 0
"""The version of a model that comes with the software."""


@dataclass(frozen=True, slots=True)
class Served:
    """One version of a model, ready to answer."""

    name: str
    version: int
    artifact: Artifact
    words_left_out: tuple[str, ...] = ()  # the operator's own
    predictor: Predictor[Any] = field(init=False, compare=False, repr=False)
    source: Source = field(init=False, compare=False, repr=False)  # what names are drawn from

    def __post_init__(self) -> None:
        predictor = predictor_of(self.artifact, self.words_left_out)
        object.__setattr__(self, "predictor", predictor)
        source = Source(self.name, self.version, predictor, (self.artifact,), self.is_public)
        object.__setattr__(self, "source", source)

    @property
    def card(self) -> Card:
        """Where it comes from and how good it is."""
        return self.artifact.card

    @property
    def is_public(self) -> bool:
        """Whether anyone may ask if a name stands in its training list."""
        return self.card.public_membership

    @property
    def nbytes(self) -> int:
        """Memory that it takes, with what has been worked out for requests so far."""
        return self.artifact.nbytes + self.predictor.nbytes


@dataclass(frozen=True, slots=True)
class Unloaded:
    """A version that came with the software, of which only the card has been read."""

    name: str
    card: Card
    load: Callable[[], Artifact]
    version: int = BUNDLED

    @property
    def is_public(self) -> bool:
        """Whether anyone may ask if a name stands in its training list."""
        return self.card.public_membership


@dataclass(frozen=True, slots=True)
class Model:
    """A name, and the versions behind it."""

    name: str
    champion: Served | Unloaded | None  # in service; without one, a version must be named
    bundled: Served | Unloaded | None = None
    trained: tuple[int, ...] = ()  # ascending
    history: tuple[Change, ...] = ()  # of the champion, newest first
    is_withdrawn: bool = False  # taken out of service: only the admin hears of its versions

    @property
    def versions(self) -> tuple[int, ...]:
        """Every version that can be asked for, ascending."""
        return ((BUNDLED,) if self.bundled else ()) + self.trained

    def known(self, version: int) -> Served | Unloaded | None:
        """That version, if it is the champion or bundled."""
        return next((one for one in (self.champion, self.bundled) if one and one.version == version), None)


@dataclass(frozen=True, slots=True)
class Degradation:
    """A version that should be in service and does not load."""

    model: str
    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class Models:
    """All models at one moment."""

    by_name: Mapping[str, Model]  # in the order of their names
    default: str
    degraded: tuple[Degradation, ...] = ()
    trainings: Mapping[str, State] = field(default_factory=dict)  # the state of those that have not ended, by model

    @classmethod
    def bundled(cls, folder: Path, default: str, words_left_out: tuple[str, ...] = ()) -> Models:
        """The models of a folder: the default one is loaded, of the others only the cards are read.

        A file that is no model, or not named as one, is left out, and listed as degraded.

        Raises
        ------
        InvalidWeights
            The folder cannot be read, or the default model is not in it, or damaged.
        """
        try:
            found, refused = read_folder(folder)
        except OSError as error:
            reason = f"this folder of weights cannot be read ({error.strerror}); set NAMEWRIGHT_WEIGHTS to one that can"
            raise InvalidWeights(reason, str(folder)) from error
        for name in [name for name in found if not is_model_name(name, is_file=True)]:
            del found[name]
            refused[name] = misnamed(name)
        if default in refused:
            raise refused[default]
        if default not in found:
            raise InvalidWeights(
                f"the default model {default!r} is not in it (models found: {', '.join(found) or 'none'}); "
                "set NAMEWRIGHT_DEFAULT_MODEL to one of them, or NAMEWRIGHT_WEIGHTS to another folder",
                str(folder),
            )
        versions = [
            Served(name, BUNDLED, model.load(), words_left_out)
            if name == default
            else Unloaded(name, model.card, model.load)
            for name, model in found.items()
        ]
        degraded = tuple(Degradation(shown(name), BUNDLED, error.reason) for name, error in sorted(refused.items()))
        return cls(_by_name(Model(one.name, champion=one, bundled=one) for one in versions), default, degraded)

    def with_model(self, model: Model, degradation: Degradation | None) -> Models:
        """The snapshot in which this model is as given, and degraded or not."""
        others = self.without(model.name)
        added = (degradation,) if degradation else ()
        by_name = _by_name((*others.by_name.values(), model))
        return replace(others, by_name=by_name, degraded=(*others.degraded, *added))

    def without(self, name: str) -> Models:
        """The snapshot in which there is no model of this name."""
        by_name = _by_name(model for model in self.by_name.values() if model.name != name)
        return replace(self, by_name=by_name, degraded=tuple(one for one in self.degraded if one.model != name))

    def with_damage(self, version: Unloaded, reason: str | None) -> Models:
        """The snapshot in which a version that came with the software is known not to load, or to load after all.

        It counts only while it is in service.
        """
        others = tuple(one for one in self.degraded if (one.model, one.version) != (version.name, version.version))
        model = self.by_name.get(version.name)
        if reason and model and model.champion is version:
            others = (*others, Degradation(version.name, version.version, reason))
        return self if others == self.degraded else replace(self, degraded=others)

    def in_service(self) -> list[Served | Unloaded]:
        """The champions, by name."""
        return [model.champion for model in self.by_name.values() if model.champion]

    def model(self, name: str) -> Model:
        """The model of a name; raises UnknownModel where there is none."""
        model = self.by_name.get(name)
        if model is None:
            raise UnknownModel(name, tuple(self.by_name), self.trainings.get(name))
        return model

    def find(self, reference: str, *, even_withdrawn: bool = False) -> tuple[Model, int]:
        """The model and the version that `name` or `name@version` means; the former alone is the version in service.

        Raises
        ------
        UnknownModel, UnknownVersion, NoChampion, OutOfService
            There is none, with the names or versions that there are.
        """
        name, at, version = reference.partition("@")
        model = self.model(name)
        if model.is_withdrawn and not even_withdrawn:
            raise OutOfService(name, model.versions)
        if not at:
            if model.champion is None:
                raise NoChampion(name, model.versions)
            return model, model.champion.version
        for number in model.versions:
            if str(number) == version:
                return model, number
        raise UnknownVersion(name, version, model.versions)


def _by_name(models: Iterable[Model]) -> Mapping[str, Model]:
    return MappingProxyType({model.name: model for model in sorted(models, key=lambda model: model.name)})


def misnamed(name: str) -> InvalidWeights:
    """What is wrong with the name of a file that no model can have."""
    return InvalidWeights(
        f"a model cannot be named {shown(name)}: give its file a name of at most {LONGEST_MODEL_NAME} printable "
        "letters, none of them @, in Unicode's normalisation form NFC"
    )


def shown(name: str) -> str:
    """The name of a file, on one line that any answer can repeat."""
    return name if is_model_name(name, is_file=True) else ascii(name[:LONGEST_MODEL_NAME])
