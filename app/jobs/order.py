"""From a request to train to an order that a worker can carry out: everything that can be wrong is found here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.jobs.errors import InvalidOrder
from app.jobs.list_check_process import CheckedList
from app.schemas.train import TrainFields, TrainRequestFields
from app.serving.snapshots import Served
from app.settings import Settings
from app.store.records import RANDOM_WEIGHTS, Order, Source
from model.corpus.bundled import catalogue, some_lists
from model.corpus.checks import Advice
from model.corpus.decoding import decode
from model.corpus.tables import has_more_lines
from model.errors import InvalidWeights
from model.training.automatic_start import automatic_start, better_start
from model.training.checkpoint import check_size
from model.training.hyperparameters import Hyperparameters
from model.training.plan import resolve_plan
from model.training.start import Start

HYPERPARAMETERS = (
    "cell",
    "layers",
    "hidden",
    "dropout",
    "recurrent_dropout",
    "between_dropout",
    "ngram",
    "optimizer",
    "learning_rate",
    "batch",
    "steps",
)
"""Fields of a request that `model.training.hyperparameters.Hyperparameters` has under the same name."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A request in which everything is chosen that does not depend on the list.

    Attributes
    ----------
    request
        As it was sent.
    model
        The name to publish under.
    source
        Where the list comes from.
    content
        The list as it will be kept: JSON, the bytes of a file, or nothing where it is bundled.
    """

    request: TrainFields
    model: str
    source: Source
    corpus: str
    content: bytes | None = None

    @classmethod
    def of(cls, request: TrainFields, file: bytes | None, default_model: str) -> Draft:
        """The draft of a JSON object, or of a form with a file.

        Raises
        ------
        InvalidOrder
            Fields are missing, or exclude each other.
        """
        _check_lengths(request)
        if file is not None:
            return cls(request, *_named(request, "file"), file)
        names, corpus = (request.names, request.corpus) if isinstance(request, TrainRequestFields) else (None, None)
        if names is not None:
            if corpus is not None:
                raise InvalidOrder("corpus", "give names or corpus, not both")
            return cls(request, *_named(request, "names"), json.dumps(names).encode())
        model = request.model or corpus or default_model
        if corpus is None and model not in catalogue():
            field = "model" if request.model else "names"
            raise InvalidOrder(
                field,
                f"no list called {model!r} comes with the software; send names, or corpus: {some_lists(model)}",
            )
        return cls(request, model, "bundled", corpus or model)

    @property
    def fingerprint(self) -> str:
        """A hash by which this request is compared with others."""
        fields = self.request.model_dump(exclude={"names"}) | {"source": self.source, "model": self.model}
        ordered = {name: fields[name] for name in sorted(fields)}
        text = json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")
        return sha256(text + b"\n" + (self.content or b"")).hexdigest()

    def check_length(self, settings: Settings) -> None:
        """Refuse a file of more lines than names are allowed, before it is checked: that takes a while.

        Raises
        ------
        BadCorpus, InvalidOrder
            It is not text, or too long.
        """
        most = settings.max_train_names
        if self.source == "file" and has_more_lines(decode(self.content or b"", self.corpus), most):
            raise InvalidOrder(self._list, f"more than {most} lines are too many, even without blank ones and comments")

    def to_order(self, checked: CheckedList, parent: Served | None, settings: Settings) -> Order:
        """Check the request against the list, and against the bounds that are set.

        Raises
        ------
        InvalidOption, InvalidOrder
            It cannot be learned like this.
        """
        for most, count, what in (
            (settings.max_train_names, checked.report["names"], "names"),
            (settings.max_train_letters, len(checked.letters), "different letters"),
        ):
            if count > most:
                raise InvalidOrder(self._list, f"{count} {what} are too many; give at most {most}")
        request = self.request
        overrides = {name: value for name in HYPERPARAMETERS if (value := getattr(request, name)) is not None}
        start = _start(request, overrides, checked, parent, settings.weights)
        plan = _plan(request, overrides, checked, start)
        if parent is not None:
            overrides["hidden"] = plan.hidden
        _check_size(plan, request, settings)
        check_size(plan, len(checked.letters) + 1, checkpoints=True, half=False)
        return Order(
            model=self.model,
            source=self.source,
            corpus=self.corpus,
            preset=request.preset,
            overrides=overrides,
            epochs=request.epochs,
            minutes=request.minutes,
            seed=request.seed,
            parent=f"{parent.name}@{parent.version}" if parent else request.parent,
            publish=request.publish,
            public_membership=request.public_membership or self.source == "bundled",
            language=request.language or "",
            kind=request.kind or "",
        )

    def report(self, checked: CheckedList, settings: Settings) -> dict[str, Any]:
        """The report on the list, with a warning where the default would do better than what is asked for."""
        request, report = self.request, checked.report
        if request.preset != "best" and request.parent in (None, RANDOM_WEIGHTS):
            return report
        advice = better_start(settings.weights, report["distinct"], _texts(report), checked.letters)
        return report | {"warnings": [*report["warnings"], asdict(Advice(advice))]} if advice else report

    @property
    def _list(self) -> str:
        """The field that the list came in."""
        return "corpus" if self.source == "bundled" else self.source


def _named(request: TrainFields, source: Source) -> tuple[str, Source, str]:
    """The name for a list that is sent, which must be given: by mistake it would replace the default model."""
    if request.model is None:
        raise InvalidOrder("model", "give the name to publish under what is learned from your list")
    return request.model, source, request.model


def _check_lengths(request: TrainFields) -> None:
    """Refuse a request that says in more than one way how long to train."""
    given = [name for name in ("epochs", "steps", "minutes") if getattr(request, name) is not None]
    if len(given) > 1:
        *others, last = given
        advice = f"give {', '.join(others)} or {last}, not " + ("both" if len(given) == 2 else "more than one of them")
        raise InvalidOrder(given[1], advice)


def _plan(
    request: TrainFields, overrides: dict[str, Any], checked: CheckedList, start: Start | None
) -> Hyperparameters:
    """The hyperparameters, as far as they can be chosen before the worker has measured its speed."""
    return resolve_plan(
        request.preset,
        checked.to_learn,
        total=checked.report["distinct"],
        overrides=overrides,
        epochs=request.epochs,
        minutes=request.minutes,
        start=start,
    )


def _start(
    request: TrainFields, overrides: dict[str, Any], checked: CheckedList, parent: Served | None, weights: Path
) -> Start | None:
    """What the worker will start from; with a network of many kinds that is damaged, the worker will say so."""
    if parent is not None:
        return Start.of(parent.artifact).adapt(checked.letters)
    if request.parent == RANDOM_WEIGHTS:
        return None
    total, texts = checked.report["distinct"], _texts(checked.report)
    with suppress(InvalidWeights):
        return automatic_start(weights, request.preset, total, texts, checked.letters, overrides)
    return None


def _texts(report: dict[str, Any]) -> Iterator[str]:
    """Texts in which the letters are as frequent as in the list."""
    return (letter * count for letter, count in report["letters"])


def _check_size(plan: Hyperparameters, request: TrainFields, settings: Settings) -> None:
    """Refuse a plan that takes too long or too much memory, whether the request, the preset or the parent says so."""
    if plan.steps > settings.max_steps:
        raise InvalidOrder(
            "steps" if request.epochs is None else "epochs",
            f"{plan.steps} steps are too many; give fewer, at most {settings.max_steps} steps",
        )
    if plan.hidden > settings.max_hidden:
        raise InvalidOrder(
            "hidden" if request.parent is None else "from",
            f"{plan.hidden} hidden units are too many; at most {settings.max_hidden} are allowed",
        )
