from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.constraints.constraints import Constraints
from model.constraints.syllables import VOWELS, count_syllables
from model.corpus.casing import Casing
from model.corpus.clusters import clusters_of
from model.errors import InvalidOption, Unsatisfiable
from model.generation import constrained
from model.generation.constrained import draw_by_particles, draw_by_rejection
from model.generation.drawn import Progress
from model.generation.options import Options
from model.generation.predictor import Predictor
from model.generation.prefixes import find_prefixes
from model.generation.request import Request, compile_options
from model.generation.sampling import draw
from model.generation.scoring import score
from model.generation.served import mixture_of, predictor_of
from tests.support.random_models import random_model, random_predictor

REQUESTS = 400
"""Of ten names each."""

Way = Callable[[Request, Progress, int, np.random.Generator], Iterator[list[str] | None]]

WAYS: dict[str, Way] = {
    "rejection": lambda request, progress, count, rng: draw_by_rejection(request, progress, count, rng, 0.01),
    "particles": lambda request, progress, count, rng: draw_by_particles(request, progress, count, rng),
    "scores": lambda request, progress, count, rng: constrained.draw_by_scores(request, progress, (count,), rng),
}


def request_for(predictor: Predictor[Any], options: Options) -> Request:
    prefixes = find_prefixes(predictor, options)
    return Request(predictor, prefixes, compile_options(predictor, prefixes, options), options)


def drawn_by(way: Way, request: Request, seed: int, count: int = 10) -> list[str]:
    batches = way(request, Progress(request.options.unique), count, np.random.default_rng(seed))
    return [name for batch in batches for name in batch or ()]


def mixed() -> Predictor[Any]:
    return mixture_of(random_model("abc", seed=4, mixed=True, names=("abc", "cab", "aab")))


def exact(model: Predictor[Any], longest: int, regex: str) -> dict[str, float]:
    """Probability of each name that Python's regular expression matches, by brute force over the scores."""
    letters = model.vocabulary.letters
    names = ["".join(word) for n in range(1, longest + 1) for word in itertools.product(letters, repeat=n)]
    names = model.keep([name for name in names if re.fullmatch(regex, name, re.IGNORECASE)])
    odds = {scored.name: math.exp(scored.log_probability) for scored in score(model, names)}
    return {name: p / sum(odds.values()) for name, p in odds.items()}


def total_variation(drawn: list[str], probabilities: dict[str, float]) -> float:
    counts = Counter(drawn)
    return sum(abs(counts[name] / len(drawn) - probabilities.get(name, 0)) for name in counts | probabilities) / 2


@pytest.mark.no_cover
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("model", "options", "regex"),
    [
        (random_predictor("abc"), Options(max_length=4, constraints=Constraints(suffix="ab")), ".*ab"),
        (
            random_predictor("abc", first_letter=False, seed=1),
            Options(max_length=4, min_length=3, constraints=Constraints(regex="a.*(b|c)", exclude=("aa",))),
            "(?!.*aa)(?=...)a.*(b|c)",
        ),
        (mixed(), Options(max_length=5, start="c", constraints=Constraints(contains="bb")), "c.*bb.*|.*bb.*(?<=^cbb)"),
        (
            random_predictor("ABab", casing=Casing.MIXED, seed=2),
            Options(max_length=3, start="a", constraints=Constraints(suffix="b")),
            "a.*b",
        ),
        (
            random_predictor(" -ab", seed=3, casing=Casing.LOWER),
            Options(max_length=4, constraints=Constraints(contains="-")),
            ".*-.*",
        ),
    ],
    ids=["suffix", "regex", "mixture", "cases", "words"],
)
def test_names_are_as_frequent_as_the_model_makes_them_given_the_constraints(
    way: str, model: Predictor[Any], options: Options, regex: str
) -> None:
    probabilities = exact(model, options.max_length, regex)
    assert 3 < len(probabilities) <= 100
    many = Options(options.start, options.min_length, options.max_length, unique=False, constraints=options.constraints)
    request = request_for(model, many)
    drawn = [name for seed in range(REQUESTS) for name in drawn_by(WAYS[way], request, seed)]
    expected = total_variation_of_exact_draws(probabilities, len(drawn))
    assert len(drawn) == 10 * REQUESTS
    assert total_variation(drawn, probabilities) < expected + 0.02


def total_variation_of_exact_draws(probabilities: dict[str, float], number: int) -> float:
    rng = np.random.default_rng(0)
    names, odds = list(probabilities), list(probabilities.values())
    return total_variation([names[place] for place in rng.choice(len(names), number, p=odds)], probabilities)


