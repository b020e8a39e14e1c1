"""The models at one moment: an immutable snapshot, taken once by each request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from unicodedata import is_normalized

from app.http.problems import UNKNOWN_MODEL, UNKNOWN_VERSION, Refusal, shorten
from model.artifact.model_file import Artifact, load
from model.errors import InvalidWeights
from model.generation.predictor import NetworkPredictor

if TYPE_CHECKING:
    from app.store.records import Change

BUNDLED = 0
"""The version of a model that comes with the software."""

LONGEST_NAME = 100
"""Most letters in the name of a model, which travels in addresses and headers."""


@dataclass(frozen=True, slots=True)
class Served:
    """One version of a model, ready to answer."""

    name: str
    version: int
    artifact: Artifact
    public: bool = True  # whether everybody may be told what stands in its training list
    predictor: NetworkPredictor = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "predictor", NetworkPredictor(self.artifact))


@dataclass(frozen=True, slots=True)
class Model:
    """A name, and the versions behind it."""

    name: str
    champion: Served | None  # in service; without one, a version must be named
    bundled: Served | None = None
    trained: tuple[int, ...] = ()  # ascending
    history: tuple[Change, ...] = ()  # who was to be champion when, newest first

    @property
    def versions(self) -> tuple[int, ...]:
        """Every version that can be asked for, ascending."""
        return ((BUNDLED,) if self.bundled else ()) + self.trained

    def held(self, version: int) -> Served | None:
        """That version, if it is always in memory."""
        return next((one for one in (self.champion, self.bundled) if one and one.version == version), None)


@dataclass(frozen=True, slots=True)
class Fault:
    """A version that should be in service and does not load."""

    model: str
    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class Models:
    """All models at one moment."""

    by_name: Mapping[str, Model]  # in the order of their names
    default: str
    degraded: tuple[Fault, ...] = ()

    @classmethod
    def bundled(cls, folder: Path, default: str) -> Models:
        """Load every `.npz` of a folder under its own name.

        Raises
        ------
        InvalidWeights
            The folder cannot be read, the default model is not in it, or a file is not a model or not named as one.
        """
        try:
            files = [path for path in folder.iterdir() if path.suffix == ".npz"]
        except OSError as error:
            reason = f"this folder of weights cannot be read ({error.strerror}); set NAMEWRIGHT_WEIGHTS to one that can"
            raise InvalidWeights(reason, str(folder)) from error
        for path in files:
            check_name(path.stem)
        paths = {path.stem: path for path in sorted(files, key=lambda path: path.stem)}
        if default not in paths:
            found = ", ".join(paths) or "none"
            raise InvalidWeights(
                f"the default model {default!r} is not in it (models found: {found}); "
                "set NAMEWRIGHT_DEFAULT_MODEL to one of them, or NAMEWRIGHT_WEIGHTS to another folder",
                str(folder),
            )
        served = [Served(name, BUNDLED, load(path)) for name, path in paths.items()]
        return cls(_by_name(Model(one.name, champion=one, bundled=one) for one in served), default)

    def with_model(self, model: Model, fault: Fault | None) -> Models:
        """The snapshot in which this model is as given, with what is wrong with it."""
        others = (other for name, other in self.by_name.items() if name != model.name)
        faults = (other for other in self.degraded if other.model != model.name)
        return replace(self, by_name=_by_name((*others, model)), degraded=(*faults, fault) if fault else tuple(faults))

    def without(self, names: Iterable[str]) -> Models:
        """The snapshot in which there are no models of these names."""
        gone = frozenset(names)
        by_name = _by_name(model for name, model in self.by_name.items() if name not in gone)
        return replace(self, by_name=by_name, degraded=tuple(f for f in self.degraded if f.model not in gone))

    def in_service(self) -> list[Served]:
        """The champions, by name."""
        return [model.champion for model in self.by_name.values() if model.champion]

    def find(self, reference: str) -> tuple[Model, int]:
        """The model and the version that `name` or `name@version` means; the former alone is the version in service.

        Raises
        ------
        Refusal
            There is none, with the names or versions that there are.
        """
        name, pinned, version = reference.partition("@")
        model = self.by_name.get(name)
        if model is None:
            names = list(self.by_name)
            detail = f"there is no model {name!r}; there are: {', '.join(names)}"
            raise Refusal(UNKNOWN_MODEL, detail, models=names)
        if not pinned and model.champion:
            return model, model.champion.version
        for number in model.versions if pinned else ():
            if str(number) == version:
                return model, number
        raise no_version(model, version if pinned else None)


def no_version(model: Model, version: str | int | None) -> Refusal:
    """What a request is told that asks for a version that there is not, or for none where none is in service."""
    there_are = f"there are: {', '.join(map(str, model.versions)) or 'none'}"
    if version is None:
        detail = (
            f"no version of model {model.name!r} is in service; name one, as in {model.name}@1 ({there_are}), "
            f"or put one in service with PUT /models/{model.name}/alias/champion"
        )
    else:
        detail = f"model {model.name!r} has no version {shorten(str(version))!r}; {there_are}"
    return Refusal(UNKNOWN_VERSION, detail, versions=list(model.versions))


def _by_name(models: Iterable[Model]) -> Mapping[str, Model]:
    return MappingProxyType({model.name: model for model in sorted(models, key=lambda model: model.name)})


def check_name(name: str) -> None:
    """Refuse a name that could not be asked for, or not be told on one line."""
    if not name.isprintable() or "@" in name or len(name) > LONGEST_NAME or not is_normalized("NFC", name):
        raise InvalidWeights(
            f"a model cannot be named {name!a}: give its file a name of at most {LONGEST_NAME} printable letters, "
            "none of them @, in Unicode's normalisation form NFC"
        )
