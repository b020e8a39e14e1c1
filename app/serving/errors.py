"""Why a model does not answer.

ServingError
├── UnknownReference      no version is meant by what a request names
│   ├── UnknownModel      there is no model of the name
│   ├── UnknownVersion    the model has no such version
│   ├── UnknownStyle      what was made of names that a request sent is no longer kept, or never was
│   ├── NoChampion        the model has versions, but none in service
│   └── OutOfService      the model was taken out of service with all its versions
├── CatalogueUnread       the model is not bundled, and the database that may have it has not been read yet
├── UnknownValue          no model has the language, kind or script that is asked for
├── DamagedVersion        the version does not load
├── BundledVersion        what came with the software cannot be deleted
├── DefaultModel          the default model stays in service
├── PrivateList           what is asked would disclose who stands in a private list
├── LikeDisabled          names like others are not offered here
├── TooManyAdaptations    as many lists of names are being learned as may
├── AdaptationFailed      names that a request sent could not be learned now
├── NotDrawnYet           names that come first take longer than one request may
├── Busy                  too much work is waiting, or too many answers are streamed
└── ClientLeft            nobody waits for the answer
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from difflib import get_close_matches

from app.schemas.fields import shorten
from app.store.errors import StoreAway
from app.store.records import State

TRAINING: Mapping[State, str] = {
    "queued": "is queued, and has not begun",
    "running": "is under way: ask again when it has succeeded",
}
"""What a message says of a training that has not ended, by its state."""

SHOWN_MODELS = 8
"""Most models that a message names: of many, those whose names are most like the one that there is not."""


class ServingError(Exception):
    """Base of every refusal of the models in memory."""


class UnknownReference(ServingError):
    """No version is meant by what a request names.

    Attributes
    ----------
    field : str
        The field of the request that named it, where there are several; otherwise empty.
    """

    field = ""

    def __str__(self) -> str:
        return f"{self.field}: {self.args[0]}" if self.field else str(self.args[0])


class UnknownModel(UnknownReference):
    """There is no model of this name; `models` are the names that there are, `training` the state of one of it."""

    def __init__(self, name: str, models: tuple[str, ...], training: State | None = None) -> None:
        near = _nearest(name.casefold(), models) or models
        shown = near if len(models) > SHOWN_MODELS else models
        others = f" and {len(models) - len(shown[:SHOWN_MODELS])} others" if len(models) > SHOWN_MODELS else ""
        missing = f"there is no model {name!r}"
        if training is not None:
            missing += f" yet; a training of it {TRAINING[training]}"
        super().__init__(f"{missing}; there are: {', '.join(shown[:SHOWN_MODELS])}{others}")
        self.models = models


def _nearest(name: str, models: tuple[str, ...]) -> list[str]:
    """Models that are spelled like a name, then those that have words of it, most of them first."""
    words = set(name.split("-"))
    common = {model: len(words.intersection(model.split("-"))) for model in models}
    sharing = sorted((model for model in models if common[model]), key=common.__getitem__, reverse=True)
    alike = get_close_matches(name, models, SHOWN_MODELS)
    return list(dict.fromkeys([*alike[:2], *sharing, *alike]))


class UnknownVersion(UnknownReference):
    """The model has no such version; `versions` are those that it has."""

    def __init__(self, name: str, version: str | int, versions: tuple[int, ...]) -> None:
        super().__init__(f"model {name!r} has no version {shorten(str(version))!r}; {_there_are(versions)}")
        self.versions = versions


class UnknownStyle(UnknownReference):
    """What was made of names is no longer kept, or is kept by another process, or never was."""

    def __init__(self, reference: str) -> None:
        super().__init__(
            f"there is no {shorten(reference)!r} here, or no longer, since it is kept for some minutes only; send the "
            "names again, as like of POST /sample, or train a model on them"
        )


class NoChampion(UnknownReference):
    """No version of the model is in service; `versions` are those that it has."""

    def __init__(self, name: str, versions: tuple[int, ...]) -> None:
        self.latest = versions[-1]
        super().__init__(
            f"no version of model {name!r} is in service; name one, as in {name}@{self.latest} ({_there_are(versions)})"
        )
        self.name = name
        self.versions = versions


class OutOfService(UnknownReference):
    """The model was taken out of service; `versions` are those that can be put back."""

    def __init__(self, name: str, versions: tuple[int, ...]) -> None:
        self.latest = versions[-1]
        super().__init__(f"model {name!r} was taken out of service, and no version of it can be asked for")
        self.name = name
        self.versions = versions


class CatalogueUnread(ServingError):
    """The database, which may have what is not known here, has not been read yet: try again."""

    retry_after_seconds = StoreAway.retry_after_seconds

    def __init__(self, unknown: UnknownReference) -> None:
        super().__init__(f"{unknown} so far; the database, which may have more, has not been read yet: try again")


class UnknownValue(ServingError):
    """No model in service has this value in this field of its description; `known` are those that there are."""

    def __init__(self, field: str, value: str, known: tuple[str, ...]) -> None:
        there_are = f"there are: {', '.join(known)}" if known else f"no model has a {field}"
        self.field = field
        self.message = f"there is no {field} {shorten(value)!r}; {there_are}"
        self.known = known
        super().__init__(f"{field}: {self.message}")


class DamagedVersion(ServingError):
    """The version does not load; `reason` is for the operator."""

    def __init__(self, name: str, version: int, reason: str = "") -> None:
        self.reason = reason
        super().__init__(f"version {version} of model {name!r} does not load; ask for another, or train it again")


class BundledVersion(ServingError):
    """The version came with the software and cannot be deleted."""

    def __init__(self, name: str, version: int) -> None:
        super().__init__(
            f"version {version} of model {name!r} came with the software; only trained versions can be deleted"
        )


class DefaultModel(ServingError):
    """The model answers requests that name none, so it stays in service."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"model {name!r} answers requests that name no model; put another version of it into service, or set "
            "NAMEWRIGHT_DEFAULT_MODEL to another model first"
        )


