"""Which lists of words apply to the names of a language."""

from __future__ import annotations

from model.decency.patterns import Pattern, patterns_of

ENGLISH = "en"

CODES = {
    "Albanian": ("sq",),
    "Arabic": ("ar",),
    "Chinese": ("zh",),
    "Czech": ("cs",),
    "Danish": ("da",),
    "Dutch": ("nl",),
    "English": (ENGLISH,),
    "Esperanto": ("eo",),
    "Estonian": ("et",),
    "Filipino": ("fil",),
    "Finnish": ("fi",),
    "French": ("fr", "fr-CA-u-sd-caqc"),
    "German": ("de",),
    "Galician": ("gl",),
    "Hindi": ("hi",),
    "Hungarian": ("hu",),
    "Irish": ("ga",),
    "Italian": ("it",),
    "Japanese": ("ja",),
    "Kabyle": ("kab",),
    "Klingon": ("tlh",),
    "Korean": ("ko",),
    "Norwegian": ("no",),
    "Persian": ("fa",),
    "Polish": ("pl",),
    "Portuguese": ("pt",),
    "Russian": ("ru",),
    "Slovak": ("sk",),
    "Slovene": ("sl",),
    "Spanish": ("es",),
    "Swedish": ("sv",),
    "Thai": ("th",),
    "Turkish": ("tr",),
    "Ukrainian": ("uk",),
    "Vietnamese": ("vi",),
}
"""The files that each language has in ``words/`` or ``rules/``, by its English name, as cards have it."""


def with_words(language: str) -> str:
    """The language, or English where it has no words of its own: the same patterns apply then, and are kept once."""
    return language if not language or language in CODES else "English"


def patterns_for(language: str) -> tuple[Pattern, ...]:
    """The patterns for names of a language: its own and those of English.

    Where it is not known, the words of all languages that are not in Latin script: none of them can be spelled in the
    letters of another, and to a Turkish name it means nothing to be a Finnish word.
    """
    found = patterns_of(ENGLISH)
    if language:
        codes = CODES.get(language, ())
        return tuple(dict.fromkeys([*found, *(one for code in codes for one in patterns_of(code))]))
    others = (one for codes in CODES.values() for code in codes for one in patterns_of(code))
    return tuple(dict.fromkeys([*found, *(one for one in others if not one.letters.isascii())]))
