"""The model that a training starts from, where it does not start from random weights."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from model.artifact.model_file import Artifact
from model.corpus.vocabulary import Vocabulary
from model.errors import InvalidOption, UnknownLetter
from model.network.network import Network


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """A network and the letters that it knows."""

    network: Network
    vocabulary: Vocabulary

    @classmethod
    def of(cls, artifact: Artifact) -> Start:
        """Start from a trained model."""
        return cls(artifact.network, artifact.vocabulary)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the weights, which the card of the new model keeps."""
        return hashlib.sha256(self.network.parameters.flat.data).hexdigest()

    def check(self, letters: Iterable[str], hidden: int) -> None:
        """Check that a training can begin here.

        Raises
        ------
        UnknownLetter
            The network cannot spell a list with these letters.
        InvalidOption
            It has another number of hidden units.
        """
        if missing := self.vocabulary.unknown("".join(letters)):
            raise UnknownLetter(missing, self.vocabulary.letters)
        if hidden != self.network.hidden:
            reason = f"must be {self.network.hidden}, as in the model to start from; leave it out"
            raise InvalidOption("hidden", reason)