def test_temperature_and_top_p_bend_constrained_names_as_they_do_others() -> None:
    model = random_predictor("abcd", seed=5)
    options = Options(max_length=4, temperature=0.6, top_p=0.9, unique=False, constraints=Constraints(suffix="a"))
    free = draw(
        model, 40_000, Options(max_length=4, temperature=0.6, top_p=0.9, unique=False), np.random.default_rng(0)
    )
    ended = Counter(name for name in free.names if name.endswith("a"))
    probabilities = {name: count / ended.total() for name, count in ended.items()}
    request = request_for(model, options)
    for way in WAYS.values():
        drawn = [name for seed in range(200) for name in drawn_by(way, request, seed)]
        assert set(drawn) <= set(ended) or len(ended) > 60
        assert total_variation(drawn, probabilities) < 0.08


SCRIPTS = {
    "latin": (random_model("aeiklnrsy", casing=Casing.TITLE, end=-1), VOWELS["LATIN"]),
    "words": (random_model(" -'aelnr", casing=Casing.TITLE, seed=1, end=-1), VOWELS["LATIN"]),
    "greek": (random_model("αδειλνορσ", casing=Casing("title", ("final sigma",)), seed=2), VOWELS["GREEK"]),
    "cyrillic": (random_model("аеинрств", casing=Casing.TITLE, seed=3, end=-1), VOWELS["CYRILLIC"]),
    "turkish": (random_model("aeiılnrş", casing=Casing("title", ("turkish i",)), seed=4), VOWELS["LATIN"]),
    "hindi": (random_model("कमरािी्", seed=5, attachments=("का", "कि", "मा", "मी", "रा", "क्म", "क्")), ""),
    "kept case": (random_model("AELNaeln", casing=Casing.MIXED, seed=6), VOWELS["LATIN"]),
    "ngram": (random_model("aeln", casing=Casing.TITLE, mixed=True, names=("anna", "lena", "elena", "nele")), "ae"),
}


@settings(deadline=None, max_examples=40)
@given(data=st.data(), script=st.sampled_from([*SCRIPTS]), seed=st.integers(0, 2**32))
def test_every_name_meets_every_constraint(data: st.DataObject, script: str, seed: int) -> None:
    model, vowels = SCRIPTS[script]
    predictor = predictor_of(model)
    letters = [letter for letter in model.vocabulary.letters if letter.isalpha()]
    short = st.text(letters, min_size=1, max_size=2)
    maybe = st.none() | short
    suffix, contains = data.draw(maybe), data.draw(maybe)
    pattern = data.draw(st.none() | st.text([*letters, "?", "*", "*"], min_size=1, max_size=5))
    regex = data.draw(st.none() | st.sampled_from([".*", "..+", ".{2,6}"]))
    exclude = tuple(data.draw(st.lists(short, max_size=2)))
    counts = data.draw(st.none() | st.tuples(st.integers(0, 3), st.integers(0, 3)).map(sorted)) if vowels else None
    syllables = None if counts is None else f"{counts[0]}-{counts[1]}"
    constraints = Constraints(suffix, contains, pattern, regex, exclude, syllables)
    options = Options(min_length=data.draw(st.integers(1, 4)), max_length=12, constraints=constraints)
    try:
        drawn = draw(predictor, 5, options, np.random.default_rng(seed))
    except Unsatisfiable:
        return
    assert (drawn.shortfall is None) == (len(drawn.names) == 5)
    assert drawn.exact == (drawn.effective_sample_size is None)
    assert len(set(drawn.names)) == len(drawn.names)
    assert drawn == draw(predictor, 5, options, np.random.default_rng(seed))

    def fold(text: str) -> str:
        return predictor.fold(text).lower() if script == "kept case" else predictor.fold(text)

    for shown in drawn.names:
        name = fold(shown)
        assert options.min_length <= len(name) <= 12
        assert name.endswith(fold(suffix or ""))
        assert fold(contains or "") in name
        assert not any(fold(text) in name for text in exclude)
        if regex is not None:
            assert re.fullmatch(regex, "a" * len(clusters_of(name)))
        if pattern is not None:
            wild = "".join({"?": ".", "*": ".*"}.get(piece, fold(piece)) for piece in pattern)
            assert script == "hindi" or re.fullmatch(wild, name)
        if counts is not None:
            assert counts[0] <= count_syllables(name) <= counts[1]


def test_without_constraints_draws_are_exact_and_say_so() -> None:
    drawn = draw(random_predictor("abc"), 3, Options(), np.random.default_rng(0))
    assert drawn.exact
    assert drawn.effective_sample_size is None


