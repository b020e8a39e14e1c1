"""The commands: train, evaluate, sample, score, corpus.

What a program may want to read goes to stdout, everything for people to stderr. Bad input ends with status 2 and one
line that says what to do.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from model import __version__
from model.artifact.bundled_models import bundled_folder, bundled_models, find_model
from model.artifact.model_file import Artifact
from model.cli import people
from model.cli.pretrain import pretrain
from model.cli.report_text import render
from model.cli.train import train
from model.constraints.constraints import Constraints
from model.corpus.corpus import Corpus
from model.corpus.examples import OPTION
from model.corpus.report import report
from model.corpus.spelling import LONGEST_NAME_LETTERS
from model.errors import LISTED_LETTERS, InvalidOption, NameModelError
from model.generation import novelty, scoring
from model.generation.blend import blend_of, parse_blend
from model.generation.cast import candidates_for, check
from model.generation.comparison import Comparison
from model.generation.filters import Filter, avoiding, others_than_listed
from model.generation.keys import draw_for_keys
from model.generation.options import Options
from model.generation.predictor import NetworkPredictor, Predictor, ngram_of
from model.generation.sampling import Drawing
from model.generation.sequence import generator_of, stream
from model.generation.served import mixture_of, predictor_of
from model.training.adaptation import adapt, start_of

commands = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
)
commands.command()(train)
commands.command()(pretrain)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"namewright {__version__}")
        raise typer.Exit


@commands.callback()
def _describe(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version.")
    ] = False,
) -> None:
    """Teach a recurrent network names, and draw new ones like them."""


WEIGHTS = typer.Argument(help="A file that `train` wrote, or the name of a bundled model: italian-girls.")
Weights = Annotated[str, WEIGHTS]


@commands.command()
def sample(
    weights: Annotated[str | None, WEIGHTS] = None,
    blend: Annotated[
        str | None,
        typer.Option(help="In place of a model, several with their weights: icelandic-girls:0.7,us-girls:0.3."),
    ] = None,
    like: Annotated[
        Path | None, typer.Option(help="A list of 3 to 200 names, to draw others like them at once.")
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="How many names.")] = 10,
    start: Annotated[str, typer.Option(help="Letters that every name begins with; case is ignored.")] = "",
    min_length: Annotated[int, typer.Option(help="Fewest letters.")] = 1,
    max_length: Annotated[int, typer.Option(help="Most letters.")] = 20,
    temperature: Annotated[float, typer.Option(help="Below 1 more of the usual, above 1 more of the unusual.")] = 1.0,
    top_k: Annotated[int | None, typer.Option(help="Draw from the k most probable letters only.")] = None,
    top_p: Annotated[float | None, typer.Option(help="Draw from the fewest letters of this probability.")] = None,
    unique: Annotated[bool, typer.Option(help="No name twice.")] = True,
    truncate: Annotated[bool, typer.Option(help="Cut names at the greatest length.")] = False,
    suffix: Annotated[str | None, typer.Option(help="How every name ends.")] = None,
    contains: Annotated[str | None, typer.Option(help="What stands in every name.")] = None,
    pattern: Annotated[str | None, typer.Option(help="Like Mar??a or *iel: ? is one letter, * any number.")] = None,
    regex: Annotated[str | None, typer.Option(help="A regular expression that the whole name matches.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="What stands in no name; may be given again.")] = None,
    syllables: Annotated[str | None, typer.Option(help="How many, about: 3 or 2-3.")] = None,
    decent: Annotated[bool, typer.Option(help="Leave out slurs and obscenities.")] = True,
    seed: Annotated[str | None, typer.Option(help="Any text; the same seed draws the same names.")] = None,
    offset: Annotated[int, typer.Option(min=0, help="Names of the seed to leave out first.")] = 0,
    key: Annotated[list[str] | None, typer.Option(help="Draw one name for this key; may be given again.")] = None,
    novel: Annotated[bool, typer.Option(help="No name of the list, nor of the bundled ones like it.")] = False,
    novel_distance: Annotated[int, typer.Option(help="With --novel, nor one within so many edits.")] = 0,
    avoid: Annotated[Path | None, typer.Option(help="A list of names that are not drawn.")] = None,
    surname: Annotated[
        str | None, typer.Option(help="Draw full names: a model of surnames, or =Braun to keep it.")
    ] = None,
    latin: Annotated[bool, typer.Option("--latin", help="After a tab, the name in Latin letters.")] = False,
    cast: Annotated[
        bool, typer.Option("--cast", help="Names that can't be confused; then from which, and how far.")
    ] = False,
    existing: Annotated[
        list[str] | None, typer.Option(help="Names that the cast has already, with commas; may be given again.")
    ] = None,
) -> None:
    """Draw names, one a line."""
    existing = [name.strip() for names in existing or () for name in names.split(",") if name.strip()]
    if cast:
        check(count, existing)
        if key or offset:
            raise InvalidOption("cast", "can't be combined with key or offset")
    elif existing:
        raise InvalidOption("existing", "needs --cast")
    wanted, parts = candidates_for(count) if cast else count, None
    constraints = Constraints(suffix, contains, pattern, regex, tuple(exclude or ()), syllables)
    options = Options(start, min_length, max_length, temperature, top_k, top_p, unique, truncate, constraints, decent)
    artifacts, predictor, filters = _source(weights, blend, like)
    if novel or novel_distance:
        given = Corpus.read(like).names if like else ()
        filters.append(novelty.novel(artifacts, novel_distance, given))
    if avoid:
        avoided = Corpus.read(avoid)
        filters.append(avoiding(map(avoided.casing.restore_case, avoided.names), predictor, "avoid", "to avoid them"))
    if offset and seed is None:
        raise InvalidOption("offset", "needs a seed, whose names it counts")
    if surname is not None:
        if blend is not None:
            raise InvalidOption("surname", "can't be combined with --blend; name a model of given names")
        names = [] if avoid is None else [avoided.casing.restore_case(name) for name in avoided.names]
        distance = novel_distance if novel or novel_distance else None
        plan = people.plan_full_names(artifacts[0], surname, options, names, distance)
        full, parts = people.draw_full_names(plan, wanted, seed, offset, key)
        batches = iter([full])
    elif key:
        batches = iter([draw_for_keys(predictor, key, options, filters)])
    else:
        rng = np.random.default_rng() if seed is None else generator_of(seed)
        batches = stream(Drawing(predictor, options, rng, filters), offset, wanted)
    if cast:
        batches = iter([people.gather(batches)])
    language = next(iter(predictor.languages), "")
    for drawn in batches:
        lines, shortfall = people.lines(
            drawn, language, parts=parts, latin=latin, cast=count if cast else None, existing=existing
        )
        sys.stdout.writelines(f"{line}\n" for line in lines)
    if left_out := drawn.left_out.get("decent"):
        print(f"left out {left_out:,} of the draws; --no-decent keeps them", file=sys.stderr)
    if shortfall:
        print(shortfall, file=sys.stderr)


@commands.command()
def score(
    weights: Annotated[str, typer.Argument(help=f"{WEIGHTS.help} With --compare, the first name.")],
    names: Annotated[list[str] | None, typer.Argument(help="Names to score.")] = None,
    compare: Annotated[bool, typer.Option("--compare", help="Say which bundled models the names sound like.")] = False,
) -> None:
    """Say how probable names are: name, nats and nats per letter, with tabs between.

    With --compare, which takes no model: name, bundled model and nats per letter, the five most probable of each name.
    """
    if not names and not compare:
        raise InvalidOption("names", "should have at least one, after the model")
    names = [*([weights] if compare else []), *(names or [])]
    if longer := next((name for name in names if len(name) > LONGEST_NAME_LETTERS), None):
        raise InvalidOption(f"{longer[:LONGEST_NAME_LETTERS]}…", f"has more than {LONGEST_NAME_LETTERS} letters")
    if compare:
        _print_likeness(names)
        return
    for scored in scoring.score(load(weights), names):
        name = _printable(scored.name)
        print(f"{name}\t{-scored.log_probability:.4f}\t{scored.nats_per_letter:.4f}")
        if scored.unknown:
            print(f"{name}: {_never_saw(scored.unknown)}", file=sys.stderr)


def _print_likeness(names: Sequence[str]) -> None:
    folder = bundled_folder()
    comparison = Comparison(bundled_models(folder), folder)
    for name in names:
        likely = comparison.compare([name])[0]
        for one in likely:
            print(f"{_printable(name)}\t{one.model}\t{one.nats_per_letter:.4f}")
        if not likely:
            print(f"{_printable(name)}: no bundled model knows all its letters", file=sys.stderr)


def _printable(name: str) -> str:
    return name if name.isprintable() else repr(name)


@commands.command()
def evaluate(
    weights: Weights,
    held_out: Annotated[Path, typer.Argument(help="A list of names that the model was not trained on.")],
) -> None:
    """Measure how well a model predicts a list: one JSON object; lower nats are better.

    `network` and `ngram` are the nats per letter of its parts alone; `ngram` is null where it has none.
    """
    corpus = Corpus.read(held_out)
    restored = [corpus.casing.restore_case(name) for name in corpus.names]
    model = find_model(weights)

    def nats(part: Predictor[Any] | None) -> float | None:
        return None if part is None else scoring.evaluate(part, restored).nats_per_letter

    parts = {"network": nats(NetworkPredictor(model)), "ngram": nats(ngram_of(model))}
    print(json.dumps(asdict(scoring.evaluate(mixture_of(model), restored)) | parts))
    if unknown := sorted({letter for name in restored for letter in model.vocabulary.unknown(model.fold(name))}):
        print(f"skipped: names in which {_never_saw(unknown)}", file=sys.stderr)


@commands.command()
def corpus(names: Annotated[Path, typer.Argument(help="A list of names, one a line.")]) -> None:
    """Report on a list of names before training on it."""
    print(render(report(Corpus.read(names))))


def _never_saw(letters: Sequence[str]) -> str:
    more = f" and {len(letters) - LISTED_LETTERS} more" if len(letters) > LISTED_LETTERS else ""
    return f"the model never saw {', '.join(map(repr, letters[:LISTED_LETTERS]))}{more}"


def load(weights: str) -> Predictor[Any]:
    """A model, ready to draw and score."""
    return predictor_of(find_model(weights))


def _source(
    weights: str | None, blend: str | None, like: Path | None
) -> tuple[list[Artifact], Predictor[Any], list[Filter]]:
    """A model, a blend of several, or one made of a few names now; what draws from it, and which names are dropped."""
    if like is not None:
        if weights is not None or blend is not None:
            raise InvalidOption("--like", "can't be combined with a model or --blend; give one of them")
        artifact = _adapted(like)
        return [artifact], predictor_of(artifact), [others_than_listed(artifact, OPTION, "since they were given")]
    if weights is not None and blend is not None:
        raise InvalidOption("--blend", "can't be combined with a model; name it in the blend, with its weight")
    if blend is not None:
        parts = [(name, find_model(name), weight) for name, weight in parse_blend(blend).items()]
        return [artifact for _, artifact, _ in parts], blend_of(parts), []
    if weights is None:
        raise InvalidOption("weights", "should name a model, unless --blend names several or --like has names")
    artifact = find_model(weights)
    return [artifact], predictor_of(artifact), []


def _adapted(path: Path) -> Artifact:
    """A model of the names of a file, and on stderr how many lines of it are none."""
    corpus = Corpus.read(path)
    if skipped := sum(lines.count for _, lines in corpus.skipped):
        print(f"left out {skipped:,} line{'s' if skipped > 1 else ''} of {path} as no name", file=sys.stderr)
    return adapt(corpus, start_of(bundled_folder()))


def main(prog: str = "python -m model") -> None:
    """Run a command; what users can correct ends in one line and status 2."""
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # in every locale: programs read it
    try:
        status = commands(sys.argv[1:] or ["--help"], prog_name=prog, standalone_mode=False)
        sys.stdout.flush()  # here, where a failure to write can still be reported
    except (NameModelError, typer.exceptions.TyperException) as error:
        text = error.format_message() if isinstance(error, typer.exceptions.TyperException) else str(error)
        print(f"error: {' '.join(text.split())}", file=sys.stderr)
        status = 2
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except (MemoryError, OSError) as error:
        print(f"error: {str(error) or 'there is not enough memory'}", file=sys.stderr)
        status = 1
    sys.exit(status)
