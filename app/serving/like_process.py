"""`python -m app.serving.like_process`: adapts to the names on standard input, with a model on standard output.

A process of its own, at lower priority than what answers: a second of computing in a thread would hold up every other
request. It knows the names for as long as it lives, and writes them nowhere.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

NICENESS = 10

NO_NETWORK = 2
"""Exit status where there is nothing to start from; the reason is then on standard error."""


def encode(folder: Path, names: Sequence[str]) -> bytes:
    """What `main` reads: the folder of the bundled models, and the names."""
    return json.dumps([str(folder), list(names)]).encode()


def main() -> int:
    """Adapt once; the exit status."""
    os.nice(NICENESS)
    # at the low priority too, and not in the service, which imports this module
    from model.artifact.model_file import pack
    from model.corpus.examples import examples
    from model.errors import InvalidWeights
    from model.training.adaptation import adapt, start_of

    folder, names = json.load(sys.stdin.buffer)
    try:
        start = start_of(Path(folder))
    except InvalidWeights as error:
        print(error, file=sys.stderr)
        return NO_NETWORK
    sys.stdout.buffer.write(pack(adapt(examples(names), start)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
