"""The network that a training starts from, where it does not start from random weights."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.artifact import styles_file
from model.artifact.bundled_models import find_model, is_file
from model.artifact.model_file import Artifact
from model.artifact.styles_file import Styles
from model.corpus.normal_form import nfd
from model.corpus.vocabulary import END, Vocabulary
from model.errors import InvalidOption, UnknownLetter
from model.network.network import Network
from model.network.styles import with_vocabulary
from model.training.hyperparameters import Hyperparameters

MOST = 0.5
"""Share of a list's letters that a network must know more of to be a better start than random weights."""

NAME = re.compile(r".*\b(?:LETTER|CHARACTER|SYLLABLE|VOWEL SIGN) (?:SMALL |SARA )?([A-Z])")
"""Names of letters in Unicode: GEORGIAN LETTER BAN, DEVANAGARI VOWEL SIGN AA, THAI CHARACTER SARA E."""

FRESH = -1
"""Origin of a letter that no known letter resembles."""


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """A network and the letters that it knows."""

    network: Network
    vocabulary: Vocabulary
    fingerprint: str  # SHA-256 of the weights as they were stored, which the card of the new model keeps

    @classmethod
    def of(cls, artifact: Artifact) -> Start:
        """Start from a trained model."""
        return cls.from_network(artifact.network, artifact.vocabulary)

    @classmethod
    def read(cls, reference: str) -> Start:
        """Start from a model, by its file or its name, or from the file of a network of many kinds.

        Raises
        ------
        InvalidWeights
            It is neither.
        """
        path = Path(reference)
        if is_file(path) and styles_file.holds_styles(path):
            return cls.of_styles(styles_file.load(path))
        return cls.of(find_model(reference))

    @classmethod
    def from_network(cls, network: Network, vocabulary: Vocabulary) -> Start:
        """Start from a network that reads these letters."""
        return cls(network, vocabulary, hashlib.sha256(network.parameters.flat.data).hexdigest())

    @classmethod
    def of_styles(cls, styles: Styles) -> Start:
        """Start from a network of many kinds, with the style `unknown`."""
        return cls.from_network(styles.unknown(), styles.vocabulary)

    def adapt(self, letters: Iterable[str]) -> Start:
        """The same network for a list with other letters, and for no more than these.

        A letter that it never saw starts as its base letter (``ș`` as ``s``), or else as a letter that sounds like it
        (the Georgian ``ბ`` as ``b``), or afresh where it knows none.
        """
        vocabulary = Vocabulary(tuple(sorted(set(letters))))
        if vocabulary == self.vocabulary:
            return self
        origins = [END, *(self._origin(letter) for letter in vocabulary.letters)]
        rng = np.random.default_rng(0)  # of the fresh letters alone: the same list starts the same way
        return Start(with_vocabulary(self.network, np.array(origins), rng), vocabulary, self.fingerprint)

    def suits(self, names: Iterable[str]) -> bool:
        """Whether it knows most of the letters of these names, or letters that they can start as."""
        counts = Counter(letter for name in names for letter in name if letter.isalpha())
        known = sum(count for letter, count in counts.items() if self._origin(letter) != FRESH)
        return known > MOST * counts.total()

    def _origin(self, letter: str) -> int:
        """The index of the known letter that a letter starts as."""
        known = self.vocabulary.letters
        similar = (letter, base_letter(letter), sound(letter))
        return next((END + 1 + known.index(one) for one in similar if one in known), FRESH)

    def architecture(self, overrides: Mapping[str, Any]) -> dict[str, Any]:
        """The hyperparameters that a training from here has; raises InvalidOption where others are asked for."""
        shape = self.network.shape
        own = {
            "cell": shape.cell,
            "layers": shape.layers,
            "hidden": shape.hidden,
            "style_size": shape.style_size,
        }
        for name, value in own.items():
            if overrides.get(name, value) != value:
                raise InvalidOption(name, f"must be {value}, as in the model to start from; leave it out")
        return own

    def check(self, letters: Iterable[str], plan: Hyperparameters) -> None:
        """Check that a training can begin here.

        Raises
        ------
        UnknownLetter
            The network cannot spell a list with these letters: `adapt` it first.
        InvalidOption
            It has another architecture.
        """
        if missing := self.vocabulary.unknown("".join(letters)):
            raise UnknownLetter(missing, self.vocabulary.letters)
        self.architecture(asdict(plan))


def sound(letter: str) -> str:
    """The Latin letter that the letter's own name in Unicode begins with: ``b`` for the Georgian ``ბ``, LETTER BAN.

    A rough transliteration, for all alphabets and syllabaries alike; empty where the name says nothing of the sound.
    """
    found = NAME.match(unicodedata.name(letter, ""))
    return found[1].lower() if found and unicodedata.category(letter) != "Lm" else ""  # ʼ and ー are called letters too


def base_letter(letter: str) -> str:
    """The letter without its marks: ``o`` for ``ő``."""
    return nfd(letter)[0]
