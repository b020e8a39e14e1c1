"""``python -m model train``: from a list of names to a file of weights."""

from __future__ import annotations

import json
import shlex
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Annotated, Any

import typer

from model.artifact import model_file
from model.artifact.bundled_models import bundled_folder
from model.cli.figures import summary
from model.cli.progress import show
from model.corpus.bundled import FOLDER
from model.corpus.corpus import Corpus
from model.corpus.report import report
from model.errors import InvalidOption
from model.network.shape import CELLS, MAX_LAYERS
from model.training import checkpoint
from model.training import loss_plot as plots
from model.training.automatic_start import automatic_start, better_start
from model.training.finish import finish
from model.training.folds import AnyTraining, begin
from model.training.hyperparameters import Hyperparameters
from model.training.plan import resolve_plan
from model.training.presets import PRESETS
from model.training.start import Start
from model.training.styles import describe

RANDOM = "none"
"""What `--from` takes for random weights."""

INTERRUPTED = 130
"""Exit status of a training that was asked to stop, as shells count Ctrl-C."""


def train(
    names: Annotated[Path, typer.Argument(help="A list of names, one a line.")],
    out: Annotated[Path, typer.Option(help="Where to write the model, such as weights/elves.npz.")],
    preset: Annotated[
        str | None, typer.Option(help=f"Hyperparameters: {' or '.join(PRESETS)}.", show_default="default")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="The same seed makes the same weights.", show_default="0")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            help=f"A model to start from, as a file or a bundled name, or {RANDOM} for random weights.",
            show_default="a network of many kinds of names for short lists, random weights for long ones",
        ),
    ] = None,
    cell: Annotated[str | None, typer.Option(help=f"What the network is made of: {' or '.join(CELLS)}.")] = None,
    layers: Annotated[int | None, typer.Option(help=f"Layers of the network, at most {MAX_LAYERS}.")] = None,
    hidden: Annotated[int | None, typer.Option(help="Units of each layer.")] = None,
    dropout: Annotated[float | None, typer.Option(help="Share of units left out on the way to the output.")] = None,
    recurrent_dropout: Annotated[float | None, typer.Option(help="And on the way to the next state.")] = None,
    between_dropout: Annotated[float | None, typer.Option(help="And on the way to the layer above.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Take fewer steps if they would last longer than this.")] = None,
    save: Annotated[Path | None, typer.Option("--checkpoint", help="Where to keep checkpoints as it goes.")] = None,
    resume: Annotated[Path | None, typer.Option(help="A checkpoint to go on from; the list must be the same.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Where to draw the loss curve: .png or .svg.")] = None,
    no_ngram: Annotated[bool, typer.Option("--no-ngram", help="Serve the network alone, without an n-gram.")] = False,
    half: Annotated[
        bool, typer.Option("--half", help="Write the network in half precision, at half the size.")
    ] = False,
) -> int:
    """Train a network on a list of names, and say how good it is in one JSON object.

    The same for people, with twenty names that it draws, goes to stderr. With --checkpoint, Ctrl-C or a termination
    saves the state and prints the command that goes on from it.
    """
    if out.suffix != ".npz":
        raise InvalidOption(str(out), "is no name for a model: let it end in .npz")
    is_written_over = save is not None and resume is not None and save.resolve() == resume.resolve()
    _check_files((names, None if is_written_over else resume), (out, save, plot))
    if save is not None and save.exists() and resume is None:
        raise InvalidOption(str(save), "is there already: go on from it with --resume, or remove it")
    if plot is not None:
        plots.check(plot)
    asked = {
        "cell": cell,
        "layers": layers,
        "hidden": hidden,
        "dropout": dropout,
        "recurrent_dropout": recurrent_dropout,
        "between_dropout": between_dropout,
        "ngram": False if no_ngram else None,
    }
    asked = {name: value for name, value in asked.items() if value is not None}
    corpus = Corpus.read(names)
    if resume is not None:
        if asked or any(option is not None for option in (preset, seed, start, minutes)):
            options = "--preset, --seed, --from, --minutes and the hyperparameters"
            raise InvalidOption("--resume", f"goes on as it began: leave out {options}")
        training = checkpoint.load(resume, corpus)
    else:
        check = partial(
            checkpoint.check_size, vocabulary=corpus.vocabulary.size, checkpoints=save is not None, half=half
        )
        training = _begin(corpus, preset or "default", seed or 0, start, minutes, asked, check)
    _warn(corpus, names)
    save = save or resume
    if save is not None:
        checkpoint.save(training, save)
    try:
        model = finish(training) if _train(training, save) else None
    except KeyboardInterrupt:  # after the last step, while the model is judged: the checkpoint is written
        model = None
    if model is None:
        _print_resume_command(save, names, out, plot, half=half)
        return INTERRUPTED
    if names.resolve() == FOLDER / f"{names.stem}.txt":
        model = replace(model, card=replace(model.card, description=describe(names.stem)))
    model_file.save(model, out, half=half)
    if plot is not None:
        plots.loss_curve(training.history, corpus.title, plot, training.plan)
    card = model.card
    result = {"out": str(out), "steps": training.step, "nats_per_letter": card.nats_per_letter}
    print(summary(card), file=sys.stderr)
    print(json.dumps(result | {"comparison": asdict(card.comparison), "memorisation": asdict(card.memorisation)}))
    return 0


