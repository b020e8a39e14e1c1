"""From a pretraining that has ended to a file of styles: each is measured as any model is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from model.artifact.card import Card, Description
from model.artifact.styles_file import Styles
from model.corpus.bundled import catalogue
from model.network.styles import UNKNOWN, with_styles
from model.training.finish import Trained, assemble, measure
from model.training.presets import SHORT_LIST
from model.training.pretraining import Pretraining


def finish_styles(pretraining: Pretraining) -> Iterator[tuple[str, Card]]:
    """Measure the model of each style, one after another.

    A list that is too long to start from this network has none: it deserves a model of its own.
    """
    for name, corpus in pretraining.lists.items():
        if len(corpus.names) > SHORT_LIST:
            continue
        network, vocabulary = pretraining.style(name)
        training = Trained(corpus, corpus.split(), vocabulary, pretraining.plan, pretraining.seed)
        model = assemble(training, network, training.split.train, measure(training, network))
        yield name, replace(model.card, description=describe(name))


def styles_of(pretraining: Pretraining, cards: Mapping[str, Card]) -> Styles:
    """The network with the style `unknown` and those that have a card."""
    kept = [1 + place for place, name in enumerate(pretraining.lists) if name in cards]
    network = with_styles(pretraining.network, [UNKNOWN, *kept])
    return Styles(network, pretraining.vocabulary, cards, tuple(pretraining.lists))


def describe(name: str) -> Description:
    """What the catalogue says of a bundled list."""
    entry = catalogue()[name]
    return Description(entry.language, entry.kind, entry.script, entry.source, entry.licence)
