"""Learning how a list writes upper and lower case: its kind, and the rules of `model.corpus.case_rules`.

What most of the distinct names do is the rule, place by place. A rule holds no more of a name than a particle or the
few letters that a word begins with, since cards are public and lists may be private.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from model.corpus.case_beginnings import beginnings
from model.corpus.case_folding import SMALL_CHEROKEE
from model.corpus.case_rules import CHEROKEE, FINAL_SIGMA, TURKISH, CaseRules, Word, split_words

TITLE, LOWER, MIXED = "title", "lower", "mixed"

TURKISH_SHARE = 0.01
"""A list is Turkish when at least this share of its names has a dotless ı or a dotted İ; a guest name makes none."""

LONGEST_PARTICLE = 5
"""Letters. A longer word is taken for a particle only if it stands in two names."""

MOST_RULES = 200


@dataclass(frozen=True, slots=True)
class Learned:
    """How a list writes its names."""

    value: str
    rules: tuple[str, ...]
    capitals: bool  # whether the list is in capitals, which say nothing of how to write its names otherwise


def learn(names: Iterable[str]) -> Learned:
    """Learn from tidied names; each counts once."""
    distinct = set(names)
    letters = CaseRules(tuple(_letter_rules(distinct)))
    kinds: Counter[str] = Counter()
    odd: list[str] = []
    for name in distinct:
        kind = "title" if name.isascii() and name.isalpha() and name == name.capitalize() else _kind(name, letters)
        kinds[kind] += 1
        if kind == "odd":
            odd.append(name)
    cased = sum(kinds.values()) - kinds["none"]
    if 2 * kinds["lower"] > cased or not cased:
        return Learned(LOWER, letters.sentences, capitals=False)
    capitals = 2 * kinds["upper"] > cased
    if not odd or capitals:
        return Learned(TITLE, letters.sentences, capitals)
    written = [name for name in distinct if _kind(name, letters) in ("title", "odd")]
    rules = CaseRules((*letters.sentences, *_word_rules(written, letters)))
    helped = sum(
        (rules.title(letters.fold(name)) == name) - (letters.title(letters.fold(name)) == name) for name in written
    )
    return Learned(TITLE, rules.sentences if helped > 0 else letters.sentences, capitals=False)


def _letter_rules(names: set[str]) -> Iterable[str]:
    """The rules on single letters."""
    foreign = [name for name in names if not name.isascii()]
    if sum("ı" in name or "İ" in name for name in foreign) > TURKISH_SHARE * len(names):
        yield TURKISH
    sigmas = CaseRules((FINAL_SIGMA,))
    finals = [name for name in map(str.lower, foreign) if "ς" in name or "σ" in name]
    kept = sum(sigmas.lower(sigmas.fold(name)) == name for name in finals)
    if any("ς" in name for name in finals) and 2 * kept > len(finals):
        yield FINAL_SIGMA
    text = "".join(foreign)
    if SMALL_CHEROKEE.search(text.lower()) and not SMALL_CHEROKEE.search(text):
        yield CHEROKEE


def _kind(name: str, rules: CaseRules) -> str:
    """Whether a name is in title, lower or upper case, has no case, or is written in some other way."""
    folded = rules.fold(name)
    lower, title = rules.lower(folded), rules.title(folded)
    if name == lower:
        return "none" if lower == title else "lower"
    if name == title:
        return "title"
    is_code = any(map(str.isdigit, name))  # "C-3PO"
    return "odd" if is_code or any(map(str.islower, name)) else "upper"


def _word_rules(names: list[str], rules: CaseRules) -> list[str]:
    """The rules on words, those that most words bear out, at most `MOST_RULES`."""
    written: list[tuple[Word, str]] = []  # each word of each name: folded, and as it is written
    for name in names:
        folded = rules.fold(name)
        if len(folded) == len(name):
            pieces = zip(split_words(folded), split_words(name), strict=True)
            written += [(word, text) for (_, word), (text, _) in pieces if word is not None]
    begun = [(word, text) for word, text in written if {rules.default(word.text), text} != {word.text}]
    found = _lower_rules(begun, rules) + _upper_rules(begun, rules)
    lower = CaseRules(tuple(found))
    begins = beginnings(
        {(word, text) for word, text in begun if text != word.text and not _is_upper(text)}, rules, lower
    )
    ranked = sorted(begins, key=lambda sentence: (-begins[sentence], sentence))
    return sorted((found + ranked)[:MOST_RULES])


def _lower_rules(begun: list[tuple[Word, str]], rules: CaseRules) -> list[str]:
    """Which words, and words after what, begin in lower case."""
    lower: Counter[Word] = Counter()
    upper: Counter[Word] = Counter()
    for word, text in begun:
        if text == word.text:
            lower[word] += 1
        elif text[0] != word.text[0] or rules.default(word.text)[0] == word.text[0]:
            upper[word] += 1
    last: Counter[str] = Counter()  # words at the end of a name are no particles: more or fewer with a capital
    for word in lower.keys() | upper.keys():
        if not word.after:
            last[word.before] += 1 if upper[word] >= lower[word] else -1
    found = [f"lower {before}" for before, sum_ in sorted(last.items()) if sum_ < 0 and before != "^"]
    after = {sentence[-1] for sentence in found}
    for word in sorted(lower.keys() | upper.keys(), key=lambda word: (word.before, word.text, word.after)):
        ahead = lower[word] - upper[word]
        is_exception = ahead < 0 if word.before in after else ahead > 0
        is_particle = bool(word.after) and len(word.text) <= LONGEST_PARTICLE
        if is_exception and (is_particle or abs(ahead) > 1):
            kind, text = ("title", rules.default(word.text)) if word.before in after else ("lower", word.text)
            found.append(f"{kind} {word.before}{text}{word.after}")
    return found


def _upper_rules(begun: list[tuple[Word, str]], rules: CaseRules) -> list[str]:
    """Which words are in capitals, such as numerals."""
    ahead: Counter[str] = Counter()
    for word, text in begun:
        if rules.default(word.text) != text or _is_upper(text):
            ahead[word.text] += 1 if _is_upper(text) else 0
        else:
            ahead[word.text] -= 1
    alone = {word.text for word, text in begun if _is_upper(text) and word.before == "^" and not word.after}
    return [
        f"upper {text}"
        for text, more in sorted(ahead.items())
        if more > (len(text) > LONGEST_PARTICLE or text in alone)
    ]


def _is_upper(text: str) -> bool:
    return len(text) > 1 and not any(letter.islower() for letter in text) and sum(map(str.isupper, text)) > 1
