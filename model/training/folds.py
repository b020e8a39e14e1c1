"""Training on a short list: how long is found out on names that are held out, and then all names are learned.

A short list can't spare names, and how many epochs suit it differs widely from list to list. So each of a few parts,
the folds, is held out in turn while the others are learned. The number of epochs that predicts the held-out names best
is then trained for on the whole list. What predicts is what will be served: the network, or its mixture with an n-gram,
whose share is chosen with the epochs.

What is reported for a fold is its loss with the epochs and the share that the *other* folds choose, so no name decides
about its own figure. A single fold is a seventh of what is left after the test part of the list, which is reported.

Lists of a few hundred names are learned by heart before long. Where there are several folds, an epoch is chosen only if
the names of the list are drawn again seldom enough, see `MOST_AGAIN`.

Axes:  e epochs   w shares of the n-gram
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from model.corpus.corpus import Corpus
from model.corpus.split import Split, name_hashes
from model.errors import InvalidOption
from model.generation.predictor import WEIGHT
from model.network.network import Network
from model.network.parameters import FloatArray
from model.training.held_out import Figures, HeldOut, Losses
from model.training.hyperparameters import Hyperparameters
from model.training.loop import Progress, Training, TrainingState
from model.training.shares import SHARES, log_prior
from model.training.start import Start

MOST_AGAIN = 0.025
"""Largest share of the draws that may stand in a list of a few hundred names."""

MOST_TIMES = 2
"""So many times the share of an equally large list that was not learned may stand in it, if that is more."""

HELD_OUT = 7
"""A single fold is one name in so many."""


@dataclass(frozen=True, slots=True)
class FoldState:
    """Everything that changes in a training with folds; the arrays are the training's own, not copies."""

    phase: int  # folds done; all of them while the whole list is learned
    steps_before: int  # steps of the runs before this one
    curves: FloatArray  # (parts, e, 3, w) `Losses` of each part after each epoch, NaN for what is to come
    history: list[tuple[int, float, float]]  # as of `Training`, over all runs
    run: TrainingState  # of the present run


