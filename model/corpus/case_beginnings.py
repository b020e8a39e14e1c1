"""Which beginnings of words a list writes with capitals of their own: Mc, De before L, d' in lower case.

A beginning is the letters before the capital; the letters after it, up to two, are looked at only where the list is
divided: ``MacDonald`` but ``Mackie``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from model.corpus.case_folding import capital
from model.corpus.case_rules import CaseRules, Word

LONGEST = 5
"""Letters of a beginning."""

DEEPEST = 2
"""Letters after it that may decide."""

ALWAYS = frozenset({"mc"})
"""No ordinary word begins like this, so that one example is enough; the same holds for what ends in an apostrophe."""

MOST_ODD = 0.1
"""Share of the words of a list that has more than `FEW_ODD` odd ones; where more are odd, a beginning that fewer than
`VARIETY` words bear out is chance."""

FEW_ODD = 20

VARIETY = 3
"""Of any other beginning, so many different letters must follow before it is believed whatever follows."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """Letters as they are written at the beginning of a word, and whether a capital follows."""

    before: str  # the divider before the word where that matters, or empty
    text: str
    capital: bool


def beginnings(words: Iterable[tuple[Word, str]], letters: CaseRules, lower: CaseRules) -> Counter[str]:
    """Sentences `begin ...`, with the number of words that each is learned from.

    Parameters
    ----------
    words
        Words as they are folded and written, each once.
    letters
        The rules on single letters.
    lower
        Where words begin in lower case, which needs no other rule.
    """
    regular: dict[str, set[str]] = defaultdict(set)  # by the divider before
    odd: dict[Beginning, set[str]] = defaultdict(set)
    for word, text in words:
        found = None if lower.is_lower(word.before) and text == word.text else _beginning(word, text, letters)
        if found is None:
            regular[word.before].add(word.text)
        else:
            odd[found].add(word.text)
    sentences: Counter[str] = Counter()
    counts = sum(map(len, odd.values())), sum(map(len, regular.values()))
    if counts[0] > max(FEW_ODD, MOST_ODD * sum(counts)):
        odd = {found: texts for found, texts in odd.items() if len(texts) >= VARIETY}
    plain = {before: _by_context(texts, {len(found.text) for found in odd}) for before, texts in regular.items()}
    for found, texts in odd.items():
        befores = [found.before] if found.before else list(plain)
        context = letters.fold(found.text)
        others = {text for before in befores for text in plain.get(before, {}).get(context, ())}
        _grow(found, dict.fromkeys(others, False) | dict.fromkeys(texts, True), letters, sentences)
    return sentences


def _beginning(word: Word, text: str, letters: CaseRules) -> Beginning | None:
    """How a word begins that is not written in the usual way, if its beginning shows that."""
    usual = letters.default(word.text)
    if len(usual) != len(text):
        return None
    odd = [place for place in range(len(text)) if text[place] != usual[place]]
    if not odd:
        return None
    last = odd[-1]
    if odd[0] == 0:  # "d'Oisans": the capital after it belongs to the pattern, although it is the usual one
        last = max(place for place in range(len(text)) if place in odd or text[place] != word.text[place])
    begin = text[:last]
    if not 0 < last <= LONGEST or begin not in (word.text[:last], usual[:last]):
        return None
    return Beginning(word.before if odd[0] == 0 else "", begin, capital=text[last] != word.text[last])


def _by_context(texts: set[str], lengths: set[int]) -> dict[str, list[str]]:
    """The words by each of their beginnings of these lengths; at least two letters must follow."""
    found: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        for length in lengths:
            if length + 2 <= len(text):
                found[text[:length]].append(text)
    return found


def _grow(
    found: Beginning,
    words: Mapping[str, bool],
    letters: CaseRules,
    sentences: Counter[str],
    depth: int = 0,
    inherited: bool = False,
) -> None:
    """Decide by majority whether words with this context are odd, and ask the next letter where they differ."""
    length = len(found.text) + depth
    context = next(iter(words))[:length]
    yes = sum(words.values())
    no = len(words) - yes
    held = inherited
    if yes > no and (depth or _is_general(found, words)):
        held = True
    elif no > yes:
        held = False
    if held != inherited and depth < DEEPEST + (max(yes, no) > 1):
        sentences[f"begin {_text(found, context, held, letters)}"] += max(yes, no)
    if depth < DEEPEST and yes and (no or not held):
        children: dict[str, dict[str, bool]] = defaultdict(dict)
        for word, is_odd in words.items():
            if len(word) > length:
                children[word[: length + 1]][word] = is_odd
        for child in children.values():
            _grow(found, child, letters, sentences, depth + 1, held)


def _is_general(found: Beginning, words: Mapping[str, bool]) -> bool:
    folded = next(iter(words))[: len(found.text)]
    following = {word[len(folded) : len(folded) + 1] for word, is_odd in words.items() if is_odd}
    return folded in ALWAYS or folded.endswith(("'", "ʻ", "ʼ")) or len(following) >= VARIETY


def _text(found: Beginning, context: str, held: bool, letters: CaseRules) -> str:
    rest = context[len(found.text) :]
    if not held:
        return found.before + letters.default(context)
    if not rest:
        return found.before + found.text + "|" * found.capital
    return found.before + found.text + (capital(rest[0], letters.turkish) + rest[1:] if found.capital else rest)