def _warn(corpus: Corpus, names: Path) -> None:
    """Say what may spoil the model before time is spent on it."""
    found = report(corpus)
    notes = [warning.text for warning in found.warnings]
    if lines := sum(skipped.count for skipped in found.skipped):
        notes.append(f"lines left out: {lines:,}; `python -m model corpus {names}` says which and why")
    for note in notes:
        print(f"note: {note}", file=sys.stderr)


def _begin(
    corpus: Corpus,
    preset: str,
    seed: int,
    parent: str | None,
    minutes: float | None,
    overrides: dict[str, Any],
    check: Callable[[Hyperparameters], None],
) -> AnyTraining:
    """A training before its first step, whose plan passes the check."""
    start = _start(corpus, preset, parent, overrides)
    names = len(corpus.split().train)

    def begin_checked(plan: Hyperparameters) -> AnyTraining:
        check(plan)
        return begin(corpus, plan, seed, start)

    try:
        plan = resolve_plan(
            preset,
            names,
            total=len(corpus.names),
            overrides=overrides,
            minutes=minutes,
            start=start,
            trial=begin_checked,
        )
        training = begin_checked(plan)
    except InvalidOption as error:
        raise InvalidOption(f"--{error.option.replace('_', '-')}", error.reason) from error
    _advise(corpus, preset, start)
    return training


def _advise(corpus: Corpus, preset: str, start: Start | None) -> None:
    """Say where the default would do better."""
    if preset == "best" or (start is not None and not start.network.shape.styles):
        advice = better_start(bundled_folder(), len(corpus.names), corpus.names, corpus.vocabulary.letters)
        if advice:
            print(f"note: {advice}", file=sys.stderr)


def _start(corpus: Corpus, preset: str, parent: str | None, overrides: dict[str, Any]) -> Start | None:
    """The model that was asked for, or the network of many kinds where it suits the list, or None."""
    if parent is None:
        letters = corpus.vocabulary.letters
        return automatic_start(bundled_folder(), preset, len(corpus.names), corpus.names, letters, overrides)
    if parent == RANDOM:
        return None
    return Start.read(parent).adapt(corpus.vocabulary.letters)


def _train(training: AnyTraining, save: Path | None) -> bool:
    """Train to the end, or until asked to stop, with a checkpoint at every report; True at the end."""
    with _stop_requests() as stop, closing(show(training)) as points:
        for progress in points:
            report = progress.validation is not None or training.plan.folds > 0
            if save is not None and (stop.is_set() or report):
                checkpoint.save(training, save)
            if stop.is_set():
                return False
    return True


def _check_files(read: Iterable[Path | None], written: Iterable[Path | None]) -> None:
    """Find out before the training, not after it, that a result could not be written, or would replace what is read."""
    paths = [path.resolve() for path in read if path is not None]
    for path in written:
        if path is None:
            continue
        if path.resolve() in paths:
            raise InvalidOption(
                str(path), "is named twice: give the list, the checkpoint and every result a file of its own"
            )
        paths.append(path.resolve())
        try:
            if path.exists() and not path.is_file():
                raise InvalidOption(str(path), "cannot be written: it is there and is not a file")
            tempfile.TemporaryFile(dir=path.absolute().parent).close()
        except OSError as error:
            raise InvalidOption(
                str(path), f"cannot be written: its folder does not let us ({error.strerror})"
            ) from error


@contextmanager
def _stop_requests() -> Iterator[Event]:
    """Turn Ctrl-C and SIGTERM into a flag that is checked between steps; a second one stops at once."""
    stop = Event()

    def request(number: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, request) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interpreter() -> str:
    """The Python that runs, as it would be typed in this folder."""
    python, folder = Path(sys.executable), Path.cwd()
    return str(python.relative_to(folder) if python.is_relative_to(folder) else python)


def _print_resume_command(save: Path | None, names: Path, out: Path, plot: Path | None, *, half: bool) -> None:
    """Print the command that resumes the training, if there is a checkpoint."""
    if save is None:
        print("stopped, nothing kept: with --checkpoint FILE it could go on from here", file=sys.stderr)
        return
    words = [_interpreter(), "-m", "model", "train", str(names), "--out", str(out), "--resume", str(save)]
    if plot is not None:
        words += ["--plot", str(plot)]
    if half:
        words.append("--half")
    print(f"stopped; to go on from here:\n{shlex.join(words)}", file=sys.stderr)
