from fnmatch import fnmatchcase

from hypothesis import given
from hypothesis import strategies as st

from model.constraints.constraints import Constraints, compile_each
from model.corpus.casing import Casing
from model.corpus.vocabulary import Vocabulary
from model.errors import InvalidOption, TooComplex, UnknownLetter

ABC = Vocabulary(("a", "b", "c"))
names = st.text("abc", min_size=1, max_size=7)
pieces = st.text("abcABC", min_size=1, max_size=3)


def accepts(name: str, **constraint: object) -> bool:
    """Whether a name meets a constraint."""
    automata = compile_each(Constraints(**constraint), ABC, Casing.LOWER)  # type: ignore[arg-type]
    return all(automaton.accepts(ABC.encode(name)) for automaton in automata.values())


@given(st.text("abcABC?*", min_size=1, max_size=7), names)
def test_a_pattern_is_that_of_file_names(pattern: str, name: str) -> None:
    assert accepts(name, pattern=pattern) == fnmatchcase(name, pattern.lower())


@given(pieces, names)
def test_letters_stand_at_the_end_within_or_not_at_all(piece: str, name: str) -> None:
    assert accepts(name, suffix=piece) == name.endswith(piece.lower())
    assert accepts(name, contains=piece) == (piece.lower() in name)
    assert accepts(name, exclude=(piece,)) == (piece.lower() not in name)


@given(
    st.sampled_from(["suffix", "contains", "pattern", "regex", "syllables"]),
    st.text(max_size=12) | st.text("ab?*.[]()|+{}^$\\-,0129 \u0301\u200d\ud800", max_size=12),
)
def test_any_text_is_a_constraint_or_refused_with_its_name(option: str, text: str) -> None:
    blamed: tuple[str | None, ...] = (option,)
    try:
        compile_each(Constraints(**{option: text}), ABC, Casing.LOWER)  # type: ignore[arg-type]
    except (InvalidOption, UnknownLetter) as refusal:
        blamed = (refusal.option,)
    except TooComplex as refusal:
        blamed = refusal.options
    assert blamed == (option,)
