"""Reads Japanese names in kana from UniDic, a dictionary of the National Institute for Japanese Language.

A surname or a given name is taken by its reading, if at least `FEWEST_SPELLINGS` spellings have that reading: the
readings with one are mostly pen names and persons of history. UniDic doesn't say which given names are girls'; the
character that ends the spelling does, for those that end in one that only girls' names, or only boys', have.
"""

from __future__ import annotations

import re
import struct
from collections import defaultdict

from model.corpus.bundled.sources import package_file

FEWEST_SPELLINGS = 2

KANJI = "[\u4e00-\u9fff々]"
KANA = re.compile("[ァ-ヶー]{2,6}")

HEADER = struct.Struct("<10I32s")
"""Of MeCab's compiled dictionaries: magic, version, kind, words, two sizes, then the bytes of the index, of the words
and of the features, one unused, and the encoding."""

WORD = struct.Struct("<HHHhII")
"""Two contexts, part of speech, cost, offset of the feature, one unused."""

SPELLING, READING = 8, 6
"""Fields of a feature."""


def readings(kind: str, endings: str = "") -> list[str]:
    """The readings of names in katakana.

    Parameters
    ----------
    kind
        "姓" surnames, "名" given names, as UniDic calls them.
    endings
        The characters that a spelling may end in; empty: any.
    """
    spelled = re.compile(f"{KANJI}{{1,2}}[{endings}]" if endings else f"{KANJI}+")
    spellings: dict[str, set[str]] = defaultdict(set)
    for feature in _features(f"名詞,固有名詞,人名,{kind},"):
        fields = feature.split(",")
        if spelled.fullmatch(fields[SPELLING]) and KANA.fullmatch(fields[READING]):
            spellings[fields[READING]].add(fields[SPELLING])
    return [reading for reading, found in spellings.items() if len(found) >= FEWEST_SPELLINGS]


def _features(prefix: str) -> list[str]:
    dictionary = package_file("unidic-lite", "unidic_lite/dicdir/sys.dic").read_bytes()
    *_, index_bytes, word_bytes, feature_bytes, _, _ = HEADER.unpack_from(dictionary)
    words = HEADER.size + index_bytes
    features = words + word_bytes
    wanted = prefix.encode()
    found = []
    for *_, offset, _ in WORD.iter_unpack(dictionary[words:features]):
        start = features + offset
        if dictionary.startswith(wanted, start):
            found.append(dictionary[start : dictionary.index(b"\0", start, features + feature_bytes)].decode())
    return found
