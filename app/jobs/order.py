"""From a request to train to an order that can be carried out, or a refusal: all that can be wrong is found here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from app.http.formats import to_json
from app.http.problems import UNKNOWN_LETTER, Refusal, wrong_field
from app.jobs.list_check_process import Found, Source
from app.schemas.train import TrainFields, TrainRequestFields
from app.serving.snapshots import Served
from app.settings import Settings
from model.corpus.bundled import bundled
from model.corpus.decoding import decode
from model.corpus.parsing import has_more_rows
from model.errors import LISTED_LETTERS, UnknownLetter
from model.training.hyperparameters import Hyperparameters
from model.training.plan import resolve_plan
from model.training.start import Start

if TYPE_CHECKING:
    from app.store.records import Order

HYPERPARAMETERS = ("hidden", "optimizer", "learning_rate", "batch", "steps")
"""Fields of a request that stand in `model.presets.Hyperparameters` under the same name."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A request in which everything is chosen that can be chosen without looking at the list.

    Attributes
    ----------
    asked
        As it was sent.
    model
        The name to publish under.
    source
        Where the list comes from.
    content
        The list as it will be kept: JSON, the bytes of a file, or nothing where it is bundled.
    """

    asked: TrainFields
    model: str
    source: Source
    corpus: str
    content: bytes | None = None

    @classmethod
    def of(cls, asked: TrainFields, file: bytes | None, default_model: str) -> Draft:
        """What a JSON object asks for, or a form with a file.

        Raises
        ------
        Refusal
            It says too little, or too much.
        """
        _check_lengths(asked)
        if file is not None:
            return cls(asked, *_named(asked, "file"), file)
        names, corpus = (asked.names, asked.corpus) if isinstance(asked, TrainRequestFields) else (None, None)
        if names is not None:
            if corpus is not None:
                raise wrong_field("corpus", "give names or corpus, not both")
            return cls(asked, *_named(asked, "names"), json.dumps(names).encode())
        model = asked.model or corpus or default_model
        if corpus is None and model not in bundled():
            field = "model" if asked.model else "names"
            raise wrong_field(
                field,
                f"no list called {model!r} comes with the software; send names, or corpus: {' or '.join(bundled())}",
            )
        return cls(asked, model, "bundled", corpus or model)

    @property
    def fingerprint(self) -> str:
        """What tells this request from every other."""
        said = self.asked.model_dump(exclude={"names"}) | {"source": self.source, "model": self.model}
        told = to_json({name: said[name] for name in sorted(said)}).encode(errors="surrogatepass")
        return sha256(told + b"\n" + (self.content or b"")).hexdigest()

    def check_length(self, settings: Settings) -> None:
        """Refuse a file of more lines than names are allowed, before it is looked over: that takes a while.

        Raises
        ------
        BadCorpus, Refusal
            It is not text, or too long.
        """
        most = settings.max_train_names
        if self.source == "file" and has_more_rows(decode(self.content or b"", self.corpus), most):
            raise wrong_field(self._list, f"more than {most} lines are too many, even without blank ones and comments")

    def order(self, found: Found, parent: Served | None, settings: Settings) -> Order:
        """Check what is asked against what is found in the list, and against the bounds that are set.

        Raises
        ------
        InvalidOption, Refusal
            It cannot be learned so.
        """
        from app.store.records import Order

        for most, count, what in (
            (settings.max_train_names, found.report["names"], "names"),
            (settings.max_train_letters, len(found.letters), "different letters"),
        ):
            if count > most:
                raise wrong_field(self._list, f"{count} {what} are too many; give at most {most}")
        asked = self.asked
        overrides = {name: value for name in HYPERPARAMETERS if (value := getattr(asked, name)) is not None}
        plan = _plan(asked, overrides, found, parent)
        if parent is not None:
            overrides["hidden"] = plan.hidden
        _check_size(plan, asked, settings)
        return Order(
            model=self.model,
            source=self.source,
            corpus=self.corpus,
            preset=asked.preset,
            overrides=overrides,
            epochs=asked.epochs,
            minutes=asked.minutes,
            seed=asked.seed,
            parent=f"{parent.name}@{parent.version}" if parent else None,
            publish=asked.publish,
            public_membership=asked.public_membership or self.source == "bundled",
        )

    @property
    def _list(self) -> str:
        """The field that the list came in."""
        return "corpus" if self.source == "bundled" else self.source


def _named(asked: TrainFields, source: Source) -> tuple[str, Source, str]:
    """A list of one's own is published under a name that is given: by mistake it would replace the default model."""
    if asked.model is None:
        raise wrong_field("model", "give the name to publish under what is learned from your list")
    return asked.model, source, asked.model


def _check_lengths(asked: TrainFields) -> None:
    """Refuse a training that is told in more than one way how long to last."""
    given = [name for name in ("epochs", "steps", "minutes") if getattr(asked, name) is not None]
    if len(given) > 1:
        *others, last = given
        advice = f"give {', '.join(others)} or {last}, not " + ("both" if len(given) == 2 else "more than one of them")
        raise wrong_field(given[1], advice)


def _plan(asked: TrainFields, overrides: dict[str, Any], found: Found, parent: Served | None) -> Hyperparameters:
    """The hyperparameters, as far as they can be chosen before the worker has measured its speed."""
    start = Start.of(parent.artifact) if parent else None
    try:
        return resolve_plan(
            asked.preset,
            found.to_learn,
            overrides=overrides,
            epochs=asked.epochs,
            minutes=asked.minutes,
            start=start,
            letters=found.letters,
        )
    except UnknownLetter as error:
        if parent is None:
            raise
        missing = ", ".join(map(repr, error.letters[:LISTED_LETTERS]))
        raise Refusal(
            UNKNOWN_LETTER,
            f"from: {parent.name}@{parent.version} never saw {missing}, which the list has; leave out `from`, or the "
            "names that have them",
            letters=error.known,
        ) from error


def _check_size(plan: Hyperparameters, asked: TrainFields, settings: Settings) -> None:
    """Refuse what would take too long or too much memory, which a preset or another model may ask for too."""
    if plan.steps > settings.max_steps:
        raise wrong_field(
            "steps" if asked.epochs is None else "epochs",
            f"{plan.steps} steps are too many; give fewer, at most {settings.max_steps} steps",
        )
    if plan.hidden > settings.max_hidden:
        raise wrong_field(
            "hidden" if asked.parent is None else "from",
            f"{plan.hidden} hidden units are too many; at most {settings.max_hidden} are allowed",
        )
