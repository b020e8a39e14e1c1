"""What is lost and won by drawing a little inside the distribution: `top_p` and `min_p`, for models of short lists.

    python -m benchmarks.inside [--names FILE]

For each way, the mean over `MODELS` of: how many of 1,000 draws are distinct, the share of the draws that stand in the
list, and how probable they are under the model, in nats per letter; `listed` is the share of the lists' names that can
still be drawn. With `--names`, twelve names of each way and model are written to a file, shuffled and numbered, to be
read without knowing which is which; the ways go to a second file, `FILE.key`.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from model.artifact.bundled_models import bundled_models
from model.artifact.model_file import Artifact
from model.corpus.bundled import bundled_path
from model.corpus.corpus import Corpus
from model.corpus.vocabulary import END
from model.generation.beginnings import Beginnings, grow
from model.generation.filters import Filtered, Selection
from model.generation.options import Options, letter_weights
from model.generation.predictor import Predictor
from model.generation.sampling import draw
from model.generation.scoring import evaluate
from model.generation.served import mixture_of, predictor_of
from model.network.output import softmax_weights
from model.network.parameters import FloatArray

WEIGHTS = Path(__file__).parents[1] / "weights"
DRAWS, DISTINCT_OF, READ, LISTED = 2_000, 1_000, 12, 150
PURE = Options(top_p=1, unique=False, decent=False)

MODELS = """
icelandic-places polish-girls persian-boys macedonian-girls estonian-given russian-girls samoan-places yoruba-boys
zulu-given danish-surnames french-boys portuguese-boys hungarian-surnames uzbek-boys croatian-boys armenian-girls
arabic-girls tamil-places lithuanian-places basque-places italian-girls british-boys finnish-girls georgian-girls
thai-surnames hindi-boys japanese-places maori-places dutch-girls azerbaijani-girls
""".split()  # noqa: SIM905 - a list literal would take 30 lines
"""Models of fewer than 300 names, of 9 scripts."""


class MinP(Filtered):
    """A predictor without letters that are less probable than a share of the most probable one.

    Nguyen et al. 2024, arXiv 2407.01082.
    """

    def __init__(self, inner: Predictor[Any], share: float) -> None:
        super().__init__(inner, Selection())
        self.share = share

    @cached_property
    def beginnings(self) -> Beginnings:
        """Its own, since letters have other weights."""
        return grow(self)

    def weights(self, state: Any) -> FloatArray:
        """Probabilities of the letters that are kept, up to a constant."""
        return softmax_weights(self.logits(state))

    def logits(self, state: Any) -> FloatArray:
        """The inner one's scores, -inf for what is too improbable."""
        scores = super().logits(state)
        kept: FloatArray = np.where(scores >= scores.max(axis=0) + np.log(self.share), scores, -np.inf)
        return kept


@dataclass(frozen=True)
class Way:
    """A way of drawing."""

    option: str
    value: float

    def apply(self, predictor: Predictor[Any]) -> tuple[Predictor[Any], Options]:
        """The predictor and the options to draw with."""
        if self.option == "min_p":
            return MinP(predictor, self.value), PURE
        return predictor, replace(PURE, top_p=self.value)


WAYS = [Way("top_p", value) for value in (1.0, 0.95, 0.9, 0.85, 0.8)]
WAYS += [Way("min_p", value) for value in (0.02, 0.05, 0.1)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inside", description="Drawing inside the distribution.")
    parser.add_argument("models", nargs="*", metavar="MODEL", default=MODELS, help="bundled models")
    parser.add_argument("--names", type=Path, help="file of names to read")
    asked = parser.parse_args(arguments)
    bundled = bundled_models(WEIGHTS)
    rows: dict[Way, list[tuple[float, ...]]] = {way: [] for way in WAYS}
    pages: list[str] = []
    keys: list[str] = []
    for name in asked.models:
        model = bundled[name].load()
        for way in WAYS:
            rows[way].append(figures(model, way))
        page = names_to_read(model, random.Random(name))  # noqa: S311 - the order of a page
        numbered = list(enumerate(page, len(keys) + 1))
        pages.append(f"## {name}\n" + "; ".join(f"{number} {one}" for number, (one, _) in numbered) + "\n")
        keys += [f"{number}\t{way.option}\t{way.value:g}\t{one}\n" for number, (one, way) in numbered]
    print(f"{'':12}{'distinct':>9}{'in list':>9}{'nats':>8}{'listed':>8}")
    for way, found in rows.items():
        distinct, again, nats, listed = np.mean(found, axis=0)
        print(f"{way.option:6}{way.value:<6g}{distinct:9.0f}{again:9.1%}{nats:8.3f}{listed:8.0%}")
    if asked.names:
        asked.names.write_text("\n".join(pages), encoding="utf-8")
        asked.names.with_suffix(".key").write_text("".join(keys), encoding="utf-8")
    return 0


def figures(model: Artifact, way: Way) -> tuple[float, ...]:
    """Distinct names, share of the draws in the list, nats per letter, share of the list still possible."""
    predictor, options = way.apply(predictor_of(model))
    names = draw(predictor, DRAWS, options, np.random.default_rng(1)).names
    corpus = Corpus.read(bundled_path(model.card.corpus.title))
    listed = [possible(*way.apply(mixture_of(model)), name) for name in corpus.names[:LISTED]]
    nats = evaluate(mixture_of(model), names).nats_per_letter
    return len(set(names[:DISTINCT_OF])), float(np.mean(model.contains(names))), nats, float(np.mean(listed))


def possible(predictor: Predictor[Any], options: Options, name: str) -> bool:
    """Whether a folded name can be drawn."""
    state = predictor.start(1)
    for letter in [*predictor.vocabulary.encode(name), END]:
        if not letter_weights(predictor.logits(state), options)[letter, 0]:
            return False
        if letter != END:
            state = predictor.advance(state, np.array([letter]))
    return True


def names_to_read(model: Artifact, rng: random.Random) -> list[tuple[str, Way]]:
    """Names of every way, shuffled."""
    page = []
    for way in WAYS:
        predictor, options = way.apply(predictor_of(model))
        options = replace(options, unique=True, decent=True)
        page += [(name, way) for name in draw(predictor, READ, options, np.random.default_rng(2)).names]
    rng.shuffle(page)
    return page


if __name__ == "__main__":
    sys.exit(main())
