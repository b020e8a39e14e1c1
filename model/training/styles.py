"""From a pretraining that has ended to a file of styles: each is measured as any model is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from model.artifact.card import Card, Description
from model.corpus.bundled import catalogue
from model.training.finish import Trained, assemble, measure
from model.training.pretraining import Pretraining


def finish_styles(pretraining: Pretraining) -> Iterator[tuple[str, Card]]:
    """Measure the model of each style, one after another; the cards make `Styles` with the pretraining's network."""
    for name, corpus in pretraining.lists.items():
        network, vocabulary = pretraining.style(name)
        training = Trained(corpus, corpus.split(), vocabulary, pretraining.plan, pretraining.seed)
        model = assemble(training, network, training.split.train, measure(training, network))
        yield name, replace(model.card, description=describe(name))


def describe(name: str) -> Description:
    """What the catalogue says of a bundled list."""
    entry = catalogue()[name]
    return Description(entry.language, entry.kind, entry.script, entry.source, entry.licence)
