from __future__ import annotations

from model.artifact.model_file import Artifact
from model.cli.figures import summary


def test_figures_and_examples_are_told_to_people(model: Artifact, recipe_model: Artifact) -> None:
    heading, network, ngram, served, memorisation, *examples = summary(model.card).splitlines()
    told, share = model.card.comparison, round(100 * model.card.ngram.weight)
    assert heading == f"nats per letter on {told.names} held-out names, lower is better"
    for line, label, nats in (
        (network, "network", told.network),
        (ngram, "best n-gram", told.ngram),
        (served, f"served: {100 - share}% network, {share}% n-gram", told.served),
    ):
        assert line.split(f"{nats:.4f}")[0].strip() == label
    assert "of the draws stand in the training names" in memorisation
    assert " ".join(line.strip() for line in examples).split(", ") == list(model.card.examples)
    assert "served: the network alone" in summary(recipe_model.card)
