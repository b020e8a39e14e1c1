"""Examples: a few names that others should be like. Each must be a name, and be given once.

In a long list a line that is no name is skipped and reported. Of a few names each one counts, so what is wrong with any
of them is an error.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from model.corpus.columns import NAME_HEADERS
from model.corpus.corpus import Corpus
from model.corpus.spelling import Fault, fault, tidy
from model.errors import InvalidOption

OPTION = "like"
"""What the names are called in requests."""

FEWEST, MOST = 3, 200

MOST_LETTERS = 500
"""Different ones: the network's output layer has a row for each."""

SHOWN = 5
"""Most complaints that a message has, and most letters of a name in it, ten times as many."""

EAST_ASIAN = {"BOPOMOFO", "CJK", "HALFWIDTH", "HANGUL", "HIRAGANA", "IDEOGRAPHIC", "KATAKANA", "KATAKANA-HIRAGANA"}
"""Scripts that stand beside each other in one name; their letters' names in Unicode begin so."""


def examples(names: Sequence[str]) -> Corpus:
    """The corpus of a few names, the same in whichever order they are given; blank ones are left alone.

    Raises
    ------
    InvalidOption
        One is no name, or stands there twice; they are of several scripts; they are too few or too many, or have too
        many different letters. The message says which.
    """
    if len(names) > MOST:
        raise InvalidOption(OPTION, f"has {len(names)} names; give at most {MOST}, or train a model on them")
    tidied = [(place, tidy(name)) for place, name in enumerate(names, start=1) if tidy(name)]
    if complaints := [f"{_shown(name)} (name {place}) {why}" for place, name in tidied if (why := _complaint(name))]:
        raise InvalidOption(OPTION, f"has what is no name: {_listed(complaints)}; correct it or leave it out")
    if len(tidied) < FEWEST:
        raise InvalidOption(OPTION, f"has {len(tidied)} names; give at least {FEWEST}, better some twenty")
    corpus = Corpus.of(sorted(name for _, name in tidied), OPTION)
    check_examples(corpus)
    if repeated := _repeated(tidied, corpus):
        raise InvalidOption(OPTION, f"has names twice: {_listed(repeated)}; give each once")
    return corpus


def check_examples(corpus: Corpus) -> None:
    """Check the names of a corpus together; raises InvalidOption as `examples` does."""
    names, letters = len(corpus.names), len(corpus.vocabulary.letters)
    if names > MOST:
        raise InvalidOption(OPTION, f"has {names:,} names; give at most {MOST}, or train a model on them")
    if names < FEWEST:
        raise InvalidOption(OPTION, f"has {names} different names; give at least {FEWEST}, better some twenty")
    if letters > MOST_LETTERS:
        raise InvalidOption(OPTION, f"has {letters} different letters; give names with at most {MOST_LETTERS}")
    scripts = Counter[str]()
    first: dict[str, str] = {}
    for name in corpus.names:
        for script in scripts_of(name):
            scripts[script] += 1
            first.setdefault(script, name)
    if len(scripts) > 1:
        found = [
            f"{script} as in {_shown(corpus.casing.restore_case(first[script]))}" for script, _ in scripts.most_common()
        ]
        raise InvalidOption(OPTION, f"mixes scripts ({_listed(found)}); give names in the letters of one")


def scripts_of(name: str) -> set[str]:
    """The scripts of a name's letters, as Unicode calls them; those that are written together count as East Asian."""
    found = (
        unicodedata.name(letter, "").removeprefix("FULLWIDTH ").partition(" ")[0]
        for letter in name
        if unicodedata.category(letter) in ("Lu", "Ll", "Lt", "Lo")
    )
    return {"East Asian" if script in EAST_ASIAN else script.title() for script in found}


def _complaint(name: str) -> str:
    """What is wrong with a tidy name; empty where it is one."""
    wrong = Fault.HEADER if name.casefold() in NAME_HEADERS else fault(name)
    if wrong is None:
        return ""
    return f"is {wrong.value}" if wrong is Fault.HEADER else f"has {wrong.value}"


def _repeated(names: Iterable[tuple[int, str]], corpus: Corpus) -> list[str]:
    """The names that stand there twice, perhaps in another case, with their places."""
    places: dict[str, list[int]] = {}
    for place, name in names:
        places.setdefault(corpus.casing.fold(name), []).append(place)
    return [
        f"{_shown(corpus.casing.restore_case(folded))} (names {', '.join(map(str, found[:SHOWN]))})"
        for folded, found in places.items()
        if len(found) > 1
    ]


def _listed(complaints: Sequence[str]) -> str:
    more = f" and {len(complaints) - SHOWN} more" if len(complaints) > SHOWN else ""
    return ", ".join(complaints[:SHOWN]) + more


def _shown(name: str) -> str:
    return repr(name if len(name) <= 10 * SHOWN else name[: 10 * SHOWN - 1] + "…")
