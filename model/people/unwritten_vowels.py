"""How words are read in Latin letters whose script leaves vowels out.

In Indic scripts a consonant carries an a of its own, unless a sign takes it away: that is a rule. Arabic, Hebrew and
Thai leave out vowels that readers know: here they are guessed, so that names can be pronounced, `a` where two
consonants would begin a word or end a syllable together. A name that everybody spells in one way may come out in
another.

Sources: the Hunterian system of the Survey of India, and ISO 15919 (Indic); ALA-LC (Arabic, Persian, Hebrew) for the
consonants; the Royal Thai General System.
"""

from __future__ import annotations

import re
from unicodedata import name as name_of

from anyascii import anyascii

INDIC = ("DEVANAGARI", "BENGALI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM", "SINHALA")
SILENT_AT_THE_END = ("DEVANAGARI", "BENGALI", "GUJARATI")
"""Scripts in which a single consonant at the end of a word has no vowel of its own."""

INDIC_LETTERS = {
    "CA": "ch", "CHA": "chh", "SHA": "sh", "SSA": "sh", "LLLA": "zh", "NGA": "ng", "VOCALIC R": "ri",
    "ALPAPRAANA CAYANNA": "ch", "TAALUJA SAYANNA": "sh", "MUURDHAJA SAYANNA": "sh",
}  # fmt: skip
"""By their names in Unicode, where anyascii has something else."""

TAMIL_LETTERS = {"CA": "s", "TA": "th"}
TAMIL = ((r"ss", "cch"), (r"(?<=[aeioun])k(?=[aeiou])", "g"), (r"(?<=[aeioun])t(?=[aeiou])", "d"), ("mp", "mb"))
"""Stops are voiced between vowels and after nasals; one letter is s alone and ch doubled."""

ARABIC = {
    "ا": "a", "آ": "a", "أ": "a", "إ": "i", "ى": "a", "ة": "a", "ه": "h", "ء": "", "ئ": "i", "ؤ": "u", "ي": "y",
    "ی": "y", "ع": "a", "ک": "k",
}  # fmt: skip
PERSIAN = {"ض": "z", "ذ": "z", "ظ": "z", "ث": "s", "ط": "t"}
ARABIC_WORDS = {
    "محمد": "muhammad", "عبد": "abd", "الله": "allah", "ابو": "abu", "أبو": "abu", "بن": "bin", "ابن": "ibn",
    "عمر": "umar", "حسين": "husayn", "أحمد": "ahmad", "زيد": "zayd",
}  # fmt: skip
"""Words that stand in so many names that nobody would spell them otherwise."""

HEBREW = {
    "א": "a", "ע": "a", "ב": "v", "ו": "o", "ח": "ch", "כ": "kh", "ך": "kh", "פ": "f", "צ": "ts", "ץ": "ts", "ק": "k",
    "ט": "t", "ש": "sh",
}  # fmt: skip
HEBREW_FIRST = {"ב": "b", "ו": "v", "כ": "k", "פ": "p", "י": "y"}

THAI_LEADING = "เแโไใ"
THAI_FINALS = {"s": "t", "ch": "t", "ph": "p", "th": "t", "kh": "k", "b": "p", "d": "t", "r": "n", "l": "n", "y": "i"}

VOWELS = tuple("aeiou")


def read_indic(word: str, script: str) -> str:
    """An Indic word, with the vowel of every consonant that has no other."""
    special = INDIC_LETTERS | (TAMIL_LETTERS if script == "TAMIL" else {})
    read, is_open, is_nasal = "", False, False  # whether the last consonant still has its vowel; what precedes it
    for letter in word:
        kind, _, sound = name_of(letter, "").removeprefix(f"{script} ").partition(" ")
        if kind == "SIGN" and sound.startswith(("VIRAMA", "AL-LAKUNA", "NUKTA")):
            is_open = is_open and sound == "NUKTA"
            continue
        if is_open and not (kind == "VOWEL" or sound.endswith("LENGTH MARK")):
            read += "a"
        was_nasal, is_nasal = is_nasal, kind == "SIGN" and sound.startswith(("ANUSVARA", "CANDRABINDU"))
        spelled = "n" if is_nasal else special.get(sound.removeprefix("SIGN "), anyascii(letter)).lower()
        is_open = kind == "LETTER" and not spelled.startswith(VOWELS) and not sound.startswith("VOCALIC")
        is_single = read.endswith(VOWELS) or was_nasal
        read += re.sub("[^a-z]", "", spelled)
    if is_open and not (script in SILENT_AT_THE_END and is_single):
        read += "a"
    if script == "TAMIL":
        for pattern, replacement in TAMIL:
            read = re.sub(pattern, replacement, read)
    return re.sub("ng[gk](?=[aeiou])", "ng", read)