def test_constraints_that_all_names_meet_change_nothing() -> None:
    model = random_predictor("abc")
    free, bound = Options(), Options(constraints=Constraints(exclude=("xyz",)))
    assert draw(model, 9, free, np.random.default_rng(1)) == draw(model, 9, bound, np.random.default_rng(1))


@pytest.mark.parametrize(
    ("options", "guilty"),
    [
        ({"constraints": Constraints(suffix="ab", exclude=("b",))}, "suffix and exclude together"),
        ({"constraints": Constraints(contains="a", regex="b*", suffix="b")}, "contains and regex together"),
        (
            {"constraints": Constraints(pattern="a???", suffix="b"), "max_length": 3},
            "pattern and max_length 3 together",
        ),
        ({"constraints": Constraints(regex="a|b", suffix="b"), "min_length": 2}, "regex and min_length 2 together"),
        ({"constraints": Constraints(pattern="b*"), "start": "a"}, "pattern and start together"),
        ({"constraints": Constraints(regex="a{70}")}, "regex$"),
        (
            {"constraints": Constraints(syllables="3", contains="b", suffix="c"), "max_length": 2},
            "syllables and max_le",
        ),
    ],
)
def test_constraints_that_no_name_meets_are_named(options: dict[str, Any], guilty: str) -> None:
    with pytest.raises(Unsatisfiable, match=f"no name can meet .*{guilty}") as refusal:
        draw(random_predictor("abc"), 3, Options(**options), np.random.default_rng(0))
    assert set(refusal.value.options) <= {"start", "min_length", "max_length", *options["constraints"].asked}


def test_truncated_names_can_not_be_constrained() -> None:
    with pytest.raises(InvalidOption, match="truncate can't be combined with suffix"):
        Options(truncate=True, constraints=Constraints(suffix="a"))


def test_names_that_are_all_there_are_come_with_that_reason() -> None:
    few = draw(random_predictor("abc"), 10, Options(constraints=Constraints(pattern="a?")), np.random.default_rng(0))
    assert sorted(few.names) == ["aa", "ab", "ac"]
    assert few.exact
    assert few.shortfall == "only 3 names satisfy this; ask for fewer"
    one = draw(random_predictor("abc"), 2, Options(constraints=Constraints(regex="abc")), np.random.default_rng(0))
    assert one.shortfall == "only 1 name satisfies this; ask for fewer"
    all_of_many = Options(max_length=5, temperature=20, constraints=Constraints(pattern="?????"))
    drawn = draw(random_predictor("abc"), 300, all_of_many, np.random.default_rng(0))
    assert len(drawn.names) == 243
    assert drawn.shortfall == "only 243 names satisfy this; ask for fewer"


def test_names_that_the_model_hardly_ever_draws_are_given_up_with_the_reason() -> None:
    options = Options(top_k=1, constraints=Constraints(regex=".*(aab|bba|cab|abc|bca).*"))
    drawn = draw(random_predictor("abc"), 5, options, np.random.default_rng(0))
    assert drawn.shortfall is not None
    assert re.search("that meets? regex came up in [0-9,]+ draws; .*loosen the constraints", drawn.shortfall)


def test_rejection_goes_on_with_particles_where_the_model_meets_the_constraints_more_rarely_than_thought() -> None:
    model = random_predictor("abcdef", seed=8)
    request = request_for(model, Options(constraints=Constraints(contains="fedcba")))
    progress = Progress(unique=True)
    batches = draw_by_rejection(request, progress, 10, np.random.default_rng(0), 0.5)
    names = [name for batch in batches for name in batch or ()]
    assert progress.effective_sample_size is not None
    assert len(names) == len(set(names)) == progress.found == 10


@pytest.mark.parametrize("temperature", [0.01, 0.05, 0.2])
@pytest.mark.parametrize("pattern", ["a*e", "*ne", "?" * 24 + "*"])
def test_names_that_end_before_the_constraints_are_met_at_a_low_temperature_are_a_shortfall(
    temperature: float, pattern: str
) -> None:
    """The probability of their end is 1 there, as far as numbers tell."""
    model = predictor_of(
        random_model("abcdefghijklmnopqrstuvwxyz", casing=Casing.TITLE, names=("anna", "ben"), end=1.0, mixed=True)
    )
    options = Options(max_length=64, temperature=temperature, constraints=Constraints(pattern=pattern))
    drawn = draw(model, 5, options, np.random.default_rng(0))
    assert drawn.shortfall is not None or len(drawn.names) == 5
    assert drawn.effective_sample_size is None or math.isfinite(drawn.effective_sample_size)