class FoldedTraining:
    """A training in several runs: one for each fold, and one on all names. It is used as a `Training` is.

    Parameters
    ----------
    corpus
        The list of names.
    plan
        The hyperparameters, with `folds` and `epochs`.
    seed
        Of all randomness.
    start
        The network to start from, adapted to the letters of the list.

    Raises
    ------
    BadCorpus, InvalidOption, UnknownLetter
        The list has fewer than three names, or fewer than folds, or the start does not fit it.
    """

    def __init__(self, corpus: Corpus, plan: Hyperparameters, seed: int, start: Start | None = None) -> None:
        self.corpus, self.plan, self.seed, self._start = corpus, plan, seed, start
        self.split = Split(corpus.names, (), ())
        self.history: list[tuple[int, float, float]] = []
        self._learned, held_out = _parts(corpus, plan.folds)
        self._phase, self._steps_before = 0, 0
        self._run = self._begin()
        self.vocabulary, self.parent = self._run.vocabulary, self._run.parent
        self._shares = (0.0, *SHARES) if plan.ngram else (0.0,)
        self._parts = [
            HeldOut(rest, names, self.vocabulary, self._shares, watch=plan.folds > 1) for rest, names in held_out
        ]
        self._curves = np.full((len(self._parts), plan.epochs, len(Losses._fields), len(self._shares)), np.nan)

    @property
    def step(self) -> int:
        """Steps done, in all runs."""
        return self._steps_before + self._run.step

    @property
    def steps(self) -> int:
        """Steps in all: the most that there can be, until the folds have chosen the number of epochs."""
        return self._steps_before + self._run.plan.steps if self._phase == self.plan.folds else self.plan.steps

    @property
    def done(self) -> bool:
        """Whether all names are learned."""
        return self._phase == self.plan.folds and self._run.done

    @property
    def epochs(self) -> int:
        """The number of epochs that the held-out names choose; known when all folds are done."""
        return self._choose(range(self.plan.folds))[0] + 1

    @property
    def share(self) -> float:
        """The n-gram's share of what is served, which they choose too; 0 where the network serves alone."""
        return self._shares[self._choose(range(self.plan.folds))[1]]

    @property
    def held_out(self) -> tuple[HeldOut, ...]:
        """The held-out names of each fold; those that are reported follow a single fold's."""
        return tuple(self._parts)

    @property
    def network(self) -> Network:
        """The network of the present run."""
        return self._run.network

    def run(self) -> Iterator[Progress]:
        """Train on to the end, with a pause after every epoch; raises TrainingDiverged as `Training.run` does."""
        return (progress for progress in self.run_in_pieces(self.plan.steps) if progress is not None)

    def run_in_pieces(self, max_steps: int) -> Iterator[Progress | None]:
        """Train on as `run` does, with a pause after every `max_steps` too; there it yields None."""
        while not self.done:
            if self._run.done:
                self._steps_before += self._run.step
                self._phase += 1
                self._run = self._begin()
            for progress in self._run.run_in_pieces(max_steps):
                yield None if progress is None else self._report(progress)

    def result(self) -> Network:
        """The network that learned all names, with its style folded in."""
        return self._run.result()

    def figures(self) -> Figures:
        """Network, mixture and the best n-gram, on held-out names that decided nothing about their own figures.

        A part's probability of being drawn, scaled up to the size of the list, is the share of draws that would stand
        in an equally large list of names that were not learned.
        """
        folds = self.plan.folds
        if folds == 1:
            chosen_by, judged = {1: [0]}, self._parts[1:]
        else:
            chosen_by = {fold: [other for other in range(folds) if other != fold] for fold in range(folds)}
            judged = self._parts
        network = served = probability = 0.0
        for part, others in chosen_by.items():
            epoch, share = self._choose(others)
            losses = Losses(*self._curves[part, epoch])
            network += float(losses.nats[0])
            served += float(losses.nats[share])
            probability += float(losses.probability[share])
        names, letters = sum(part.names for part in judged), sum(part.letters for part in judged)
        ngram = np.sum([part.ngram_nats for part in judged], axis=0).min()  # of the best kind for all: none is stronger
        drawn = probability * len(self.corpus.names) / names
        return Figures(network / letters, served / letters, float(ngram / letters), names, drawn)

    def _choose(self, folds: Sequence[int]) -> tuple[int, int]:
        """The epoch, counted from 0, and the place of the share with the lowest loss on the held-out names of folds.

        With several folds, of those with which the list is not drawn too often, or of all where there are none.
        """
        losses = Losses(*np.moveaxis(self._curves[folds].sum(axis=0), 1, 0))  # (e, w) each
        nats = losses.nats - log_prior(np.array(self._shares)) if self.plan.ngram else losses.nats
        if self.plan.folds > 1:
            names = len(self.corpus.names)
            held_out = losses.probability * names / sum(self._parts[fold].names for fold in folds)
            learned = losses.learned * names / sum(names - self._parts[fold].names for fold in folds)
            seldom = (learned <= np.maximum(MOST_AGAIN, MOST_TIMES * held_out)) & np.isfinite(nats)
            if seldom.any():
                nats = np.where(seldom, nats, np.inf)
        epoch, share = np.unravel_index(np.argmin(nats), nats.shape)
        return int(epoch), int(share)

    def start_weights(self) -> FloatArray:
        """The weights that every run starts from, which a checkpoint keeps too; empty where they are random."""
        return np.empty(0, np.float32) if self._start is None else self._start.network.parameters.flat

    def state(self) -> FoldState:
        """What a checkpoint keeps; to be written before the next step."""
        return FoldState(self._phase, self._steps_before, self._curves, self.history, self._run.state())

    def restore(self, state: FoldState) -> None:
        """Go back to a state of a training of the same list, plan and seed; raises ValueError if it is none."""
        if not 0 <= state.phase <= self.plan.folds or state.steps_before < 0:
            raise ValueError("its place in the training is outside of it")
        measured = len(self._curves) if state.phase == self.plan.folds else state.phase
        if state.curves.shape != self._curves.shape or not np.isfinite(state.curves[:measured]).all():
            raise ValueError("its losses are not those of the folds that are done")
        self._phase, self._steps_before = state.phase, state.steps_before
        self._curves[:] = state.curves
        self.history = list(state.history)
        self._run = self._begin()
        self._run.restore(state.run)

    def _begin(self) -> Training:
        """The run of this phase, before its first step."""
        last = self._phase == self.plan.folds
        names = self.corpus.names if last else self._learned[self._phase]
        batches = math.ceil(len(names) / self.plan.batch)
        epochs = self.epochs if last else self.plan.epochs
        plan = replace(
            self.plan,
            folds=0,
            steps=epochs * batches,
            point_every=batches,
            report_every=batches,
            patience=None,
        )
        seed = int(np.random.SeedSequence([self.seed, self._phase]).generate_state(1)[0])
        return Training(self.corpus, plan, seed, self._start, Split(names, (), ()))

    def _report(self, progress: Progress) -> Progress:
        """Judge an epoch of a fold by the names that it does not learn from."""
        validation = math.nan
        if self._phase < self.plan.folds:
            epoch = self._run.step // self._run.plan.point_every - 1
            network = self._run.result()
            judges = range(len(self._parts)) if self.plan.folds == 1 else [self._phase]
            for part in judges:
                self._curves[part, epoch] = self._parts[part].losses(network)
            usual = self._shares.index(WEIGHT) if self.plan.ngram else 0
            validation = float(self._curves[self._phase, epoch, 0, usual]) / self._parts[self._phase].letters
        self.history.append((self.step, progress.loss, validation))
        shown = None if math.isnan(validation) else validation
        return Progress(self.step, self.steps, progress.loss, shown, progress.names)


