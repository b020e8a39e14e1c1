"""`python -m app.jobs.list_check_process`: what a list of names from standard input holds, as JSON on standard output.

Python runs in one thread at a time, so a long list that is looked over has a process of its own: the drawing of names
would come to a halt beside it again and again.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from typing import Any, Literal

from model.corpus.corpus import Corpus
from model.corpus.report import report
from model.errors import BadCorpus

NICENESS = 10

Source = Literal["bundled", "names", "file"]
"""Where a list comes from."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a list."""

    letters: tuple[str, ...]
    to_learn: int  # names of the training part
    report: dict[str, Any]

    @classmethod
    def read(cls, told: bytes) -> Found:
        """What `main` has written; raises BadCorpus where it could not use the list."""
        found = json.loads(told)
        if "reason" in found:
            raise BadCorpus(**found)
        return cls(tuple(found["letters"]), found["to_learn"], found["report"])


def look(source: Source, title: str, content: bytes) -> Found:
    """Look a list over; raises BadCorpus where too little is left of it."""
    corpus = Corpus.of(json.loads(content), title) if source == "names" else Corpus.parse(content, title)
    return Found(corpus.vocabulary.letters, len(corpus.split().train), report(corpus).to_json())


def ask(source: Source, title: str, content: bytes) -> bytes:
    """What `main` reads: a line of JSON, and the list."""
    return json.dumps([source, title]).encode() + b"\n" + content


def main() -> None:
    """Look one list over."""
    os.nice(NICENESS)
    source, title = json.loads(sys.stdin.buffer.readline())
    try:
        told = asdict(look(source, title, sys.stdin.buffer.read()))
    except BadCorpus as error:
        told = {"reason": error.reason, "line": error.line, "source": error.source}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
