"""The errors of this package; each message is one sentence that says what to do.

NameModelError
├── UnknownLetter        a start or a name uses a letter that the model never saw
├── BadCorpus            a list of names cannot be read, or nothing to learn from is left of it
├── InvalidFile
│   ├── InvalidWeights   a weights file is absent, truncated, tampered with or of another shape
│   └── InvalidCheckpoint  a checkpoint is absent, damaged, or belongs to another training
├── InvalidOption        an option is outside its range
├── TooComplex           a constraint would take too much memory or time to prepare
├── Unsatisfiable        options that no name can meet together
└── TrainingDiverged     the loss stopped being a finite number
"""

LISTED_LETTERS = 60
"""How many letters a message lists at most; the attributes hold them all."""


class NameModelError(Exception):
    """Base of every error that this package raises on purpose."""


class UnknownLetter(NameModelError):
    """A start or a name uses letters that the model never saw.

    Attributes
    ----------
    letters : the letters that are not known, each once
    known : the letters that are
    option : the start or constraint that has them, where it is one
    """

    def __init__(self, letters: tuple[str, ...], known: tuple[str, ...], option: str | None = None) -> None:
        self.letters = letters
        self.known = known
        self.option = option
        unknown = ", ".join(map(repr, letters[:LISTED_LETTERS]))
        shown = " ".join("␣" if letter == " " else letter for letter in known[:LISTED_LETTERS])
        more = f" and {len(known) - LISTED_LETTERS} more" if len(known) > LISTED_LETTERS else ""
        place = f" of {option}" if option else ""
        super().__init__(f"the model never saw {unknown}{place}; the letters it knows are: {shown}{more}")


class BadCorpus(NameModelError):
    """A list of names cannot be used; `line` counts from 1, where one line is to blame."""

    def __init__(self, reason: str, line: int | None = None, source: str | None = None) -> None:
        self.reason = reason
        self.line = line
        self.source = source
        place = ", ".join(part for part in (source, f"line {line}" if line is not None else None) if part)
        super().__init__(f"{place}: {reason}" if place else reason)


class InvalidFile(NameModelError):
    """A file that this project wrote, or should have, cannot be used; raised as one of the two below by what reads."""

    def __init__(self, reason: str, source: str | None = None) -> None:
        self.reason = reason
        self.source = source
        super().__init__(f"{source}: {reason}" if source else reason)


class InvalidWeights(InvalidFile):
    """A weights file is absent, truncated, tampered with, oversized or of another shape."""


class InvalidCheckpoint(InvalidFile):
    """A checkpoint is absent, damaged, or belongs to another training."""


class InvalidOption(NameModelError):
    """An option is outside its range."""

    def __init__(self, option: str, reason: str) -> None:
        self.option = option
        self.reason = reason
        super().__init__(f"{option} {reason}")


class TooComplex(NameModelError):
    """Constraints, these `options`, would take too much memory or time to prepare."""

    def __init__(self, options: tuple[str, ...], reason: str) -> None:
        self.options = options
        self.reason = reason
        super().__init__(f"{' and '.join(options)} {reason}")


class Unsatisfiable(NameModelError):
    """Options that no name can meet together; `options` are those at fault."""

    def __init__(self, reason: str, options: tuple[str, ...] = ()) -> None:
        self.options = options
        super().__init__(reason)


class TrainingDiverged(NameModelError):
    """The loss stopped being a finite number at `step`."""

    def __init__(self, step: int) -> None:
        self.step = step
        super().__init__(
            f"the loss stopped being a finite number at step {step}; train again with a lower learning rate"
        )
