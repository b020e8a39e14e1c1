"""Whether a name may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from model.decency.folding import skeleton
from model.decency.languages import patterns_for
from model.decency.matcher import Matcher
from model.decency.patterns import parse

CACHED = 32
"""Languages whose words are kept ready, in some 2 MB each."""


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
    matcher = _matcher(language, tuple(extra))
    return matcher.accepts(matcher.read(skeleton(name)))


@lru_cache(maxsize=CACHED)
def _matcher(language: str, extra: tuple[str, ...]) -> Matcher:
    return Matcher([*patterns_for(language), *parse(extra)])