class PrivateList(ServingError):
    """What is asked would disclose who stands in a private list."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"the list of model {name!r} is private, and with novel one could find out who stands in it; "
            "send the admin token, or leave novel out"
        )


class LikeDisabled(ServingError):
    """Names like others are not offered here, for this reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"like is not offered here: {reason}; ask for a model, or train one on the names")


class TooManyAdaptations(ServingError):
    """As many lists of names are being learned as may."""

    retry_after_seconds = 2

    def __init__(self, most: int) -> None:
        lists = f"{most} lists of names are" if most > 1 else "one list of names is"
        super().__init__(f"{lists} being learned already; try again in a moment")


class AdaptationFailed(ServingError):
    """The process that learns names could not be started, or failed."""

    retry_after_seconds = 5

    def __init__(self) -> None:
        super().__init__("the names could not be learned now; try again in a moment")


class Busy(ServingError):
    """Too much waits already, or is asked for or streamed at once, or no file descriptor is left."""

    def __init__(self, reason: str = "too many requests are waiting", *, retry_after_seconds: int = 1) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__(f"{reason}; try again in a moment")


class NotDrawnYet(ServingError):
    """Names of a seed that come before those that are wanted, or that are to be avoided, take longer than one request
    may; `drawn` of the `needed` are there now, and kept for some time.
    """

    retry_after_seconds = 1

    def __init__(self, drawn: int, needed: int) -> None:
        self.drawn, self.needed = drawn, needed
        super().__init__(
            f"{needed:,} names of the seed come first, and take longer than one request may; {drawn:,} are there now: "
            "send the request again, which goes on from there, or ask for names that are shorter or less rare"
        )


class ClientLeft(ServingError):
    """The client closed its connection before it was answered."""

    def __init__(self) -> None:
        super().__init__("the client closed its connection before it was answered")


def lacks_descriptors(error: BaseException | None) -> bool:
    """Whether an error, or what it came of, is that the process or the system may open no more files."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
            return True
        error = error.__cause__ or error.__context__
    return False


def _there_are(versions: tuple[int, ...]) -> str:
    return f"there are: {', '.join(map(str, versions)) or 'none'}"