def planned_steps(names: int, plan: Hyperparameters) -> int:
    """The most steps of a training of so many names in all its runs."""
    if plan.folds == 1:
        learned = [names]
    else:
        learned = [names - len(range(fold, names, plan.folds)) for fold in range(plan.folds)]
    return plan.epochs * sum(math.ceil(part / plan.batch) for part in [*learned, names])


def _parts(corpus: Corpus, folds: int) -> tuple[list[tuple[str, ...]], list[tuple[tuple[str, ...], tuple[str, ...]]]]:
    """What the run of each fold learns; and every part that is held out, after the names that it is judged from."""
    if len(corpus.names) < 3:
        corpus.split()  # raises BadCorpus
    if folds > len(corpus.names):
        raise InvalidOption("folds", f"must be at most {len(corpus.names)}, the names of the list")
    if folds == 1:
        split = corpus.split()
        rest = _by_hash(split.train + split.validation)
        chosen = tuple(name for place, name in enumerate(rest) if place % HELD_OUT == 0)
        learned = tuple(sorted(set(rest) - set(chosen)))
        return [learned], [(learned, chosen), (learned, split.test)]
    ordered = _by_hash(corpus.names)
    held_out = [ordered[fold::folds] for fold in range(folds)]
    learned_of = [tuple(sorted(set(ordered) - set(part))) for part in held_out]
    return learned_of, list(zip(learned_of, held_out, strict=True))


def _by_hash(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names in the order of their hashes, which no other name changes."""
    return tuple(names[place] for place in np.argsort(name_hashes(names), kind="stable"))


AnyTraining = Training | FoldedTraining


def begin(corpus: Corpus, plan: Hyperparameters, seed: int, start: Start | None = None) -> AnyTraining:
    """The training of a plan, before its first step; parameters and errors as of `Training`."""
    return (FoldedTraining if plan.folds else Training)(corpus, plan, seed, start)
