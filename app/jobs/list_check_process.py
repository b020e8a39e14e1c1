"""`python -m app.jobs.list_check_process`: checks a list of names from standard input, with JSON on standard output.

A process of its own, since Python runs one thread at a time: a long list would stop the drawing of names.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from typing import Any

from app.store.lists import read_list
from app.store.records import Source
from model.corpus.report import report
from model.errors import BadCorpus

NICENESS = 10


@dataclass(frozen=True, slots=True)
class CheckedList:
    """What a list holds."""

    letters: tuple[str, ...]
    to_learn: int  # names of the training part
    report: dict[str, Any]

    @classmethod
    def decode(cls, output: bytes) -> CheckedList:
        """From what `main` has written; raises BadCorpus where it could not use the list."""
        fields = json.loads(output)
        if "reason" in fields:
            raise BadCorpus(**fields)
        return cls(tuple(fields["letters"]), fields["to_learn"], fields["report"])


def check_list(source: Source, title: str, content: bytes | None) -> CheckedList:
    """Check a list; raises BadCorpus where too little is left of it."""
    corpus = read_list(source, title, content)
    return CheckedList(corpus.vocabulary.letters, len(corpus.split().train), report(corpus).to_json())


def encode_list(source: Source, title: str, content: bytes | None) -> bytes:
    """What `main` reads: a line of JSON, and the list."""
    return json.dumps([source, title]).encode() + b"\n" + (content or b"")


def main() -> None:
    """Check one list."""
    os.nice(NICENESS)
    source, title = json.loads(sys.stdin.buffer.readline())
    try:
        fields = asdict(check_list(source, title, sys.stdin.buffer.read()))
    except BadCorpus as error:
        fields = {"reason": error.reason, "line": error.line, "source": error.source}
    json.dump(fields, sys.stdout)


if __name__ == "__main__":
    main()
