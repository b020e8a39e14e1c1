"""``python -m model pretrain``: one network of many kinds of names, from all bundled lists."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from model.artifact import styles_file
from model.corpus.bundled import bundled, bundled_path
from model.corpus.corpus import Corpus
from model.errors import InvalidOption
from model.training.pretraining import Pretraining, PretrainingPlan
from model.training.styles import finish_styles, styles_of

PLAN = PretrainingPlan()


def pretrain(
    out: Annotated[Path, typer.Option(help="Where to write the network, such as weights/styles.npz.")],
    without: Annotated[
        list[str] | None, typer.Option(help="A list to leave out; may be given several times, or as a,b,c.")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the lists.")] = PLAN.epochs,
    seed: Annotated[int, typer.Option(min=0, help="The same seed makes the same weights.")] = 0,
    judge: Annotated[bool, typer.Option(help="Measure the model of each style, so that it can be served.")] = True,
) -> int:
    """Train one network on all bundled lists, each a style: the start of every training on a short list.

    Each style is a model too, unless an n-gram of its list is better.

    With --no-judge no style becomes a model: for measurements, and in a tenth of the time.
    """
    if out.suffix != ".npz":
        raise InvalidOption(str(out), "is no name for a model: let it end in .npz")
    left_out = {name for names in without or () for name in names.split(",")}
    if unknown := left_out - set(bundled()):
        raise InvalidOption("--without", f"there is no list called {min(unknown)!r}")
    if left_out == set(bundled()):
        raise InvalidOption("--without", "leaves no list to learn from")
    lists = {name: Corpus.read(bundled_path(name)) for name in bundled() if name not in left_out}
    pretraining = Pretraining(lists, replace(PLAN, epochs=epochs), seed)
    for progress in pretraining.run():
        validation = "" if progress.validation is None else f"  validation {progress.validation:.4f}"
        print(f"epoch {progress.epoch}/{epochs}  loss {progress.loss:.4f}{validation}", file=sys.stderr, flush=True)
    cards = {}
    for name, card in finish_styles(pretraining) if judge else ():
        figures = card.comparison
        serves = figures.served < figures.ngram
        note = "" if serves else "  left out: its n-gram is better"
        print(f"{name}  served {figures.served:.4f}  n-gram {figures.ngram:.4f}{note}", file=sys.stderr, flush=True)
        if serves:
            cards[name] = card
    styles_file.save(styles_of(pretraining, cards), out)
    return 0
