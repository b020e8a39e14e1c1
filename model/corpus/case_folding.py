"""Folding of letters and names: lower case, the Turkish i with and without its dot, the final sigma, and Cherokee."""

from __future__ import annotations

import re
from functools import lru_cache

from model.corpus.normal_form import nfc

FINAL_SIGMA = re.compile(r"(?<=[^\W\d_])σ(?![^\W\d_])")
"""A sigma at the end of a word; one that stands alone is an initial."""

DOTS = re.compile("i\u0307+")
"""What programs make of an İ that know no Turkish."""

SMALL_CHEROKEE = re.compile("[\u13f8-\u13fd\uab70-\uabbf]+")


def fold(name: str, *, turkish: bool = False, final_sigma: bool = False) -> str:
    """A name in NFC and lower case.

    Parameters
    ----------
    name
        As it is written.
    turkish
        Whether the capital of i is İ and that of ı is I; otherwise İ stays as it is.
    final_sigma
        Whether ς, the sigma at the end of a word, becomes the σ that stands within words.
    """
    if name.isascii():  # as most are: nothing to normalise
        return name.replace("I", "ı").lower() if turkish else name.lower()
    name = nfc(name)
    if turkish:
        name = DOTS.sub("i", name.replace("İ", "i").replace("I", "ı"))
    name = _lower(name)
    return nfc(name.replace("ς", "σ") if final_sigma else name)


def _lower(name: str) -> str:
    """Lower case, except that the Turkish İ stays: Python makes an i and a combining dot of it, two letters of one."""
    return "İ".join(part.lower() for part in name.split("İ")) if "İ" in name else name.lower()


@lru_cache(maxsize=4096)
def capital(letter: str, turkish: bool = False) -> str:
    """Title case where it is one letter that folds back: ``ß`` stays, since ``Ss`` would be another name."""
    if turkish and letter in "iı":
        return "İ" if letter == "i" else "I"
    title = letter.title()
    return title if len(title) == 1 and _lower(title) == letter else letter


def cherokee_capitals(name: str) -> str:
    """Cherokee letters in upper case: their usual form, and the only letters that Unicode folds to upper case."""
    return SMALL_CHEROKEE.sub(lambda found: found[0].upper(), name)


def end_sigmas(name: str) -> str:
    """Put ς at the end of each word in lower case."""
    return FINAL_SIGMA.sub("ς", name) if "σ" in name else name
