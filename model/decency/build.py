"""Rebuild the lists of words: ``python -m model.decency.build CHECKOUT``.

CHECKOUT is a clone of the List of Dirty, Naughty, Obscene, and Otherwise Bad Words; README.md says which commit is in
use. The same clone gives the same bytes.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from model.corpus.normal_form import nfc

FOLDER = Path(__file__).parent / "words"

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z-]+)?")
"""The names of the files that hold words: codes of languages (BCP 47)."""

HEADER = """\
# Words and phrases of the language {code!r}, which some readers will find offensive: that is what they are for.
# Source: List of Dirty, Naughty, Obscene, and Otherwise Bad Words (LDNOOBW), (c) 2012-2020 Shutterstock, Inc.
# Licence: CC BY 4.0. Changed: in lower case and NFC, sorted, each once, without emoji; see ../README.md.
"""


def main(arguments: list[str]) -> int:
    """Write the files; the status of the program."""
    if len(arguments) != 1 or not (checkout := Path(arguments[0])).is_dir():
        print(__doc__.partition("\n")[0], file=sys.stderr)
        return 2
    for source in sorted(path for path in checkout.iterdir() if LANGUAGE.fullmatch(path.name) and path.is_file()):
        words = clean(source.read_text(encoding="utf-8"))
        target = FOLDER / f"{source.name}.txt"
        target.write_text(HEADER.format(code=source.name) + "".join(f"{word}\n" for word in words), encoding="utf-8")
        print(f"{target.name}: {len(words)} words and phrases")
    return 0


def clean(text: str) -> list[str]:
    """The entries of a file, sorted."""
    lines = (" ".join(nfc(line).lower().split()) for line in text.splitlines())
    return sorted({line for line in lines if any(map(str.isalnum, line))})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