def read_arabic(word: str, language: str) -> str:
    """An Arabic or Persian word."""
    if len(word) > 4 and word.startswith("ال") and language != "Persian":
        return f"al-{read_arabic(word[2:], language)}"
    if word in ARABIC_WORDS:
        return ARABIC_WORDS[word]
    if "محمد" in word:
        before, _, after = word.partition("محمد")
        return "".join(read_arabic(part, language) for part in (before, "محمد", after) if part)
    letters = ARABIC | (PERSIAN if language == "Persian" else {})
    word = re.sub("(?<=.)ع(?=[اويی])|(?<=[ويی])ع$", "", word)
    read = _vocalised([letters.get(letter, anyascii(letter).lower()) for letter in word], "i")
    return read.replace("w", "v") if language == "Persian" else read


def read_hebrew(word: str) -> str:
    """A Hebrew word; a silent letter before a vowel at its beginning is left out."""
    word = word.replace("יי", "י")
    read = [HEBREW.get(letter, anyascii(letter)) for letter in word]
    if word[1:] and word[0] in "אע" and word[1] in "וי":
        read[:2] = ["o"] if word[1] == "ו" else ["e", "i"]
    else:
        read[0] = HEBREW_FIRST.get(word[0], read[0])
    if len(word) > 2 and word.endswith("ה"):
        read[-1] = "a"
    return _vocalised(read)


def read_thai(word: str) -> str:
    """A Thai word; letters with the sign of silence are left out."""
    word = re.sub(".[ิุ]?์", "", word)
    word = re.sub(f"([{THAI_LEADING}])(.)", r"\2\1", word)
    word = re.sub("(?<=.)ญ(?![ะ-ู])|ณ", "น", word)
    word = re.sub("รร(?=.)(?![ะ-ู])", "ั", word).replace("รร", "ัน")
    sounds = [re.sub("[^a-z]", "", anyascii(letter).lower()) for letter in word]
    if word.startswith("อ") and len(word) > 1 and sounds[1].startswith(VOWELS):
        sounds[0] = ""
    sounds = [sound for sound in sounds if sound]
    if len(sounds) > 1 and not sounds[-1].startswith(VOWELS):
        sounds[-1] = THAI_FINALS.get(sounds[-1], sounds[-1])
    return _vocalised(sounds)


def _vocalised(sounds: list[str], after_long: str = "a") -> str:
    """Letters as a word: w and y are vowels between consonants, and consonants get vowels that keep them apart.

    `after_long` is the vowel of a last syllable after a long a: the pattern of Khalid and Fatima.
    """
    sounds = [re.sub("[^a-z]", "", sound) for sound in sounds]
    sounds = [
        sound for place, sound in enumerate(sounds) if sound and not (place and sound == sounds[place - 1] == "a")
    ]
    for place, sound in enumerate(sounds):
        is_after_vowel = place == 0 or sounds[place - 1].startswith(VOWELS)
        is_before_vowel = place + 1 < len(sounds) and sounds[place + 1].startswith(VOWELS)
        if sound in ("w", "y") and not is_after_vowel:
            if not is_before_vowel:
                sounds[place] = "u" if sound == "w" else "i"
            elif sound == "y":
                sounds[place] = "iy"
    read = ""
    for place, sound in enumerate(sounds):
        left = sounds[place + 1 :]
        is_vowel = sound.startswith(VOWELS)
        read += sound
        if not is_vowel and left and not left[0].startswith(VOWELS):
            is_coda = place > 0 and read.removesuffix(sound).endswith(VOWELS)
            is_last_pair = len(left) == 1 or (len(left) == 2 and left[1] == "a" and sounds[place - 1] == "a")
            if not is_coda or is_last_pair:
                read += after_long if place and sounds[place - 1] == "a" and is_last_pair else "a"
    return read
