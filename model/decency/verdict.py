"""Whether a name may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from model.decency.batches import BatchMatcher
from model.decency.folding import skeleton, skeletons
from model.decency.languages import CODES, patterns_for, with_words
from model.decency.matcher import Matcher
from model.decency.patterns import parse

MANY = 24
"""Names from which on they are read together."""

CACHED = 2 * (len(CODES) + 1)
"""Languages whose words are kept ready, in some 1 MB each: all of them, with and without further words."""


def is_decent(name: str, language: str = "", extra: Sequence[str] = ()) -> bool:
    """Whether a name neither is, nor contains, nor sounds like a slur or an obscenity.

    Parameters
    ----------
    name
        In any case and script.
    language
        Its English name, as cards have it: "German". English words count in every language.
    extra
        Further words, as rules are written: "word", or "*word*" where it counts within others too.

    Raises
    ------
    InvalidOption
        A further word has no letter.
    """
    matcher = _matcher(with_words(language), tuple(extra))
    return matcher.accepts(matcher.read(skeleton(name)))


def decent_names(names: Sequence[str], language: str = "", extra: Sequence[str] = ()) -> list[str]:
    """Those of some names that are decent; arguments and errors as of `is_decent`, and quicker for many names."""
    if len(names) < MANY:
        return [name for name in names if is_decent(name, language, extra)]
    verdicts = _batches(with_words(language), tuple(extra)).accepts(skeletons(names))
    return [name for name, verdict in zip(names, verdicts, strict=True) if verdict]


@lru_cache(maxsize=CACHED)
def _matcher(language: str, extra: tuple[str, ...]) -> Matcher:
    return Matcher([*patterns_for(language), *parse(extra)])


@lru_cache(maxsize=CACHED)
def _batches(language: str, extra: tuple[str, ...]) -> BatchMatcher:
    return BatchMatcher(_matcher(language, extra))
