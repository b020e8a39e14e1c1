"""How good a model is, as text for a terminal."""

from __future__ import annotations

import textwrap

from model.artifact.card import Card

WIDTH = 80


def summary(card: Card) -> str:
    """Figures of the held-out names and examples, without a line end after them."""
    comparison, memorisation, weight = card.comparison, card.memorisation, card.ngram.weight
    served = f"served: {1 - weight:.0%} network, {weight:.0%} n-gram" if weight else "served: the network alone"
    rows = {
        "network": comparison.network,
        "best n-gram": comparison.ngram,
        served: comparison.served,
    }
    widest = max(map(len, rows))
    names = textwrap.TextWrapper(WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    training, held_out = f"{memorisation.in_training:.1%}", f"{memorisation.in_held_out:.1%}"
    lines = [
        f"nats per letter on {comparison.names:,} held-out name{'s' * (comparison.names > 1)}, lower is better",
        *(f"  {label:<{widest}}  {nats:.4f}" for label, nats in rows.items()),
        f"{training} of the draws stand in the training names, {held_out} in as many held-out ones",
        names.fill(", ".join(card.examples)),
    ]
    return "\n".join(lines)
