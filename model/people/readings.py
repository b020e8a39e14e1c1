"""How words of alphabets and syllabaries are read in Latin letters, where letter by letter would mislead.

Sources: ELOT 743 (Greek); the Bulgarian Transliteration Act of 2009, resolution 55 of 2010 of the Ukrainian cabinet,
and ICAO 9303 for soft and hard signs (Cyrillic); the rules of the Japanese Ministry of Foreign Affairs for names in
passports (modified Hepburn); the Revised Romanization of Korean, syllable by syllable.
"""

from __future__ import annotations

import re

from anyascii import anyascii

Rules = tuple[tuple[str, str], ...]

WITHOUT_STRESS = str.maketrans("άέήίόύώΐΰ", "αεηιουωϊϋ")
GREEK: Rules = (
    (r"([αε])υ(?=[θκξπστφχψ]|$)", r"\1f"),
    (r"([αεη])υ", r"\1v"),
    (r"ου", "ou"),
    (r"γ(?=[γξχ])", "n"),
    (r"^μπ|μπ$", "b"),
)
"""Pairs of letters, in lower case and without stress; a diaeresis parts them."""

SMALL_KANA = {
    ord(small): f"*{read}"
    for small, read in zip(
        "ァィゥェォャュョぁぃぅぇぉゃゅょ", 2 * ("a", "i", "u", "e", "o", "ya", "yu", "yo"), strict=True
    )
}
KANA: Rules = (
    (r"(?<=sh|ch)i\*y|(?<=j)i\*y", ""),  # shi and a small ya are sha
    (r"i\*y", "y"),
    (r"[aiueo]?\*", ""),
    (r"ou(?!e)", "o"),  # long vowels are not marked; before e, u begins another part, as in Inoue
    (r"oo(?!$)", "o"),
    (r"(?<=[yhj])uu", "u"),
    (r"n(?=[bmp])", "m"),
)

CYRILLIC = {
    "Bulgarian": {"щ": "sht", "ъ": "a", "ь": "y", "х": "h"},
    "Macedonian": {"х": "h", "џ": "dzh", "ж": "zh"},
    "Ukrainian": {
        "г": "h", "ґ": "g", "и": "y", "х": "kh", "ї": "i", "й": "i", "ю": "iu", "я": "ia", "є": "ie",
    },
}  # fmt: skip
"""Letters that a language reads otherwise than Russian does."""

CYRILLIC_FIRST = {"Ukrainian": {"ї": "yi", "й": "y", "ю": "yu", "я": "ya", "є": "ye"}}
UNVOICED = {"g": "k", "d": "t", "b": "p"}


def read_greek(word: str) -> str:
    """A Greek word by ELOT 743."""
    return anyascii(_rewrite(word.lower().translate(WITHOUT_STRESS), GREEK))


def read_cyrillic(word: str, language: str) -> str:
    """A Cyrillic word; soft and hard signs that the language does not read are left out."""
    letters, first = CYRILLIC.get(language, {}), CYRILLIC_FIRST.get(language, {})
    read = [letters.get(letter, letter) for letter in word.lower()]
    if word:
        read[0] = first.get(word[0].lower(), read[0])
    spelled = "".join(read).replace("ь", "").replace("ъ", "")
    return anyascii(spelled.replace("зh", "зgh") if language == "Ukrainian" else spelled)  # зг is not ж


def read_armenian(word: str) -> str:
    """An Armenian word; ո and ւ together are u."""
    return anyascii(re.sub("^ո(?!ւ)", "vo", word.lower().replace("և", "ev")).replace("ու", "u"))


def read_kana(word: str) -> str:
    """A word in kana; a small tsu doubles the consonant after it, and is t before ch."""
    first, *rest = (anyascii(part).lower() for part in re.split("[ッっ]", word.translate(SMALL_KANA)))
    doubled = (("t" if part.startswith("ch") else part[:1]) + part for part in rest)
    return _rewrite(first + "".join(doubled), KANA)


def read_hangul(word: str) -> str:
    """A Korean word; at the end of a syllable, g, d and b are unvoiced unless a vowel follows."""
    read = [anyascii(syllable).lower() for syllable in word]
    for place, syllable in enumerate(read):
        following = read[place + 1][:1] if place + 1 < len(read) else ""
        if syllable[-1:] in UNVOICED and not syllable.endswith("ng") and following not in (*"aeiouyw",):
            read[place] = syllable[:-1] + UNVOICED[syllable[-1]]
    return "".join(read)


def _rewrite(text: str, rules: Rules) -> str:
    for pattern, replacement in rules:
        text = re.sub(pattern, replacement, text)
    return text
