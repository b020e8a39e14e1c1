"""What the filter of slurs and obscenities leaves out, and what it should not.

    python -m benchmarks.decency [--draws N]

Three counts. The entries of the lists in many spellings, by language: they should be left out. The names of the bundled
lists that the filter of their own language refuses, all of them: a person should read these. And draws of `us`, in
which a dozen stems are looked for: there should be none. The status is 1 where fewer than 98 % of the spellings are
left out, a stem is found, or three or more of the 25 most frequent (or first) names of the lists are refused.
"""

from __future__ import annotations

import argparse
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from model.artifact import model_file
from model.corpus.bundled import bundled_path, catalogue
from model.corpus.corpus import Corpus
from model.decency.languages import CODES, ENGLISH
from model.decency.patterns import entries
from model.decency.verdict import is_decent
from model.generation.options import Options
from model.generation.sampling import draw
from model.generation.served import predictor_of

WEIGHTS = Path(__file__).parents[1] / "weights"
LEAST = 0.98
FIRST = 25
MOST_REFUSED_FIRST = 2
STEMS = ("shit", "fuck", "cunt", "nigg", "fagg", "bitch", "whor", "slut", "wank", "twat", "penis", "vagina", "rapist")
BATCH = 10_000

SPELLINGS = tuple(
    str.maketrans(plain, other)
    for plain, other in (
        ("aceinosuyz", "áçèïñöšûýž"),
        ("abegilost", "48391!057"),
        ("aeilost", "@€1|0$+"),
        ("acehijkmopstxy", "асеһіјкморѕтху"),
        ("асекморстухі", "acekmopctyxi"),
        ("aehikmnoptxyzv", "αεηικμνορτχυζν"),
        ("".join(map(chr, range(0x21, 0x7F))), "".join(map(chr, range(0xFF01, 0xFF5F)))),
    )
)
"""Accents, digits, symbols, Cyrillic for Latin and back, Greek, full width."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the counts; the status of the program."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.decency", description="What is left out.")
    parser.add_argument("--draws", type=int, default=1_000_000, help="names of us that are read through")
    draws: int = parser.parse_args(arguments).draws

    print(f"{'language':24}{'entries':>8}{'spellings':>10}{'left out':>10}  entries that live")
    shares = [_print_language(language) for language in CODES]

    print("\nnames of the bundled lists that are refused")
    first: list[str] = []
    names, refused = 0, 0
    for title, entry in catalogue().items():
        listed = listed_names(title)
        found = [name for name in listed if not is_decent(name, entry.language)]
        first += [f"{name} ({title})" for name in listed[:FIRST] if name in found]
        names, refused = names + len(listed), refused + len(found)
        if found:
            print(f"{title:24}{', '.join(found)}", flush=True)
    print(f"{refused} of {names:,}; of the {FIRST} first of each list: {', '.join(first) or 'none'}")

    left_out, stems = read_draws(draws)
    print(f"\nus: {left_out:,} left out beside {draws:,} drawn")
    print(f"with one of {', '.join(STEMS)}: {', '.join(stems) or 'none'}")
    return 1 if min(shares) < LEAST or stems or len(first) > MOST_REFUSED_FIRST else 0


def _print_language(language: str) -> float:
    words = dict.fromkeys(word for code in (ENGLISH, *CODES[language]) for word in entries(code))
    spelled = [spelling for word in words for spelling in spellings(word)]
    share = sum(not is_decent(spelling, language) for spelling in spelled) / len(spelled)
    alive = ", ".join(word for word in words if is_decent(word, language))
    print(f"{language:24}{len(words):8}{len(spelled):10,}{share:10.2%}  {alive}", flush=True)
    return share


def spellings(word: str) -> Iterator[str]:
    """A word in other cases, with accents and without, in look-alikes, and with each of its letters doubled."""
    yield from (word, word.upper(), word.title())
    yield from (word.translate(table) for table in SPELLINGS)
    if "LATIN" in unicodedata.name(word[0]):
        bare = "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))
        yield unicodedata.normalize("NFC", bare)
    for place, letter in enumerate(word):
        yield word[:place] + letter + word[place:]
    yield "".join(2 * letter for letter in word)


def listed_names(title: str) -> list[str]:
    """The names of a bundled list as they are written, the most frequent first where it has counts."""
    corpus = Corpus.read(bundled_path(title))
    order = sorted(range(len(corpus.names)), key=lambda place: -corpus.counts[place]) if corpus.counted else None
    names = corpus.names if order is None else [corpus.names[place] for place in order]
    return [corpus.casing.restore_case(name) for name in names]


def read_draws(count: int) -> tuple[int, list[str]]:
    """Draw names of `us`: how many were left out, and which have a stem all the same."""
    model = model_file.load(WEIGHTS / "us.npz")
    predictor = predictor_of(model)
    rng, left_out, found = np.random.default_rng(0), 0, set[str]()
    for begun in range(0, count, BATCH):
        drawn = draw(predictor, min(BATCH, count - begun), Options(top_p=1, unique=False), rng)
        left_out += drawn.left_out["decent"]
        found |= {name for name in drawn.names for stem in STEMS if stem in name.lower()}
    return left_out, sorted(found)


if __name__ == "__main__":
    sys.exit(main())
