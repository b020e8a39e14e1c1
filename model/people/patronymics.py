"""Surnames that are made from the father's given name, in languages of which there is no list of surnames.

Sources: Einarsson, *Icelandic: grammar, texts, glossary* (1949), on the genitive of men's names; the Bulgarian Civil
Registration Act, article 13; surnames in the Uzbek Latin alphabet as passports have them.
"""

from __future__ import annotations

import re
from typing import Literal

Gender = Literal["girl", "boy"]
Rules = tuple[tuple[str, str], ...]

ICELANDIC: Rules = (
    ("(?<=hákon)$", "ar"),
    ("(?<=rð)ur$", "ar"),  # Sigurður, Sigurðar; Þórður, Þórðar
    ("(?<=^pétur)$", "s"),  # the r belongs to the stem
    ("(?<=.[^aeiouyáéíóúýöæ])ur$", "s"),
    ("(?<=[^a])nn$", "ns"),
    ("ll$", "ls"),
    ("rr$", "rs"),
    ("(?<=[^e])ir$", "is"),
    ("(?<=[ýæ])r$|(?<=[ae]y)r$", "s"),
    ("(?<=^má)r$", "s"),
    ("i$", "a"),
    ("a$", "u"),
    ("(?<=[sxz])$", ""),
    ("$", "s"),
)
"""How names form their genitive; the first that fits."""

BULGARIAN: Rules = (
    ("(?<=[тдн])ър$", "ров"),  # Петър, Петров
    ("(?<=и)$|[йяю]$|ьо$", "ев"),
    ("[аеоу]$|$", "ов"),
)
UZBEK: Rules = (("(?<=[aeiou'])$", "yev"), ("(?<=y)$", "ev"), ("$", "ov"))


def icelandic(father: str, gender: Gender) -> str:
    """Jón, Jónsdóttir or Jónsson: the genitive, and daughter or son."""
    return _first(father, ICELANDIC) + ("dóttir" if gender == "girl" else "son")


def bulgarian(father: str, gender: Gender) -> str:
    """Иван, Иванова or Иванов."""
    return _first(father, BULGARIAN) + ("а" if gender == "girl" else "")


def uzbek(father: str, gender: Gender) -> str:
    """Karim, Karimova or Karimov."""
    return _first(father, UZBEK) + ("a" if gender == "girl" else "")


def _first(name: str, rules: Rules) -> str:
    """A name with its end rewritten by the first rule that fits; its last word, where there are several."""
    pattern, end = next(rule for rule in rules if re.search(rule[0], name, re.IGNORECASE))
    return re.sub(pattern, end, name, count=1, flags=re.IGNORECASE)
